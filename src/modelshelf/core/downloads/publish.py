"""Giving downloaded bytes their final names, in an order in which every instant is consistent.

A blob gets its name when it is whole, verified and flushed. The snapshot folder is linked when all
its blobs are there, the ref is written last: a reader finds the old model or the new one, and
`hf cache prune`, which removes snapshots without a ref, finds none of ours on the way.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from modelshelf.core.downloads.journal import bytes_recorded, remove_journal
from modelshelf.core.errors import (
    DiskSpaceError,
    ModelshelfError,
    PermissionRefusedError,
    StalePlanError,
)
from modelshelf.core.files import flush_folder, write_at
from modelshelf.core.model import is_commit, short_name
from modelshelf.core.paths import is_within
from modelshelf.core.stores import layout
from modelshelf.core.units import format_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from modelshelf.core.downloads.plan import DownloadPlan, PlannedFile
    from modelshelf.core.hub.schema import RemoteFile

_FULL = (errno.ENOSPC, errno.EDQUOT)
_TREE_FORMAT = 1
_LARGE = 16 << 20
_BLOCK = 4096


def prepare(plan: DownloadPlan) -> None:
    """Make the folders, and note the chosen files: while that note exists, this is unfinished.

    Raises:
        OSError: when the store cannot be written.
    """
    repo = plan.folder
    for folder in (repo / "blobs", repo / "snapshots", layout.own_folder(repo)):
        folder.mkdir(parents=True, exist_ok=True)
    note = {
        "format": 1,
        "model_id": plan.model_id,
        "revision": plan.request.revision,
        "commit": plan.commit,
        "files": [{"path": f.path, "size": f.size, "blob": f.blob_name} for f in plan.files],
    }
    content = json.dumps(note, ensure_ascii=False, indent=1).encode()
    _write(plan, layout.plan_path(repo, plan.commit), content)


def publish_blob(part: Path, blob: Path) -> None:
    """Give a flushed and verified file its final name.

    A large one is made to survive a power cut at once. The names of small ones are flushed all
    together before anything links to them: until then a power cut takes them back, never half.

    Raises:
        OSError: when it cannot be renamed; both names are then as they were.
    """
    os.replace(part, blob)
    if blob.stat().st_size >= _LARGE:
        flush_folder(blob.parent)


def publish_snapshot(plan: DownloadPlan) -> Path:
    """Link the files of the snapshot, then the listing, then the ref; return the snapshot's folder.

    Raises:
        PermissionRefusedError: when a folder of the snapshot leads out of it.
        OSError: when the store cannot be written.
    """
    repo = plan.folder
    flush_folder(repo / "blobs")
    snapshot = layout.snapshot_path(repo, plan.commit)
    snapshot.mkdir(parents=True, exist_ok=True)
    users: dict[str, int] = {}
    for file in plan.files:
        users[file.blob_name] = users.get(file.blob_name, 0) + 1
    for file in plan.files:
        _link(plan, snapshot, file, is_only_user=users[file.blob_name] == 1)
    for folder in {snapshot / os.path.dirname(file.path) for file in plan.files}:
        flush_folder(folder)
    flush_folder(snapshot.parent)
    _write_tree(plan)
    if not is_commit(plan.request.revision):
        _write_ref(plan)
    _tidy(plan)
    return snapshot


def is_snapshot_published(plan: DownloadPlan) -> bool:
    """Whether nothing at all is left to do: every file linked, the ref right, no note left."""
    repo = plan.folder
    snapshot = layout.snapshot_path(repo, plan.commit)
    # Not Path.exists, which raises in a folder that this user may not enter.
    if os.path.exists(layout.plan_path(repo, plan.commit)):
        return False
    if not is_commit(plan.request.revision):
        try:
            ref = layout.ref_path(repo, plan.request.revision).read_text(encoding="utf-8")
        except OSError:
            return False
        if ref != plan.commit:
            return False
    return all(_has_size(snapshot / file.path, file.size) for file in plan.files)


def leave_no_trace(plan: DownloadPlan) -> None:
    """Remove the folders of a download that ended before any byte of it arrived."""
    repo = plan.folder
    for file in plan.files:
        part = layout.part_path(repo, file.blob_name)
        journal = layout.journal_path(repo, file.blob_name)
        if bytes_recorded(journal, part, file.blob_name, file.size):
            return
        if layout.blob_path(repo, file.blob_name).exists():
            return
    for file in plan.files:
        layout.part_path(repo, file.blob_name).unlink(missing_ok=True)
        remove_journal(layout.journal_path(repo, file.blob_name))
    layout.plan_path(repo, plan.commit).unlink(missing_ok=True)
    with suppress(OSError):
        # Each only when it is empty; what others put there stays, and so does all above it.
        for folder in (layout.own_folder(repo), repo / "blobs", repo / "snapshots", repo):
            folder.rmdir()


def explained(error: OSError, plan: DownloadPlan, missing: int) -> ModelshelfError:
    """Say what a failure of the disk means when `missing` bytes were still to come."""
    if error.errno in _FULL:
        free = _free(plan.folder)
        more = max(_BLOCK, missing - free)
        return DiskSpaceError(
            f"The disk of {plan.store} is full: {format_bytes(more)} are missing for what is still "
            f"to come of {short_name(plan.model_id)}.",
            hint="Free some space, then try again: it goes on from the same byte.",
            details=error.strerror or "",
        )
    if isinstance(error, FileNotFoundError):
        if not plan.store.exists():
            return PermissionRefusedError(
                f"{plan.store} is no longer there: it was removed, or its disk was disconnected.",
                hint="Connect the disk again, then try again: it goes on from what is there.",
            )
        return StalePlanError(
            f"Files of {short_name(plan.model_id)} were removed while it was being downloaded.",
            hint="Start the download again; it fetches what is missing.",
            details=error.filename or "",
        )
    return PermissionRefusedError(
        f"{plan.store} could not be written: {error.strerror or type(error).__name__}.",
        hint="Check the folder's permissions and the disk, or choose another storage location.",
        details=f"errno {error.errno}",
    )


def _link(plan: DownloadPlan, snapshot: Path, file: PlannedFile, *, is_only_user: bool) -> None:
    name = snapshot / file.path
    blob = layout.blob_path(plan.folder, file.blob_name)
    fresh = _fresh(plan)
    name.parent.mkdir(parents=True, exist_ok=True)
    if not is_within(name.parent, snapshot):
        raise PermissionRefusedError(
            f"A folder of the snapshot leads out of it: {name.parent}.",
            hint="Somebody put a link there. Remove it, then try again.",
        )
    if not _has_size(blob, file.size):
        if _has_size(name, file.size):
            return
        raise StalePlanError(
            f"{file.path} was removed while its model was being completed.",
            hint="Start the download again; it fetches what is missing.",
        )
    with suppress(OSError):
        if os.path.samefile(name, blob):
            return
    fresh.unlink(missing_ok=True)
    _make_link(blob, fresh, os.path.relpath(blob, name.parent), may_move=is_only_user)
    os.replace(fresh, name)


def _make_link(blob: Path, fresh: Path, target: str, *, may_move: bool) -> None:
    """Link as huggingface_hub does; where links do not work, the bytes themselves go there."""
    try:
        os.symlink(target, fresh)
        return
    except (OSError, NotImplementedError):
        pass
    try:
        os.link(blob, fresh)
        return
    except (OSError, NotImplementedError):
        pass
    if may_move:
        os.replace(blob, fresh)
    else:
        shutil.copyfile(blob, fresh)


def _write_tree(plan: DownloadPlan) -> None:
    """Keep huggingface_hub's listing of this commit true to what is here.

    A full listing beside a part of the files makes its offline calls refuse the snapshot, and a
    shortened one would hide files from its online calls. So a snapshot with every file gets the
    listing, and any other has none: it is a cache that the client fetches again when it needs it.
    """
    path = layout.tree_path(plan.folder, plan.commit)
    snapshot = layout.snapshot_path(plan.folder, plan.commit)
    if not all(_has_size(snapshot / file.path, file.size) for file in plan.remote):
        path.unlink(missing_ok=True)
    elif not path.exists():
        files = {file.path: _tree_entry(file) for file in sorted(plan.remote, key=_path_of)}
        content = json.dumps({"format_version": _TREE_FORMAT, "files": files}, indent=1).encode()
        path.parent.mkdir(exist_ok=True)
        _write(plan, path, content)


def _path_of(file: RemoteFile) -> str:
    return file.path


def _tree_entry(file: RemoteFile) -> dict[str, object]:
    entry: dict[str, object] = {"size": file.size, "blob_id": file.git_sha1}
    if file.sha256 is not None:
        entry |= {"lfs_sha256": file.sha256, "lfs_size": file.size}
    if file.xet_hash is not None:
        entry["xet_hash"] = file.xet_hash
    return entry


def _write_ref(plan: DownloadPlan) -> None:
    path = layout.ref_path(plan.folder, plan.request.revision)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(plan, path, plan.commit.encode())


def _write(plan: DownloadPlan, path: Path, content: bytes) -> None:
    """Put a small file in place in one step."""
    fresh = _fresh(plan)
    # A crash may have left a link there, and nothing is ever written through one.
    fresh.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(fresh, flags, 0o666)
    try:
        write_at(descriptor, content, 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.replace(fresh, path)
    flush_folder(path.parent)


def _fresh(plan: DownloadPlan) -> Path:
    """Where names are made before they are put in place.

    In our own folder, because anything among refs would be taken for a branch; always the same, so
    that a crash leaves one file at most, which the next run uses again.
    """
    return layout.own_folder(plan.folder) / f"{plan.commit}.new"


def _tidy(plan: DownloadPlan) -> None:
    own = layout.own_folder(plan.folder)
    _fresh(plan).unlink(missing_ok=True)
    for journal in own.glob(f"*{layout.JOURNAL_SUFFIX}"):
        if not journal.with_suffix(layout.PART_SUFFIX).exists():
            remove_journal(journal)
    layout.plan_path(plan.folder, plan.commit).unlink(missing_ok=True)
    with suppress(OSError):
        own.rmdir()
    flush_folder(plan.folder)


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0
