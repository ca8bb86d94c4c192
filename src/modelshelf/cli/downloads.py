"""`downloads`: the queue that all windows and command lines of a person share."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from modelshelf.cli.description import INTERRUPTED_JOB, state_word
from modelshelf.cli.download import follow, print_plan, telling_the_end
from modelshelf.cli.layout import Column
from modelshelf.cli.options import dry_run_option
from modelshelf.cli.session import Session, command
from modelshelf.core.errors import ModelshelfError, NotFoundError
from modelshelf.core.jobs import JobRecord, Wanted
from modelshelf.core.model import JobKind, JobState, printable, short_name
from modelshelf.core.units import format_ago, format_bytes, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelshelf.core.downloads.queue import DownloadQueue
    from modelshelf.core.shelf import Shelf

_WORDS = {
    JobState.QUEUED: "waits for its turn",
    JobState.RUNNING: "runs",
    JobState.PAUSED: "is paused",
    JobState.DONE: "is done",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "is stopped",
}


@click.group()
def downloads() -> None:
    """See and steer downloads, also those of other windows."""


@downloads.command(name="list")
@command
def list_downloads(session: Session) -> None:
    """List what runs, what waits, and what ended lately."""
    with session.shelf(scan=False) as shelf:
        jobs = _downloads(shelf)
    now = utc_now()

    def human() -> None:
        session.output.table(
            (
                Column("Job"),
                Column("Model"),
                Column("State"),
                Column("Here", is_right=True, leaves=1),
                Column("Of", is_right=True, leaves=2),
                Column("When", leaves=3),
            ),
            [
                (
                    job.id,
                    job.model_id,
                    state_word(job),
                    format_bytes(job.bytes_done),
                    format_bytes(job.bytes_total) if job.bytes_total else "",
                    format_ago(job.updated, now),
                )
                for job in jobs
            ],
        )
        if not jobs:
            session.output.message("There are no downloads. Start one: modelshelf download MODEL")

    session.show({"downloads": [job.as_json() for job in jobs]}, human)


def _steering(
    name: str,
    sentence: str,
    act: Callable[[DownloadQueue, str], JobRecord],
    becomes: JobState,
) -> click.Command:
    @click.argument("job")
    @dry_run_option
    @command
    def body(session: Session, job: str, dry_run: bool) -> None:
        with session.shelf(scan=False) as shelf:
            found = _find(shelf, job)
            if not dry_run:
                after = act(shelf.downloads, found.id)
            else:
                after = replace(found, state=becomes) if found.state.is_active else found
        if not found.state.is_active and not session.output.as_json:
            session.output.message(f"There is nothing to {name}: it has ended.")
        session.show_change(
            after.as_json(), lambda: session.output.line(_spoken(after)), dry_run=dry_run
        )

    return click.command(name=name, help=sentence)(body)


downloads.add_command(
    _steering(
        "pause",
        "Pause a download; what is here is kept.",
        lambda queue, job: queue.pause(job),
        JobState.PAUSED,
    )
)
downloads.add_command(
    _steering(
        "cancel",
        "Stop a download; what is here is kept for the next one.",
        lambda queue, job: queue.cancel(job),
        JobState.CANCELLED,
    )
)


@downloads.command()
@click.argument("job")
@dry_run_option
@command
def resume(session: Session, job: str, dry_run: bool) -> int:
    """Go on with a paused or interrupted download, here."""
    return _go_on(session, job, dry_run)


@downloads.command()
@click.argument("job")
@dry_run_option
@command
def retry(session: Session, job: str, dry_run: bool) -> int:
    """Try a failed or stopped download again, from what is here."""
    return _go_on(session, job, dry_run)


def _go_on(session: Session, job: str, dry_run: bool) -> int:
    with telling_the_end(session), session.shelf(on_close=Wanted.CANCEL) as shelf:
        found = _find(shelf, job)
        if dry_run:
            print_plan(session, shelf.downloads.plan_of(found.id))
            return 0
        steer = shelf.downloads.resume if found.state.is_active else shelf.downloads.retry
        return follow(session, shelf, steer(found.id))


def _downloads(shelf: Shelf) -> list[JobRecord]:
    return [job for job in shelf.ledger.history() if job.kind is JobKind.DOWNLOAD]


def _find(shelf: Shelf, text: str) -> JobRecord:
    """Find a job by its id, or the newest one of a model."""
    names = {text}
    with suppress(ModelshelfError):
        names.add(shelf.catalogue.resolve(text))
    for job in _downloads(shelf):
        if names & {job.id, job.model_id, short_name(job.model_id)}:
            return job
    raise NotFoundError(
        f"There is no download “{printable(text, 80)}”.",
        hint="`modelshelf downloads list` shows all.",
    )


def _spoken(job: JobRecord) -> str:
    here = f"{format_bytes(job.bytes_done)} are here"
    stands = "was interrupted" if state_word(job) == INTERRUPTED_JOB else _WORDS[job.state]
    return f"The download of {short_name(job.model_id)} {stands}; {here}."
