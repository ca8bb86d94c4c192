"""Who fetches what next: the files of one job, shared between its connections."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from modelshelf.core.downloads.partial import Run
from modelshelf.core.downloads.transfer import Stage, Transfer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelshelf.core.cancel import CancelToken
    from modelshelf.core.downloads.http_transport import TransferFault
    from modelshelf.core.downloads.progress import Meter
    from modelshelf.core.errors import ModelshelfError

_OPEN_AT_ONCE = 4
_LOCK_RETRY = 0.25
_FINISHED = (Stage.DONE, Stage.FAILED)


class Schedule:
    """Thread-safe. A worker asks for work, and says what became of it.

    A file that cannot be had does not keep the others from coming; what concerns all of them (no
    network, no access, no disk) ends the job at once.
    """

    def __init__(self, transfers: Sequence[Transfer], meter: Meter, cancel: CancelToken) -> None:
        self._transfers = transfers
        self._meter = meter
        self._cancel = cancel
        self._changed = threading.Condition()
        self._waiting = list(transfers)
        self._open: list[Transfer] = []
        self._unfinished = len(transfers)
        self._error: BaseException | None = None
        self.ended = threading.Event()
        if not transfers:
            self.ended.set()

    @property
    def error(self) -> BaseException | None:
        """What ended the job, or the first file that could not be had."""
        if self._error is not None:
            return self._error
        return next((t.error for t in self._transfers if t.error is not None), None)

    @property
    def bytes_here(self) -> int:
        """How many bytes of all files are on disk."""
        return sum(transfer.bytes_here for transfer in self._transfers)

    @property
    def bytes_reused(self) -> int:
        """How many of them were there before, or came from another program."""
        return sum(transfer.reused for transfer in self._transfers)

    def claim_to_hash(self) -> Transfer | None:
        """Give a file that can be hashed to the calling thread alone, if there is one."""
        with self._changed:
            for transfer in self._open:
                if not transfer.is_claimed and transfer.can_be_hashed:
                    transfer.is_claimed = True
                    return transfer
            return None

    def unclaim(self, transfer: Transfer) -> None:
        """Let any thread hash the file again."""
        with self._changed:
            transfer.is_claimed = False

    def next(self) -> tuple[Transfer, Run | None] | None:
        """Wait for work: a run to fetch, or a file to open first. None when there is no more."""
        with self._changed:
            while not (self._cancel.is_cancelled or self.ended.is_set()):
                now = time.monotonic()
                if (found := self._find(now)) is not None:
                    found[0].workers += 1
                    return found
                self._changed.wait(self._until_next(now))
            return None

    def opened(self, transfer: Transfer, stage: Stage) -> None:
        """Note what came of opening a file."""
        with self._changed:
            transfer.workers -= 1
            if stage is Stage.WAITING:
                transfer.not_before = time.monotonic() + _LOCK_RETRY
                self._waiting.insert(0, transfer)
            self._enter(transfer, stage)

    def given_back(self, transfer: Transfer, run: Run) -> None:
        """Note that nobody works on `run` any more."""
        if transfer.partial is not None:
            transfer.partial.give_back(run)
        with self._changed:
            transfer.workers -= 1
            self._changed.notify_all()
        self._meter.to_hash.tell()

    def postpone(self, transfer: Transfer, seconds: float) -> None:
        """Leave a file alone for a while, without counting it as a failure."""
        with self._changed:
            transfer.not_before = max(transfer.not_before, time.monotonic() + seconds)

    def faulted(self, transfer: Transfer, fault: TransferFault, began: float) -> None:
        """Count a failure; when patience ends, so does the file, or the job if nothing moves."""
        with self._changed:
            fetched = self._meter.fetched
            again = transfer.faults.take(
                fault, began=began, here=transfer.bytes_here, fetched=fetched
            )
            if again is not None:
                transfer.not_before = max(transfer.not_before, again)
                return
            is_quiet = transfer.faults.is_everything_quiet(fetched)
        if fault.is_network and is_quiet:
            self.end(fault.error)
        else:
            self.failed(transfer, fault.error)

    def done(self, transfer: Transfer) -> None:
        """Note that a file has its final name."""
        with self._changed:
            self._enter(transfer, Stage.DONE)

    def restarted(self, transfer: Transfer, stage: Stage) -> None:
        """Note that a file began anew, and what came of opening it."""
        with self._changed:
            self._enter(transfer, stage)

    def failed(self, transfer: Transfer, error: ModelshelfError) -> None:
        """Give up one file."""
        with self._changed:
            transfer.error = error
            self._enter(transfer, Stage.FAILED)

    def end(self, error: BaseException) -> None:
        """End the job: it makes no sense to go on."""
        with self._changed:
            if self._error is None:
                self._error = error
            self.ended.set()
            self._changed.notify_all()
        self._meter.to_hash.tell()

    def _enter(self, transfer: Transfer, stage: Stage) -> None:
        before, transfer.stage = transfer.stage, stage
        if before is Stage.OPEN:
            self._open.remove(transfer)
        if stage is Stage.OPEN:
            self._open.append(transfer)
        if stage in _FINISHED and before not in _FINISHED:
            self._unfinished -= 1
            if not self._unfinished:
                self.ended.set()
        self._changed.notify_all()
        self._meter.to_hash.tell()

    def _find(self, now: float) -> tuple[Transfer, Run | None] | None:
        """An open file that fewest work on, or a new one while few are open."""
        waiting = next((t for t in self._waiting if t.not_before <= now), None)
        busy = sum(1 for t in self._open if t.workers)
        for transfer in sorted(self._open, key=lambda t: t.workers):
            if transfer.not_before > now:
                continue
            if waiting is not None and transfer.workers and busy < _OPEN_AT_ONCE:
                break
            if (run := self._run_of(transfer)) is not None:
                return transfer, run
        if waiting is not None:
            self._waiting.remove(waiting)
            waiting.stage = Stage.OPENING
            return waiting, None
        return None

    def _run_of(self, transfer: Transfer) -> Run | None:
        partial = transfer.partial
        if partial is None:
            return None
        if not transfer.is_stream:
            return partial.take_run()
        # A server without ranges: one connection at a time, and asked again where we stand.
        if transfer.workers or partial.is_complete:
            return None
        return Run(partial.frontier(), partial.size)

    def _until_next(self, now: float) -> float | None:
        times = [t.not_before for t in (*self._open, *self._waiting) if t.not_before > now]
        return max(0.0, min(times) - now) if times else None
