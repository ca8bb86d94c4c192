"""`downloads`: the queue that all windows and command lines of a person share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelshelf.cli.download import follow
from modelshelf.cli.session import Session, command, print_json_or
from modelshelf.core.errors import NotFoundError
from modelshelf.core.jobs import JobRecord, Wanted
from modelshelf.core.model import JobKind, short_name
from modelshelf.core.units import format_ago, format_bytes, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelshelf.core.shelf import Shelf


@click.group()
def downloads() -> None:
    """See and steer downloads, also those of the window and of other terminals."""


@downloads.command(name="list")
@command
def list_downloads(session: Session) -> None:
    """List what runs, what waits, and what ended lately."""
    with session.shelf(scan=False) as shelf:
        jobs = _downloads(shelf)
    now = utc_now()

    def human() -> None:
        session.output.table(
            ("Job", "Model", "State", "Done", "Of", "When"),
            [
                (
                    job.id,
                    job.model_id,
                    "interrupted" if job.is_orphaned else job.state.value,
                    format_bytes(job.bytes_done),
                    format_bytes(job.bytes_total),
                    format_ago(job.updated, now),
                )
                for job in jobs
            ],
            right=frozenset({"Done", "Of"}),
        )

    print_json_or(session.output, {"downloads": [job.as_json() for job in jobs]}, human)


def _steering(name: str, sentence: str, act: Callable[[Shelf, str], JobRecord]) -> click.Command:
    @click.argument("job")
    @click.option("--dry-run", is_flag=True, help="Say what would happen and stop.")
    @command
    def body(session: Session, job: str, dry_run: bool) -> None:
        with session.shelf(scan=False) as shelf:
            found = _find(shelf, job)
            after = found if dry_run else act(shelf, found.id)
        print_json_or(
            session.output,
            {"job": after.as_json(), "executed": not dry_run},
            lambda: session.output.line(_spoken(after)),
        )

    return click.command(name=name, help=sentence)(body)


downloads.add_command(
    _steering(
        "pause",
        "Pause a download; what is here is kept.",
        lambda shelf, job: shelf.downloads.pause(job),
    )
)
downloads.add_command(
    _steering(
        "cancel",
        "Stop a download; what is here is kept, and a later download goes on from there.",
        lambda shelf, job: shelf.downloads.cancel(job),
    )
)


@downloads.command()
@click.argument("job")
@command
def resume(session: Session, job: str) -> int:
    """Go on with a paused or interrupted download, here and now."""
    return _go_on(session, job)


@downloads.command()
@click.argument("job")
@command
def retry(session: Session, job: str) -> int:
    """Try a failed or stopped download again, from the bytes that are here."""
    return _go_on(session, job)


def _go_on(session: Session, job: str) -> int:
    with session.shelf(on_close=Wanted.CANCEL) as shelf:
        found = _find(shelf, job)
        steer = shelf.downloads.resume if found.state.is_active else shelf.downloads.retry
        return follow(session, shelf, steer(found.id))


def _downloads(shelf: Shelf) -> list[JobRecord]:
    return [job for job in shelf.ledger.history() if job.kind is JobKind.DOWNLOAD]


def _find(shelf: Shelf, text: str) -> JobRecord:
    """Find a job by its id, or the newest one of a model."""
    jobs = _downloads(shelf)
    for job in jobs:
        if text in (job.id, job.model_id, short_name(job.model_id)):
            return job
    raise NotFoundError(
        f"There is no download “{text}”.", hint="`modelshelf downloads list` shows all."
    )


def _spoken(job: JobRecord) -> str:
    return f"{short_name(job.model_id)}: {job.state.value}, {format_bytes(job.bytes_done)} are here"
