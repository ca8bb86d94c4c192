"""Every state in which the database file may be found, and what the user keeps."""

import errno
import os
import random
import shutil
import sqlite3
import time
from pathlib import Path

import pytest
from tests.support.sql import SqlProcess

from modelshelf.core.db.backups import backups_of
from modelshelf.core.db.database import Database
from modelshelf.core.errors import RegistryError

PAGE = 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shelf.db"


def fill(path: Path, *names: str) -> None:
    """Commit collections, and enough scanned models that they spread over many pages."""
    with Database.open(path) as database:
        for name in names:
            database.write("INSERT INTO collections (name, created) VALUES (?, '2026')", (name,))
            database.write(
                "INSERT INTO collection_models VALUES (?, 'BAAI/bge-m3', 'embedding', '2026')",
                (name,),
            )
        with database.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO inventory VALUES ('/hub', ?, 0, 'facts', ?)",
                [(number, b"files " * 50) for number in range(100)],
            )


def collections(database: Database) -> list[str]:
    rows = database.rows(
        "SELECT name FROM collections JOIN collection_models ON collection = name ORDER BY name"
    )
    return [row["name"] for row in rows]


def scribble(path: Path, page: int, seed: int = 1) -> None:
    with path.open("r+b") as file:
        file.seek(page * PAGE)
        file.write(random.Random(seed).randbytes(PAGE))


def page_of(path: Path, table: str) -> int:
    connection = sqlite3.connect(path)
    found = connection.execute(
        "SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)
    ).fetchone()
    connection.close()
    return found[0] - 1


class TestDamaged:
    def test_whichever_page_is_destroyed_what_the_user_entered_is_there(
        self, path: Path, tmp_path: Path
    ):
        fill(path, "first", "second")
        with Database.open(path) as database:
            database.back_up()
        for page in range(path.stat().st_size // PAGE):
            folder = tmp_path / str(page)
            folder.mkdir()
            for file in (path, *backups_of(path)):
                shutil.copy(file, folder)
            scribble(folder / path.name, page, seed=page)
            with Database.open(folder / path.name) as database:
                assert collections(database) == ["first", "second"], f"page {page}"
                assert database.rows("PRAGMA integrity_check")[0][0] == "ok"

    def test_a_destroyed_index_of_the_disk_costs_nothing_that_was_entered_since_the_backup(
        self, path: Path
    ):
        fill(path, "old")
        with Database.open(path) as database:
            database.back_up()
        fill(path, "new")
        scribble(path, page_of(path, "inventory"))
        with Database.open(path) as database:
            assert collections(database) == ["new", "old"]
            (notice,) = database.notices
        assert notice.startswith("The database was damaged. All you had entered was saved.")
        (aside,) = path.parent.glob("shelf.db.damaged-*")
        assert aside.name in notice

    def test_a_destroyed_table_comes_from_the_backup_and_the_others_are_newer(self, path: Path):
        fill(path, "old")
        with Database.open(path) as database:
            backup = database.back_up()
            database.write("INSERT INTO preferences VALUES ('llm', 'gpt2')")
        scribble(path, page_of(path, "collections"))
        with Database.open(path) as database:
            assert collections(database) == ["old"]
            assert database.row("SELECT model_id FROM preferences") is not None
            (notice,) = database.notices
        assert f"Restored from the backup {backup.name}: collections." in notice

    def test_a_collection_whose_own_row_is_destroyed_keeps_its_models(self, path: Path):
        fill(path, "thesis-rag")
        scribble(path, page_of(path, "collections"))
        with Database.open(path) as database:
            assert collections(database) == ["thesis-rag"]
            (notice,) = database.notices
        assert "there was no backup. Lost: collections." in notice

    @pytest.mark.parametrize("has_backup", [True, False])
    @pytest.mark.parametrize("content", [b"not a database at all" * 500, b"", None])
    def test_what_was_entered_since_the_backup_comes_from_its_own_copy(
        self, path: Path, content: bytes | None, has_backup: bool
    ):
        fill(path, "old")
        if has_backup:
            with Database.open(path) as database:
                database.back_up()
        fill(path, "new")
        with Database.open(path) as database:
            database.write("INSERT INTO preferences VALUES ('llm', 'gpt2')")
            assert database.keep_entered() == ""
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)
        with Database.open(path) as database:
            assert collections(database) == ["new", "old"]
            assert database.row("SELECT model_id FROM preferences") is not None
            (notice,) = database.notices
        assert "collections" not in notice
        assert "list of downloads" in notice

    def test_the_copy_is_only_asked_for_what_was_lost(self, path: Path):
        fill(path, "old")
        with Database.open(path) as database:
            database.keep_entered()
        fill(path, "newer than the copy")
        scribble(path, page_of(path, "inventory"))
        with Database.open(path) as database:
            assert collections(database) == ["newer than the copy", "old"]

    @pytest.mark.parametrize(
        "content", [b"not a database at all", b"\x00" * 10_000, b"SQLite format 3\x00"]
    )
    def test_a_file_that_is_no_database_is_set_aside(self, path: Path, content: bytes):
        path.write_bytes(content)
        with Database.open(path) as database:
            assert collections(database) == []
            (notice,) = database.notices
        (aside,) = path.parent.glob("shelf.db.damaged-*")
        assert aside.read_bytes() == content
        assert "found again by scanning" in notice

    @pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
    def test_a_file_cut_short_is_restored(self, path: Path, part: float):
        fill(path, "mine")
        with Database.open(path) as database:
            database.back_up()
        os.truncate(path, int(path.stat().st_size * part))
        with Database.open(path) as database:
            assert collections(database) == ["mine"]
            assert database.notices

    def test_a_damaged_backup_is_passed_over_for_an_older_one(self, path: Path):
        fill(path, "mine")
        with Database.open(path) as database:
            older, newer = database.back_up(), database.back_up()
        newer.write_bytes(b"garbage" * 1000)
        path.write_bytes(b"garbage" * 1000)
        with Database.open(path) as database:
            assert collections(database) == ["mine"]
            assert older.name in database.notices[0]

    def test_the_damage_is_told_once(self, path: Path):
        path.write_bytes(b"garbage" * 1000)
        with Database.open(path) as database:
            assert database.notices
        with Database.open(path) as database:
            assert database.notices == ()

    def test_nothing_is_set_aside_under_a_window_that_still_writes(self, path: Path):
        fill(path, "mine")
        with Database.open(path) as window:
            scribble(path, 0)
            with pytest.raises(RegistryError, match="another Modelshelf has it open"):
                Database.open(path, busy_timeout=0.05)
            assert not list(path.parent.glob("shelf.db.damaged-*"))
            window.close()
        with Database.open(path) as database:
            assert database.notices


class TestLost:
    def test_a_deleted_file_comes_back_from_the_backup(self, path: Path):
        fill(path, "mine")
        with Database.open(path) as database:
            backup = database.back_up()
        path.unlink()
        with Database.open(path) as database:
            assert collections(database) == ["mine"]
            assert database.notices == (
                f"The database was missing. Restored from the backup {backup.name}: everything.",
            )

    def test_an_emptied_file_comes_back_from_the_backup(self, path: Path):
        fill(path, "mine")
        with Database.open(path) as database:
            database.back_up()
        os.truncate(path, 0)
        with Database.open(path) as database:
            assert collections(database) == ["mine"]

    def test_a_lost_log_costs_at_most_what_was_in_it(self, path: Path):
        fill(path, "old")
        with SqlProcess(path) as other:
            other.execute("INSERT INTO collections (name, created) VALUES ('newest', '2026')")
            other.kill()
        path.with_name("shelf.db-wal").unlink()
        with Database.open(path) as database:
            assert collections(database) == ["old"]
            assert database.rows("PRAGMA integrity_check")[0][0] == "ok"

    def test_a_log_lost_on_the_first_day_does_not_take_the_schema(self, path: Path):
        database = Database.open(path)
        kept = path.read_bytes()
        database.close()
        path.write_bytes(kept)
        with Database.open(path) as again:
            assert again.rows("SELECT * FROM jobs") == []
            assert again.notices == ()


class TestNotOurs:
    def test_a_database_of_another_program_is_refused_as_it_is(self, path: Path):
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE recipes (cake TEXT)")
        other.close()
        with pytest.raises(RegistryError, match="belongs to another program"):
            Database.open(path)
        other = sqlite3.connect(path)
        assert other.execute("SELECT name FROM sqlite_schema").fetchall() == [("recipes",)]
        other.close()

    def test_a_file_locked_for_good_is_not_called_damaged(self, path: Path):
        fill(path, "mine")
        with SqlProcess(path) as other:
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
            other.execute("INSERT INTO preferences VALUES ('llm', 'gpt2')")
            with pytest.raises(RegistryError, match="locked by another program"):
                Database.open(path, busy_timeout=0.05)
        with Database.open(path) as database:
            assert collections(database) == ["mine"]
            assert database.notices == ()

    def test_a_link_opens_the_database_it_points_to(self, path: Path, tmp_path: Path):
        fill(path, "mine")
        link = tmp_path / "link" / "shelf.db"
        link.parent.mkdir()
        link.symlink_to(path)
        with Database.open(link) as database:
            assert collections(database) == ["mine"]
        assert [entry.name for entry in link.parent.iterdir()] == ["shelf.db"]


class TestBackups:
    def test_the_first_start_has_nothing_to_back_up(self, path: Path):
        Database.open(path).close()
        assert backups_of(path) == []

    def test_one_is_made_a_day(self, path: Path):
        fill(path, "mine")
        Database.open(path).close()
        (first,) = backups_of(path)
        Database.open(path).close()
        assert backups_of(path) == [first]
        yesterday = time.time() - 25 * 3600
        os.utime(first, (yesterday, yesterday))
        Database.open(path).close()
        assert len(backups_of(path)) == 2

    def test_one_from_the_future_does_not_keep_later_ones_from_being_made_or_kept(self, path: Path):
        fill(path, "mine")
        ten_years = time.time() + 10 * 365 * 86_400
        for _ in range(9):
            Database.open(path).close()
            newest = backups_of(path)[0]
            os.utime(newest, (ten_years, ten_years))
        fill(path, "newest")
        os.utime(backups_of(path)[0], (ten_years, ten_years))
        Database.open(path).close()
        assert len(backups_of(path)) == 7
        path.unlink()
        with Database.open(path) as database:
            assert collections(database) == ["mine", "newest"]

    def test_one_that_cannot_be_written_does_not_keep_the_program_from_starting(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        fill(path, "mine")

        def refuse(descriptor: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("modelshelf.core.db.backups.os.fsync", refuse)
        with Database.open(path) as database:
            assert collections(database) == ["mine"]
            (notice,) = database.notices
        assert "could not be backed up" in notice
        assert "No space left" in notice
        assert backups_of(path) == []
        assert not list(path.parent.glob("*.tmp"))
