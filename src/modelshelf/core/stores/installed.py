"""What is on disk of a model, as frozen facts."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from modelshelf.core.stores.layout import repo_folder, snapshot_path
from modelshelf.core.stores.made_later import MadeLater

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from datetime import datetime

    from modelshelf.core.model import ModelId, Status

_PACKING = 1  # of zlib's levels: most of what can be saved at a third of the time

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


class FileList(MadeLater[InstalledFile]):
    """A revision's files in order of path.

    A list of two thousand models would otherwise build sixty thousand objects nobody reads. For
    the same reason `rows` may be their JSON text packed with zlib, as the index keeps them.
    """

    __slots__ = ("_blobs", "_rows")

    def __init__(self, blobs: str, rows: Sequence[FileRow] | bytes) -> None:
        self._made = None
        self._blobs = blobs
        self._rows = rows

    @property
    def rows(self) -> Sequence[FileRow]:
        """The files as plain values."""
        if isinstance(self._rows, bytes):
            self._rows = _unpacked(self._rows)
        return self._rows

    @property
    def packed(self) -> bytes:
        """The rows as JSON text packed with zlib."""
        if isinstance(self._rows, bytes):
            return self._rows
        return zlib.compress(json.dumps(self._rows, separators=(",", ":")).encode(), _PACKING)

    def make(self) -> tuple[InstalledFile, ...]:
        """Build the objects."""
        folder = Path(self._blobs)
        return tuple(
            InstalledFile(path, size, None if blob is None else folder / blob, bool(missing))
            for path, size, blob, missing in self.rows
        )

    def __len__(self) -> int:
        return len(self.rows)


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
    status: Status
    revisions: Sequence[InstalledRevision]
    size_bytes: int
    partial_bytes: int
    damage: tuple[DamageNote, ...]
    modified: datetime
    last_used: datetime | None = None

    @property
    def folder(self) -> Path:
        """The repo's folder in its store."""
        return repo_folder(self.store, self.model_id)

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


def _unpacked(packed: bytes) -> tuple[FileRow, ...]:
    rows = cast("list[list[Any]]", json.loads(zlib.decompress(packed)))
    return tuple((path, size, blob, is_missing) for path, size, blob, is_missing in rows)


def allocated(status: os.stat_result) -> int:
    """Return the bytes a file takes from the disk: what `df` shows, where the system says it."""
    blocks: int | None = getattr(status, "st_blocks", None)
    return status.st_size if blocks is None else blocks * 512
