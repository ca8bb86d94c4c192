import os
import threading
from pathlib import Path

import pytest
from tests.support.sql import SqlProcess

from modelshelf.core.db.database import Database
from modelshelf.core.errors import ErrorCode, RegistryError


def add(database: Database, name: str) -> None:
    database.write("INSERT INTO collections (name, created) VALUES (?, '2026-01-01')", (name,))


def names(database: Database) -> list[str]:
    return [row["name"] for row in database.rows("SELECT name FROM collections ORDER BY name")]


def test_what_was_committed_is_there_for_the_next_one(database: Database):
    add(database, "thesis-rag")
    with Database.open(database.path) as other:
        assert names(other) == ["thesis-rag"]


def test_a_transaction_that_fails_leaves_nothing(database: Database):
    def fail() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO collections (name, created) VALUES ('half', '2026')")
            connection.execute("CREATE TABLE half (x)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert names(database) == []
    assert not database.rows("SELECT * FROM sqlite_schema WHERE name = 'half'")
    add(database, "works again")


def test_a_transaction_inside_another_is_a_bug_and_said_so(database: Database):
    with pytest.raises(RuntimeError), database.transaction():
        add(database, "nested")
    assert names(database) == []


def test_threads_take_turns(database: Database):
    def work(thread: int) -> None:
        for number in range(20):
            add(database, f"{thread}-{number}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(names(database)) == 80


def test_a_lock_of_another_program_is_said_in_a_sentence(tmp_path: Path):
    path = tmp_path / "shelf.db"
    with Database.open(path, busy_timeout=0.01) as database, SqlProcess(path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RegistryError, match="locked by another program") as caught:
            add(database, "late")
        assert caught.value.code is ErrorCode.REGISTRY
        assert caught.value.hint
        other.execute("COMMIT")
        add(database, "late")
        assert names(database) == ["late"]


def test_a_lock_is_waited_for(database: Database):
    with SqlProcess(database.path) as other:
        other.execute("BEGIN IMMEDIATE")
        writer = threading.Thread(target=add, args=(database, "patient"))
        writer.start()
        other.execute("COMMIT")
        writer.join(timeout=10)
    assert names(database) == ["patient"]


def test_a_full_disk_is_said_and_takes_nothing_away(database: Database):
    add(database, "old")
    pages = database.rows("PRAGMA page_count")[0][0]
    database.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(RegistryError, match="is full"):
        database.write("INSERT INTO collections VALUES ('big', ?, '2026')", ("x" * 1_000_000,))
    database.rows("PRAGMA max_page_count = 1000000")
    add(database, "new")
    assert names(database) == ["new", "old"]


def test_a_closed_database_is_a_sentence_not_a_crash(tmp_path: Path):
    database = Database.open(tmp_path / "shelf.db")
    database.close()
    with pytest.raises(RegistryError):
        names(database)


def test_an_acknowledged_change_survives_kill(tmp_path: Path):
    path = tmp_path / "shelf.db"
    Database.open(path).close()
    with SqlProcess(path) as other:
        other.execute("INSERT INTO collections (name, created) VALUES ('kept', '2026')")
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO collections (name, created) VALUES ('open', '2026')")
        other.kill()
    with Database.open(path) as database:
        assert names(database) == ["kept"]
        assert database.notices == ()


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(RegistryError, match="cannot be opened"):
        Database.open(tmp_path / "file" / "data" / "shelf.db")


@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_cannot_be_written_is_said_in_a_sentence(tmp_path: Path, what: str):
    path = tmp_path / "data" / "shelf.db"
    Database.open(path).close()
    place = path.parent if what == "folder" else path
    place.chmod(0o555)
    try:
        if os.access(place, os.W_OK):
            pytest.skip("this user may write everywhere")
        with pytest.raises(RegistryError, match=r"cannot be opened|could not be used") as caught:
            Database.open(path)
        assert "permissions" in caught.value.hint or "can be written" in caught.value.hint
    finally:
        place.chmod(0o755)
    with Database.open(path) as database:
        assert names(database) == []


def test_a_folder_in_the_place_of_the_file_is_said_in_a_sentence(tmp_path: Path):
    path = tmp_path / "shelf.db"
    path.mkdir()
    with pytest.raises(RegistryError, match="cannot be opened"):
        Database.open(path)
    assert path.is_dir()


def test_what_is_tried_on_a_rehearsal_is_true_there_and_nowhere_else(database: Database):
    add(database, "kept")
    with database.rehearsal() as copy:
        add(copy, "tried")
        assert names(copy) == ["kept", "tried"]
        add(database, "meanwhile")
    assert names(database) == ["kept", "meanwhile"]
