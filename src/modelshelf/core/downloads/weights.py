"""Which files of a repo are weights, of which format, and which belong together."""

from __future__ import annotations

import re
from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class WeightFormat(StrEnum):
    """The formats that weights come in, best first: one of them is enough to run a model."""

    SAFETENSORS = "safetensors"
    PYTORCH = "pytorch"
    TENSORFLOW = "tensorflow"
    FLAX = "flax"
    ONNX = "onnx"
    OPENVINO = "openvino"
    COREML = "coreml"
    RUST = "rust"
    GGUF = "gguf"


_SUFFIXES = {
    ".safetensors": WeightFormat.SAFETENSORS,
    ".safetensors.index.json": WeightFormat.SAFETENSORS,
    ".bin": WeightFormat.PYTORCH,
    ".bin.index.json": WeightFormat.PYTORCH,
    ".pt": WeightFormat.PYTORCH,
    ".pth": WeightFormat.PYTORCH,
    ".ckpt": WeightFormat.PYTORCH,
    ".h5": WeightFormat.TENSORFLOW,
    ".h5.index.json": WeightFormat.TENSORFLOW,
    ".tflite": WeightFormat.TENSORFLOW,
    ".msgpack": WeightFormat.FLAX,
    ".msgpack.index.json": WeightFormat.FLAX,
    ".onnx": WeightFormat.ONNX,
    ".onnx_data": WeightFormat.ONNX,
    ".onnx.data": WeightFormat.ONNX,
    ".mlmodel": WeightFormat.COREML,
    ".ot": WeightFormat.RUST,
    ".gguf": WeightFormat.GGUF,
}
_ONNX_PIECE = re.compile(r"\.onnx_data_\d+$")
_OPENVINO = re.compile(r"(^|/)openvino_[^/]*\.(bin|xml)$|(^|/)openvino/[^/]*\.(bin|xml)$")
_COREML = re.compile(r"\.mlpackage/|\.mlmodelc/")

_SPLIT = re.compile(r"-\d{5}-of-\d{5}$")
_QUANTISATION = re.compile(
    r"(?i)(?<![a-z0-9])("
    r"(?:ud-)?(?:iq\d_[a-z]+|t?q\d+_k_[a-z]+|t?q\d+_k|q\d+_\d_\d+_\d+|t?q\d+_\d|tq\d_\d)"
    r"|mxfp4(?:_moe)?|nvfp4|bf16|fp?16|fp?32"
    r")(?![a-z0-9])"
)
_PROJECTOR = re.compile(r"(?i)(^|[-_./])mmproj([-_.]|$)")
_NO_MODEL = re.compile(r"(?i)imatrix")
# A projector is small; half precision is what llama.cpp's own documentation recommends.
_PROJECTOR_ORDER = ("F16", "FP16", "BF16", "Q8_0", "F32", "FP32")


def format_of(path: str) -> WeightFormat | None:
    """Return the format when `path` is a weight file or the index of one, else None."""
    if _OPENVINO.search(path):
        return WeightFormat.OPENVINO
    if _COREML.search(path):
        return WeightFormat.COREML
    if _ONNX_PIECE.search(path):
        return WeightFormat.ONNX
    lowered = path.lower()
    for suffix, kind in _SUFFIXES.items():
        if lowered.endswith(suffix):
            return kind
    return None


def folder_of(path: str) -> str:
    """Return the folder part of a path in a repo; empty for the top."""
    return path.rpartition("/")[0]


def native_weights(paths: Sequence[str], chosen: WeightFormat) -> set[str]:
    """Return the files that give one full set of weights in the format `chosen`.

    A part of a pipeline (a folder with a `config.json` of its own) that has no such file gives its
    PyTorch or safetensors weights instead: without them the model would not load.
    """
    weights = [path for path in paths if format_of(path) is chosen]
    taken = set(_without_doubles(weights, set(paths)))
    if chosen in (WeightFormat.SAFETENSORS, WeightFormat.PYTORCH):
        other = {WeightFormat.SAFETENSORS: WeightFormat.PYTORCH}.get(
            chosen, WeightFormat.SAFETENSORS
        )
        served = {folder_of(path) for path in taken}
        parts = {folder_of(path) for path in paths if path.endswith("/config.json")} - served
        replacements = [p for p in paths if format_of(p) is other and folder_of(p) in parts]
        taken.update(_without_doubles(replacements, set(paths)))
    return taken


def _without_doubles(weights: Iterable[str], everything: set[str]) -> list[str]:
    """Drop the second copies that some repos carry beside the files which libraries load."""
    by_folder: dict[str, list[str]] = defaultdict(list)
    for path in weights:
        by_folder[folder_of(path)].append(path)
    kept: list[str] = []
    for folder, paths in by_folder.items():
        # The original checkpoint beside its conversion (`original/`, `metal/`).
        if folder.rpartition("/")[2] in ("original", "metal") and len(by_folder) > 1:
            continue
        names = [path.rpartition("/")[2] for path in paths]
        has_model = any(name.startswith(("model", "pytorch_model")) for name in names)
        has_bin = any(name.endswith(".bin") for name in names)
        for path, name in zip(paths, names, strict=True):
            if has_model and name.startswith("consolidated"):
                continue
            if has_bin and name.endswith((".pt", ".pth", ".ckpt")):
                continue
            plain = re.sub(r"\.(fp16|bf16|fp32|non_ema|ema_only)(?=[.-])", "", path)
            if plain != path and plain in everything:
                continue
            kept.append(path)
    return kept


def gguf_variants(paths: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Group GGUF files by what a person chooses between: `Q4_K_M` → its parts and the projector.

    Two models of one quantisation in one repo are told apart by their file names.
    """
    models: dict[str, list[str]] = defaultdict(list)
    projectors: list[str] = []
    for path in paths:
        if format_of(path) is not WeightFormat.GGUF or _NO_MODEL.search(path):
            continue
        if _PROJECTOR.search(path):
            projectors.append(path)
        else:
            models[_SPLIT.sub("", path[: -len(".gguf")])].append(path)
    labels = {stem: quantisation_of(stem) for stem in models}
    counts: dict[str, int] = defaultdict(int)
    for label in labels.values():
        counts[label] += 1
    projector = _best_projector(projectors)
    return {
        (labels[stem] if labels[stem] and counts[labels[stem]] == 1 else stem): (
            *parts,
            *projector,
        )
        for stem, parts in models.items()
    }


def quantisation_of(text: str) -> str:
    """Return the quantisation named last in a file name, `Q4_K_M`, or an empty text."""
    found = _QUANTISATION.findall(text)
    return found[-1].upper() if found else ""


def _best_projector(paths: Sequence[str]) -> tuple[str, ...]:
    def rank(path: str) -> tuple[int, str]:
        label = quantisation_of(path)
        known = label in _PROJECTOR_ORDER
        return (_PROJECTOR_ORDER.index(label) if known else len(_PROJECTOR_ORDER), path)

    return (min(paths, key=rank),) if paths else ()
