"""Sample models as the JSON documents of the Hub's API."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from modelshelf.sample import reading
from modelshelf.sample.model import Commit, Gate, SampleModel

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from modelshelf.sample.content import SampleFile


def info(model: SampleModel, commit: Commit, *, with_blobs: bool) -> dict[str, Any]:
    """Return what `/api/models/{id}` says of one revision."""
    document = _base(model, commit)
    config = reading.read_object(commit, "config.json")
    document |= {
        "disabled": False,
        "usedStorage": sum(file.size for file in commit.files),
        "spaces": [],
        "siblings": [sibling(file, with_blobs=with_blobs) for file in commit.files],
    }
    if card := reading.read_card(commit):
        document["cardData"] = card
    if config:
        known = ("architectures", "model_type")
        document["config"] = {key: config[key] for key in known if key in config}
    if counts := reading.parameter_counts(commit):
        document["safetensors"] = {"parameters": counts, "total": sum(counts.values())}
    if facts := reading.gguf_facts(commit):
        document["gguf"] = facts
    return document


def summary(model: SampleModel, *, with_files: bool) -> dict[str, Any]:
    """Return one hit of `/api/models`."""
    document = _base(model, model.head)
    if with_files:
        files = model.head.files
        return {**document, "siblings": [sibling(file, with_blobs=False) for file in files]}
    hidden = ("sha", "lastModified", "author")
    return {key: value for key, value in document.items() if key not in hidden}


def _base(model: SampleModel, commit: Commit) -> dict[str, Any]:
    card = reading.read_card(commit)
    document: dict[str, Any] = {
        "_id": hashlib.sha1(model.model_id.encode(), usedforsecurity=False).hexdigest()[:24],
        "id": model.model_id,
        "modelId": model.model_id,
        "author": model.model_id.rpartition("/")[0],
        "sha": commit.sha,
        "lastModified": _moment(model.head.date),
        "createdAt": _moment(model.commits[0].date),
        "private": model.is_private,
        "gated": False if model.gate is Gate.OPEN else model.gate.value,
        "downloads": model.downloads,
        "likes": model.likes,
        "tags": _tags(card, reading.read_object(commit, "config.json")),
    }
    told = ("pipeline_tag", "library_name")
    return document | {key: card[key] for key in told if card.get(key)}


def sibling(file: SampleFile, *, with_blobs: bool) -> dict[str, Any]:
    """Return a file as `siblings` lists it."""
    entry: dict[str, Any] = {"rfilename": file.path}
    if with_blobs:
        entry |= {"size": file.size, "blobId": file.git_sha1}
        if file.sha256:
            entry["lfs"] = {
                "sha256": file.sha256,
                "size": file.size,
                "pointerSize": file.pointer_size,
            }
    return entry


def tree(commit: Commit, folder: str, *, recursive: bool, expand: bool) -> list[dict[str, Any]]:
    """Return files and folders below `folder`, folders first as the Hub lists them."""
    prefix = f"{folder}/" if folder else ""
    below = [file for file in commit.files if file.path.startswith(prefix)]
    inner = {
        parent
        for file in below
        for parent in _parents(file.path)
        if parent.startswith(prefix) and parent != folder
    }
    if not recursive:
        below = [file for file in below if "/" not in file.path[len(prefix) :]]
        inner = {name for name in inner if "/" not in name[len(prefix) :]}
    entries = [folder_entry(commit, name, expand=expand) for name in sorted(inner)]
    return entries + [file_entry(commit, file, expand=expand) for file in below]


def folders(commit: Commit) -> set[str]:
    """Return every folder of a commit."""
    return {parent for file in commit.files for parent in _parents(file.path)}


def file_entry(commit: Commit, file: SampleFile, *, expand: bool) -> dict[str, Any]:
    """Return a file as the tree lists it."""
    entry: dict[str, Any] = {
        "type": "file",
        "oid": file.git_sha1,
        "size": file.size,
        "path": file.path,
    }
    if file.sha256:
        entry["lfs"] = {"oid": file.sha256, "size": file.size, "pointerSize": file.pointer_size}
    if expand:
        entry["lastCommit"] = _last_commit(commit)
        entry["securityFileStatus"] = {
            "status": "safe",
            "avScan": {"status": "safe"},
            "pickleImportScan": None,
        }
    return entry


def folder_entry(commit: Commit, path: str, *, expand: bool) -> dict[str, Any]:
    """Return a folder as the tree lists it."""
    names = [file.git_sha1 for file in commit.files if file.path.startswith(f"{path}/")]
    oid = hashlib.sha1("".join(names).encode(), usedforsecurity=False).hexdigest()
    entry: dict[str, Any] = {"type": "directory", "oid": oid, "size": 0, "path": path}
    if expand:
        entry["lastCommit"] = _last_commit(commit)
    return entry


def refs(model: SampleModel) -> dict[str, Any]:
    """Return what `/refs` says."""

    def listed(names: Iterable[tuple[str, str]], kind: str) -> list[dict[str, str]]:
        return [
            {"name": name, "ref": f"refs/{kind}/{name}", "targetCommit": sha} for name, sha in names
        ]

    return {
        "branches": listed(model.branches.items(), "heads"),
        "tags": listed(model.tags.items(), "tags"),
        "converts": [],
        "pullRequests": [],
    }


def history(model: SampleModel, commit: Commit) -> list[dict[str, Any]]:
    """Return what `/commits` says: `commit` and its parents, newest first."""
    older = model.commits[: model.commits.index(commit) + 1]
    return [
        {
            "id": one.sha,
            "title": one.title,
            "message": "",
            "date": _moment(one.date),
            "authors": [{"user": "sample-author"}],
        }
        for one in reversed(older)
    ]


def _tags(card: dict[str, Any], config: dict[str, Any]) -> list[str]:
    tags = [card.get("library_name"), config.get("model_type"), card.get("pipeline_tag")]
    for key in ("tags", "language"):
        value = card.get(key, [])
        tags += value if isinstance(value, list) else [value]
    if card.get("license"):
        tags.append(f"license:{card['license']}")
    return list(dict.fromkeys(str(tag) for tag in tags if tag))


def _parents(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: index + 1]) for index in range(len(parts))]


def _last_commit(commit: Commit) -> dict[str, str]:
    return {"id": commit.sha, "title": commit.title, "date": _moment(commit.date)}


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
