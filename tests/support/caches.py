"""Builders of Hugging Face caches on disk, laid out as the client lays them out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from huggingface_hub.utils import _shared_blobs

from modelshelf.core.model import ModelId
from modelshelf.core.stores.layout import own_folder, repo_folder, snapshot_path

LFS = (".safetensors", ".gguf", ".bin", ".onnx")

WEIGHTS = b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "


def model(text: str) -> ModelId:
    """An id that is known to be well formed."""
    return ModelId(text)


def commit_of(text: str) -> str:
    """A commit hash that is always the same for the same text."""
    return hashlib.sha1(text.encode()).hexdigest()


def blob_name(name: str, content: bytes) -> str:
    """The name the Hub gives a file's content: SHA-256 for large files, else git's SHA-1."""
    if name.endswith(LFS):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def add_model(
    store: Path,
    model_id: str,
    files: Mapping[str, bytes],
    *,
    commit: str = "",
    refs: tuple[str, ...] = ("main",),
) -> str:
    """Put a revision into the cache: blobs, relative links, refs. Returns its commit."""
    commit = commit or commit_of(model_id)
    repo = repo_folder(store, model(model_id))
    (repo / "blobs").mkdir(parents=True, exist_ok=True)
    snapshot = snapshot_path(repo, commit)
    snapshot.mkdir(parents=True)
    for name, content in files.items():
        blob = repo / "blobs" / blob_name(name, content)
        if not blob.exists():
            blob.write_bytes(content)
        link = snapshot / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(blob, link.parent))
    for ref in refs:
        add_ref(store, model_id, ref, commit)
    return commit


def add_ref(store: Path, model_id: str, ref: str, commit: str) -> Path:
    """Let a branch or tag stand for a commit, written in place as the client does."""
    path = repo_folder(store, model(model_id)) / "refs" / ref
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(commit)
    return path


def add_model_without_links(store: Path, model_id: str, files: Mapping[str, bytes]) -> str:
    """Put a revision where the system has no links: files in the snapshot, no blobs."""
    commit = commit_of(model_id)
    repo = repo_folder(store, model(model_id))
    (repo / "blobs").mkdir(parents=True)
    for name, content in files.items():
        path = snapshot_path(repo, commit) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    add_ref(store, model_id, "main", commit)
    return commit


def add_part(store: Path, model_id: str, blob: str, content: bytes) -> Path:
    """Leave an unfinished file of ours."""
    folder = own_folder(repo_folder(store, model(model_id)))
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{blob}.part"
    part.write_bytes(content)
    return part


def add_locks(store: Path, model_id: str) -> Path:
    """Leave the lock files that every client leaves for each blob."""
    repo = repo_folder(store, model(model_id))
    folder = store / ".locks" / repo.name
    folder.mkdir(parents=True, exist_ok=True)
    for blob in (repo / "blobs").iterdir():
        (folder / f"{blob.name}.lock").touch()
    return folder


def share_blob(store: Path, model_id: str, name: str, content: bytes) -> Path:
    """Move a model's blob into the shared store, by the client's own code; return the payload."""
    blob = repo_folder(store, model(model_id)) / "blobs" / blob_name(name, content)
    xet_hash = hashlib.sha256(b"xet" + content).hexdigest()
    published = _shared_blobs.publish_blob_to_shared_store(
        blob_path=str(blob), xet_hash=xet_hash, cache_dir=store, expected_size=len(content)
    )
    assert published
    assert blob.is_symlink()
    return _shared_blobs.shared_blob_path(store, xet_hash)


def names_below(folder: Path) -> set[str]:
    """Every name below a folder, links as names."""
    found: set[str] = set()
    for parent, folders, files in os.walk(folder):
        found.update(os.path.relpath(os.path.join(parent, n), folder) for n in (*folders, *files))
    return found


def bytes_on_disk(*roots: Path) -> int:
    """What `du` says: the blocks of every inode below the roots, each once."""
    inodes: dict[tuple[int, int], int] = {}
    for root in roots:
        for parent, folders, files in os.walk(root):
            for name in (*folders, *files):
                status = os.lstat(os.path.join(parent, name))
                inodes[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(inodes.values())
