"""`download`: plan, show, execute; every byte that arrives is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from modelshelf.cli import progress
from modelshelf.cli.session import INTERRUPTED, Session, command
from modelshelf.core.cancel import CancelToken
from modelshelf.core.downloads.request import DownloadRequest
from modelshelf.core.errors import EXIT_CODES, ModelshelfError
from modelshelf.core.jobs import JobRecord, Wanted
from modelshelf.core.model import JobState, parse_revision
from modelshelf.core.plan import Weight
from modelshelf.core.units import format_bytes

if TYPE_CHECKING:
    from modelshelf.core.downloads.plan import DownloadPlan
    from modelshelf.core.shelf import Shelf


@click.command()
@click.argument("model")
@click.option("--revision", default="main", help="A branch, tag or commit.")
@click.option("--variant", help="Which weights to take, for example Q4_K_M.")
@click.option("--include", multiple=True, metavar="GLOB", help="Take only files like this.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files like this.")
@click.option("--all", "everything", is_flag=True, help="Take every file of the repository.")
@click.option("--dry-run", is_flag=True, help="Print the plan and stop.")
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
    """Download a model, or go on with a download that was interrupted."""
    try:
        with session.shelf(on_close=Wanted.CANCEL) as shelf:
            model_id = shelf.catalogue.resolve(model, allow_unknown=True)
            request = DownloadRequest(
                model_id,
                revision=parse_revision(revision),
                variant=variant,
                include=include,
                exclude=exclude,
                everything=everything,
            )
            plan = shelf.downloads.plan(with_registry_choice(shelf, request))
            if dry_run:
                _print_plan(session, plan)
                return 0
            if session.output.as_json:
                session.output.event({"event": "plan", **plan.as_json()})
            job = shelf.downloads.add(plan)
            return follow(session, shelf, job)
    except ModelshelfError as error:
        if not session.output.as_json or dry_run:
            raise
        session.output.event({"event": "failed", "error": error.info.as_json()})
        return error.exit_code


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
    cancel = CancelToken()
    with progress.shown(session, job):
        try:
            ended = shelf.downloads.wait(job.id, cancel)
        except KeyboardInterrupt:
            ended = shelf.downloads.stop_own(job.id)
            progress.announce_end(session.output, ended)
            return INTERRUPTED
    progress.announce_end(session.output, ended)
    if ended.state is JobState.FAILED and ended.error:
        return EXIT_CODES[ended.error.code]
    return 0 if ended.state is JobState.DONE else INTERRUPTED


def _print_plan(session: Session, plan: DownloadPlan) -> None:
    output = session.output
    if output.as_json:
        output.event({"event": "plan", **plan.as_json()})
        return
    output.table(
        ("File", "Size", "Here"),
        [(f.path, format_bytes(f.size), format_bytes(f.bytes_here)) for f in plan.files],
        right=frozenset({"Size", "Here"}),
    )
    output.line(f"Model:    {plan.model_id} at {plan.commit}")
    output.line(f"To:       {plan.folder}")
    output.line(
        f"To fetch: {format_bytes(plan.bytes_to_fetch)} of {format_bytes(plan.bytes_total)}; "
        f"{format_bytes(plan.disk_free)} free, {format_bytes(plan.disk_after)} after"
    )
    for finding in plan.findings:
        say = output.line if finding.weight is Weight.INFORMATION else output.warning
        say(finding.text)
