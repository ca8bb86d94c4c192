"""Reading a Hugging Face cache: classic layout, shared blobs, and systems without links."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelshelf.core.machine import can_write
from modelshelf.core.model import printable
from modelshelf.core.stores.installed import (
    Damage,
    DamageNote,
    FileList,
    InstalledFile,
    InstalledModel,
    InstalledRevision,
    StoreScan,
)
from modelshelf.core.stores.layout import MODEL_PREFIX, model_id_of
from modelshelf.core.stores.repo_reader import RepoReader

if TYPE_CHECKING:
    from collections.abc import Container
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
    "list_repos",
    "scan_repo",
    "scan_store",
]


def list_repos(
    store: Path, known: Container[str] = frozenset()
) -> tuple[list[str], tuple[str, ...]]:
    """Return the names of the model folders in `store`, sorted, and what is odd about others.

    Names in `known` were found to be models before and are not judged again.

    Raises:
        OSError: when the store cannot be listed.
    """
    names: list[str] = []
    problems: list[str] = []
    with os.scandir(store) as entries:
        for entry in entries:
            name = entry.name
            if not name.startswith(MODEL_PREFIX):
                continue
            if name not in known and model_id_of(name) is None:
                problems.append(f"The folder “{printable(name)}” is named like no model.")
            elif _is_folder(entry):
                names.append(name)
            else:
                problems.append(f"“{printable(name)}” is no folder.")
    return sorted(names), tuple(sorted(problems))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # A link that leads to itself, or below a folder that may not be entered.
        return False


def scan_repo(store: Path, folder: Path) -> InstalledModel:
    """Read one repo. What is broken is noted, never raised; nothing is opened but small files.

    Raises:
        InputError: when the folder is not named like a model.
    """
    return RepoReader(store, folder.name).read().model


def scan_store(store: Path, cancel: CancelToken | None = None) -> StoreScan:
    """Read every model of a store; a missing store has none.

    Raises:
        Cancelled: when somebody asked to stop.
    """
    if not store.is_dir():
        return StoreScan(store, exists=False, writable=can_write(store))
    try:
        names, problems = list_repos(store)
    except OSError as error:
        sentence = f"The store {store} cannot be read: {error.strerror}."
        return StoreScan(store, exists=True, writable=False, problems=(sentence,))
    models: list[InstalledModel] = []
    for name in names:
        if cancel is not None:
            cancel.check()
        models.append(RepoReader(store, name).read().model)
    return StoreScan(store, True, can_write(store), tuple(models), problems)
