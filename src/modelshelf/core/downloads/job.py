"""One download from its plan to its end: starts the threads, tells how far it is, obeys wishes."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelshelf.core.cancel import Cancelled, CancelToken
from modelshelf.core.downloads import publish
from modelshelf.core.downloads.crew import Crew
from modelshelf.core.downloads.partial import LONGEST_RUN
from modelshelf.core.downloads.progress import Meter, Speed, eta
from modelshelf.core.downloads.schedule import Schedule
from modelshelf.core.downloads.source import FaultCount, Source
from modelshelf.core.downloads.transfer import Transfer
from modelshelf.core.downloads.verifier import Verifiers
from modelshelf.core.errors import ErrorCode, ErrorInfo, ModelshelfError, RegistryError
from modelshelf.core.events import FileDone, JobProgress
from modelshelf.core.jobs import JobRecord, Ledger, Wanted
from modelshelf.core.model import JobState, short_name
from modelshelf.core.stores import layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from modelshelf.core.downloads.connections import ConnectionBudget, Patience, Truces
    from modelshelf.core.downloads.plan import DownloadPlan, PlannedFile
    from modelshelf.core.events import Sink
    from modelshelf.core.hub.client import Hub
    from modelshelf.core.hub.targets import Targets

_log = logging.getLogger(__name__)

_TICK = 0.1
_WRITE_EVERY = 0.25
_HEARTBEAT = 5.0
_FLUSH_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended here; `path` is the snapshot folder when it is done."""

    state: JobState
    error: ErrorInfo | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """What all downloads of this process share."""

    hub: Hub
    targets: Targets
    budget: ConnectionBudget
    truces: Truces
    patience: Patience


class DownloadJob:
    """Runs once. `make_plan` may ask the Hub; `check_room` refuses what does not fit any more."""

    def __init__(
        self,
        record: JobRecord,
        make_plan: Callable[[], DownloadPlan],
        check_room: Callable[[DownloadPlan], None],
        network: Network,
        ledger: Ledger,
        sink: Sink,
    ) -> None:
        self.record = record
        self._make_plan = make_plan
        self._check_room = check_room
        self._network = network
        self._ledger = ledger
        self._sink = sink
        self._cancel = CancelToken()
        self._wish: Wanted | None = None
        self._plan: DownloadPlan | None = None
        self._meter = Meter()
        self._speed = Speed()
        self._present = 0
        self._most_done = 0
        self._written_at = 0.0
        self._written: tuple[int, int] = (-1, -1)
        self.bytes_to_come = 0

    def stop(self, wanted: Wanted) -> None:
        """Stop within half a second, keeping every byte; RUN leaves the job for a later start."""
        self._wish = wanted
        self._cancel.cancel()

    def run(self) -> Outcome:
        """Do the work on the calling thread; no failure leaves this but as an outcome."""
        outcome = self._outcome()
        if outcome.state is not JobState.DONE and self._plan is not None:
            with suppress(OSError):
                publish.leave_no_trace(self._plan)
        return outcome

    def _outcome(self) -> Outcome:
        try:
            self._plan = plan = self._planned()
            return Outcome(JobState.DONE, path=str(self._download(plan)))
        except Cancelled:
            return Outcome((self._wish or Wanted.RUN).state)
        except ModelshelfError as error:
            return Outcome(JobState.FAILED, error.info)
        except OSError as error:
            if self._plan is None:
                return Outcome(JobState.FAILED, _bug(error, self.record))
            told = publish.explained(error, self._plan, self.bytes_to_come)
            return Outcome(JobState.FAILED, told.info)
        except Exception as error:
            return Outcome(JobState.FAILED, _bug(error, self.record))

    def _planned(self) -> DownloadPlan:
        """Make the plan on a thread that can be left behind: the Hub may be slow to answer."""
        made: list[DownloadPlan | BaseException] = []
        ready = threading.Event()

        def make() -> None:
            try:
                made.append(self._make_plan())
            except BaseException as error:  # handed over to the thread that waits
                made.append(error)
            ready.set()

        threading.Thread(target=make, name=f"plan {self.record.id}", daemon=True).start()
        while not ready.wait(_TICK):
            self._obey()
        plan = made[0]
        if isinstance(plan, BaseException):
            raise plan
        return plan

    def _download(self, plan: DownloadPlan) -> Path:
        unique = {file.blob_name: file for file in plan.files}.values()
        self._present = sum(file.size for file in unique if file.is_present)
        self.bytes_to_come = plan.bytes_to_fetch
        if publish.is_snapshot_published(plan):
            self._tell(plan, None, is_last=True)
            return layout.snapshot_path(plan.folder, plan.commit)
        self._check_room(plan)
        publish.prepare(plan)
        transfers = [self._transfer(plan, file) for file in unique if not file.is_present]
        schedule = Schedule(transfers, self._meter, self._cancel)
        try:
            self._move(plan, schedule, transfers)
        finally:
            for transfer in transfers:
                transfer.release()
            self._tell(plan, schedule, is_last=True)
        return publish.publish_snapshot(plan)

    def _move(self, plan: DownloadPlan, schedule: Schedule, transfers: list[Transfer]) -> None:
        network = self._network
        crew = Crew(
            self.record.id,
            schedule,
            network.budget,
            network.targets,
            network.patience,
            self._cancel,
        )
        verifiers = Verifiers(self.record.id, schedule, self._meter, self._cancel, self._file_done)
        with self._cancel.on_cancel(lambda: schedule.end(Cancelled())):
            verifiers.start(len(transfers))
            crew.start(min(network.budget.limit, _useful_connections(transfers)))
            while not schedule.ended.wait(_TICK):
                self._tell(plan, schedule)
                self._obey()
        error = schedule.error
        self._cancel.cancel()
        crew.join()
        # A disk may take seconds to flush a file; nobody who cancels waits for that.
        verifiers.join(None if error is None else _FLUSH_SECONDS)
        if error is not None:
            raise error

    def _transfer(self, plan: DownloadPlan, file: PlannedFile) -> Transfer:
        network = self._network
        source = Source(
            network.hub,
            plan.model_id,
            plan.commit,
            file.path,
            file.size,
            network.patience,
            network.truces,
        )
        faults = FaultCount(network.patience)
        return Transfer(file, plan, source, faults, network.patience, self._meter)

    def _obey(self) -> None:
        """Do what others want, in whichever process; a database in trouble stops no download."""
        try:
            wanted = self._ledger.wanted(self.record.id)
        except RegistryError:
            wanted = Wanted.RUN
        if wanted is not Wanted.RUN and self._wish is None:
            self._wish = wanted
            self._cancel.cancel()
        if self._wish is not None:
            raise Cancelled

    def _tell(
        self, plan: DownloadPlan, schedule: Schedule | None, *, is_last: bool = False
    ) -> None:
        now = time.monotonic()
        fetched = self._meter.fetched
        here = self._present + (schedule.bytes_here if schedule else 0)
        reused = self._present + (schedule.bytes_reused if schedule else 0)
        self.bytes_to_come = max(0, plan.bytes_total - here)
        # A file that must begin anew takes bytes back; a bar that runs backwards tells nothing.
        done = self._most_done = max(self._most_done, min(here, plan.bytes_total))
        per_second = self._speed.update(now, fetched)
        self._sink(
            JobProgress(
                job_id=self.record.id,
                model_id=plan.model_id,
                bytes_done=done,
                bytes_total=plan.bytes_total,
                bytes_per_second=per_second,
                eta_seconds=eta(plan.bytes_total - done, per_second),
            )
        )
        has_news = self._written != (done, fetched)
        if is_last or now - self._written_at >= (_WRITE_EVERY if has_news else _HEARTBEAT):
            self._written_at, self._written = now, (done, fetched)
            try:
                self._ledger.progress(
                    self.record.id,
                    done=done,
                    total=plan.bytes_total,
                    per_second=per_second,
                    fetched=fetched,
                    reused=reused,
                )
            except RegistryError as error:
                _log.info("progress of job %s not recorded: %s", self.record.id, error.message)

    def _file_done(self, transfer: Transfer) -> None:
        file = transfer.file
        self._sink(FileDone(self.record.id, self.record.model_id, file.path, file.size))


def _useful_connections(transfers: list[Transfer]) -> int:
    return max(1, sum(-(-t.file.size // LONGEST_RUN) or 1 for t in transfers))


def _bug(error: Exception, record: JobRecord) -> ErrorInfo:
    _log.error("download of %s failed", record.model_id, exc_info=error)
    return ErrorInfo(
        ErrorCode.BUG,
        f"The download of {short_name(record.model_id)} met a bug: {type(error).__name__}.",
        "The report is in the log; please send it to the developers. What is here is kept.",
        repr(error),
    )
