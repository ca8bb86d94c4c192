"""Hashing behind the bytes as they arrive, and giving a file its name when the hash is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelshelf.core.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelshelf.core.cancel import CancelToken
    from modelshelf.core.downloads.progress import Meter
    from modelshelf.core.downloads.schedule import Schedule
    from modelshelf.core.downloads.transfer import Transfer

_MOST_REJECTIONS = 2


class Verifier:
    """The one thread of a job that reads what the others wrote."""

    def __init__(
        self,
        schedule: Schedule,
        meter: Meter,
        cancel: CancelToken,
        on_done: Callable[[Transfer], None],
    ) -> None:
        self._schedule = schedule
        self._meter = meter
        self._cancel = cancel
        self._on_done = on_done

    def run(self) -> None:
        """Work until the job ends; whatever goes wrong ends it."""
        try:
            while not self._is_over():
                self._meter.news.wait()
                self._meter.news.clear()
                self._catch_up()
        except BaseException as error:  # the schedule passes it on to the job
            self._schedule.end(error)

    def _catch_up(self) -> None:
        moved = True
        while moved and not self._is_over():
            moved = False
            for transfer in self._schedule.to_hash():
                if self._is_over():
                    return
                moved = transfer.digest_next() or moved
                if transfer.hashed == transfer.file.size and not transfer.workers:
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
