"""The locks every client of a cache holds while it writes into a model."""

from __future__ import annotations

import os
import stat
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from modelshelf.core.stores.removal import NameKind, Removal

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def all_locks(removal: Removal) -> Generator[bool]:
    """Hold every lock file among the names; yields False when another program holds one.

    A lock is opened only while it is a regular file: links and pipes are nobody's lock. Locks
    that may not be opened, or a file system without locks, stop nothing.
    """
    with ExitStack() as held:
        is_free = True
        for name in removal.names:
            path = removal.store / name.path
            if name.kind is not NameKind.LOCK or not _is_regular(path):
                continue
            lock = FileLock(path, timeout=0)
            try:
                held.enter_context(lock)
            except Timeout:
                is_free = False
                break
            except (OSError, NotImplementedError):
                continue
        yield is_free


def is_written_to(removal: Removal) -> bool:
    """Whether another program holds one of the locks right now."""
    with all_locks(removal) as is_free:
        return not is_free


def _is_regular(path: os.PathLike[str]) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False
