"""`download`: plan, show, execute; every byte that arrives is kept."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from modelshelf.cli import progress
from modelshelf.cli.findings import print_findings
from modelshelf.cli.layout import Column
from modelshelf.cli.options import dry_run_option
from modelshelf.cli.safety import INTERRUPTED, Told
from modelshelf.cli.session import Session, command
from modelshelf.core.cancel import Cancelled, CancelToken
from modelshelf.core.downloads.request import DownloadRequest
from modelshelf.core.errors import EXIT_CODES, ModelshelfError, NotFoundError
from modelshelf.core.jobs import JobRecord, Wanted
from modelshelf.core.model import JobState, parse_revision, short_name
from modelshelf.core.units import format_bytes

if TYPE_CHECKING:
    from collections.abc import Generator

    from modelshelf.core.downloads.plan import DownloadPlan
    from modelshelf.core.model import ModelId
    from modelshelf.core.shelf import Shelf


@click.command()
@click.argument("model")
@click.option("--revision", default="main", help="A branch, tag or commit.")
@click.option("--variant", help="Which weights to take, for example Q4_K_M.")
@click.option("--include", multiple=True, metavar="GLOB", help="Take only files like this.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files like this.")
@click.option("--all", "everything", is_flag=True, help="Take every file of the repository.")
@dry_run_option
@command
def download(
    session: Session,
    model: str,
    revision: str,
    variant: str | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    everything: bool,
    dry_run: bool,
) -> int:
    """Download a model, or go on where it stopped.

    Takes all small files and one kind of weights. What is here already is never fetched again.
    """
    with telling_the_end(session), session.shelf(on_close=Wanted.CANCEL) as shelf:
        request = DownloadRequest(
            shelf.catalogue.resolve(model, allow_unknown=True),
            revision=parse_revision(revision),
            variant=variant,
            include=include,
            exclude=exclude,
            everything=everything,
        )
        plan = _planned(session, shelf, with_registry_choice(shelf, request))
        if dry_run:
            print_plan(session, plan)
            return 0
        if session.output.as_json:
            session.output.event(_plan_event(plan))
        return follow(session, shelf, shelf.downloads.add(plan))


def with_registry_choice(shelf: Shelf, request: DownloadRequest) -> DownloadRequest:
    """Fill in the variant that the registry recommends, when the person named none."""
    named = request.variant or request.include or request.everything
    entry = shelf.catalogue.registry.by_id.get(request.model_id)
    if named or entry is None or entry.variant is None:
        return request
    return replace(request, variant=entry.variant)


def follow(session: Session, shelf: Shelf, job: JobRecord) -> int:
    """Show `job` until it ends, whoever runs it, and return the exit code.

    Ctrl-C stops the job when this process runs it, and only stops watching when another does.
    """
    output = session.output
    if job.owner not in (None, shelf.ledger.owner):
        output.message(f"{short_name(job.model_id)} is being downloaded already; watching that.")
    cancel = CancelToken()
    try:
        with progress.shown(session, job, cancel):
            try:
                ended = shelf.downloads.wait(job.id, cancel)
            except (KeyboardInterrupt, Cancelled):
                ended = shelf.downloads.stop_own(job.id)
    except KeyboardInterrupt:
        # A second one, while the first was being obeyed.
        ended = shelf.ledger.get(job.id)
    progress.announce_end(output, ended)
    if ended.state is JobState.FAILED and ended.error:
        return EXIT_CODES[ended.error.code]
    return 0 if ended.state is JobState.DONE else INTERRUPTED


@contextmanager
def telling_the_end(session: Session) -> Generator[None]:
    """See to it that the events of a download that never started have a last one, too."""
    try:
        yield
    except ModelshelfError as error:
        if not session.output.as_json:
            raise
        session.output.event({"event": "failed", "error": error.info.as_json()})
        raise Told(error.exit_code) from error
    except (KeyboardInterrupt, Cancelled):
        if session.output.as_json:
            session.output.event({"event": "cancelled"})
        raise


def print_plan(session: Session, plan: DownloadPlan) -> None:
    """Print what a download would do."""
    output = session.output
    if output.as_json:
        output.event(_plan_event(plan))
        return
    output.table(
        (Column("File"), Column("Size", is_right=True), Column("Here", is_right=True, leaves=1)),
        [(f.path, format_bytes(f.size), _here(f.bytes_here, f.size)) for f in plan.files],
    )
    output.line()
    output.facts(
        (
            ("Model", plan.model_id),
            ("Revision", plan.commit),
            ("Licence", plan.licence or ""),
            ("To", str(plan.folder)),
            (
                "To fetch",
                f"{format_bytes(plan.bytes_to_fetch)} of {format_bytes(plan.bytes_total)}",
            ),
            (
                "Disk",
                f"{format_bytes(plan.disk_free)} free now, "
                f"{format_bytes(max(0, plan.disk_after))} after",
            ),
        )
    )
    print_findings(plan.findings, output.line)
    output.message("This was a dry run: nothing was changed.", dim=True)


def _planned(session: Session, shelf: Shelf, request: DownloadRequest) -> DownloadPlan:
    session.output.status(f"Asking {shelf.hub.endpoint} about {short_name(request.model_id)}…")
    try:
        return shelf.downloads.plan(request)
    except NotFoundError as error:
        if _is_known(shelf, request.model_id):
            raise
        hint = shelf.catalogue.suggestion(request.model_id, error.hint)
        raise NotFoundError(error.message, hint=hint) from error
    finally:
        session.output.status("")


def _is_known(shelf: Shelf, model_id: ModelId) -> bool:
    try:
        shelf.catalogue.resolve(model_id)
    except NotFoundError:
        return False
    return True


def _plan_event(plan: DownloadPlan) -> dict[str, object]:
    return {"event": "plan", **plan.as_json()}


def _here(here: int, size: int) -> str:
    return "" if not here else "all" if here >= size else format_bytes(here)
