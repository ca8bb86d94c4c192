"""Opening the database whatever state its file is in: new, old, damaged, lost, or too new.

A damaged file is set aside, never deleted; what is still good in it is saved, the rest comes from
the newest backup. A file from a newer program, or of another one, is refused as it is.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from typing import TYPE_CHECKING

from modelshelf.core.db.backups import back_up, backups_of, is_due, restore_newest
from modelshelf.core.db.connection import connect, is_damage, is_sound
from modelshelf.core.db.entered import entered_of, keep_entered
from modelshelf.core.db.migrations import MIGRATIONS
from modelshelf.core.db.rescue import everything, save_tables, set_aside
from modelshelf.core.errors import RegistryError

if TYPE_CHECKING:
    from pathlib import Path

    from modelshelf.core.db.in_use import InUse

APPLICATION_ID = 0x4D53484C  # "MSHL"
_BETWEEN_TRIES = 0.02


def open_sound(path: Path, in_use: InUse, busy_timeout: float) -> tuple[sqlite3.Connection, str]:
    """Return a connection to a sound, migrated database, and a sentence when it had to be mended.

    Raises:
        RegistryError: newer than this program, of another program, or damaged while another
            process has it open.
        OSError, sqlite3.Error: when the file is locked or cannot be written.
    """
    deadline = time.monotonic() + busy_timeout
    waiting = threading.Event()
    while True:
        if not in_use.share(deadline):
            raise RegistryError(
                f"The database {path} is being restored by another Modelshelf.",
                hint="Wait a moment, then start again.",
            )
        connection = None if _is_lost(path) else _connect_if_sound(path, busy_timeout)
        if connection is not None:
            return _up_to_date(path, connection, "")
        if in_use.try_alone():
            break
        if time.monotonic() > deadline:
            raise RegistryError(
                f"The database {path} is damaged, and another Modelshelf has it open.",
                hint="Close the other one, then start again: the database will be restored.",
            )
        waiting.wait(_BETWEEN_TRIES)
    try:
        return _up_to_date(path, *_rebuilt(path, busy_timeout))
    finally:
        in_use.share(deadline)


def _is_lost(path: Path) -> bool:
    """Whether there is nothing where, as the backups tell, something was."""
    return (not path.exists() or path.stat().st_size == 0) and _had_something(path)


def _had_something(path: Path) -> bool:
    return bool(backups_of(path)) or entered_of(path).exists()


def _connect_if_sound(path: Path, busy_timeout: float) -> sqlite3.Connection | None:
    try:
        connection = connect(path, busy_timeout)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return None
        raise
    try:
        empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
        # An empty file beside backups has lost its write-ahead log.
        if is_sound(connection) and not (empty and _had_something(path)):
            return connection
    except sqlite3.DatabaseError as error:
        connection.close()
        if is_damage(error):
            return None
        raise
    except BaseException:
        connection.close()
        raise
    connection.close()
    return None


def _rebuilt(path: Path, busy_timeout: float) -> tuple[sqlite3.Connection, str]:
    was_there = path.exists() and path.stat().st_size > 0
    aside = set_aside(path)
    backup = restore_newest(path)
    connection = connect(path, busy_timeout)
    try:
        migrate(path, connection)
        lost = everything()
        if was_there:
            lost = save_tables(aside, connection, lost)
        if lost and entered_of(path).exists():
            lost = save_tables(entered_of(path), connection, lost)
    except BaseException:
        connection.close()
        raise
    kept = f" The damaged file is kept as {aside.name}." if was_there else ""
    happened = "damaged" if was_there else "missing"
    what = "everything" if lost == everything() else ", ".join(sorted(lost))
    if not lost:
        told = f"The database was {happened}. All you had entered was saved.{kept}"
    elif backup is not None:
        told = f"The database was {happened}. Restored from the backup {backup.name}: {what}.{kept}"
    else:
        told = (
            f"The database was {happened}, and there was no backup. Lost: {what}.{kept} "
            "Installed models are found again by scanning."
        )
    return connection, told


def _up_to_date(
    path: Path, connection: sqlite3.Connection, notice: str
) -> tuple[sqlite3.Connection, str]:
    try:
        was_new = migrate(path, connection)
        if not was_new and is_due(path):
            notice = f"{notice} {_daily_backup(path, connection)}".strip()
    except BaseException:
        connection.close()
        raise
    return connection, notice


def _daily_backup(path: Path, connection: sqlite3.Connection) -> str:
    try:
        back_up(connection, path)
    except (OSError, sqlite3.Error) as error:
        return f"The database could not be backed up: {error}."
    return ""


def migrate(path: Path, connection: sqlite3.Connection) -> bool:
    """Bring the schema up to date, each step in a transaction; return whether it was empty.

    Raises:
        RegistryError: when the database is newer than this program or not one of ours.
        OSError, sqlite3.Error: when a step fails; the steps before it hold.
    """
    (done,) = connection.execute("PRAGMA user_version").fetchone()
    _refuse_strangers(path, connection, done)
    if 0 < done < len(MIGRATIONS):
        back_up(connection, path)
    for number in range(done + 1, len(MIGRATIONS) + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have been faster while this one waited for the lock.
            (now,) = connection.execute("PRAGMA user_version").fetchone()
            if now < number:
                MIGRATIONS[number - 1](connection)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {number}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
    if 0 < done < len(MIGRATIONS):
        # Tables of another schema could not be saved into this one.
        keep_entered(connection, path)
    if done < len(MIGRATIONS):
        # A schema that lives in the log alone would be lost with it.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return done == 0


def _refuse_strangers(path: Path, connection: sqlite3.Connection, done: int) -> None:
    if done > len(MIGRATIONS):
        raise RegistryError(
            f"The database {path} was written by a newer Modelshelf (schema {done}, this program "
            f"knows {len(MIGRATIONS)}).",
            hint="Update Modelshelf. The database was left as it is.",
        )
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application != APPLICATION_ID and (application or tables):
        raise RegistryError(
            f"The database {path} belongs to another program.",
            hint="Move it away, then start again. It was left as it is.",
        )
