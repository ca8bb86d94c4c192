"""The names on disk that make up a model, or one revision of it: what a deletion takes away.

Everything is listed without following a link, relative to the store, with the inode each name
has now; so that what is removed later can be held against what was listed.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from modelshelf.core.errors import NotFoundError
from modelshelf.core.files import read_bounded
from modelshelf.core.model import printable, short_name
from modelshelf.core.stores.layout import (
    FOREIGN_PARTIALS,
    LOCKS,
    OWN,
    PART_SUFFIX,
    PLAN_SUFFIX,
    repo_name,
)
from modelshelf.core.stores.shared_blobs import payload_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelshelf.core.model import ModelId
    from modelshelf.core.stores.installed import InstalledModel

_PARTIALS = (*FOREIGN_PARTIALS, PART_SUFFIX)
_MAX_REF = 4096


class NameKind(StrEnum):
    """What a name is for, in the order in which names are removed.

    Refs go first: a program then finds no revision, instead of half of one. Links go before the
    blobs they point to, so that no moment leaves a broken link.
    """

    REF = "ref"
    LINK = "link"
    BLOB = "blob"
    PARTIAL = "partial"
    OTHER = "other"
    LOCK = "lock"
    FOLDER = "folder"


ORDER = {kind: position for position, kind in enumerate(NameKind)}


@dataclass(frozen=True, slots=True)
class ListedName:
    """One name, relative to the store with `/`, and the inode behind it.

    `modified` (ns) tells a new file from an old one whose inode number was given out again. It is
    0 for a folder, whose time moves while it is emptied, and for a lock, which says nothing by it.
    """

    path: str
    kind: NameKind
    device: int
    inode: int
    modified: int

    @classmethod
    def of(cls, path: str, kind: NameKind, status: os.stat_result) -> ListedName:
        """Describe a name as `lstat` shows it."""
        is_timeless = kind is NameKind.LOCK or stat.S_ISDIR(status.st_mode)
        modified = 0 if is_timeless else status.st_mtime_ns
        return cls(path, kind, status.st_dev, status.st_ino, modified)


@dataclass(frozen=True, slots=True)
class Removal:
    """All names to take away, in the order to do it: folders last, the deepest first.

    `payloads` are the shared payloads (by hash) that lose a reference. `obstacles` are sentences
    about what must not be touched and stands in the way.
    """

    store: Path
    names: tuple[ListedName, ...]
    payloads: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """The names as paths."""
        return tuple(self.store / name.path for name in self.names)


def list_model(store: Path, model_id: ModelId) -> Removal:
    """List everything of a model: all revisions, unfinished files and locks."""
    listing = _Listing(store)
    listing.walk(repo_name(model_id))
    listing.walk(f"{LOCKS}/{repo_name(model_id)}")
    return listing.finished()


def list_for(model: InstalledModel, revision: str | None) -> Removal:
    """Name what deleting `model` touches, or only that revision of it."""
    if revision is None:
        return list_model(model.store, model.model_id)
    return list_revision(model.store, model.model_id, revision)


def list_revision(store: Path, model_id: ModelId, revision: str) -> Removal:
    """List one revision: its links, the blobs no other revision uses, the refs that name it.

    `revision` is a commit or a ref. The last revision of a model is the whole model, unless
    another one is still on its way.

    Raises:
        NotFoundError: when the model has no such revision here.
    """
    repo = repo_name(model_id)
    root = store / repo
    refs = dict(_refs(root))
    commit = refs.get(revision, revision)
    commits = _folders(root / "snapshots")
    if commit not in commits:
        shown = ", ".join(sorted({*refs, *commits})) or "none"
        raise NotFoundError(
            f"{short_name(model_id)} has no revision “{printable(revision)}” here.",
            hint=f"There are: {shown}.",
        )
    if commits == {commit} and not _is_awaited(root, commit):
        return list_model(store, model_id)
    listing = _Listing(store)
    listing.walk(f"{repo}/snapshots/{commit}")
    listing.walk(f"{repo}/.no_exist/{commit}")
    listing.add(f"{repo}/trees/{commit}.json", NameKind.OTHER)
    listing.add(f"{repo}/{OWN}/{commit}{PLAN_SUFFIX}", NameKind.OTHER)
    for name, named in refs.items():
        if named == commit:
            listing.add(f"{repo}/refs/{name}", NameKind.REF)
    kept: set[str] = set()
    for other in commits - {commit}:
        kept |= _linked_blobs(root, other)
    for blob in sorted(_linked_blobs(root, commit) - kept):
        listing.add(f"{repo}/blobs/{blob}", NameKind.BLOB)
    return listing.finished()


class _Listing:
    def __init__(self, store: Path) -> None:
        self._store = store
        self._names: list[ListedName] = []
        self._payloads: dict[str, None] = {}
        self._obstacles: list[str] = []

    def finished(self) -> Removal:
        ordered = sorted(
            self._names,
            # A folder goes after what is in it; its depth says so.
            key=lambda name: (
                ORDER[name.kind],
                -name.path.count("/") if name.kind is NameKind.FOLDER else 0,
                name.path,
            ),
        )
        return Removal(self._store, tuple(ordered), tuple(self._payloads), tuple(self._obstacles))

    def add(self, relative: str, kind: NameKind) -> os.stat_result | None:
        """List one name when it exists, as it is: a link is a name, not what it points to."""
        path = self._store / relative
        try:
            status = path.lstat()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._obstacles.append(f"“{printable(relative)}” cannot be read: {error.strerror}.")
            return None
        if kind is NameKind.BLOB and stat.S_ISLNK(status.st_mode):
            payload = payload_of(self._store, path)
            if payload is not None:
                self._payloads[payload.name] = None
        self._names.append(ListedName.of(relative, kind, status))
        return status

    def walk(self, relative: str) -> None:
        """List a folder with all that is in it. A link to a folder is only a name."""
        top = self.add(relative, NameKind.FOLDER)
        if top is None:
            return
        if not stat.S_ISDIR(top.st_mode):
            self._names.pop()
            self.add(relative, _kind(relative))
            return
        pending = [relative]
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(self._store / folder) as found:
                    entries = sorted(found, key=lambda entry: entry.name)
            except OSError as error:
                if not isinstance(error, FileNotFoundError):
                    sentence = f"“{printable(folder)}” cannot be read: {error.strerror}."
                    self._obstacles.append(sentence)
                continue
            for entry in entries:
                child = f"{folder}/{entry.name}"
                if not entry.is_dir(follow_symlinks=False):
                    self.add(child, _kind(child))
                    continue
                status = self.add(child, NameKind.FOLDER)
                if status is not None and status.st_dev != top.st_dev:
                    self._obstacles.append(f"Another disk is mounted at “{printable(child)}”.")
                elif status is not None:
                    pending.append(child)


def _kind(relative: str) -> NameKind:
    parts = relative.split("/")
    if parts[0] == LOCKS:
        return NameKind.LOCK
    match parts[1] if len(parts) > 2 else "":
        case "refs":
            return NameKind.REF
        case "snapshots":
            return NameKind.LINK
        case "blobs":
            is_partial = relative.endswith(_PARTIALS)
            return NameKind.PARTIAL if is_partial else NameKind.BLOB
        case own if own == OWN:
            return NameKind.PARTIAL
        case _:
            return NameKind.OTHER


def _refs(root: Path) -> Iterable[tuple[str, str]]:
    """Return each ref with the commit it names; strange ones are left out."""
    for folder, _, files in os.walk(root / "refs"):
        for file in files:
            path = os.path.join(folder, file)
            try:
                if not stat.S_ISREG(os.lstat(path).st_mode):
                    continue
                content = read_bounded(Path(path), _MAX_REF)
            except OSError:
                continue
            name = os.path.relpath(path, root / "refs").replace(os.sep, "/")
            yield name, content.decode("ascii", "replace").strip()


def _folders(path: Path) -> set[str]:
    try:
        with os.scandir(path) as entries:
            return {entry.name for entry in entries if entry.is_dir(follow_symlinks=False)}
    except OSError:
        return set()


def _is_awaited(root: Path, commit: str) -> bool:
    """Whether something other than `commit` is still to be downloaded into this repo."""
    try:
        names = os.listdir(root / OWN)
    except OSError:
        return False
    return any(
        name.endswith(PART_SUFFIX) or (name.endswith(PLAN_SUFFIX) and not name.startswith(commit))
        for name in names
    )


def _linked_blobs(root: Path, commit: str) -> set[str]:
    """Return the names in `blobs/` that a snapshot's links point to, by the links' own text."""
    found: set[str] = set()
    blobs = os.path.normpath(root / "blobs")
    for folder, _, files in os.walk(root / "snapshots" / commit):
        for name in files:
            try:
                target = os.readlink(os.path.join(folder, name))
            except OSError:
                continue
            parent, blob = os.path.split(os.path.normpath(os.path.join(folder, target)))
            if parent == blobs:
                found.add(blob)
    return found
