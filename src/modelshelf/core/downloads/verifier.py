"""Hashing behind the bytes as they arrive, and giving a file its name when the hash is right."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from modelshelf.core.cancel import Cancelled
from modelshelf.core.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelshelf.core.cancel import CancelToken
    from modelshelf.core.downloads.progress import Meter
    from modelshelf.core.downloads.schedule import Schedule
    from modelshelf.core.downloads.transfer import Transfer

_MOST_THREADS = 4
_MOST_REJECTIONS = 2


class Verifiers:
    """A few threads that read what the others wrote; flushing many small files takes several."""

    def __init__(
        self,
        job_id: str,
        schedule: Schedule,
        meter: Meter,
        cancel: CancelToken,
        on_done: Callable[[Transfer], None],
    ) -> None:
        self._job_id = job_id
        self._schedule = schedule
        self._meter = meter
        self._cancel = cancel
        self._on_done = on_done
        self._threads: list[threading.Thread] = []

    def start(self, files: int) -> None:
        """Begin to work."""
        for number in range(min(_MOST_THREADS, files)):
            thread = threading.Thread(
                target=self._work, name=f"verify {self._job_id} {number + 1}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def join(self, seconds: float | None) -> None:
        """Wait for the threads after the job ended, for so long at most; None is for ever."""
        deadline = None if seconds is None else time.monotonic() + seconds
        for thread in self._threads:
            thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))

    def _work(self) -> None:
        seen = -1
        try:
            while not self._is_over():
                seen = self._meter.to_hash.wait(seen)
                while (transfer := self._schedule.claim_to_hash()) is not None:
                    try:
                        self._catch_up(transfer)
                    finally:
                        self._schedule.unclaim(transfer)
                    if self._is_over():
                        return
        except Cancelled:
            return
        except BaseException as error:  # the schedule passes it on to the job
            self._schedule.end(error)

    def _catch_up(self, transfer: Transfer) -> None:
        while transfer.digest_next():
            if self._is_over():
                return
        if transfer.can_be_judged:
            self._judge(transfer)

    def _judge(self, transfer: Transfer) -> None:
        if transfer.is_intact:
            transfer.publish()
            self._schedule.done(transfer)
            self._on_done(transfer)
            return
        transfer.rejections += 1
        if transfer.rejections < _MOST_REJECTIONS:
            self._schedule.restarted(transfer, transfer.start_anew(self._cancel))
            return
        found = transfer.digest
        transfer.set_aside()
        self._schedule.failed(
            transfer,
            IntegrityError(
                f"{transfer.file.path} is not what the Hub says it is, twice: expected "
                f"{transfer.file.blob_name}, got {found}.",
                hint="The file is damaged at its source or on the way. Report it, or try another "
                "network.",
            ),
        )

    def _is_over(self) -> bool:
        return self._schedule.ended.is_set() or self._cancel.is_cancelled
