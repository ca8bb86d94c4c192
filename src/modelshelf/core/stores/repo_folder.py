"""A repo's folder while it is read: what was looked at, and what was found wrong."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from modelshelf.core.model import printable
from modelshelf.core.stores.installed import Damage, DamageNote
from modelshelf.core.stores.layout import SHARED

if TYPE_CHECKING:
    from pathlib import Path

IGNORED = (".DS_Store",)
_MAX_NOTES = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Witness = tuple[str, int, int]
"""A path relative to the repo, its inode and the moment it last changed (ns)."""


def stamp(status: os.stat_result) -> int:
    """Return what moves whenever a folder's names or a file's content change, in ns.

    The change time cannot be set back by a copy that keeps times; Windows keeps the birth time
    under that name, so there it is the modification time.
    """
    return status.st_mtime_ns if os.name == "nt" else status.st_ctime_ns


def moment(seconds: float) -> datetime:
    """Return a file time as a moment; one the calendar cannot hold becomes the epoch."""
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return _EPOCH


class RepoFolder:
    """Paths here are relative to the repo, with `/`.

    `harm` counts what is really wrong, also beyond the notes that are kept. `shared` are the
    folders of the store's shared blobs that the repo's files lie in.
    """

    def __init__(self, store: Path, name: str) -> None:
        self.root = os.path.join(os.fspath(store), name)
        self.notes: list[DamageNote] = []
        self.harm = 0
        self.witnesses: list[Witness] = []
        self.shared: set[str] = set()
        self._name = name
        self._store = store

    def look(self, relative: str) -> os.stat_result | None:
        """Remember how a folder looks before it is read; None when it is not there."""
        path = f"{self.root}/{relative}" if relative else self.root
        try:
            status = os.stat(path)
        except OSError as error:
            if not isinstance(error, FileNotFoundError):
                self.note_unreadable(relative, error)
            return None
        self.bear_witness(relative, status)
        return status

    def bear_witness(self, relative: str, status: os.stat_result) -> None:
        """Let the facts stand only as long as this name does not change."""
        self.witnesses.append((relative, status.st_ino, stamp(status)))

    def entries(self, relative: str, descriptor: int | None = None) -> list[os.DirEntry[str]]:
        """List a folder; with a descriptor, its entries are then asked without walking paths."""
        return [] if self.look(relative) is None else self.scan(relative, descriptor)

    def scan(self, relative: str, descriptor: int | None = None) -> list[os.DirEntry[str]]:
        """List a folder that was looked at already."""
        place = f"{self.root}/{relative}" if descriptor is None else descriptor
        try:
            with os.scandir(place) as found:
                return list(found)
        except FileNotFoundError:
            return []
        except OSError as error:
            self.note_unreadable(relative, error)
        return []

    def time(self) -> float:
        """When the repo's own folder changed, for want of anything better."""
        try:
            return os.stat(self.root).st_mtime
        except OSError:
            return 0.0

    def is_inside_store(self, path: str) -> bool:
        """Whether a path, with all its links resolved, lies in the store."""
        root = os.path.realpath(self._store).rstrip(os.sep) + os.sep
        return os.path.realpath(path).startswith(root)

    def remember_shared(self, path: str) -> None:
        """Note which folder of shared blobs a path leads to, if any."""
        shared = os.path.join(os.path.realpath(self._store), SHARED)
        folder = os.path.dirname(os.path.realpath(path))
        if os.path.dirname(folder) == shared:
            self.shared.add(os.path.basename(folder))

    def note(self, kind: Damage, path: str, sentence: str) -> None:
        """Keep one thing that is wrong."""
        self.harm += not kind.is_harmless
        if len(self.notes) < _MAX_NOTES:
            self.notes.append(DamageNote(kind, path, sentence))

    def note_odd(self, relative: str) -> None:
        """A pipe, a socket, a device, or a link where none belongs."""
        self.note(Damage.NOT_A_FILE, relative, f"“{printable(relative)}” is no regular file.")

    def note_unreadable(self, relative: str, error: OSError) -> None:
        """Something the system does not let us read."""
        shown = printable(relative) or self._name
        if isinstance(error, NotADirectoryError):
            self.note(Damage.NOT_A_FILE, relative, f"“{shown}” is no folder.")
            return
        self.note(Damage.UNREADABLE, relative, f"“{shown}” cannot be read: {error.strerror}.")
