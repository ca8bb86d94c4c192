"""What the hub reads from the files it serves: cards, configurations, headers of weights.

Whatever the bytes are, the answer is facts or nothing: tests publish broken files on purpose.
"""

from __future__ import annotations

import json
import math
import struct
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from modelshelf.sample.content import SampleFile
    from modelshelf.sample.model import Commit

_CARD_LIMIT = 1_000_000
_HEADER_LIMIT = 25_000_000
_GGUF_WIDTHS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_GGUF_STRING, _GGUF_ARRAY = 8, 9
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError, struct.error)


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
    except (yaml.YAMLError, *_UNREADABLE):
        return {}
    return card if isinstance(card, dict) else {}


def read_object(commit: Commit, path: str) -> dict[str, Any]:
    """Return a small JSON file of a commit; empty when it is missing or no object."""
    file = commit.find(path)
    if file is None or file.size > _CARD_LIMIT:
        return {}
    return _object(file.read())


def parameter_counts(commit: Commit) -> dict[str, int]:
    """Return the parameters per data type, from the headers of the safetensors files."""
    counts: dict[str, int] = {}
    for file in commit.files:
        if file.path.endswith(".safetensors"):
            header = _safetensors_header(file)
            header.pop("__metadata__", None)
            try:
                for tensor in header.values():
                    kind = str(tensor["dtype"])
                    counts[kind] = counts.get(kind, 0) + math.prod(map(int, tensor["shape"]))
            except _UNREADABLE:
                return {}
    return counts


def safetensors_headers(commit: Commit, path: str) -> dict[str, Any] | None:
    """Return an index file with the headers of its shards; None when `path` is no index."""
    index = read_object(commit, path)
    weight_map = index.get("weight_map")
    if not isinstance(weight_map, dict):
        return None
    shards = (commit.find(str(name)) for name in sorted({*weight_map.values()}, key=str))
    headers = {shard.path: _safetensors_header(shard) for shard in shards if shard}
    return {"index": {"metadata": index.get("metadata", {})}, "headers": headers}


def gguf_facts(commit: Commit) -> dict[str, Any]:
    """Return parameters, architecture and context of the first GGUF file; empty without one."""
    file = next((file for file in commit.files if file.path.endswith(".gguf")), None)
    if file is None:
        return {}
    try:
        return _read_gguf(file.read(0, _HEADER_LIMIT))
    except _UNREADABLE:
        return {}


def _safetensors_header(file: SampleFile) -> dict[str, Any]:
    start = file.read(0, 8)
    length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
    if not 0 < length <= min(_HEADER_LIMIT, file.size - 8):
        return {}
    return _object(file.read(8, 8 + length))


def _object(content: bytes) -> dict[str, Any]:
    try:
        value: Any = json.loads(content)
    except _UNREADABLE:
        return {}
    return value if isinstance(value, dict) else {}


def _read_gguf(head: bytes) -> dict[str, Any]:
    magic, _, tensors, pairs = struct.unpack_from("<4sIQQ", head)
    if magic != b"GGUF" or max(tensors, pairs) > len(head):
        return {}
    facts: dict[str, Any] = {}
    at = 24
    for _ in range(pairs):
        key, at = _gguf_string(head, at)
        (kind,) = struct.unpack_from("<I", head, at)
        facts[key], at = _gguf_value(head, at + 4, kind)
    total = 0
    for _ in range(tensors):
        _, at = _gguf_string(head, at)
        (dimensions,) = struct.unpack_from("<I", head, at)
        total += math.prod(struct.unpack_from(f"<{dimensions}Q", head, at + 4))
        at += 4 + 8 * dimensions + 12
    architecture = str(facts["general.architecture"])
    return {
        "total": total,
        "architecture": architecture,
        "context_length": facts[f"{architecture}.context_length"],
    }


def _gguf_string(head: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<Q", head, at)
    end = at + 8 + length
    if end > len(head):
        raise ValueError
    return head[at + 8 : end].decode(), end


def _gguf_value(head: bytes, at: int, kind: int) -> tuple[Any, int]:
    """Read one value; arrays are stepped over, since nothing here asks for them."""
    if kind == _GGUF_STRING:
        return _gguf_string(head, at)
    if kind != _GGUF_ARRAY:
        end = at + _GGUF_WIDTHS[kind]
        return int.from_bytes(head[at:end], "little"), end
    inner, count = struct.unpack_from("<IQ", head, at)
    at += 12
    if inner != _GGUF_STRING:
        return None, at + count * _GGUF_WIDTHS[inner]
    for _ in range(count):
        _, at = _gguf_string(head, at)
    return None, at
