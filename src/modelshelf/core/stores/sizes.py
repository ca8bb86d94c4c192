"""What a deletion really gives back, as `df` will show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from modelshelf.core.stores.installed import InstalledModel


def freed_bytes(paths: Iterable[Path]) -> int:
    """Return the bytes that unlinking exactly these names gives back to the disk.

    An inode counts when all its names are among them: a hard link elsewhere keeps its bytes. A
    link into the shared blobs counts its payload when the payload's manifest proves that nobody
    else refers to it. Missing names count nothing.
    """
    raise NotImplementedError


def freed_by_deleting(model: InstalledModel, revision: str | None = None) -> int:
    """Return what deleting a model, or one revision of it, gives back: the plan's own figure."""
    raise NotImplementedError
