"""One repo of a Hugging Face cache, read with as few system calls as it takes.

A snapshot's link is asked once, through all its hops: that tells whether its bytes are there, how
many they are, and by the inode which blob it is. The blobs themselves are only listed.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from modelshelf.core.errors import InputError
from modelshelf.core.model import Status, printable
from modelshelf.core.stores.completeness import chosen_files, is_loadable, missing_parts
from modelshelf.core.stores.installed import (
    Damage,
    DamageNote,
    FileList,
    FileRow,
    InstalledModel,
    InstalledRevision,
)
from modelshelf.core.stores.layout import (
    FOREIGN_PARTIALS,
    OWN,
    PART_SUFFIX,
    PLAN_SUFFIX,
    SHARED,
    model_id_of,
)

if TYPE_CHECKING:
    from pathlib import Path

_IGNORED = (".DS_Store",)
_PARTIALS = (*FOREIGN_PARTIALS, PART_SUFFIX)
_MAX_REF = 4096
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORMAT, _REGULAR = 0o170000, stat.S_IFREG
_MAX_DEPTH = 32
_MAX_NOTES = 50
_READ_LATER = 1.0  # a file whose access time is not this much (s) after writing was never read
_EMPTY = (
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
)
_NEVER_EMPTY = (".safetensors", ".gguf", ".bin", ".pt", ".pth", ".onnx", ".h5", ".json", ".model")

Witness = tuple[str, int, int]
"""A path relative to the repo, its inode and the moment it last changed (ns)."""


def stamp(status: os.stat_result) -> int:
    """Return what moves whenever a folder's names or a file's content change, in ns.

    The change time cannot be set back by a copy that keeps times; Windows keeps the birth time
    under that name, so there it is the modification time.
    """
    return status.st_mtime_ns if os.name == "nt" else status.st_ctime_ns


@dataclass(frozen=True, slots=True)
class RepoReading:
    """A repo's facts, and the witnesses: while these stand unmoved, the facts hold.

    `shared` names the folders of the store's shared blobs that this repo's files lie in.
    """

    model: InstalledModel
    witnesses: tuple[Witness, ...]
    shared: tuple[str, ...]


@dataclass(slots=True)
class _Tally:
    """Inodes met so far (inode, or device and inode), and the newest and the largest of them."""

    sizes: dict[int | tuple[int, int], int]
    newest: float = 0.0
    largest: int = -1
    used: float = 0.0


class RepoReader:
    """Reads one repo, once. Raises for nothing it finds, opens nothing but small files."""

    def __init__(self, store: Path, name: str) -> None:
        model_id = model_id_of(name)
        if model_id is None:
            raise InputError(f"The folder “{printable(name)}” is named like no model.")
        self._store = store
        self._model_id = model_id
        self._name = name
        self._root = os.path.join(os.fspath(store), name)
        self._notes: list[DamageNote] = []
        self._witnesses: list[Witness] = []
        self._shared: set[str] = set()
        self._device = -1
        self._blobs: dict[int, str] = {}
        self._linked_blobs: list[str] = []
        self._tally = _Tally({})
        self._partial_bytes = 0

    def read(self) -> RepoReading:
        """Read everything; what is wrong ends up in the damage notes."""
        self._witness("")
        if os.path.islink(self._root) and not self._is_inside(self._root):
            self._note(Damage.LEAVES_STORE, "", "The model's folder is a link out of the store.")
        refs = self._read_refs()
        self._read_blobs()
        chosen, has_partials = self._read_own()
        has_partials = has_partials or self._partial_bytes > 0
        revisions = self._read_snapshots(refs, chosen)
        self._count_unlinked()
        commits = {revision.commit for revision in revisions}
        for commit, names in refs.items():
            if commit not in commits and commit not in chosen:
                self._note(
                    Damage.REF_WITHOUT_SNAPSHOT,
                    f"refs/{names[0]}",
                    f"“{printable(names[0])}” names a revision that is not here.",
                )
        is_unfinished = has_partials or any(commit not in commits for commit in chosen)
        if not revisions and not is_unfinished:
            self._note(Damage.NO_SNAPSHOT, "snapshots", "There is no revision in its folder.")
        return RepoReading(
            self._model(revisions, is_unfinished or self._is_waiting(revisions, chosen)),
            tuple(self._witnesses),
            tuple(sorted(self._shared)),
        )

    @staticmethod
    def _is_waiting(
        revisions: list[InstalledRevision], chosen: dict[str, frozenset[str] | None]
    ) -> bool:
        return any(not r.is_complete and r.commit in chosen for r in revisions)

    def _model(self, revisions: list[InstalledRevision], is_unfinished: bool) -> InstalledModel:
        has_complete = any(revision.is_complete for revision in revisions)
        if is_unfinished and not has_complete:
            status = Status.PARTIAL
        elif any(not note.kind.is_harmless for note in self._notes):
            status = Status.DAMAGED
        else:
            status = Status.INSTALLED if has_complete else Status.PARTIAL
        newest = self._tally.newest or self._folder_time()
        return InstalledModel(
            model_id=self._model_id,
            store=self._store,
            folder=self._store / self._name,
            status=status,
            revisions=tuple(revisions),
            size_bytes=sum(self._tally.sizes.values()),
            partial_bytes=self._partial_bytes,
            damage=tuple(self._notes),
            modified=moment(newest),
            last_used=moment(self._tally.used) if self._tally.used else None,
        )

    def _folder_time(self) -> float:
        try:
            return os.stat(self._root).st_mtime
        except OSError:
            return 0.0

    def _note(self, kind: Damage, path: str, sentence: str) -> None:
        if len(self._notes) < _MAX_NOTES:
            self._notes.append(DamageNote(kind, path, sentence))

    def _witness(self, relative: str) -> os.stat_result | None:
        """Remember how a folder looks before it is read; None when it is not there."""
        path = f"{self._root}/{relative}" if relative else self._root
        try:
            status = os.stat(path)
        except OSError as error:
            if not isinstance(error, FileNotFoundError):
                self._note_unreadable(relative, error)
            return None
        self._witnesses.append((relative, status.st_ino, stamp(status)))
        return status

    def _list(self, relative: str, descriptor: int | None = None) -> list[os.DirEntry[str]]:
        """List a folder; with a descriptor, its entries are then asked without walking paths."""
        return [] if self._witness(relative) is None else self._scan(relative, descriptor)

    def _scan(self, relative: str, descriptor: int | None = None) -> list[os.DirEntry[str]]:
        place = f"{self._root}/{relative}" if descriptor is None else descriptor
        try:
            with os.scandir(place) as entries:
                return list(entries)
        except FileNotFoundError:
            return []
        except OSError as error:
            self._note_unreadable(relative, error)
        return []

    def _note_unreadable(self, relative: str, error: OSError) -> None:
        shown = printable(relative) or self._name
        if isinstance(error, NotADirectoryError):
            self._note(Damage.NOT_A_FILE, relative, f"“{shown}” is no folder.")
            return
        sentence = f"“{shown}” cannot be read: {error.strerror}."
        self._note(Damage.UNREADABLE, relative, sentence)

    def _read_refs(self, folder: str = "refs", depth: int = 0) -> dict[str, list[str]]:
        """Return the names of refs by the commit they stand for."""
        found: dict[str, list[str]] = {}
        for entry in self._list(folder):
            relative = f"{folder}/{entry.name}"
            if entry.name in _IGNORED:
                continue
            if entry.is_dir(follow_symlinks=False) and depth < _MAX_DEPTH:
                for commit, names in self._read_refs(relative, depth + 1).items():
                    found.setdefault(commit, []).extend(names)
            elif entry.is_file(follow_symlinks=False):
                commit = self._read_ref(relative)
                if commit:
                    found.setdefault(commit, []).append(relative[len("refs/") :])
            else:
                self._note_odd(relative)
        return found

    def _read_ref(self, relative: str) -> str:
        path = f"{self._root}/{relative}"
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
            try:
                # Other clients write a ref in place: its folder does not tell.
                status = os.fstat(descriptor)
                self._witnesses.append((relative, status.st_ino, stamp(status)))
                content = os.read(descriptor, _MAX_REF)
            finally:
                os.close(descriptor)
        except OSError as error:
            self._note_unreadable(relative, error)
            return ""
        commit = content.decode("ascii", "replace").strip()
        if not commit:
            self._note(
                Damage.REF_WITHOUT_SNAPSHOT, relative, f"“{printable(relative)}” names no revision."
            )
        return commit

    def _read_blobs(self) -> None:
        blobs = self._blobs
        status = self._witness("blobs")
        if status is None:
            return
        self._device = status.st_dev
        for entry in self._scan("blobs"):
            name = entry.name
            if entry.is_file(follow_symlinks=False):
                if name.endswith(_PARTIALS):
                    self._count_partial(f"blobs/{name}")
                    continue
                inode = entry.inode()
                # Two names of one inode cannot be told apart by it.
                blobs[inode] = "" if inode in blobs else name
            elif entry.is_symlink():
                self._linked_blobs.append(name)
            else:
                self._note_odd(f"blobs/{name}")

    def _count_partial(self, relative: str) -> None:
        try:
            status = os.lstat(f"{self._root}/{relative}")
        except OSError:
            return
        if stat.S_ISREG(status.st_mode):
            self._witnesses.append((relative, status.st_ino, stamp(status)))
            # A partial may have holes where bytes are still to come.
            blocks: int | None = getattr(status, "st_blocks", None)
            size = status.st_size
            self._partial_bytes += size if blocks is None else min(size, blocks * 512)

    def _read_own(self) -> tuple[dict[str, frozenset[str] | None], bool]:
        """Return the chosen files by commit, and whether there is an unfinished file of ours."""
        chosen: dict[str, frozenset[str] | None] = {}
        has_partials = False
        for entry in self._list(OWN):
            if not entry.is_file(follow_symlinks=False):
                continue
            if entry.name.endswith(PART_SUFFIX):
                has_partials = True
                self._count_partial(f"{OWN}/{entry.name}")
            elif entry.name.endswith(PLAN_SUFFIX):
                chosen[entry.name[: -len(PLAN_SUFFIX)]] = chosen_files(entry.path)
        return chosen, has_partials

    def _read_snapshots(
        self, refs: dict[str, list[str]], chosen: dict[str, frozenset[str] | None]
    ) -> list[InstalledRevision]:
        found: list[InstalledRevision] = []
        for entry in self._list("snapshots"):
            if entry.is_dir(follow_symlinks=False):
                names = tuple(sorted(refs.get(entry.name, ())))
                found.append(self._read_revision(entry.name, names, chosen))
            elif entry.name not in _IGNORED:
                relative = f"snapshots/{entry.name}"
                self._note(Damage.NOT_A_FILE, relative, f"“{printable(relative)}” is no folder.")
        found.sort(key=lambda revision: (revision.modified, revision.commit), reverse=True)
        return found

    def _read_revision(
        self, commit: str, refs: tuple[str, ...], chosen: dict[str, frozenset[str] | None]
    ) -> InstalledRevision:
        rows: list[FileRow] = []
        tally = _Tally({})
        notes_before = len(self._notes)
        self._read_files(f"snapshots/{commit}", "", rows, tally, 0)
        rows.sort()
        names = {row[0] for row in rows if not row[3]}
        is_whole = len(names) == len(rows) and all(
            note.kind.is_harmless for note in self._notes[notes_before:]
        )
        wanted = chosen.get(commit)
        if wanted is not None:
            is_whole = is_whole and wanted <= names
        elif commit in chosen:
            # A list that cannot be read: with something unfinished beside it, this may be it.
            is_whole = is_whole and not self._partial_bytes
        else:
            missing = missing_parts(names, f"{self._root}/snapshots/{commit}")
            for name in missing:
                sentence = f"The part “{printable(name)}” of the weights is not here."
                self._note(Damage.MISSING_PART, f"snapshots/{commit}/{name}", sentence)
            is_whole = is_whole and not missing
        self._tally.sizes.update(tally.sizes)
        self._tally.newest = max(self._tally.newest, tally.newest)
        if tally.largest > self._tally.largest:
            self._tally.largest, self._tally.used = tally.largest, tally.used
        newest = tally.newest or self._folder_time()
        return InstalledRevision(
            commit=commit,
            refs=refs,
            files=FileList(f"{self._root}/blobs", rows),
            size_bytes=sum(tally.sizes.values()),
            is_complete=is_whole and is_loadable(names),
            modified=moment(newest),
        )

    def _read_files(
        self, folder: str, prefix: str, rows: list[FileRow], tally: _Tally, depth: int
    ) -> None:
        descriptor = _opened(f"{self._root}/{folder}")
        try:
            entries = self._list(folder, descriptor)
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
        tally: _Tally,
        depth: int,
    ) -> None:
        blobs, device, sizes = self._blobs, self._device, tally.sizes
        for entry in entries:
            name = prefix + entry.name
            try:
                status = entry.stat()
            except OSError:
                self._note_broken(f"{folder}/{entry.name}", name)
                rows.append((name, 0, None, True))
                continue
            inode, size = status.st_ino, status.st_size
            if status.st_mode & _FORMAT != _REGULAR:
                if not entry.is_dir(follow_symlinks=False):
                    self._note_odd(f"{folder}/{entry.name}")
                    rows.append((name, 0, None, True))
                elif depth < _MAX_DEPTH:
                    self._read_files(f"{folder}/{entry.name}", f"{name}/", rows, tally, depth + 1)
                continue
            key: int | tuple[int, int] = inode
            blob = blobs.get(inode)
            if not blob or status.st_dev != device:
                blob, is_here = self._place(entry, f"{folder}/{entry.name}")
                if not is_here:
                    rows.append((name, size, None, False))
                    continue
                if status.st_dev != device:
                    key = (status.st_dev, inode)
            if not size:
                self._check_empty(f"{folder}/{entry.name}", name, blob)
            rows.append((name, size, blob, False))
            sizes[key] = size
            written = status.st_mtime
            if written > tally.newest:
                tally.newest = written
            if size > tally.largest:
                tally.largest = size
                read = status.st_atime
                tally.used = read if read > written + _READ_LATER else 0.0

    def _place(self, entry: os.DirEntry[str], relative: str) -> tuple[str | None, bool]:
        """Find where a name's bytes lie when the inode alone does not tell.

        Returns the blob's name, None outside the repo's blobs, and whether they are in this store.
        """
        if not entry.is_symlink():
            return None, True
        path = f"{self._root}/{relative}"
        real = os.path.realpath(path)
        if not self._is_inside(real):
            sentence = f"“{printable(relative)}” is a link out of the store."
            self._note(Damage.LEAVES_STORE, relative, sentence)
            return None, False
        self._remember_shared(real)
        target = os.path.join(os.path.dirname(path), os.readlink(path))
        parent, blob = os.path.split(os.path.normpath(target))
        is_blob = parent == os.path.normpath(f"{self._root}/blobs")
        return (blob if is_blob else None), True

    def _remember_shared(self, real: str) -> None:
        shared = os.path.join(os.path.realpath(self._store), SHARED)
        folder = os.path.dirname(real)
        if os.path.dirname(folder) == shared:
            self._shared.add(os.path.basename(folder))

    def _is_inside(self, path: str) -> bool:
        root = os.path.realpath(self._store).rstrip(os.sep) + os.sep
        return os.path.realpath(path).startswith(root)

    def _note_odd(self, relative: str) -> None:
        sentence = f"“{printable(relative)}” is no regular file."
        self._note(Damage.NOT_A_FILE, relative, sentence)

    def _note_broken(self, relative: str, name: str) -> None:
        sentence = f"The bytes of “{printable(name)}” are gone."
        self._note(Damage.BROKEN_LINK, relative, sentence)
        # A shared payload that comes back changes nothing in this repo, only its own folder.
        try:
            target = os.path.realpath(f"{self._root}/{relative}")
        except OSError:
            return
        self._remember_shared(target)

    def _check_empty(self, relative: str, name: str, blob: str | None) -> None:
        if blob in _EMPTY:
            return
        is_hash = blob is not None and len(blob) in (40, 64)
        if is_hash or name.endswith(_NEVER_EMPTY):
            sentence = f"“{printable(name)}” is empty and should not be."
            self._note(Damage.EMPTY_FILE, relative, sentence)

    def _count_unlinked(self) -> None:
        """Count blobs that no snapshot uses: they take their room all the same."""
        sizes = self._tally.sizes
        paths = [f"blobs/{name}" for inode, name in self._blobs.items() if inode not in sizes]
        for relative in (*paths, *(f"blobs/{name}" for name in self._linked_blobs)):
            path = f"{self._root}/{relative}"
            try:
                status = os.stat(path)
            except OSError:
                continue
            key = status.st_ino if status.st_dev == self._device else (status.st_dev, status.st_ino)
            if key not in sizes and stat.S_ISREG(status.st_mode) and self._is_inside(path):
                self._remember_shared(os.path.realpath(path))
                sizes[key] = status.st_size
                self._tally.newest = max(self._tally.newest, status.st_mtime)


def _opened(folder: str) -> int | None:
    """Open a folder where the system can list one by descriptor; None elsewhere."""
    if os.scandir not in os.supports_fd:
        return None
    try:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NONBLOCK)
    except OSError:
        return None


def moment(seconds: float) -> datetime:
    """Return a file time as a moment; one the calendar cannot hold becomes the epoch."""
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return _EPOCH
