"""One connection to SQLite: how it is set up, whether its file is sound, what its errors mean."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from modelshelf.core.errors import RegistryError

if TYPE_CHECKING:
    from pathlib import Path

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})


def connect(path: Path, busy_timeout: float) -> sqlite3.Connection:
    """Open `path` so that what is committed survives a power cut; `busy_timeout` in seconds.

    Raises:
        sqlite3.Error: as SQLite says it.
    """
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=busy_timeout
    )
    connection.row_factory = sqlite3.Row
    try:
        for pragma in (
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "mmap_size = 0",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def is_damage(error: sqlite3.Error) -> bool:
    """Whether `error` means that the file's content is broken, not that it is busy or away."""
    # The low byte is the kind of error, the rest its variety; errors of the module have none.
    return _kind(error) in _DAMAGE


def is_sound(connection: sqlite3.Connection) -> bool:
    """Whether SQLite finds no fault in tables and indexes; some ms for ten megabytes.

    Raises:
        sqlite3.Error: when it cannot tell, because the file is locked or cannot be read.
    """
    try:
        verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return False
        raise
    return verdict[0] == "ok"


def explained(path: Path, error: sqlite3.Error) -> RegistryError:
    """Say in a sentence what went wrong with the database."""
    kind, text = _kind(error), str(error)
    if kind in _LOCKED:
        sentence = f"The database {path} is locked by another program."
        hint = "Close the other program or wait for it, then try again."
    elif kind == sqlite3.SQLITE_FULL:
        sentence = f"The disk with the database {path} is full."
        hint = "Free some space there, then try again."
    elif kind in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        sentence = f"The database {path} cannot be opened for writing."
        hint = "Check the permissions of the file and of its folder."
    elif kind == sqlite3.SQLITE_IOERR:
        sentence = f"The disk did not read or write the database {path}."
        hint = "Check that the disk is connected and healthy, then start Modelshelf again."
    elif kind in _DAMAGE:
        sentence = f"The database {path} is damaged."
        hint = "Start Modelshelf again: the file is set aside and restored from a backup."
    else:
        sentence = f"The database {path} could not be used: {text}."
        hint = "Start Modelshelf again."
    return RegistryError(sentence, hint=hint, details=text)


def _kind(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
