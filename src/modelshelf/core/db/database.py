"""One SQLite file, opened so that a committed change survives a power cut."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from modelshelf.core.db.backups import back_up
from modelshelf.core.db.connection import connect, explained
from modelshelf.core.db.entered import keep_entered
from modelshelf.core.db.in_use import InUse
from modelshelf.core.db.opening import open_sound
from modelshelf.core.db.reserve import Reserve
from modelshelf.core.errors import RegistryError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

Row = sqlite3.Row


class Database:
    """Thread-safe: one connection behind one lock, so every transaction is short.

    `notices` holds sentences about what had to be repaired while opening.
    """

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        in_use: InUse | None,
        notices: tuple[str, ...] = (),
    ) -> None:
        self.path = path
        self.notices = notices
        self._connection = connection
        self._in_use = in_use
        self._reserve = Reserve(path)
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: Path, *, busy_timeout: float = 5.0) -> Database:
        """Open `path`, creating, migrating, backing up or rebuilding it as needed.

        `busy_timeout` is how many seconds to wait for other processes, here and later.

        Raises:
            RegistryError: when the file is locked for good, newer than this program, of another
                program, or its folder cannot be written.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # A link must not give one database two logs.
            real = Path(path).resolve()
            if real.exists() and not os.access(real, os.W_OK):
                # SQLite would open it for reading, and every change would fail later.
                raise PermissionError(errno.EACCES, "it is not writable", str(real))
            Reserve(real).give_up()
            in_use = InUse(real)
            try:
                connection, notice = open_sound(real, in_use, busy_timeout)
            except BaseException:
                in_use.release()
                raise
        except OSError as error:
            raise RegistryError(
                f"The database {path} cannot be opened: {error.strerror or error}.",
                hint="Check that it and its folder can be written, and that the disk has room.",
            ) from error
        except sqlite3.Error as error:
            raise explained(path, error) from error
        Reserve(real).lay_in()
        return cls(real, connection, in_use, (notice,) if notice else ())

    def close(self) -> None:
        """Close the connection; the database must not be used afterwards."""
        with self._lock:
            self._connection.close()
            if self._in_use is not None:
                self._in_use.release()

    def make_room(self) -> None:
        """Let the next changes fit on a full disk: for the work that will free space there."""
        self._reserve.give_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run a query and return all its rows.

        Raises:
            RegistryError: when the database is locked or damaged.
        """
        with self._lock:
            try:
                return self._connection.execute(sql, parameters).fetchall()
            except sqlite3.Error as error:
                raise explained(self.path, error) from error

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
        """One explicit write transaction; all of it happens or nothing. They do not nest.

        Raises:
            RegistryError: when the database is locked or damaged, or its disk is full.
                `sqlite3.IntegrityError` passes through, because callers give it a meaning.
        """
        with self._lock:
            if self._connection.in_transaction:
                raise RuntimeError("a transaction is open in this thread already")
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                    self._connection.execute("COMMIT")
                except BaseException:
                    # SQLite itself takes everything back when the disk is full.
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.IntegrityError:
                raise
            except sqlite3.Error as error:
                raise explained(self.path, error) from error

    @contextmanager
    def rehearsal(self) -> Generator[Database]:
        """A copy in memory to try a change on: the very code runs, and nothing of it stays.

        Raises:
            RegistryError: when the database is locked or damaged.
        """
        copy = connect(Path(":memory:"), 0)
        try:
            with self._lock:
                try:
                    self._connection.backup(copy)
                except sqlite3.Error as error:
                    raise explained(self.path, error) from error
            yield Database(self.path, copy, None)
        finally:
            copy.close()

    def keep_entered(self) -> str:
        """Renew the small copy of what only the user knows; return a sentence when that failed."""
        with self._lock:
            try:
                keep_entered(self._connection, self.path)
            except (OSError, sqlite3.Error) as error:
                return f"The copy of what you entered could not be written: {error}."
        return ""

    def back_up(self) -> Path:
        """Write a verified copy beside the database and forget all but the newest few.

        Raises:
            RegistryError: when it cannot be written.
        """
        with self._lock:
            try:
                return back_up(self._connection, self.path)
            except (OSError, sqlite3.Error) as error:
                raise RegistryError(
                    f"The database {self.path} could not be backed up: {error}.",
                    hint="Check that its folder can be written and that the disk has room.",
                ) from error
