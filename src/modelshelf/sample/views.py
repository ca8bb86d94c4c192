"""Sample models as the JSON documents of the Hub's API."""

from __future__ import annotations

import hashlib
import json
import struct
from typing import TYPE_CHECKING, Any

import yaml

from modelshelf.sample.model import Commit, Gate, SampleModel

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from modelshelf.sample.content import SampleFile

_CARD_LIMIT = 1_000_000
_HEADER_LIMIT = 25_000_000


def info(model: SampleModel, commit: Commit, *, with_blobs: bool) -> dict[str, Any]:
    """Return what `/api/models/{id}` says of one revision."""
    card = read_card(commit)
    config = _read_object(commit, "config.json")
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
        "disabled": False,
        "downloads": model.downloads,
        "likes": model.likes,
        "tags": _tags(card, config),
        "usedStorage": sum(file.size for file in commit.files),
        "spaces": [],
        "siblings": [sibling(file, with_blobs=with_blobs) for file in commit.files],
    }
    for name, key in (("pipeline_tag", "pipeline_tag"), ("library_name", "library_name")):
        if card.get(key):
            document[name] = card[key]
    if card:
        document["cardData"] = card
    if config:
        document["config"] = {
            key: config[key] for key in ("architectures", "model_type") if key in config
        }
    if counts := parameter_counts(commit):
        document["safetensors"] = {"parameters": counts, "total": sum(counts.values())}
    return document


def summary(model: SampleModel, *, with_files: bool) -> dict[str, Any]:
    """Return one hit of `/api/models`."""
    document = info(model, model.head, with_blobs=False)
    hidden = {"cardData", "config", "usedStorage", "spaces", "disabled", "safetensors"}
    if not with_files:
        hidden |= {"siblings", "sha", "lastModified", "author"}
    return {key: value for key, value in document.items() if key not in hidden}


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


def read_card(commit: Commit) -> dict[str, Any]:
    """Return the front matter of `README.md`; empty when there is none or it is not YAML."""
    file = commit.find("README.md")
    if file is None or file.size > _CARD_LIMIT:
        return {}
    text = file.read().decode("utf-8", "replace")
    if not text.startswith("---\n") or "\n---" not in text[4:]:
        return {}
    try:
        card: Any = yaml.safe_load(text[4:].partition("\n---")[0])
    except yaml.YAMLError:
        return {}
    return card if isinstance(card, dict) else {}


def parameter_counts(commit: Commit) -> dict[str, int]:
    """Return the parameters per data type, from the headers of the safetensors files."""
    counts: dict[str, int] = {}
    for file in commit.files:
        if file.path.endswith(".safetensors"):
            for tensor in _tensors(file):
                size = 1
                for dimension in tensor["shape"]:
                    size *= dimension
                counts[tensor["dtype"]] = counts.get(tensor["dtype"], 0) + size
    return counts


def safetensors_headers(commit: Commit, path: str) -> dict[str, Any] | None:
    """Return an index file with the headers of its shards; None when `path` is no index."""
    index = _read_object(commit, path)
    weight_map = index.get("weight_map")
    if not isinstance(weight_map, dict):
        return None
    shards = (commit.find(name) for name in sorted(set(weight_map.values())))
    headers = {shard.path: _header(shard) for shard in shards if shard}
    return {"index": {"metadata": index.get("metadata", {})}, "headers": headers}


def _tensors(file: SampleFile) -> Sequence[dict[str, Any]]:
    entries = [entry for name, entry in _header(file).items() if name != "__metadata__"]
    try:
        is_sound = all(isinstance(entry["shape"], list) and entry["dtype"] for entry in entries)
    except (KeyError, TypeError):
        return []
    return entries if is_sound else []


def _header(file: SampleFile) -> dict[str, Any]:
    start = file.read(0, 8)
    length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
    if not 0 < length <= min(_HEADER_LIMIT, file.size - 8):
        return {}
    try:
        header: Any = json.loads(file.read(8, 8 + length))
    except ValueError:
        return {}
    return header if isinstance(header, dict) else {}


def _read_object(commit: Commit, path: str) -> dict[str, Any]:
    file = commit.find(path)
    if file is None or file.size > _CARD_LIMIT:
        return {}
    try:
        value: Any = json.loads(file.read())
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


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
