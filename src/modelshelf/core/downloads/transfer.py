"""One file of a download, from its first byte to its final name."""

from __future__ import annotations

import hashlib
import os
import time
from enum import StrEnum
from http.client import HTTPException
from typing import TYPE_CHECKING, Protocol

from modelshelf.core.downloads.http_transport import TransferFault
from modelshelf.core.downloads.journal import JournalHeader, remove_journal
from modelshelf.core.downloads.locks import BlobLock
from modelshelf.core.downloads.partial import Partial, Run
from modelshelf.core.downloads.publish import publish_blob
from modelshelf.core.downloads.source import NotNow
from modelshelf.core.errors import NetworkError, StalledError
from modelshelf.core.files import flush_folder
from modelshelf.core.stores import layout

if TYPE_CHECKING:
    from modelshelf.core.cancel import CancelToken
    from modelshelf.core.downloads.connections import Patience
    from modelshelf.core.downloads.http_transport import Body, HttpTransport
    from modelshelf.core.downloads.plan import DownloadPlan, PlannedFile
    from modelshelf.core.downloads.progress import Meter
    from modelshelf.core.downloads.source import FaultCount, Source
    from modelshelf.core.errors import ModelshelfError

_HASH_BLOCK = 1 << 20


class Stage(StrEnum):
    """Where a file stands."""

    WAITING = "waiting"
    OPENING = "opening"
    OPEN = "open"
    DONE = "done"
    FAILED = "failed"


class _Hasher(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


class Transfer:
    """The work on one blob.

    `stage`, `workers`, `not_before`, `error`, `faults` and `is_claimed` belong to the schedule,
    under its lock; `hashed` and `rejections` to the thread that claimed it for hashing.
    """

    def __init__(
        self,
        file: PlannedFile,
        plan: DownloadPlan,
        source: Source,
        faults: FaultCount,
        patience: Patience,
        meter: Meter,
    ) -> None:
        self.file = file
        self.stage = Stage.WAITING
        self.workers = 0
        self.not_before = 0.0
        self.error: ModelshelfError | None = None
        self.faults = faults
        self.is_claimed = False
        self.is_stream = False
        self.partial: Partial | None = None
        self.reused = 0
        self.hashed = 0
        self.rejections = 0
        self._source = source
        self._patience = patience
        self._meter = meter
        self._header = JournalHeader(
            plan.model_id, plan.commit, file.path, file.blob_name, file.size
        )
        self._blob = layout.blob_path(plan.folder, file.blob_name)
        self._part = layout.part_path(plan.folder, file.blob_name)
        self._journal = layout.journal_path(plan.folder, file.blob_name)
        self._lock = BlobLock(layout.lock_path(plan.store, plan.model_id, file.blob_name))
        self._holds_lock = False
        self._hasher = self._new_hasher()

    @property
    def bytes_here(self) -> int:
        """How many bytes of the file are on disk."""
        if self.stage is Stage.DONE:
            return self.file.size
        return self.partial.bytes_here if self.partial is not None else self.file.bytes_here

    def open(self, cancel: CancelToken) -> Stage:
        """Become the one writer of the blob, unless somebody else is or has made it meanwhile.

        Returns OPEN, DONE when the blob is here, or WAITING when another program writes it.

        Raises:
            OSError: when the store cannot be written.
            Cancelled: when asked to stop.
        """
        if not self._holds_lock and not self._lock.try_acquire():
            return Stage.WAITING
        self._holds_lock = True
        if self._is_blob_here() or self._take_shared(cancel):
            self._part.unlink(missing_ok=True)
            remove_journal(self._journal)
            self.reused = self.file.size
            self.release()
            return Stage.DONE
        self.partial = Partial(self._part, self._journal, self._header)
        self.reused = self.partial.bytes_here
        self.hashed, self._hasher = 0, self._new_hasher()
        return Stage.OPEN

    def fetch(self, run: Run, transport: HttpTransport, buffer: memoryview) -> None:
        """Fetch the bytes of `run` over `transport`.

        Raises:
            TransferFault: when something went wrong on the way.
            NotNow: when this run must wait, or its address was too old.
            ModelshelfError: when this file cannot be had.
            OSError: when the disk does not take the bytes.
            Cancelled: when asked to stop.
        """
        body = self._source.get(run, transport)
        try:
            if body.start < run.start:
                # A server without ranges sends the whole file: one connection reads it.
                self.is_stream = True
                if self.workers > 1:
                    raise NotNow
            self._receive(body, run, transport, buffer)
        finally:
            transport.finish(body)

    @property
    def can_be_hashed(self) -> bool:
        """Whether bytes wait to be hashed, or the whole file to be judged."""
        return self._opened.frontier() > self.hashed or self.can_be_judged

    @property
    def can_be_judged(self) -> bool:
        """Whether every byte is hashed and nobody works on the file any more."""
        return self.hashed == self.file.size and not self.workers

    def digest_next(self) -> bool:
        """Hash some of the bytes that arrived without a gap; return whether there were any."""
        partial = self._opened
        count = min(_HASH_BLOCK, partial.frontier() - self.hashed)
        if count <= 0:
            return False
        data = partial.read(self.hashed, count)
        if not data:
            # Somebody cut the file; `is_intact` will say so.
            data = bytes(count)
        self._hasher.update(data)
        self.hashed += len(data)
        return True

    @property
    def digest(self) -> str:
        """The hash of what was read so far."""
        return self._hasher.hexdigest()

    @property
    def is_intact(self) -> bool:
        """Whether everything that was hashed is what the Hub says, and still on the disk."""
        return self.digest == self.file.blob_name and not self._opened.is_lost

    def start_anew(self, cancel: CancelToken) -> Stage:
        """Throw away bytes that are not the file's, and begin at the first one."""
        self._opened.discard()
        self.partial = None
        return self.open(cancel)

    def set_aside(self) -> None:
        """Keep wrong bytes under a name that nothing takes for the file, for a report."""
        partial = self._opened
        partial.close()
        os.replace(self._part, self._part.with_suffix(".rejected"))
        partial.discard()
        self.release()

    def publish(self) -> None:
        """Flush the verified bytes and give them their final name.

        Raises:
            OSError: when the disk fails; bytes that could not be flushed are taken for lost.
        """
        partial = self._opened
        try:
            partial.flush()
        except OSError:
            partial.discard()
            raise
        partial.close()
        try:
            publish_blob(self._part, self._blob)
        except FileNotFoundError:
            # A later run may have been faster than this one, which nobody waits for any more.
            if not self._is_blob_here():
                raise
        partial.discard()
        self.release()

    def release(self) -> None:
        """Close the files and let others write the blob; may be called again."""
        if self.partial is not None:
            self.partial.close()
        if self._holds_lock:
            self._holds_lock = False
            self._lock.release()

    @property
    def _opened(self) -> Partial:
        assert self.partial is not None  # asked of files only while their stage is OPEN
        return self.partial

    def _receive(self, body: Body, run: Run, transport: HttpTransport, buffer: memoryview) -> None:
        partial = self._opened
        end = self.file.size if self.is_stream else run.end
        offset = body.start
        watch = _SpeedWatch(self._patience)
        try:
            while offset < end:
                try:
                    count = body.read_into(buffer[: end - offset])
                except (OSError, HTTPException) as error:
                    raise transport.fault_of(error) from error
                if count == 0:
                    raise _closed_early(body.host)
                self._meter.received(count)
                partial.write(offset, buffer[:count])
                if (offset + count) // partial.slot_size != offset // partial.slot_size:
                    self._meter.to_hash.tell()
                offset += count
                watch.count(count, body.host)
        finally:
            if self.is_stream:
                partial.give_back(Run(0, self.file.size))

    def _is_blob_here(self) -> bool:
        try:
            return self._blob.stat().st_size == self.file.size
        except OSError:
            return False

    def _take_shared(self, cancel: CancelToken) -> bool:
        """Link the blob to the same bytes among the store's shared blobs, when they are the same.

        A hard link needs no entry in the list of links that huggingface_hub keeps beside them.
        """
        if self.file.shared is None:
            return False
        hasher = self._new_hasher()
        try:
            with self.file.shared.open("rb") as file:
                while block := file.read(_HASH_BLOCK):
                    cancel.check()
                    hasher.update(block)
            if hasher.hexdigest() != self.file.blob_name:
                return False
            self._blob.unlink(missing_ok=True)
            os.link(self.file.shared, self._blob)
            flush_folder(self._blob.parent)
        except (OSError, NotImplementedError):
            # Another owner's file, or a disk without hard links: the bytes are fetched.
            return False
        return True

    def _new_hasher(self) -> _Hasher:
        if self.file.sha256 is not None:
            return hashlib.sha256()
        return hashlib.sha1(f"blob {self.file.size}\0".encode(), usedforsecurity=False)


class _SpeedWatch:
    """Notices a server that sends a byte now and then, for ever."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._since = time.monotonic()
        self._count = 0

    def count(self, count: int, host: str) -> None:
        self._count += count
        now = time.monotonic()
        passed = now - self._since
        if passed < self._patience.slow_window:
            return
        if self._count < self._patience.slowest * passed:
            raise TransferFault(
                StalledError(
                    f"{host} sends too slowly to be of use.",
                    hint="What is here is kept. Try again later.",
                ),
                is_network=True,
            )
        self._since, self._count = now, 0


def _closed_early(host: str) -> TransferFault:
    return TransferFault(
        NetworkError(
            f"{host} closed the connection before the end of the file.",
            hint="What is here is kept; try again.",
        ),
        is_network=True,
    )
