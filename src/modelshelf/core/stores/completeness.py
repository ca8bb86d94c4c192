"""Whether a snapshot holds everything a program needs to load it, judged by names alone."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from modelshelf.core.files import read_bounded

if TYPE_CHECKING:
    from collections.abc import Collection

WEIGHTS = (
    ".safetensors",
    ".bin",
    ".gguf",
    ".pt",
    ".pth",
    ".onnx",
    ".h5",
    ".msgpack",
    ".ckpt",
    ".tflite",
    ".npz",
    ".pkl",
)
_CONFIGS = ("config.json", "model_index.json", "modules.json", "params.json")
_LOADABLE = (*WEIGHTS, *_CONFIGS)
_INDEX = ".index.json"
_MAX_INDEX = 32_000_000
_MAX_CHOICE = 8_000_000
_NUMBERED = re.compile(r"(.+)-(\d{5})-of-(\d{5})(\.[A-Za-z0-9.]+)")
# The file names of a weight map, found without building a tree from a stranger's JSON.
_SHARD = re.compile(rb'"([^"\\\x00-\x1f]{1,512}\.(?:safetensors|bin|pt|h5|msgpack))"\s*[,}]')


def is_loadable(names: Collection[str]) -> bool:
    """Whether a weight or a configuration is among `names`."""
    return any(name.endswith(_LOADABLE) for name in names)


def missing_parts(names: Collection[str], snapshot: str) -> list[str]:
    """Return the parts of split weights that are not among `names`, in order.

    A set of which no part is there was left out on purpose when other weights are present: an
    index file is small, and a download takes it along with whichever format it chose.
    """
    together = "\n".join(names)
    if "-of-" not in together and _INDEX not in together:
        return []
    missing = set(_unnumbered(names))
    for name in names:
        if name.endswith(_INDEX):
            folder, _, _ = name.rpartition("/")
            wanted = _shards(f"{snapshot}/{name}", f"{folder}/" if folder else "")
            absent = wanted.difference(names)
            if absent and (len(absent) < len(wanted) or not _has_weights(names)):
                missing |= absent
    return sorted(missing)


def chosen_files(path: str) -> frozenset[str] | None:
    """Return what a chosen-file list names; None when it cannot be understood."""
    try:
        tree: Any = json.loads(read_bounded(Path(path), _MAX_CHOICE))
        files = cast("list[str | dict[str, Any]]", tree["files"])
        return frozenset(
            str(file["path"]) if isinstance(file, dict) else str(file) for file in files
        )
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def _has_weights(names: Collection[str]) -> bool:
    return any(name.endswith(WEIGHTS) for name in names)


def _unnumbered(names: Collection[str]) -> list[str]:
    groups: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for name in names:
        if "-of-" in name and (match := _NUMBERED.fullmatch(name)):
            stem, number, count, suffix = match.groups()
            groups[stem, count, suffix].add(int(number))
    return [
        f"{stem}-{number:05}-of-{count}{suffix}"
        for (stem, count, suffix), here in groups.items()
        for number in range(1, int(count) + 1)
        if number not in here
    ]


def _shards(index: str, folder: str) -> set[str]:
    try:
        content = read_bounded(Path(index), _MAX_INDEX)
    except OSError:
        return set()
    return {folder + match.decode("utf-8", "replace") for match in _SHARD.findall(content)}
