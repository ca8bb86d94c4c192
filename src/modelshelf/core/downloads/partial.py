"""A file on its way: its bytes, which of them have arrived, and which are being fetched."""

from __future__ import annotations

import os
import stat
import threading
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelshelf.core.cancel import Cancelled
from modelshelf.core.downloads.journal import Journal, JournalHeader, remove_journal
from modelshelf.core.files import write_at

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

LONGEST_RUN = 8 << 20
"""Bytes asked for in one request at most: short enough to spread a file over connections."""

_RECORD_EVERY = 128 << 10


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of the file that one connection fetches: bytes `start` up to `end`."""

    start: int
    end: int


class Partial:
    """Thread-safe. Bytes that were recorded are never written again, so what was hashed stays.

    Runs are handed out by `take_run` and come back by `give_back`; each is worked on by one thread.
    """

    def __init__(self, part: Path, journal: Path, header: JournalHeader) -> None:
        self._part, self._journal_path = part, journal
        part.parent.mkdir(exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        self._descriptor = os.open(part, flags, 0o666)
        try:
            found = os.fstat(self._descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(f"not a regular file: {part}")
            arrived = min(found.st_size, header.size)
            self._journal = Journal.open(journal, header, arrived=arrived)
            os.ftruncate(self._descriptor, header.size)
        except BaseException:
            os.close(self._descriptor)
            raise
        # The journal may go on with slots of another length than ours.
        self._header = self._journal.header
        self._counts = self._journal.counts
        self._recorded = list(self._counts)
        self._busy = bytearray(self._header.slots)
        self._lock = threading.Lock()
        # Without pwrite, seeking and writing must not be torn apart.
        self._in_order = nullcontext() if hasattr(os, "pwrite") else threading.Lock()
        self._first_free = 0
        self._front = 0
        self._users = 0
        self._is_closed = False
        self._bytes_here = sum(self._counts)

    @property
    def size(self) -> int:
        """The size of the whole file."""
        return self._header.size

    @property
    def slot_size(self) -> int:
        """The length of the stretches that the journal counts."""
        return self._header.slot_size

    @property
    def bytes_here(self) -> int:
        """How many of its bytes have arrived."""
        return self._bytes_here

    @property
    def is_complete(self) -> bool:
        """Whether every byte has arrived."""
        return self._bytes_here == self._header.size

    @property
    def is_lost(self) -> bool:
        """Whether somebody removed or cut the file under us."""
        with self._open():
            now = os.fstat(self._descriptor)
        return now.st_size != self.size or (os.name != "nt" and now.st_nlink == 0)

    def frontier(self) -> int:
        """How many bytes from the start have arrived without a gap."""
        with self._lock:
            header, front = self._header, self._front
            while front < header.slots and self._counts[front] == header.slot_length(front):
                front += 1
            self._front = front
            if front == header.slots:
                return header.size
            return front * header.slot_size + self._counts[front]

    def take_run(self) -> Run | None:
        """Hand out the first missing stretch nobody fetches, or None."""
        header = self._header
        most = max(1, LONGEST_RUN // header.slot_size)
        with self._lock:
            slot = self._first_free
            while slot < header.slots and not self._is_free(slot):
                slot += 1
            self._first_free = slot
            if slot == header.slots:
                return None
            last = slot + 1
            # A slot that holds something already begins a run of its own.
            while (
                last < header.slots
                and last - slot < most
                and self._counts[last] == 0
                and self._is_free(last)
            ):
                last += 1
            self._busy[slot:last] = b"\1" * (last - slot)
            start = slot * header.slot_size + self._counts[slot]
            return Run(start, min(last * header.slot_size, header.size))

    def give_back(self, run: Run) -> None:
        """End the work on `run`, finished or not; what has arrived of it is recorded."""
        first = run.start // self._header.slot_size
        last = -(-run.end // self._header.slot_size)
        with self._lock:
            self._busy[first:last] = bytes(last - first)
            self._first_free = min(self._first_free, first)
        with suppress(Cancelled), self._open():
            self._record(first, last, at_least=1)

    def write(self, offset: int, data: memoryview) -> int:
        """Store what arrived for `offset`; return how many of the bytes were not here before.

        Raises:
            Cancelled: when the partial was closed meanwhile.
            OSError: when the disk does not take it; what was counted before stays.
        """
        with self._open():
            return self._write(offset, data)

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`, fewer at the end of the file.

        Raises:
            Cancelled: when the partial was closed meanwhile.
        """
        with self._open():
            if hasattr(os, "pread"):
                return os.pread(self._descriptor, length, offset)
            with self._in_order:
                os.lseek(self._descriptor, offset, os.SEEK_SET)
                return os.read(self._descriptor, length)

    def flush(self) -> None:
        """Bring every byte to the disk.

        Raises:
            Cancelled: when the partial was closed meanwhile.
            OSError: then the bytes must be taken for lost, and the caller discards them.
        """
        with self._open():
            os.fsync(self._descriptor)

    def close(self) -> None:
        """Close the files; they stay on disk. Whoever comes too late gets `Cancelled`."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            if self._users:
                return
        self._close_files()

    def discard(self) -> None:
        """Close and remove the bytes and the journal: this file starts anew."""
        self.close()
        remove_journal(self._journal_path)
        self._part.unlink(missing_ok=True)

    @contextmanager
    def _open(self) -> Generator[None]:
        """Keep the files open while the with-block runs; a closed descriptor could be reused."""
        with self._lock:
            if self._is_closed:
                raise Cancelled
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                is_last = self._is_closed and not self._users
            if is_last:
                self._close_files()

    def _is_free(self, slot: int) -> bool:
        return not self._busy[slot] and self._counts[slot] < self._header.slot_length(slot)

    def _write(self, offset: int, data: memoryview) -> int:
        header = self._header
        position, fresh = 0, 0
        first = offset // header.slot_size
        while position < len(data):
            at = offset + position
            slot, inside = divmod(at, header.slot_size)
            length = min(len(data) - position, header.slot_length(slot) - inside)
            known = self._counts[slot]
            skip = min(length, known - inside)
            if skip < 0:
                raise ValueError("bytes arrived that leave a gap")
            if skip < length:
                with self._in_order:
                    piece = data[position + skip : position + length]
                    write_at(self._descriptor, piece, at + skip)
                fresh += length - skip
                with self._lock:
                    self._counts[slot] = inside + length
                    self._bytes_here += length - skip
            position += length
        self._record(first, -(-(offset + len(data)) // header.slot_size), at_least=_RECORD_EVERY)
        return fresh

    def _record(self, first: int, last: int, *, at_least: int) -> None:
        for slot in range(first, last):
            count = self._counts[slot]
            news = count - self._recorded[slot]
            if news >= at_least or (news and count == self._header.slot_length(slot)):
                with self._in_order:
                    self._journal.record(slot, count)
                self._recorded[slot] = count

    def _close_files(self) -> None:
        # A worker that is late gives nothing back any more; what it brought counts all the same.
        with suppress(OSError):
            self._record(0, self._header.slots, at_least=1)
        self._journal.close()
        os.close(self._descriptor)
