"""Deleting a model or one revision of it: plan, show, execute."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from modelshelf.core.errors import (
    BusyError,
    ConfirmationNeededError,
    InUseError,
    ModelshelfError,
    NotFoundError,
    PermissionRefusedError,
    StalePlanError,
    error_from,
)
from modelshelf.core.events import InventoryChanged, JobChanged
from modelshelf.core.jobs import Wanted
from modelshelf.core.model import JobKind, JobState, ModelId, short_name
from modelshelf.core.plan import Finding, FindingKind, heaviest_first
from modelshelf.core.settings import Person
from modelshelf.core.storage import obstacles
from modelshelf.core.storage.carry_out import carry_out
from modelshelf.core.storage.delete_plan import DeletePlan, DeleteResult, intent, read_intent
from modelshelf.core.storage.locks import is_written_to
from modelshelf.core.stores.removal import ListedName, Removal, list_for
from modelshelf.core.stores.sizes import freed_by
from modelshelf.core.units import utc_now

if TYPE_CHECKING:
    from modelshelf.core.events import Sink
    from modelshelf.core.jobs import JobRecord, Ledger
    from modelshelf.core.settings import Policy, Settings
    from modelshelf.core.stores.inventory import Inventory
    from modelshelf.core.usage.service import UsageService

__all__ = ["DeletePlan", "DeleteResult", "Deletion", "ListedName"]

_WATCH_SECONDS = 0.1


class Deletion:
    """Plans deletions and carries them out, one per model at a time, across processes.

    `settings` may be replaced when the user changes them. `person` is who runs this program.
    """

    def __init__(
        self,
        inventory: Inventory,
        usage: UsageService,
        ledger: Ledger,
        policy: Policy,
        settings: Settings,
        sink: Sink,
        person: Person | None = None,
    ) -> None:
        self.settings = settings
        self._inventory = inventory
        self._usage = usage
        self._ledger = ledger
        self._policy = policy
        self._sink = sink
        self._person = person or Person.current()
        self._lock = threading.Lock()
        self._running: dict[ModelId, Future[DeleteResult]] = {}

    def plan(self, model_id: ModelId, revision: str | None = None) -> DeletePlan:
        """Say what would be deleted, what it frees and what speaks against it.

        Raises:
            NotFoundError: when the model, or that revision of it, is not on disk.
        """
        return self._plan(model_id, revision, own_job="")

    def execute(self, plan: DeletePlan, *, confirmed: bool, force: bool = False) -> DeleteResult:
        """Delete exactly what the plan lists. `force` overrides open files, nothing else.

        A deletion of the same model that runs already, here or in another process, is waited for,
        and its result returned.

        Raises:
            InUseError, BusyError, PermissionRefusedError: something blocks it.
            ConfirmationNeededError: there are warnings and `confirmed` is False.
            StalePlanError: the disk or the usage changed since the plan was made.
        """
        with self._lock:
            running = self._running.get(plan.model_id)
            mine: Future[DeleteResult] = Future()
            if running is None:
                self._running[plan.model_id] = mine
        if running is not None:
            return running.result()
        try:
            result = self._execute(plan, confirmed, force)
            mine.set_result(result)
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._running[plan.model_id]
        return result

    def finish_interrupted(self) -> list[ModelId]:
        """Finish the deletions whose process died; return their models.

        One that had not removed anything yet is forgotten instead. One in a store that is not
        connected waits for it.
        """
        finished: list[ModelId] = []
        for job in self._ledger.active():
            with self._lock:
                is_ours = job.model_id in self._running
            if job.kind is not JobKind.DELETE or job.is_held or is_ours:
                continue
            if self._finish(job):
                finished.append(job.model_id)
        return finished

    # --- planning ---------------------------------------------------------------------------------

    def _plan(self, model_id: ModelId, revision: str | None, own_job: str) -> DeletePlan:
        self._inventory.rescan(model_id)
        model = self._inventory.find(model_id)
        if model is None:
            raise NotFoundError(
                f"{short_name(model_id)} is not on this machine.",
                hint="`modelshelf list --status installed` shows what is.",
            )
        removal = obstacles.without_closed_locks(list_for(model, revision))
        report = self._usage.report(model_id, revision=revision, own_job=own_job)
        findings = [
            *report.findings,
            *obstacles.about_place(removal, model.folder, self.settings.stores),
            *obstacles.about_record(model.store),
            *obstacles.about_writers(is_written_to(removal)),
            *obstacles.about_foreign_files(removal),
        ]
        findings = heaviest_first(findings)
        return DeletePlan(
            model_id=model_id,
            revision=report.revision,
            store=model.store,
            folder=model.folder,
            names=removal.names,
            size_bytes=report.size_on_disk,
            freed_bytes=freed_by(removal),
            findings=tuple(findings),
            created=utc_now(),
            payloads=removal.payloads,
        )

    # --- execution --------------------------------------------------------------------------------

    def _execute(self, plan: DeletePlan, confirmed: bool, force: bool) -> DeleteResult:
        running = self._ledger.active_on(plan.model_id)
        if running and running.is_held and _is_same(running, plan):
            return self._watch(running)
        _check(plan, confirmed, force)
        if not self._policy.is_admin(self._person.name, self._person.groups):
            # The plan says so too; this does not depend on where the plan came from.
            raise PermissionRefusedError(
                f"{self._person.name} may not delete in a shared store.",
                hint=f"The rules are in {self._policy.source}.",
            )
        try:
            self._check_again(plan, confirmed, force, own_job="")
        except NotFoundError:
            return self._after(plan.model_id, plan.revision, 0, ["It was gone already."])
        self._give_up_interrupted(plan.model_id)
        device = os.stat(plan.store).st_dev
        claim = self._ledger.claim(
            plan.model_id,
            JobKind.DELETE,
            request=intent(plan.removal, plan.revision, device),
            store=plan.store,
            revision=plan.revision or "",
        )
        if not claim.is_mine:
            # Another process was faster by a moment.
            return self._watch(claim.job)
        job_id = claim.job.id
        try:
            # Between the look above and the claim, somebody may have begun to use it.
            self._check_again(plan, confirmed, force, own_job=job_id)
        except BaseException:
            self._ledger.finish(job_id, JobState.CANCELLED)
            self._ledger.forget(job_id)
            raise
        self._ledger.start(job_id)
        self._tell(plan.model_id, job_id, JobState.RUNNING)
        notes = [
            f"{finding.sentence}: its bytes become free when it ends."
            for finding in plan.blockers
            if finding.kind is FindingKind.PROCESS
        ]
        return self._carry_out(job_id, plan.model_id, plan.revision, plan.removal, notes)

    def _give_up_interrupted(self, model_id: ModelId) -> None:
        """End a download whose process has died; the plan has warned of it."""
        job = self._ledger.active_on(model_id)
        is_left = job is not None and not job.is_held and job.state is not JobState.PAUSED
        if job is not None and is_left and job.kind is JobKind.DOWNLOAD:
            ended = self._ledger.want(job.id, Wanted.CANCEL)
            self._sink(JobChanged(ended.id, model_id, ended.kind, ended.state))

    def _check_again(self, plan: DeletePlan, confirmed: bool, force: bool, own_job: str) -> None:
        """Refuse when the world is no longer as the plan shows it; names that are gone are fine."""
        now = self._plan(plan.model_id, plan.revision, own_job)
        _check(now, confirmed, force)
        new = {finding.sentence for finding in now.warnings} - {
            finding.sentence for finding in plan.warnings
        }
        if now.store != plan.store or not set(now.names) <= set(plan.names) or new:
            raise StalePlanError(
                f"{short_name(plan.model_id)} changed since this was shown.",
                hint="Look at it again, then decide.",
                details="; ".join(sorted(new)),
            )

    def _carry_out(
        self,
        job_id: str,
        model_id: ModelId,
        revision: str | None,
        removal: Removal,
        notes: list[str],
    ) -> DeleteResult:
        try:
            done = carry_out(removal)
        except ModelshelfError as error:
            self._ledger.finish(job_id, JobState.FAILED, error=error.info)
            self._inventory.rescan(model_id)
            self._tell(model_id, job_id, JobState.FAILED, error)
            self._sink(InventoryChanged(frozenset((model_id,))))
            raise
        if done.left:
            notes.append(f"{len(done.left)} names changed meanwhile and were left as they are.")
        freed = done.freed_bytes
        self._ledger.progress(job_id, done=freed, total=freed, per_second=0, fetched=0, reused=0)
        # The job ends last: a crash before that does the rest again, which changes nothing.
        result = self._after(model_id, revision, freed, notes)
        self._ledger.finish(job_id, JobState.DONE)
        self._tell(model_id, job_id, JobState.DONE)
        return result

    def _after(
        self, model_id: ModelId, revision: str | None, freed: int, notes: list[str]
    ) -> DeleteResult:
        """Let the rest of the program know: inventory, defaults, history."""
        self._inventory.rescan(model_id)
        if self._inventory.find(model_id) is None:
            notes += self._usage.release(model_id)
        self._usage.record(model_id, "deleted" if revision is None else "revision deleted")
        self._sink(InventoryChanged(frozenset((model_id,))))
        return DeleteResult(model_id, freed, tuple(notes))

    def _watch(self, job: JobRecord) -> DeleteResult:
        """Wait for another process's deletion of the same model; finish it if that one dies."""
        pause = threading.Event()
        while job.state.is_active:
            if not job.is_held and not self._finish(job):
                raise BusyError(
                    f"A deletion of {short_name(job.model_id)} was interrupted.",
                    hint="Delete it again.",
                )
            pause.wait(_WATCH_SECONDS)
            job = self._ledger.get(job.id)
        if job.error is not None:
            raise error_from(job.error)
        self._inventory.rescan(job.model_id)
        self._sink(InventoryChanged(frozenset((job.model_id,))))
        return DeleteResult(job.model_id, job.bytes_done, ("Another process deleted it.",))

    def _finish(self, job: JobRecord) -> bool:
        """Carry on with a dead process's deletion; False when there was nothing to carry on."""
        try:
            device = os.stat(job.store).st_dev
        except OSError:
            return False
        if self._ledger.adopt(job.id) is None:
            return False
        try:
            removal, revision = read_intent(job.request, device)
            if os.path.realpath(removal.store) != os.path.realpath(job.store):
                raise ValueError("the stores differ")
        except ValueError:
            self._ledger.finish(job.id, JobState.CANCELLED)
            return False
        folder = Path(job.store)
        if all(_is_there(folder, name) for name in removal.names):
            self._ledger.finish(job.id, JobState.CANCELLED)
            self._tell(job.model_id, job.id, JobState.CANCELLED)
            return False
        self._ledger.start(job.id)
        with suppress(ModelshelfError):
            # The job says why it failed; the model is shown as what is left of it.
            self._carry_out(job.id, job.model_id, revision, removal, [])
            return True
        return False

    def _tell(
        self, model_id: ModelId, job_id: str, state: JobState, error: ModelshelfError | None = None
    ) -> None:
        info = error.info if error else None
        self._sink(JobChanged(job_id, model_id, JobKind.DELETE, state, info))


def _is_there(store: Path, name: ListedName) -> bool:
    try:
        status = (store / name.path).lstat()
    except OSError:
        return False
    return ListedName.of(name.path, name.kind, status) == name


def _is_same(job: JobRecord, plan: DeletePlan) -> bool:
    return job.kind is JobKind.DELETE and job.revision == (plan.revision or "")


def _check(plan: DeletePlan, confirmed: bool, force: bool) -> None:
    """Raise what the plan's own findings call for."""
    name = short_name(plan.model_id)
    for finding in plan.blockers:
        if not (force and finding.overridable):
            raise _refusal(name, finding)
    if plan.requires_confirmation and not confirmed:
        sentences = " ".join(f"{finding.sentence}." for finding in plan.warnings)
        raise ConfirmationNeededError(
            f"Deleting {name} needs a yes. {sentences}",
            hint="Review the plan, then confirm it (--yes on the command line).",
        )


def _refusal(name: str, finding: Finding) -> ModelshelfError:
    message = f"{name} cannot be deleted. {finding.sentence}."
    match finding.kind:
        case FindingKind.JOB:
            return BusyError(message, hint=finding.reason)
        case FindingKind.PERMISSION:
            return PermissionRefusedError(message, hint=finding.reason)
        case FindingKind.PROCESS:
            return InUseError(
                f"{name} cannot be deleted. {finding.text}",
                hint="Close that program first. On the command line, --force deletes it anyway.",
            )
        case _:
            return InUseError(message, hint=finding.reason)
