"""The older weight format: what `torch.save` writes, made without PyTorch.

It is a zip archive of a pickle, which names the tensors, and one stored member per tensor. Many
repos carry it beside safetensors, and a download should leave it where it is.
"""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING

from modelshelf.sample.weights import Tensor, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)
_ORDERED_DICT = b"ccollections\nOrderedDict\n)R"
_REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"
_FLOATS = b"ctorch\nFloatStorage\n"


def write_checkpoint(path: Path, tensors: Sequence[Tensor], *, seed: str) -> None:
    """Write `pytorch_model.bin` in F32 with the numbers that safetensors has for this seed."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, "data.pkl", _pickle(tensors))
        _add(archive, "byteorder", b"little")
        for index, tensor in enumerate(tensors):
            _add(archive, f"data/{index}", numbers(seed, tensor, "F32"))
        _add(archive, "version", b"3\n")


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(f"archive/{name}", _EPOCH)
    # The same bytes on every system: 3 is Unix, whose archives PyTorch publishes.
    member.create_system = 3
    archive.writestr(member, content)


def _pickle(tensors: Sequence[Tensor]) -> bytes:
    """Write the pickle by its opcodes, since the classes it names are not here."""
    parts = [b"\x80\x02", _ORDERED_DICT, b"("]
    for index, tensor in enumerate(tensors):
        storage = (b"(" + _text("storage") + _FLOATS + _text(str(index)) + _text("cpu")) + _number(
            tensor.count
        )
        parts += [_text(tensor.name), _REBUILD, b"(", storage, b"tQ", _number(0)]
        parts += [_tuple(tensor.shape), _tuple(_strides(tensor.shape)), b"\x89"]
        parts += [_ORDERED_DICT, b"tR"]
    return b"".join([*parts, b"u."])


def _strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    strides: list[int] = []
    step = 1
    for size in reversed(shape):
        strides.insert(0, step)
        step *= size
    return tuple(strides)


def _text(text: str) -> bytes:
    content = text.encode()
    return b"X" + struct.pack("<I", len(content)) + content


def _number(number: int) -> bytes:
    return b"J" + struct.pack("<i", number)


def _tuple(numbers: tuple[int, ...]) -> bytes:
    return b"(" + b"".join(_number(number) for number in numbers) + b"t"
