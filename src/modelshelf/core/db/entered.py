"""A small second copy of what only the user knows, written anew after every change of it.

Backups are made once a day and hold everything; this one is never older than the last change, so
that a damaged database costs nothing that was entered.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from modelshelf.core.files import adjacent_temporary, flush_folder

if TYPE_CHECKING:
    from pathlib import Path

_TABLES = (
    "collections",
    "collection_models",
    "preferences",
    "llm_tiers",
    "custom_models",
    "model_notes",
)


def entered_of(path: Path) -> Path:
    """Where the copy for the database `path` lies."""
    return path.with_name(f"{path.name}.entered")


def keep_entered(connection: sqlite3.Connection, path: Path) -> None:
    """Replace the copy by what `connection` holds now.

    Raises:
        OSError, sqlite3.Error: when it cannot be written; the earlier copy is then untouched.
    """
    final = entered_of(path)
    with adjacent_temporary(final) as temporary:
        with closing(sqlite3.connect(temporary, isolation_level=None)) as target:
            target.execute("PRAGMA journal_mode = OFF")
            target.execute("BEGIN")
            for table in _TABLES:
                _copy(connection, target, table)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            target.execute(f"PRAGMA user_version = {version}")
            target.execute("COMMIT")
        descriptor = os.open(temporary, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, final)
    flush_folder(path.parent)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> None:
    found = source.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    if found is None:
        return
    target.execute(found[0])
    for row in source.execute(f"SELECT * FROM {table}"):
        target.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", tuple(row))
