"""Each step of the schema, and what is left when one is cut short."""

import queue
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from modelshelf.core.db import opening
from modelshelf.core.db.backups import backups_of
from modelshelf.core.db.database import Database
from modelshelf.core.db.migrations import MIGRATIONS
from modelshelf.core.errors import RegistryError

# Runs the real opening code with a schema one step longer, whose last step stops half-way and
# waits to be killed or to go on.
_MIGRATING = """
import sys
from pathlib import Path
from modelshelf.core.db.database import Database
from modelshelf.core.db.migrations import MIGRATIONS

def wait_half_way(connection):
    sys.stdout.write("half-way\\n")
    sys.stdout.flush()
    sys.stdin.readline()

if sys.argv[2] == "first":
    step = MIGRATIONS[0]
    def gated(connection):
        step(connection)
        wait_half_way(connection)
    MIGRATIONS[0] = gated
else:
    def gated(connection):
        connection.execute("CREATE TABLE added_later (x)")
        connection.execute("ALTER TABLE collections ADD COLUMN colour TEXT")
        wait_half_way(connection)
        connection.execute("UPDATE collections SET colour = 'blue'")
    MIGRATIONS.append(gated)
try:
    Database.open(Path(sys.argv[1]), busy_timeout=20).close()
    sys.stdout.write("done\\n")
except Exception as error:
    sys.stdout.write(f"{type(error).__name__}\\n")
"""


class Migrating:
    def __init__(self, path: Path, step: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _MIGRATING, str(path), step],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def __enter__(self) -> "Migrating":
        return self

    def __exit__(self, *failure: object) -> None:
        self.process.kill()
        self.process.communicate(timeout=10)


def schema(database: Database) -> dict[str, list[str]]:
    tables = database.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    return {
        row["name"]: [
            column["name"] for column in database.rows(f"PRAGMA table_info({row['name']})")
        ]
        for row in tables
    }


def test_every_migration_has_a_test():
    tested = {name for name in globals() if name.startswith("test_m")}
    untested = [step.__name__ for step in MIGRATIONS if f"test_{step.__name__}" not in tested]
    assert not untested


def test_m001_first_tables(database: Database):
    tables = schema(database)
    assert {
        "collections",
        "collection_models",
        "preferences",
        "llm_tiers",
        "custom_models",
        "model_notes",
        "usage_events",
        "jobs",
        "download_parts",
        "inventory",
    } <= set(tables)
    assert {"role", "model_id"} == set(tables["preferences"])
    assert {"favourite", "tags", "note", "pinned_revision"} < set(tables["model_notes"])
    # One active job a model: the lease between processes.
    job = (
        "INSERT INTO jobs (id, model_id, kind, state, request, position, created, updated)"
        " VALUES (?, 'a/b', 'download', ?, '{}', 1, '2026', '2026')"
    )
    database.write(job, ("ended", "done"))
    database.write(job, ("first", "paused"))
    with pytest.raises(sqlite3.IntegrityError):
        database.write(job, ("second", "queued"))
    # A collection takes its rows along when it goes.
    database.write("INSERT INTO collections (name, created) VALUES ('c', '2026')")
    database.write("INSERT INTO collection_models VALUES ('c', 'a/b', 'llm', '2026')")
    database.write("DELETE FROM collections")
    assert database.rows("SELECT * FROM collection_models") == []


def test_a_killed_first_run_leaves_no_half_database(tmp_path: Path):
    path = tmp_path / "shelf.db"
    with Migrating(path, "first") as process:
        assert process.line() == "half-way"
    with Database.open(path) as database:
        assert database.notices == ()
        assert "jobs" in schema(database)


def test_a_killed_migration_leaves_the_old_schema_and_the_next_one_finishes(tmp_path: Path):
    path = tmp_path / "shelf.db"
    with Database.open(path) as database:
        before = schema(database)
        database.write("INSERT INTO collections (name, created) VALUES ('mine', '2026')")
    with Migrating(path, "second") as process:
        assert process.line() == "half-way"
    with Database.open(path) as database:
        assert schema(database) == before
        assert database.rows("SELECT name FROM collections")[0]["name"] == "mine"
    with Migrating(path, "second") as process:
        assert process.line() == "half-way"
        process.go_on()
        assert process.line() == "done"
    after = sqlite3.connect(path)
    assert after.execute("SELECT name, colour FROM collections").fetchall() == [("mine", "blue")]
    after.close()


def test_two_processes_that_migrate_at_once_do_it_once(tmp_path: Path):
    path = tmp_path / "shelf.db"
    Database.open(path).close()
    with Migrating(path, "second") as one, Migrating(path, "second") as two:
        said: queue.Queue[tuple[Migrating, str]] = queue.Queue()

        def read(process: Migrating) -> None:
            said.put((process, process.line()))

        readers = [threading.Thread(target=read, args=(process,)) for process in (one, two)]
        for reader in readers:
            reader.start()
        # The faster one stands half-way and holds the lock; the other one waits for it.
        winner, line = said.get(timeout=20)
        assert line == "half-way"
        winner.go_on()
        loser, line = said.get(timeout=20)
        assert (loser is not winner, line) == (True, "done")
        assert winner.line() == "done"
        for reader in readers:
            reader.join(timeout=20)
    check = sqlite3.connect(path)
    assert check.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS) + 1,)
    check.close()


def test_a_step_that_fails_leaves_version_and_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "shelf.db"
    with Database.open(path) as database:
        before = schema(database)

    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half (x)")
        connection.execute("SELECT * FROM not_there")

    monkeypatch.setattr(opening, "MIGRATIONS", [*MIGRATIONS, broken])
    with pytest.raises(RegistryError, match="no such table"):
        Database.open(path)
    monkeypatch.undo()
    with Database.open(path) as database:
        assert schema(database) == before


def test_a_backup_is_made_before_a_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "shelf.db"
    with Database.open(path) as database:
        database.write("INSERT INTO collections (name, created) VALUES ('mine', '2026')")
    monkeypatch.setattr(
        opening, "MIGRATIONS", [*MIGRATIONS, lambda c: c.execute("DROP TABLE collections")]
    )
    Database.open(path).close()
    (backup,) = backups_of(path)
    copy = sqlite3.connect(backup)
    assert copy.execute("SELECT name FROM collections").fetchall() == [("mine",)]
    assert copy.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    copy.close()


def test_a_newer_database_is_refused_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "shelf.db"
    monkeypatch.setattr(
        opening, "MIGRATIONS", [*MIGRATIONS, lambda c: c.execute("CREATE TABLE future (x)")]
    )
    Database.open(path).close()
    monkeypatch.undo()
    before = path.read_bytes()
    with pytest.raises(RegistryError, match="newer Modelshelf") as caught:
        Database.open(path)
    assert "Update" in caught.value.hint
    assert path.read_bytes() == before
    assert backups_of(path) == []
