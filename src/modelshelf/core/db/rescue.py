"""What to do with a damaged database: set it aside, restore a backup, save what is still good."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from modelshelf.core.units import utc_now

_TABLES = {
    "collections": "collections",
    "collection_models": "collections",
    "preferences": "defaults",
    "llm_tiers": "tiers",
    "custom_models": "custom models",
    "model_notes": "notes",
    "usage_events": "history of use",
    "jobs": "list of downloads",
}
"""Tables that no scan can rebuild, parents first, and how people call what is in them."""


def set_aside(path: Path) -> Path:
    """Give the database and its log other names, together; return the new name.

    Raises:
        OSError: when the folder cannot be written.
    """
    stamp = f"{path.name}.damaged-{utc_now():%Y%m%d-%H%M%S}"
    aside = path.with_name(stamp)
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{stamp}-{number}")
    for suffix in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            os.replace(f"{path}{suffix}", f"{aside}{suffix}")
    return aside


def everything() -> set[str]:
    """What there is to lose, as people call it."""
    return set(_TABLES.values())


def save_tables(damaged: Path, target: sqlite3.Connection, wanted: set[str]) -> set[str]:
    """Copy what is `wanted` and whole in `damaged` into `target`; return what could not be saved.

    A saved table replaces what a backup had: it is newer. Both must be of the same schema, else
    nothing is saved.

    Raises:
        OSError, sqlite3.Error: when there is no room to work in, or `target` cannot be written.
    """
    with tempfile.TemporaryDirectory(dir=damaged.parent) as folder:
        # SQLite changes what it opens; the damaged file is kept exactly as it was found.
        copy = Path(folder) / "copy"
        for suffix in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{damaged}{suffix}", f"{copy}{suffix}")
        # The tables are saved one by one, so references are put in order at the end.
        target.execute("PRAGMA foreign_keys = OFF")
        try:
            return _saved_from(copy, target, wanted)
        finally:
            target.execute(
                "INSERT OR IGNORE INTO collections (name, created)"
                " SELECT collection, min(added) FROM collection_models GROUP BY collection"
            )
            target.execute("PRAGMA foreign_keys = ON")


def _saved_from(copy: Path, target: sqlite3.Connection, wanted: set[str]) -> set[str]:
    tables = [table for table, name in _TABLES.items() if name in wanted]
    with closing(sqlite3.connect(copy)) as source:
        try:
            if not _same_schema(source, target):
                return wanted
        except sqlite3.DatabaseError:
            return wanted
        found = {table: _rows(source, table) for table in tables}
    saved = {t for t, rows in found.items() if rows is not None and _replace(target, t, rows)}
    return {_TABLES[table] for table in tables if table not in saved}


def _replace(target: sqlite3.Connection, table: str, rows: list[tuple[object, ...]]) -> bool:
    target.execute("BEGIN IMMEDIATE")
    try:
        target.execute(f"DELETE FROM {table}")
        for row in rows:
            target.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    except sqlite3.IntegrityError:
        target.execute("ROLLBACK")
        return False
    except BaseException:
        target.execute("ROLLBACK")
        raise
    target.execute("COMMIT")
    return True


def _same_schema(one: sqlite3.Connection, other: sqlite3.Connection) -> bool:
    version = "PRAGMA user_version"
    return one.execute(version).fetchone()[0] == other.execute(version).fetchone()[0]


def _rows(source: sqlite3.Connection, table: str) -> list[tuple[object, ...]] | None:
    """All rows of a table in which SQLite finds no fault, else None."""
    try:
        if source.execute(f"PRAGMA integrity_check({table})").fetchone()[0] != "ok":
            return None
        return source.execute(f"SELECT * FROM {table}").fetchall()
    except sqlite3.Error:
        return None
