"""What a deletion really gives back, as `df` will show it."""

from __future__ import annotations

import os
import stat
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from modelshelf.core.stores.installed import allocated
from modelshelf.core.stores.removal import NameKind, Removal, list_model, list_revision
from modelshelf.core.stores.shared_blobs import (
    SharedPayload,
    is_freed_without,
    is_shared_store,
    payload_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelshelf.core.stores.installed import InstalledModel

_CONTENT = (NameKind.BLOB, NameKind.LINK, NameKind.PARTIAL)


def freed_bytes(paths: Iterable[Path]) -> int:
    """Return the bytes that unlinking exactly these names gives back to the disk.

    An inode counts when all its names are among them: a hard link elsewhere keeps its bytes. A
    link into the shared blobs counts its payload when the payload's manifest proves that nobody
    else refers to it. Missing names count nothing. Copies that share extents (reflinks) cannot be
    told from others and count in full.
    """
    names = {Path(os.path.abspath(path)) for path in paths}
    names |= _payloads_given_up(names)
    met: Counter[tuple[int, int]] = Counter()
    facts: dict[tuple[int, int], os.stat_result] = {}
    for path in names:
        try:
            status = os.lstat(path)
        except OSError:
            continue
        key = (status.st_dev, status.st_ino)
        met[key] += 1
        facts[key] = status
    return sum(
        allocated(status)
        for key, status in facts.items()
        if stat.S_ISDIR(status.st_mode) or status.st_nlink <= met[key]
    )


def freed_by(removal: Removal) -> int:
    """Return what carrying out a removal gives back.

    Folders, links and refs weigh a few kilobytes and are counted too, but not on their own: a
    model whose bytes all live on elsewhere frees 0 B.
    """
    files = [
        path
        for path, name in zip(removal.paths, removal.names, strict=True)
        if name.kind in _CONTENT and _is_regular(path)
    ]
    payloads = [path for path in _payloads_given_up(set(removal.paths)) if path.suffix != ".refs"]
    return freed_bytes(removal.paths) if freed_bytes((*files, *payloads)) else 0


def freed_by_deleting(model: InstalledModel, revision: str | None = None) -> int:
    """Return what deleting a model, or one revision of it, gives back: the plan's own figure.

    Raises:
        NotFoundError: when it has no such revision.
    """
    if revision is None:
        return freed_by(list_model(model.store, model.model_id))
    return freed_by(list_revision(model.store, model.model_id, revision))


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _payloads_given_up(names: set[Path]) -> set[Path]:
    """Return the shared payloads, and their lists, that nobody refers to without `names`."""
    is_shared = cache(is_shared_store)
    links: dict[SharedPayload, set[str]] = defaultdict(set)
    for path in names:
        if path.parent.name != "blobs":
            continue
        store = path.parent.parent.parent
        payload = payload_of(store, path) if is_shared(store) else None
        if payload is not None:
            links[payload].add(path.relative_to(store).as_posix())
    given_up = [payload for payload, gone in links.items() if is_freed_without(payload, gone)]
    return {path for payload in given_up for path in (payload.path, payload.manifest)}
