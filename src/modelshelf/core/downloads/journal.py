"""The sidecar of a partial file: which of its bytes have arrived, readable after any crash.

A file is divided into slots; the journal holds, for each slot, how many bytes from the slot's
start are in the partial. The number is written after the bytes are, so after a killed process it
never promises too much. Whatever else happens to the two files, the hash decides at the end.

Layout, little-endian: magic, version, length and CRC-32 of a JSON header, the header, zeros up to
a multiple of four, then one unsigned 32-bit number per slot. The length never changes.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import zlib
from array import array
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

from modelshelf.core.files import read_bounded, write_at

if TYPE_CHECKING:
    from pathlib import Path

SLOT_SIZE = 1 << 20
_PRELUDE = struct.Struct("<8sIII")
_MAGIC = b"MSHELFJ\n"
_VERSION = 1
_NEW = ".new"
_LARGEST_JOURNAL = 256 << 20
_SLOT_SIZES = range(4 << 10, (1 << 30) + 1)


@dataclass(frozen=True, slots=True)
class JournalHeader:
    """Whose bytes the partial holds. `blob_name` and `size` (bytes) identify them.

    Model, commit and path are for people and for the inventory: the same content may be wanted
    again at another commit or path, and its bytes are as good there.
    """

    model_id: str
    commit: str
    path: str
    blob_name: str
    size: int
    slot_size: int = SLOT_SIZE

    @property
    def slots(self) -> int:
        """How many slots the file has."""
        return -(-self.size // self.slot_size)

    def slot_length(self, slot: int) -> int:
        """The length of one slot; the last may be shorter."""
        return min(self.slot_size, self.size - slot * self.slot_size)


class Journal:
    """An open journal. Threads may record different slots at the same time."""

    def __init__(self, path: Path, header: JournalHeader, counts: list[int]) -> None:
        self.header = header
        self.counts = counts
        self._offset, self._descriptor = _create(path, header, counts)

    @classmethod
    def open(cls, path: Path, header: JournalHeader, *, arrived: int) -> Journal:
        """Go on with the journal at `path` when it belongs to `header`, else begin a new one.

        `arrived` is the present length of the partial: what a slot claims beyond it is not there.

        Raises:
            OSError: when it cannot be written.
        """
        found = read_journal(path)
        if found is None or not _is_same(found[0], header):
            return cls(path, header, [0] * header.slots)
        known, counts = found
        return cls(path, known, _clipped(known, counts, arrived))

    def record(self, slot: int, count: int) -> None:
        """Note that the first `count` bytes of `slot` are in the partial."""
        write_at(self._descriptor, struct.pack("<I", count), self._offset + 4 * slot)

    def close(self) -> None:
        """Close the file; it stays on disk."""
        os.close(self._descriptor)


def read_journal(path: Path) -> tuple[JournalHeader, list[int]] | None:
    """Read a journal; None when it is missing, torn, foreign or of a later version."""
    try:
        data = read_bounded(path, _LARGEST_JOURNAL)
        magic, version, length, checksum = _PRELUDE.unpack_from(data)
        text = data[_PRELUDE.size : _PRELUDE.size + length]
        if magic != _MAGIC or version != _VERSION or zlib.crc32(text) != checksum:
            return None
        header = _header(json.loads(text))
        offset = _slots_offset(length)
        if len(data) != offset + 4 * header.slots:
            return None
        counts = array("I", data[offset:])
    except (OSError, ValueError, KeyError, TypeError, OverflowError, struct.error, RecursionError):
        return None
    if sys.byteorder == "big":
        counts.byteswap()
    return header, list(counts)


def bytes_recorded(journal: Path, part: Path, blob_name: str, size: int) -> int:
    """Return how many bytes of a blob a later download would go on from; 0 when there are none."""
    found = read_journal(journal)
    if found is None or found[0].blob_name != blob_name or found[0].size != size:
        return 0
    try:
        arrived = part.stat().st_size
    except OSError:
        return 0
    return sum(_clipped(*found, arrived))


def _create(path: Path, header: JournalHeader, counts: list[int]) -> tuple[int, int]:
    """Write the whole journal anew, so that a torn one never lives on; return offset and file."""
    text = json.dumps(asdict(header), ensure_ascii=False).encode()
    offset = _slots_offset(len(text))
    prelude = _PRELUDE.pack(_MAGIC, _VERSION, len(text), zlib.crc32(text))
    slots = array("I", counts)
    if sys.byteorder == "big":
        slots.byteswap()
    content = (prelude + text).ljust(offset, b"\0") + slots.tobytes()
    temporary = path.with_name(f"{path.name}{_NEW}")
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        write_at(descriptor, content, 0)
    finally:
        os.close(descriptor)
    os.replace(temporary, path)
    return offset, os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))


def remove_journal(path: Path) -> None:
    """Remove a journal and what a crash may have left while it was made."""
    path.unlink(missing_ok=True)
    path.with_name(f"{path.name}{_NEW}").unlink(missing_ok=True)


def _slots_offset(header_length: int) -> int:
    return -(-(_PRELUDE.size + header_length) // 4) * 4


def _header(tree: object) -> JournalHeader:
    fields = cast("dict[str, Any]", tree)
    header = JournalHeader(
        model_id=str(fields["model_id"]),
        commit=str(fields["commit"]),
        path=str(fields["path"]),
        blob_name=str(fields["blob_name"]),
        size=int(fields["size"]),
        slot_size=int(fields["slot_size"]),
    )
    if header.size < 0 or header.slot_size not in _SLOT_SIZES:
        raise ValueError("impossible sizes")
    return header


def _is_same(found: JournalHeader, wanted: JournalHeader) -> bool:
    return (found.blob_name, found.size) == (wanted.blob_name, wanted.size)


def _clipped(header: JournalHeader, counts: list[int], arrived: int) -> list[int]:
    """Return counts that can be true: none beyond its slot or beyond the partial's length.

    A count beyond its slot is no count at all, so nothing of that slot is believed.
    """
    kept: list[int] = []
    for slot, count in enumerate(counts):
        there = max(0, arrived - slot * header.slot_size)
        kept.append(min(count, there) if count <= header.slot_length(slot) else 0)
    return kept
