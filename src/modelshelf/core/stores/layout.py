"""Names inside a Hugging Face cache, and the one folder of ours inside a repo.

Nothing of ours lies in the cache's root: another client takes any folder there for a broken repo.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from modelshelf.core.errors import InputError
from modelshelf.core.model import ModelId, parse_model_id, parse_revision

if TYPE_CHECKING:
    from pathlib import Path

MODEL_PREFIX = "models--"
OWN = ".modelshelf"
LOCKS = ".locks"
SHARED = "blobs"
SHARED_MARKER = ".huggingface-shared-blobs"
SHARED_VERSION = "1\n"

PART_SUFFIX = ".part"
JOURNAL_SUFFIX = ".journal"
PLAN_SUFFIX = ".plan.json"
FOREIGN_PARTIALS = (".incomplete", ".downloadInProgress")
"""Unfinished files of huggingface_hub and of llama.cpp, which lie among the blobs."""

_BLOB = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_XET = re.compile(r"[0-9a-f]{64}")


def repo_name(model_id: ModelId) -> str:
    """Return the name of a model's folder: `models--org--name`."""
    return MODEL_PREFIX + model_id.replace("/", "--")


def repo_folder(store: Path, model_id: ModelId) -> Path:
    """Return where `store` keeps `model_id`."""
    return store / repo_name(model_id)


@lru_cache(maxsize=16_384)
def model_id_of(folder_name: str) -> ModelId | None:
    """Return the model a folder's name stands for; None for data sets, spaces and strange names."""
    if not folder_name.startswith(MODEL_PREFIX):
        return None
    text = folder_name[len(MODEL_PREFIX) :].replace("--", "/")
    try:
        model_id = parse_model_id(text)
    except InputError:
        return None
    return model_id if repo_name(model_id) == folder_name else None


def own_folder(repo: Path) -> Path:
    """Return the folder inside a repo where partials, journals and chosen-file lists lie."""
    return repo / OWN


def part_path(repo: Path, blob_name: str) -> Path:
    """Return where the bytes of an unfinished blob lie."""
    return repo / OWN / f"{_checked_blob(blob_name)}{PART_SUFFIX}"


def journal_path(repo: Path, blob_name: str) -> Path:
    """Return the file that says which bytes of an unfinished blob are there."""
    return repo / OWN / f"{_checked_blob(blob_name)}{JOURNAL_SUFFIX}"


def plan_path(repo: Path, commit: str) -> Path:
    """Return the list of the files that were chosen from `commit`."""
    return repo / OWN / f"{commit}{PLAN_SUFFIX}"


def blob_path(repo: Path, blob_name: str) -> Path:
    """Return where a whole blob lies under its content's name.

    Raises:
        InputError: when `blob_name` is no hash; it comes from a server and becomes a path here.
    """
    return repo / "blobs" / _checked_blob(blob_name)


def snapshot_path(repo: Path, commit: str) -> Path:
    """Return the folder with one revision's files."""
    return repo / "snapshots" / commit


def ref_path(repo: Path, revision: str) -> Path:
    """Return the file that says which commit a branch or tag stands for.

    Raises:
        InputError: when `revision` could name a path outside the repo.
    """
    return repo / "refs" / parse_revision(revision)


def tree_path(repo: Path, commit: str) -> Path:
    """Return where huggingface_hub keeps the file listing of a commit."""
    return repo / "trees" / f"{commit}.json"


def locks_folder(store: Path, model_id: ModelId) -> Path:
    """Return the folder with the locks of one model."""
    return store / LOCKS / repo_name(model_id)


def lock_path(store: Path, model_id: ModelId, etag: str) -> Path:
    """Return the file every client locks while it writes the blob `etag`."""
    return locks_folder(store, model_id) / f"{_checked_blob(etag)}.lock"


def shared_folder(store: Path) -> Path:
    """Return the folder for payloads that several repos share (huggingface_hub ≥ 1.33)."""
    return store / SHARED


def is_xet_hash(name: str) -> bool:
    """Whether `name` is how a shared payload is called."""
    return _XET.fullmatch(name) is not None


def is_blob_name(name: str) -> bool:
    """Whether `name` is a SHA-256 or git-SHA-1 in hexadecimal: what the Hub names blobs by."""
    return _BLOB.fullmatch(name) is not None


def _checked_blob(name: str) -> str:
    if not is_blob_name(name):
        raise InputError(
            "The server named a file in a way that is no hash.",
            hint="Nothing was written. Report it if the endpoint is a mirror.",
        )
    return name
