"""What a row of the downloads list says, and what can be done with it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from modelshelf.core.model import JobKind, JobState, short_name
from modelshelf.core.units import format_ago, format_bytes, format_exact_bytes
from modelshelf.gui import text
from modelshelf.gui.actions import ActionWords

if TYPE_CHECKING:
    from datetime import datetime

    from modelshelf.core.jobs import JobRecord


class JobAction(StrEnum):
    """What a person can do with a job."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    RETRY = "retry"
    SHOW = "show"
    REMOVE = "remove"


_ON_ROW: dict[JobState, tuple[JobAction, ...]] = {
    JobState.QUEUED: (JobAction.PAUSE, JobAction.CANCEL),
    JobState.RUNNING: (JobAction.PAUSE, JobAction.CANCEL),
    JobState.PAUSED: (JobAction.RESUME, JobAction.CANCEL),
    JobState.DONE: (JobAction.SHOW, JobAction.REMOVE),
    JobState.FAILED: (JobAction.RETRY, JobAction.REMOVE),
    JobState.CANCELLED: (JobAction.RETRY, JobAction.REMOVE),
}


def job_actions(job: JobRecord) -> tuple[JobAction, ...]:
    """Return the buttons of a row in reading order; the first is what Enter does."""
    if job.kind is JobKind.DELETE:
        return () if job.state.is_active else (JobAction.REMOVE,)
    return _ON_ROW[job.state]


def job_action_words(action: JobAction) -> ActionWords:
    """Return how `action` is offered."""
    match action:
        case JobAction.PAUSE:
            return ActionWords(_("Pause"), "pause")
        case JobAction.RESUME:
            return ActionWords(_("Resume"), "play")
        case JobAction.CANCEL:
            return ActionWords(_("Cancel"), "x")
        case JobAction.RETRY:
            return ActionWords(_("Retry"), "rotate-cw")
        case JobAction.SHOW:
            return ActionWords(_("Show the model"), "library")
        case JobAction.REMOVE:
            return ActionWords(_("Remove from the list"), "x")


def job_state_word(job: JobRecord) -> str:
    """Return the word in the corner of a row."""
    is_deletion = job.kind is JobKind.DELETE
    match job.state:
        case JobState.QUEUED:
            return _("Waiting")
        case JobState.RUNNING:
            return _("Deleting") if is_deletion else _("Downloading")
        case JobState.PAUSED:
            return _("Paused")
        case JobState.DONE:
            return _("Deleted") if is_deletion else _("Done")
        case JobState.FAILED:
            return text.failure_word(job.error.code if job.error else None)
        case JobState.CANCELLED:
            return _("Cancelled")


def shows_bar(job: JobRecord) -> bool:
    """Whether a bar tells something about the job."""
    return job.state.is_active and job.kind is JobKind.DOWNLOAD


def job_facts(job: JobRecord, now: datetime) -> tuple[text.Fact, ...]:
    """Return what a row says below its name, the most telling first."""
    if shows_bar(job):
        return text.progress_facts(job)
    ended = text.Fact(rest=format_ago(job.updated, now))
    match job.state:
        case JobState.FAILED:
            return (text.Fact(rest=text.failure_line(job.error)),)
        case JobState.CANCELLED if job.bytes_done > 0:
            amount = text.amount_of(job.bytes_done, job.bytes_total)
            return (text.Fact(amount, _(" are kept")), ended)
        case JobState.DONE if job.bytes_total > 0:
            return (text.Fact(format_bytes(job.bytes_total)), ended)
        case _:
            return (ended,)


def job_tip(job: JobRecord) -> str:
    """Return the exact figures behind a row's rounded ones."""
    lines = [str(job.model_id)]
    if job.bytes_total > 0:
        done, total = format_exact_bytes(job.bytes_done), format_exact_bytes(job.bytes_total)
        lines.append(_("{done} of {total}").format(done=done, total=total))
    if job.store:
        lines.append(_("Into {store}").format(store=job.store))
    lines.append(_("Begun {when}").format(when=text.exact_date(job.created)))
    if not job.state.is_active:
        lines.append(_("Ended {when}").format(when=text.exact_date(job.updated)))
    return "\n".join(lines)


def spoken_job(job: JobRecord, now: datetime) -> str:
    """Return a row as a screen reader says it."""
    facts = [fact.plain for fact in job_facts(job, now)]
    return ", ".join((short_name(job.model_id), job_state_word(job).lower(), *facts))


def _(text: str) -> str:
    return QCoreApplication.translate("Job", text)
