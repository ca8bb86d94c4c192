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
        self._error: BaseException | None = None
        self.ended = threading.Event()
        self._check_end()

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

    def to_hash(self) -> list[Transfer]:
        """The files whose bytes may be waiting to be hashed."""
        with self._changed:
            return [t for t in self._transfers if t.stage is Stage.OPEN]

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
            transfer.stage = stage
            if stage is Stage.WAITING:
                transfer.not_before = time.monotonic() + _LOCK_RETRY
            self._meter.news.set()
            self._check_end()
            self._changed.notify_all()

    def given_back(self, transfer: Transfer, run: Run) -> None:
        """Note that nobody works on `run` any more."""
        if transfer.partial is not None:
            transfer.partial.give_back(run)
        with self._changed:
            transfer.workers -= 1
            self._changed.notify_all()
        self._meter.news.set()

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
            transfer.stage = Stage.DONE
            self._check_end()
            self._changed.notify_all()

    def restarted(self, transfer: Transfer, stage: Stage) -> None:
        """Note that a file begins anew."""
        with self._changed:
            transfer.stage = stage
            self._check_end()
            self._changed.notify_all()

    def failed(self, transfer: Transfer, error: ModelshelfError) -> None:
        """Give up one file."""
        with self._changed:
            transfer.error = error
            transfer.stage = Stage.FAILED
            self._check_end()
            self._changed.notify_all()

    def end(self, error: BaseException) -> None:
        """End the job: it makes no sense to go on."""
        with self._changed:
            if self._error is None:
                self._error = error
            self.ended.set()
            self._meter.news.set()
            self._changed.notify_all()

    def _find(self, now: float) -> tuple[Transfer, Run | None] | None:
        """An open file that fewest work on, or a new one while few are open."""
        ready = [t for t in self._transfers if t.not_before <= now]
        opened = sorted((t for t in ready if t.stage is Stage.OPEN), key=lambda t: t.workers)
        waiting = next((t for t in ready if t.stage is Stage.WAITING), None)
        busy = sum(1 for t in self._transfers if t.stage is Stage.OPEN and t.workers)
        for transfer in opened:
            if waiting is not None and transfer.workers and busy < _OPEN_AT_ONCE:
                break
            if (run := self._run_of(transfer)) is not None:
                return transfer, run
        if waiting is not None:
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
        times = [
            t.not_before
            for t in self._transfers
            if t.stage in (Stage.OPEN, Stage.WAITING) and t.not_before > now
        ]
        return max(0.0, min(times) - now) if times else None

    def _check_end(self) -> None:
        if all(t.stage in (Stage.DONE, Stage.FAILED) for t in self._transfers):
            self.ended.set()
            self._meter.news.set()
