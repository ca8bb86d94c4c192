"""Reading a Hugging Face cache: classic layout, shared blobs, and systems without links."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelshelf.core.errors import InputError
from modelshelf.core.machine import can_write
from modelshelf.core.model import ModelId, printable
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


def list_repos(store: Path) -> tuple[dict[str, ModelId], tuple[str, ...]]:
    """Return the model folders in `store` by name, in order, and what is odd about others.

    Raises:
        OSError: when the store cannot be listed.
    """
    found: dict[str, ModelId] = {}
    problems: list[str] = []
    with os.scandir(store) as entries:
        for entry in entries:
            if not entry.name.startswith(MODEL_PREFIX):
                continue
            model_id = model_id_of(entry.name)
            if model_id is None:
                problems.append(f"The folder “{printable(entry.name)}” is named like no model.")
            elif entry.is_dir():
                found[entry.name] = model_id
            else:
                problems.append(f"“{printable(entry.name)}” is no folder.")
    return dict(sorted(found.items())), tuple(sorted(problems))


def scan_repo(store: Path, folder: Path) -> InstalledModel:
    """Read one repo. What is broken is noted, never raised; nothing is opened but small files.

    Raises:
        InputError: when the folder is not named like a model.
    """
    model_id = model_id_of(folder.name)
    if model_id is None:
        raise InputError(f"The folder “{printable(folder.name)}” is named like no model.")
    return RepoReader(store, folder.name, model_id).read().model


def scan_store(store: Path, cancel: CancelToken | None = None) -> StoreScan:
    """Read every model of a store; a missing store has none.

    Raises:
        Cancelled: when somebody asked to stop.
    """
    if not store.is_dir():
        return StoreScan(store, exists=False, writable=can_write(store))
    try:
        repos, problems = list_repos(store)
    except OSError as error:
        sentence = f"The store {store} cannot be read: {error.strerror}."
        return StoreScan(store, exists=True, writable=False, problems=(sentence,))
    models: list[InstalledModel] = []
    for name, model_id in repos.items():
        if cancel is not None:
            cancel.check()
        models.append(RepoReader(store, name, model_id).read().model)
    return StoreScan(store, True, can_write(store), tuple(models), problems)
