"""Weights that are noise, yet the same on every machine, and safetensors files to hold them."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Kind(StrEnum):
    """What a tensor starts as: small noise around zero, ones or zeros."""

    NOISE = "noise"
    ONES = "ones"
    ZEROS = "zeros"


@dataclass(frozen=True, slots=True)
class Tensor:
    """A named tensor of a model."""

    name: str
    shape: tuple[int, ...]
    kind: Kind = Kind.NOISE

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


WIDTH = {"F32": 4, "F16": 2, "BF16": 2}
"""Bytes per number."""

_ONE = {"F32": b"\x00\x00\x80\x3f", "F16": b"\x00\x3c", "BF16": b"\x80\x3f"}

# The last byte of a number holds its sign and most of the exponent. These tables map a random byte
# to one that keeps a random sign and puts the size between 2^-8 and 2^-5, as in trained weights.
_LAST_BYTE = {
    "F32": bytes(0x3C | (byte & 0x80) for byte in range(256)),
    "BF16": bytes(0x3C | (byte & 0x80) for byte in range(256)),
    "F16": bytes((byte & 0x83) | (0x1C + 4 * (byte >> 6 & 1)) for byte in range(256)),
}


def noise(seed: str, count: int) -> bytes:
    """Return `count` random bytes that depend on `seed` alone."""
    return hashlib.shake_128(seed.encode()).digest(count)


def numbers(seed: str, tensor: Tensor, dtype: str) -> bytes:
    """Return the content of a tensor, little-endian."""
    if tensor.kind is Kind.ONES:
        return _ONE[dtype] * tensor.count
    width = WIDTH[dtype]
    if tensor.kind is Kind.ZEROS:
        return bytes(width * tensor.count)
    content = bytearray(noise(f"{seed}/{tensor.name}", width * tensor.count))
    content[width - 1 :: width] = content[width - 1 :: width].translate(_LAST_BYTE[dtype])
    return bytes(content)


def write_safetensors(path: Path, tensors: Sequence[Tensor], *, seed: str, dtype: str) -> None:
    """Write a safetensors file; the header is padded so that the data starts on eight bytes."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    offset = 0
    ordered = sorted(tensors, key=lambda tensor: tensor.name)
    for tensor in ordered:
        end = offset + tensor.count * WIDTH[dtype]
        header[tensor.name] = {
            "dtype": dtype,
            "shape": list(tensor.shape),
            "data_offsets": [offset, end],
        }
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        _write_numbers(file, ordered, seed, dtype)


def _write_numbers(file: BinaryIO, tensors: Sequence[Tensor], seed: str, dtype: str) -> None:
    for tensor in tensors:
        file.write(numbers(seed, tensor, dtype))


def shards(tensors: Sequence[Tensor], count: int, dtype: str) -> list[list[Tensor]]:
    """Divide tensors, in their order, into `count` groups of about the same size."""
    total = sum(tensor.count for tensor in tensors) * WIDTH[dtype]
    groups: list[list[Tensor]] = [[] for _ in range(count)]
    filled = 0
    for tensor in tensors:
        groups[min(count - 1, filled * count // total)].append(tensor)
        filled += tensor.count * WIDTH[dtype]
    return groups


def write_sharded(
    folder: Path, tensors: Sequence[Tensor], count: int, *, seed: str, dtype: str
) -> None:
    """Write `model-00001-of-0000N.safetensors` and the index that says what is where."""
    weight_map: dict[str, str] = {}
    for number, group in enumerate(shards(tensors, count, dtype), start=1):
        name = f"model-{number:05}-of-{count:05}.safetensors"
        write_safetensors(folder / name, group, seed=seed, dtype=dtype)
        weight_map |= {tensor.name: name for tensor in group}
    total = sum(tensor.count for tensor in tensors) * WIDTH[dtype]
    index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(weight_map.items()))}
    text = json.dumps(index, indent=2) + "\n"
    (folder / "model.safetensors.index.json").write_bytes(text.encode())
