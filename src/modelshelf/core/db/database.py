"""One SQLite file, opened so that a committed change survives a power cut.

A corrupt file is set aside, never deleted, and rebuilt from the newest good backup; what a scan
of the disk can tell is rebuilt by the scan. A file from a newer program is refused untouched.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from modelshelf.core.db.migrations import MIGRATIONS
from modelshelf.core.errors import RegistryError
from modelshelf.core.units import utc_now

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

APPLICATION_ID = 0x4D53484C  # "MSHL"
_BUSY_TIMEOUT_MS = 5000
_BACKUPS_KEPT = 7

Row = sqlite3.Row


class Database:
    """Thread-safe: one connection behind one lock, so every transaction is short.

    `notices` holds sentences about what had to be repaired while opening.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, notices: tuple[str, ...]
    ) -> None:
        self.path = path
        self.notices = notices
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: Path) -> Database:
        """Open `path`, creating, migrating or rebuilding it as needed.

        Raises:
            RegistryError: when the file is locked for good, newer than this program, or its
                folder cannot be written.
        """
        notices: list[str] = []
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            real = path.parent.resolve() / path.name
            if real.exists() and not _is_sound(real):
                notices.append(_set_aside(real))
            connection = _connect(real)
            try:
                _migrate(connection, real)
            except BaseException:
                connection.close()
                raise
        except OSError as error:
            raise RegistryError(
                f"The database {path} cannot be opened: {error.strerror}.",
                hint="Check that its folder exists and can be written, and that the disk has room.",
            ) from error
        except sqlite3.Error as error:
            raise _explained(path, error) from error
        return cls(real, connection, tuple(notices))

    def close(self) -> None:
        """Close the connection; the database must not be used afterwards."""
        with self._lock:
            self._connection.close()

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run a query and return all its rows.

        Raises:
            RegistryError: when the database is locked or damaged.
        """
        with self._lock:
            try:
                return self._connection.execute(sql, parameters).fetchall()
            except sqlite3.Error as error:
                raise _explained(self.path, error) from error

    def row(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        """Run a query and return its first row, or None."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def write(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run one statement in a transaction of its own; return how many rows it changed."""
        with self.transaction() as connection:
            return connection.execute(sql, parameters).rowcount

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """One explicit write transaction; all of it happens or nothing.

        Raises:
            RegistryError: when the database is locked or damaged. `sqlite3.IntegrityError` passes
                through, because callers give it a meaning.
        """
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                except BaseException:
                    self._connection.execute("ROLLBACK")
                    raise
                self._connection.execute("COMMIT")
            except sqlite3.IntegrityError:
                raise
            except sqlite3.Error as error:
                raise _explained(self.path, error) from error

    def back_up(self) -> Path:
        """Write a verified copy beside the database and forget all but the newest few."""
        with self._lock:
            return _back_up(self._connection, self.path)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=_BUSY_TIMEOUT_MS / 1000
    )
    connection.row_factory = sqlite3.Row
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "cell_size_check = ON",
        "mmap_size = 0",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _is_sound(path: Path) -> bool:
    """Whether SQLite itself finds no fault; a locked database is not called damaged."""
    if path.stat().st_size == 0:
        return True
    try:
        connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_MS / 1000)
        try:
            verdict: tuple[Any, ...] = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False
    return verdict[0] == "ok"


def _set_aside(path: Path) -> str:
    stamp = f"{utc_now():%Y%m%d-%H%M%S}"
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.replace(f"{path}{suffix}", f"{aside}{suffix}")
    for backup in sorted(path.parent.glob(f"{path.name}.backup-*"), reverse=True):
        if _is_sound(backup):
            source = sqlite3.connect(backup)
            target = sqlite3.connect(path)
            source.backup(target)
            source.close()
            target.close()
            return (
                f"The database was damaged and has been restored from the backup {backup.name}; "
                f"the damaged file is kept as {aside.name}."
            )
    return (
        f"The database was damaged and had no backup, so a new one was started; the damaged file "
        f"is kept as {aside.name}. Installed models are found again by scanning."
    )


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    (done,) = connection.execute("PRAGMA user_version").fetchone()
    if done > len(MIGRATIONS):
        raise RegistryError(
            f"The database {path} was written by a newer Modelshelf (schema {done}, this program "
            f"knows {len(MIGRATIONS)}).",
            hint="Update Modelshelf. The database was left as it is.",
        )
    if 0 < done < len(MIGRATIONS):
        _back_up(connection, path)
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


def _back_up(connection: sqlite3.Connection, path: Path) -> Path:
    final = path.with_name(f"{path.name}.backup-{utc_now():%Y%m%d-%H%M%S-%f}")
    temporary = final.with_name(f"{final.name}.tmp")
    target = sqlite3.connect(temporary)
    try:
        connection.backup(target)
    finally:
        target.close()
    os.replace(temporary, final)
    for old in sorted(path.parent.glob(f"{path.name}.backup-*"))[:-_BACKUPS_KEPT]:
        old.unlink(missing_ok=True)
    return final


def _explained(path: Path, error: sqlite3.Error) -> RegistryError:
    text = str(error)
    if "locked" in text or "busy" in text:
        return RegistryError(
            f"The database {path} is locked by another program.",
            hint="Close the other program or wait for it, then try again.",
            details=text,
        )
    if "full" in text:
        return RegistryError(
            f"The disk with the database {path} is full.",
            hint="Free some space there, then try again.",
            details=text,
        )
    return RegistryError(
        f"The database {path} could not be used: {text}.",
        hint="Start Modelshelf again: a damaged database is set aside and rebuilt.",
        details=text,
    )
