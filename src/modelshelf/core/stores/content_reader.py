"""The bytes of a repo: which blobs there are, and which of them a snapshot's names lead to.

A snapshot's link is asked once, through all its hops: that tells whether its bytes are there, how
many they are, and by the inode which blob it is. The blobs themselves are only listed.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelshelf.core.model import printable
from modelshelf.core.stores.installed import Damage, FileRow
from modelshelf.core.stores.layout import FOREIGN_PARTIALS, PART_SUFFIX

if TYPE_CHECKING:
    from modelshelf.core.stores.repo_folder import RepoFolder

_PARTIALS = (*FOREIGN_PARTIALS, PART_SUFFIX)
_FORMAT, _REGULAR = 0o170000, stat.S_IFREG
_MAX_DEPTH = 32
_HASH = 64
_READ_LATER = 1.0  # a file whose access time is not this much (s) after writing was never read
_EMPTY = (
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
)
_NEVER_EMPTY = (".safetensors", ".gguf", ".bin", ".pt", ".pth", ".onnx", ".h5", ".json", ".model")

Inode = int | tuple[int, int]
"""The number alone on the blobs' own volume, with the device on another."""


@dataclass(slots=True)
class Tally:
    """Inodes met so far with their bytes; the newest writing and the largest file's last use."""

    sizes: dict[Inode, int] = field(default_factory=dict[Inode, int])
    newest: float = 0.0
    largest: int = -1
    used: float = 0.0

    def add(self, other: Tally) -> None:
        """Join what another tally met."""
        self.sizes.update(other.sizes)
        if other.newest > self.newest:
            self.newest = other.newest
        if other.largest > self.largest:
            self.largest, self.used = other.largest, other.used


class ContentReader:
    """Reads the blobs of one repo, then any number of its snapshots."""

    def __init__(self, folder: RepoFolder) -> None:
        self.tally = Tally()
        self.partial_bytes = 0
        self.has_partials = False
        self._folder = folder
        self._root = folder.root
        self._device = -1
        self._blobs: dict[int, str] = {}
        self._linked_blobs: list[str] = []

    def read_blobs(self) -> None:
        """List the blobs by their inodes, and count unfinished ones of any program."""
        blobs = self._blobs
        status = self._folder.look("blobs")
        if status is None:
            return
        self._device = status.st_dev
        for entry in self._folder.scan("blobs"):
            name = entry.name
            if entry.is_file(follow_symlinks=False):
                if len(name) != _HASH and name.endswith(_PARTIALS):
                    self.count_partial(f"blobs/{name}")
                    continue
                inode = entry.inode()
                # Two names of one inode cannot be told apart by it.
                blobs[inode] = "" if inode in blobs else name
            elif entry.is_symlink():
                self._linked_blobs.append(name)
            else:
                self._folder.note_odd(f"blobs/{name}")

    def count_partial(self, relative: str) -> None:
        """Count an unfinished file."""
        try:
            status = os.lstat(f"{self._root}/{relative}")
        except OSError:
            return
        if stat.S_ISREG(status.st_mode):
            self.has_partials = True
            self._folder.bear_witness(relative, status)
            # It may have holes where bytes are still to come.
            blocks: int | None = getattr(status, "st_blocks", None)
            size = status.st_size
            self.partial_bytes += size if blocks is None else min(size, blocks * 512)

    def read_snapshot(self, commit: str) -> tuple[list[FileRow], Tally]:
        """Return a snapshot's files, in order of path, and what they weigh."""
        rows: list[FileRow] = []
        tally = Tally()
        self._read_files(f"snapshots/{commit}", "", rows, tally, 0)
        rows.sort()
        self.tally.add(tally)
        return rows, tally

    def count_unlinked(self) -> None:
        """Count blobs that no snapshot uses: they take their room all the same."""
        sizes = self.tally.sizes
        names = [name for inode, name in self._blobs.items() if inode not in sizes]
        for name in (*names, *self._linked_blobs):
            path = f"{self._root}/blobs/{name}"
            try:
                status = os.stat(path)
            except OSError:
                continue
            key = status.st_ino if status.st_dev == self._device else (status.st_dev, status.st_ino)
            is_file = stat.S_ISREG(status.st_mode)
            if key not in sizes and is_file and self._folder.is_inside_store(path):
                self._folder.remember_shared(path)
                sizes[key] = status.st_size
                self.tally.newest = max(self.tally.newest, status.st_mtime)

    def _read_files(
        self, folder: str, prefix: str, rows: list[FileRow], tally: Tally, depth: int
    ) -> None:
        descriptor = _opened(f"{self._root}/{folder}")
        try:
            entries = self._folder.entries(folder, descriptor)
            self._read_entries(entries, folder, prefix, rows, tally, depth)
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _read_entries(
        self,
        entries: list[os.DirEntry[str]],
        folder: str,
        prefix: str,
        rows: list[FileRow],
        tally: Tally,
        depth: int,
    ) -> None:
        # This loop runs once for every file of every model: names are local, calls are few.
        blobs, device, sizes, add = self._blobs, self._device, tally.sizes, rows.append
        newest, largest, used = tally.newest, tally.largest, tally.used
        for entry in entries:
            name = prefix + entry.name if prefix else entry.name
            try:
                status = entry.stat()
            except OSError:
                self._note_broken(f"{folder}/{entry.name}", name)
                add((name, 0, None, True))
                continue
            inode, size = status.st_ino, status.st_size
            blob = blobs.get(inode)
            key: Inode = inode
            if not blob or status.st_dev != device:
                if status.st_mode & _FORMAT != _REGULAR:
                    if not entry.is_dir(follow_symlinks=False):
                        self._folder.note_odd(f"{folder}/{entry.name}")
                        add((name, 0, None, True))
                    elif depth < _MAX_DEPTH:
                        inner = f"{folder}/{entry.name}"
                        self._read_files(inner, f"{name}/", rows, tally, depth + 1)
                    continue
                blob, is_here = self._place(entry, f"{folder}/{entry.name}")
                if not is_here:
                    add((name, size, None, False))
                    continue
                if status.st_dev != device:
                    key = (status.st_dev, inode)
            if not size:
                self._check_empty(f"{folder}/{entry.name}", name, blob)
            add((name, size, blob, False))
            sizes[key] = size
            written = status.st_mtime
            if written > newest:
                newest = written
            if size > largest:
                largest = size
                used = status.st_atime if status.st_atime > written + _READ_LATER else 0.0
        tally.add(Tally({}, newest, largest, used))

    def _place(self, entry: os.DirEntry[str], relative: str) -> tuple[str | None, bool]:
        """Find where a name's bytes lie when the inode alone does not tell.

        Returns the blob's name, None outside the repo's blobs, and whether they are in this store.
        """
        if not entry.is_symlink():
            return None, True
        path = f"{self._root}/{relative}"
        if not self._folder.is_inside_store(path):
            sentence = f"“{printable(relative)}” is a link out of the store."
            self._folder.note(Damage.LEAVES_STORE, relative, sentence)
            return None, False
        self._folder.remember_shared(path)
        try:
            target = os.path.join(os.path.dirname(path), os.readlink(path))
        except OSError:
            return None, True
        parent, blob = os.path.split(os.path.normpath(target))
        is_blob = parent == os.path.normpath(f"{self._root}/blobs")
        return (blob if is_blob else None), True

    def _note_broken(self, relative: str, name: str) -> None:
        sentence = f"The bytes of “{printable(name)}” are gone."
        self._folder.note(Damage.BROKEN_LINK, relative, sentence)
        # A shared payload that comes back changes nothing in this repo, only its own folder.
        self._folder.remember_shared(f"{self._root}/{relative}")

    def _check_empty(self, relative: str, name: str, blob: str | None) -> None:
        if blob in _EMPTY:
            return
        is_hash = blob is not None and len(blob) in (40, 64)
        if is_hash or name.endswith(_NEVER_EMPTY):
            sentence = f"“{printable(name)}” is empty and should not be."
            self._folder.note(Damage.EMPTY_FILE, relative, sentence)


def _opened(folder: str) -> int | None:
    """Open a folder where the system can list one by descriptor; None elsewhere."""
    if os.scandir not in os.supports_fd:
        return None
    try:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NONBLOCK)
    except OSError:
        return None
