"""Reading a Hugging Face cache: classic layout, shared blobs, and systems without links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelshelf.core.stores.installed import (
    Damage,
    DamageNote,
    FileList,
    InstalledFile,
    InstalledModel,
    InstalledRevision,
    StoreScan,
)

if TYPE_CHECKING:
    from pathlib import Path

    from modelshelf.core.cancel import CancelToken

__all__ = [
    "Damage",
    "DamageNote",
    "FileList",
    "InstalledFile",
    "InstalledModel",
    "InstalledRevision",
    "StoreScan",
    "scan_repo",
    "scan_store",
]


def scan_repo(store: Path, folder: Path) -> InstalledModel:
    """Read one repo. What is broken is noted, never raised; nothing is opened but small files."""
    raise NotImplementedError


def scan_store(store: Path, cancel: CancelToken | None = None) -> StoreScan:
    """Read every model of a store; a missing store has none."""
    raise NotImplementedError
