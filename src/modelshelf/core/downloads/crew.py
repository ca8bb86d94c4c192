"""The connections of one job: threads that fetch runs until there is nothing left to fetch."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from modelshelf.core.cancel import Cancelled
from modelshelf.core.downloads.http_transport import HttpTransport, TransferFault
from modelshelf.core.downloads.source import NotNow
from modelshelf.core.errors import FormatError, IntegrityError, ModelshelfError, NotFoundError

if TYPE_CHECKING:
    from modelshelf.core.cancel import CancelToken
    from modelshelf.core.downloads.connections import ConnectionBudget, Patience
    from modelshelf.core.downloads.partial import Run
    from modelshelf.core.downloads.schedule import Schedule
    from modelshelf.core.downloads.transfer import Transfer
    from modelshelf.core.hub.targets import Targets

_PIECE = 256 << 10
_JOIN_SECONDS = 0.3
# What concerns one file alone; everything else concerns the whole download.
_ONE_FILE = (NotFoundError, IntegrityError, FormatError)


class Crew:
    """Up to `size` workers. A worker that hangs in the system is left behind, never waited for."""

    def __init__(
        self,
        job_id: str,
        schedule: Schedule,
        budget: ConnectionBudget,
        targets: Targets,
        patience: Patience,
        cancel: CancelToken,
    ) -> None:
        self._job_id = job_id
        self._schedule = schedule
        self._budget = budget
        self._targets = targets
        self._patience = patience
        self._cancel = cancel
        self._threads: list[threading.Thread] = []

    def start(self, size: int) -> None:
        """Begin to work."""
        for number in range(size):
            thread = threading.Thread(
                target=self._work, name=f"download {self._job_id} {number + 1}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def join(self) -> None:
        """Wait for the workers after the job was cancelled; a moment only."""
        deadline = time.monotonic() + _JOIN_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _work(self) -> None:
        transport = HttpTransport(self._targets, self._patience, self._cancel)
        buffer = memoryview(bytearray(_PIECE))
        with ExitStack() as stack:
            stack.callback(transport.close)
            stack.enter_context(self._cancel.on_cancel(transport.cut))
            try:
                while (task := self._schedule.next()) is not None:
                    transfer, run = task
                    if run is None:
                        self._open(transfer)
                    else:
                        self._fetch(transfer, run, transport, buffer)
            except Cancelled:
                return
            except BaseException as error:  # the schedule passes it on to the job
                self._schedule.end(error)

    def _open(self, transfer: Transfer) -> None:
        stage = transfer.stage
        try:
            stage = transfer.open(self._cancel)
        finally:
            self._schedule.opened(transfer, stage)

    def _fetch(
        self, transfer: Transfer, run: Run, transport: HttpTransport, buffer: memoryview
    ) -> None:
        began = time.monotonic()
        try:
            if not self._budget.try_take(self._job_id):
                # An idle connection would count too.
                transport.close()
                self._budget.take(self._job_id, self._cancel)
            try:
                transfer.fetch(run, transport, buffer)
            finally:
                self._budget.give_back(self._job_id)
        except NotNow as pause:
            self._schedule.postpone(transfer, pause.seconds)
        except TransferFault as fault:
            self._cancel.check()
            self._schedule.faulted(transfer, fault, began)
        except ModelshelfError as error:
            if isinstance(error, _ONE_FILE):
                self._schedule.failed(transfer, error)
            else:
                self._schedule.end(error)
        finally:
            self._schedule.given_back(transfer, run)
