"""What is on disk of a model, as frozen facts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, overload

from modelshelf.core.stores.layout import snapshot_path

if TYPE_CHECKING:
    import os
    from datetime import datetime

    from modelshelf.core.model import ModelId, Status

FileRow = tuple[str, int, str | None, bool]
"""A file as plain values: its path in the snapshot, bytes, blob name, whether it is missing."""


@dataclass(frozen=True, slots=True)
class InstalledFile:
    """One name in a snapshot.

    `path` is relative to the snapshot, with `/`. `blob` is None where the bytes lie under the name
    itself (no links on that system) or outside the repo. `size` is 0 when `is_missing`.
    """

    path: str
    size: int
    blob: Path | None
    is_missing: bool = False


class FileList(Sequence[InstalledFile]):
    """A revision's files in order of path, made into objects only when somebody looks.

    A list of two thousand models would otherwise build sixty thousand objects nobody reads. For
    the same reason `rows` may be the JSON text of the rows, as the index keeps them.
    """

    __slots__ = ("_blobs", "_files", "_rows")

    def __init__(self, blobs: str, rows: Sequence[FileRow] | str) -> None:
        self._blobs = blobs
        self._rows = rows
        self._files: tuple[InstalledFile, ...] | None = None

    @property
    def rows(self) -> Sequence[FileRow]:
        """The files as plain values."""
        if isinstance(self._rows, str):
            self._rows = _parsed(self._rows)
        return self._rows

    def _all(self) -> tuple[InstalledFile, ...]:
        if self._files is None:
            folder = Path(self._blobs)
            self._files = tuple(
                InstalledFile(path, size, None if blob is None else folder / blob, bool(missing))
                for path, size, blob, missing in self.rows
            )
        return self._files

    @overload
    def __getitem__(self, index: int) -> InstalledFile: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[InstalledFile, ...]: ...
    def __getitem__(self, index: int | slice) -> InstalledFile | tuple[InstalledFile, ...]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[InstalledFile]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FileList):
            return self._blobs == other._blobs and list(self.rows) == list(other.rows)
        return isinstance(other, tuple) and self._all() == other

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return f"FileList({self._all()!r})"


@dataclass(frozen=True, slots=True)
class InstalledRevision:
    """One snapshot. `size_bytes` counts each of its inodes once.

    `is_complete`: no file is missing, there is a weight or a configuration, every sharded weight
    has all its parts, and what was chosen for download is there.
    """

    commit: str
    refs: tuple[str, ...]
    files: Sequence[InstalledFile]
    size_bytes: int
    is_complete: bool
    modified: datetime


class Damage(StrEnum):
    """What is wrong with a repo on disk."""

    BROKEN_LINK = "broken_link"
    EMPTY_FILE = "empty_file"
    MISSING_PART = "missing_part"
    REF_WITHOUT_SNAPSHOT = "ref_without_snapshot"
    NO_SNAPSHOT = "no_snapshot"
    UNREADABLE = "unreadable"
    NOT_A_FILE = "not_a_file"
    LEAVES_STORE = "leaves_store"

    @property
    def is_harmless(self) -> bool:
        """Whether a model can be used all the same: worth saying, no reason to call it damaged."""
        return self is Damage.LEAVES_STORE


@dataclass(frozen=True, slots=True)
class DamageNote:
    """One thing that is wrong; `path` is relative to the repo, `sentence` is for people."""

    kind: Damage
    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """One repo in one store.

    `size_bytes` is what whole files weigh: every inode once, blobs in the shared store and blobs
    no revision uses included. `partial_bytes` is what unfinished downloads weigh, ours and those of
    other programs. `last_used` is when its largest file was last read, as far as the disk tells.
    """

    model_id: ModelId
    store: Path
    folder: Path
    status: Status
    revisions: tuple[InstalledRevision, ...]
    size_bytes: int
    partial_bytes: int
    damage: tuple[DamageNote, ...]
    modified: datetime
    last_used: datetime | None = None

    @property
    def current(self) -> InstalledRevision | None:
        """The revision a program gets by default: that of `refs/main`, else the newest complete."""
        for revision in self.revisions:
            if "main" in revision.refs:
                return revision
        complete = [revision for revision in self.revisions if revision.is_complete]
        return max(complete, key=lambda revision: revision.modified, default=None)

    @property
    def path(self) -> Path | None:
        """The current revision's snapshot folder."""
        current = self.current
        return snapshot_path(self.folder, current.commit) if current else None

    def revision(self, commit_or_ref: str) -> InstalledRevision | None:
        """The revision with this commit, or the one a branch or tag stands for."""
        for revision in self.revisions:
            if revision.commit == commit_or_ref or commit_or_ref in revision.refs:
                return revision
        return None


@dataclass(frozen=True, slots=True)
class StoreScan:
    """One store as it was found.

    `remembered` holds what was there when it could last be read, while it cannot (an unplugged
    disk); those models are not installed now, and nothing about them is forgotten.
    """

    path: Path
    exists: bool
    writable: bool
    models: tuple[InstalledModel, ...] = ()
    problems: tuple[str, ...] = ()
    remembered: tuple[InstalledModel, ...] = ()

    @property
    def is_unplugged(self) -> bool:
        """Whether the store was there before and is not now."""
        return bool(self.remembered) and not self.exists


def _parsed(text: str) -> tuple[FileRow, ...]:
    try:
        rows = cast("list[list[Any]]", json.loads(text))
        return tuple((str(p), int(size), blob, bool(gone)) for p, size, blob, gone in rows)
    except (ValueError, TypeError):
        # The index is a copy of what a scan finds; whoever needs it whole scans again.
        return ()


def allocated(status: os.stat_result) -> int:
    """Return the bytes a file takes from the disk: what `df` shows, where the system says it."""
    blocks: int | None = getattr(status, "st_blocks", None)
    return status.st_size if blocks is None else blocks * 512
