"""Which downloads run, on which threads, and how any process steers any of them."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from modelshelf.core.downloads.connections import ConnectionBudget, Patience, Truces
from modelshelf.core.downloads.endings import Endings
from modelshelf.core.downloads.job import DownloadJob, Network, Outcome
from modelshelf.core.downloads.planning import Planner, missing_space, no_space, refusal
from modelshelf.core.downloads.request import DownloadRequest
from modelshelf.core.downloads.watch import Watch
from modelshelf.core.errors import BusyError, ModelshelfError
from modelshelf.core.events import InventoryChanged, JobChanged
from modelshelf.core.hub.targets import Origin, Targets
from modelshelf.core.jobs import JobRecord, Ledger, Wanted
from modelshelf.core.machine import disk_of
from modelshelf.core.model import JobKind, JobState, ModelId, short_name

if TYPE_CHECKING:
    from modelshelf.core.cancel import CancelToken
    from modelshelf.core.downloads.plan import DownloadPlan
    from modelshelf.core.events import Sink
    from modelshelf.core.hub.client import Hub
    from modelshelf.core.settings import Policy, Settings
    from modelshelf.core.stores.inventory import Inventory

Spawn = Callable[[str, Callable[[], None]], None]
"""Runs a job under a name on a thread that the front end owns; returns at once."""

_OBEYS_WITHIN = 1.0
_LOOK_EVERY = 0.1


class DownloadQueue:
    """The downloads of this process, over the ledger that all processes share.

    Every method may be called from any thread but a GUI thread.
    """

    def __init__(
        self,
        ledger: Ledger,
        hub: Hub,
        settings: Settings,
        inventory: Inventory,
        sink: Sink,
        spawn: Spawn,
        policy: Policy,
        patience: Patience | None = None,
    ) -> None:
        self._ledger = ledger
        self._endings = Endings(ledger)
        self._inventory = inventory
        self._sink = sink
        self._spawn = spawn
        self._hub = hub
        self._planner = Planner(hub, inventory, settings, policy)
        self._parallel = settings.number("downloads.parallel")
        self._budget = ConnectionBudget(settings.number("network.connections"))
        self._truces = Truces()
        self._patience = patience or Patience()
        self._network: Network | None = None
        self._changed = threading.Condition()
        self._running: dict[str, DownloadJob] = {}
        self._devices: dict[str, int] = {}
        self._waiting: dict[str, DownloadPlan | None] = {}
        self._is_closed = False

    def plan(self, request: DownloadRequest) -> DownloadPlan:
        """Say what `request` would do; asks the Hub, changes nothing.

        Raises:
            ModelshelfError: see `Planner.plan`.
        """
        return self._planner.plan(request)

    def plan_of(self, job_id: str) -> DownloadPlan:
        """Say what going on with a job, or trying it again, would do; changes nothing.

        Raises:
            NotFoundError: when there is no such job.
            ModelshelfError: see `Planner.plan`.
        """
        return self._planned_again(self._ledger.get(job_id))

    def add(self, plan: DownloadPlan) -> JobRecord:
        """Start what `plan` says, or join the job that does the same, in whichever process.

        Raises:
            DiskSpaceError, PermissionRefusedError: when the plan is blocked.
            BusyError: when another operation, or another choice of files, runs on the model.
        """
        if plan.is_blocked:
            raise refusal(plan)
        request = plan.request.to_json()
        return self._claim(plan.model_id, request, plan.store, plan.commit, plan)

    def pause(self, job_id: str) -> JobRecord:
        """Stop a job for now; what is here is kept. Returns when it has stopped."""
        return self._want(job_id, Wanted.PAUSE)

    def cancel(self, job_id: str) -> JobRecord:
        """End a job; what is here is kept for a later download. Returns when it has ended."""
        return self._want(job_id, Wanted.CANCEL)

    def resume(self, job_id: str) -> JobRecord:
        """Go on with a paused or interrupted job, here when nobody else runs it."""
        self._endings.catch_up()
        if not self._ledger.get(job_id).state.is_active:
            return self.retry(job_id)
        self._ledger.want(job_id, Wanted.RUN)
        return self._adopt(job_id)

    def retry(self, job_id: str) -> JobRecord:
        """Start an ended job again from what is here.

        Raises:
            BusyError: when another operation runs on the model.
        """
        self._endings.catch_up()
        job = self._ledger.get(job_id)
        if job.state.is_active:
            return self.resume(job_id)
        return self._claim(job.model_id, job.request, Path(job.store), job.revision, None)

    def start_waiting(self) -> None:
        """Adopt jobs whose process died, and start what is queued; paused jobs stay paused."""
        self._endings.catch_up()
        for job in self._ledger.release_orphans():
            self._tell_state(job)
        for job in self._ledger.active():
            if job.kind is JobKind.DOWNLOAD and job.state is JobState.QUEUED:
                self._adopt(job.id)

    def wait(self, job_id: str, cancel: CancelToken) -> JobRecord:
        """Block until the job ended or was paused, telling the sink how far it is.

        A job of another process is watched; when that process dies, the job goes on here.

        Raises:
            Cancelled: when asked to stop waiting; the job itself goes on.
        """
        watch: Watch | None = None
        with cancel.on_cancel(self._wake):
            while True:
                cancel.check()
                # Asked in this order, since a job of this process is recorded before it is let go.
                with self._changed:
                    is_own = job_id in self._running or job_id in self._waiting
                job = self._endings.applied(self._ledger.get(job_id))
                if not is_own:
                    is_over = not job.state.is_active or job.state is JobState.PAUSED
                    if watch is None and not is_over:
                        watch = Watch(self._sink)
                    if watch is not None:
                        watch.look(job)
                    if is_over:
                        return job
                    if not job.is_held:
                        self._adopt(job_id)
                with self._changed:
                    if not cancel.is_cancelled:
                        self._changed.wait(_LOOK_EVERY)

    def stop_own(self, job_id: str) -> JobRecord:
        """Cancel the job when this process runs it, else leave it alone; return how it stands."""
        with self._changed:
            is_own = job_id in self._running or job_id in self._waiting
        return self.cancel(job_id) if is_own else self._ledger.get(job_id)

    @property
    def running(self) -> int:
        """How many downloads this process runs right now."""
        with self._changed:
            return len(self._running)

    def close(self, wanted: Wanted) -> None:
        """Stop everything this process runs, leaving the jobs as `wanted` says; nothing is lost."""
        with self._changed:
            self._is_closed = True
            running = dict(self._running)
            waiting = list(self._waiting)
            self._waiting.clear()
        for job in running.values():
            job.stop(wanted)
        with self._changed:
            self._changed.wait_for(lambda: not self._running, _OBEYS_WITHIN)
            late = list(self._running)
        for job_id in (*waiting, *late):
            with suppress(ModelshelfError):
                self._tell_state(self._ledger.finish(job_id, wanted.state))

    def _claim(
        self,
        model_id: ModelId,
        request: str,
        store: Path,
        commit: str,
        plan: DownloadPlan | None,
    ) -> JobRecord:
        self._endings.catch_up()
        while True:
            claim = self._ledger.claim(
                model_id, JobKind.DOWNLOAD, request=request, store=store, revision=commit
            )
            job = claim.job
            with self._changed:
                is_known = job.id in self._running or job.id in self._waiting
            is_free = claim.is_mine and not is_known
            is_same = (job.request, job.store) == (request, str(store))
            if is_same and (job.revision == commit or not is_free):
                break
            if not is_free:
                raise BusyError(
                    f"{short_name(model_id)} is being downloaded with another choice of files "
                    f"(job {job.id}).",
                    hint="Wait for that job, or cancel it first.",
                )
            # It waited, paused or orphaned; the new wish takes its place, its bytes stay.
            self._tell_state(self._ledger.finish(job.id, JobState.CANCELLED))
        if claim.is_mine:
            self._enter(job, plan)
        return job

    def _adopt(self, job_id: str) -> JobRecord:
        job = self._ledger.adopt(job_id)
        if job is None:
            return self._ledger.get(job_id)
        self._enter(job, None)
        return self._ledger.get(job_id)

    def _enter(self, job: JobRecord, plan: DownloadPlan | None) -> None:
        with self._changed:
            if job.id in self._running or self._is_closed:
                return
            is_new = job.id not in self._waiting
            self._waiting.setdefault(job.id, plan)
        if is_new:
            self._tell_state(job)
        self._start_next()

    def _start_next(self) -> None:
        """Start waiting jobs, in the order of the queue, while there is room for them."""
        with self._changed:
            known = set(self._waiting)
        queued = [job for job in self._ledger.active() if job.state is JobState.QUEUED]
        started: list[DownloadJob] = []
        with self._changed:
            for job_id in known - {job.id for job in queued}:
                # Somebody paused or cancelled it meanwhile.
                self._waiting.pop(job_id, None)
            for record in queued:
                is_room = len(self._running) < self._parallel and not self._is_closed
                if is_room and record.id in self._waiting:
                    job = self._job(record, self._waiting.pop(record.id))
                    self._running[record.id] = job
                    started.append(job)
        for job in started:
            name = f"download {short_name(job.record.model_id)}"
            self._spawn(name, functools.partial(self._run, job))

    def _job(self, record: JobRecord, plan: DownloadPlan | None) -> DownloadJob:
        if self._network is None:
            # Not in the constructor: an endpoint that is no web address must not keep the program
            # from starting.
            self._network = Network(
                self._hub,
                Targets(Origin.of(self._hub.endpoint)),
                self._budget,
                self._truces,
                self._patience,
            )
        return DownloadJob(
            record,
            functools.partial(self._made, record, plan),
            functools.partial(self._check_room, record.id),
            self._network,
            self._ledger,
            self._sink,
        )

    def _made(self, record: JobRecord, plan: DownloadPlan | None) -> DownloadPlan:
        plan = self._planned_again(record) if plan is None else self._planner.again(plan)
        if plan.is_blocked:
            raise refusal(plan)
        return plan

    def _planned_again(self, record: JobRecord) -> DownloadPlan:
        request = replace(DownloadRequest.from_json(record.request), store=Path(record.store))
        return self._planner.plan(request, record.revision)

    def _check_room(self, job_id: str, plan: DownloadPlan) -> None:
        """Refuse a download that does not fit beside those that run already.

        Raises:
            DiskSpaceError: saying how much is missing.
        """
        disk = disk_of(plan.folder)
        with self._changed:
            others = sum(
                job.bytes_to_come
                for other, job in self._running.items()
                if other != job_id and self._devices.get(other) == disk.device
            )
            short = missing_space(plan.bytes_to_fetch + others, disk.free)
            if plan.bytes_to_fetch and short:
                raise no_space(plan, short)
            self._devices[job_id] = disk.device

    def _run(self, job: DownloadJob) -> None:
        """Run one job on the thread that was given for it."""
        record = job.record
        try:
            if self._ledger.start(record.id) is Wanted.RUN:
                self._tell_state(replace(record, state=JobState.RUNNING))
                self._record(record, job.run())
        except BusyError:
            # Another process was faster; whoever waits for the job watches it there.
            return
        except ModelshelfError as error:
            # The database does not even take the start.
            self._record(record, Outcome(JobState.FAILED, error.info))
        finally:
            with self._changed:
                self._running.pop(record.id, None)
                self._devices.pop(record.id, None)
                self._changed.notify_all()
            with suppress(ModelshelfError):
                self._start_next()

    def _record(self, record: JobRecord, outcome: Outcome) -> None:
        if outcome.state is not JobState.QUEUED:
            with suppress(ModelshelfError, OSError):
                self._inventory.rescan(record.model_id)
        self._tell_state(self._endings.record(record, outcome))
        if outcome.state is not JobState.QUEUED:
            self._sink(InventoryChanged(frozenset({record.model_id})))

    def _want(self, job_id: str, wanted: Wanted) -> JobRecord:
        before = self._ledger.get(job_id)
        self._endings.catch_up()
        after = self._ledger.want(job_id, wanted)
        with self._changed:
            own = self._running.get(job_id)
            self._waiting.pop(job_id, None)
        if own is not None:
            own.stop(wanted)
        elif after.state is not before.state:
            self._tell_state(after)
        deadline = time.monotonic() + _OBEYS_WITHIN
        while after.state is JobState.RUNNING and time.monotonic() < deadline:
            with self._changed:
                self._changed.wait(_LOOK_EVERY)
            after = self._ledger.get(job_id)
        return after

    def _tell_state(self, job: JobRecord) -> None:
        self._sink(JobChanged(job.id, job.model_id, job.kind, job.state, job.error))

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
