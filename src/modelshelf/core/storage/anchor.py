"""Removing names below a store without ever leaving it: no link is followed on the way.

Each folder is opened from the one above it, refusing links, and a name is removed only while it
is still the inode that was listed. What appeared meanwhile is left alone.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

from modelshelf.core.stores.removal import ListedName

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_HAS_DESCRIPTORS = {os.open, os.stat, os.unlink, os.rmdir} <= os.supports_dir_fd
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


class Outcome(StrEnum):
    """What became of a name."""

    REMOVED = "removed"
    GONE = "gone"
    CHANGED = "changed"
    NOT_EMPTY = "not_empty"


class Anchor:
    """A store's folder, held open while names below it are removed.

    The store itself may be reached through links: that is how the user named it. Where the system
    has no descriptors of folders (Windows), each folder on the way is checked by its path.

    Raises:
        OSError: when the store cannot be opened.
    """

    def __init__(self, store: Path) -> None:
        self._store = os.path.realpath(store)
        self._root = os.open(self._store, _FOLDER) if _HAS_DESCRIPTORS else -1
        self._parent = ""
        self._descriptor = self._root

    def __enter__(self) -> Anchor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()
        if self._root >= 0:
            os.close(self._root)

    def remove(self, name: ListedName) -> tuple[Outcome, os.stat_result | None]:
        """Remove one name if it is still what was listed; also return how it was just before.

        Raises:
            OSError: when the system refuses (rights, a read-only disk, a file held on Windows).
        """
        parent, _, last = name.path.rpartition("/")
        try:
            self._enter(parent)
            status = self._look(last)
            if ListedName.of(name.path, name.kind, status) != name:
                return Outcome.CHANGED, None
            if stat.S_ISDIR(status.st_mode):
                self._rmdir(last)
            else:
                self._unlink(last, status)
        except FileNotFoundError:
            return Outcome.GONE, None
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                return Outcome.NOT_EMPTY, None
            if error.errno in (errno.ELOOP, errno.ENOTDIR):
                # Somebody put a link or a file where a folder was.
                return Outcome.CHANGED, None
            raise
        return Outcome.REMOVED, status

    def _enter(self, parent: str) -> None:
        if parent == self._parent:
            return
        self._leave()
        if not parent:
            return
        if not _HAS_DESCRIPTORS:
            self._check_way(parent)
            self._parent = parent
            return
        descriptor = self._root
        try:
            for part in parent.split("/"):
                inner = os.open(part, _FOLDER, dir_fd=descriptor)
                if descriptor != self._root:
                    os.close(descriptor)
                descriptor = inner
        except OSError:
            if descriptor != self._root:
                os.close(descriptor)
            raise
        self._parent, self._descriptor = parent, descriptor

    def _leave(self) -> None:
        if self._descriptor != self._root:
            os.close(self._descriptor)
        self._parent, self._descriptor = "", self._root

    def _check_way(self, parent: str) -> None:
        path = self._store
        for part in parent.split("/"):
            path = os.path.join(path, part)
            status = os.lstat(path)
            reparse: int = getattr(status, "st_file_attributes", 0) & 0x400
            if reparse or not stat.S_ISDIR(status.st_mode):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)

    def _path(self, last: str) -> str:
        return os.path.join(self._store, self._parent, last)

    def _look(self, last: str) -> os.stat_result:
        if _HAS_DESCRIPTORS:
            return os.stat(last, dir_fd=self._descriptor, follow_symlinks=False)
        return os.lstat(self._path(last))

    def _rmdir(self, last: str) -> None:
        if _HAS_DESCRIPTORS:
            os.rmdir(last, dir_fd=self._descriptor)
        else:
            os.rmdir(self._path(last))

    def _unlink(self, last: str, status: os.stat_result) -> None:
        if _HAS_DESCRIPTORS:
            os.unlink(last, dir_fd=self._descriptor)
            return
        path = self._path(last)
        if not status.st_mode & stat.S_IWRITE:
            # Windows removes no read-only file.
            with suppress(OSError):
                os.chmod(path, stat.S_IWRITE)
        os.unlink(path)
