"""`delete`: the plan first, then exactly that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelshelf.cli.findings import print_findings
from modelshelf.cli.options import dry_run_option
from modelshelf.cli.session import Session, command, confirm
from modelshelf.core.errors import ConfirmationNeededError
from modelshelf.core.model import short_name
from modelshelf.core.units import format_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelshelf.core.storage.delete import DeletePlan, DeleteResult


@click.command()
@click.argument("model")
@click.option("--revision", help="Delete only this revision.")
@click.option("--yes", "-y", is_flag=True, help="Accept the warnings.")
@click.option("--force", is_flag=True, help="Delete also while a process has its files open.")
@dry_run_option
@command
def delete(
    session: Session, model: str, revision: str | None, yes: bool, force: bool, dry_run: bool
) -> None:
    """Delete a model from disk, unless somebody uses it.

    All revisions and unfinished downloads of it go. Warnings need --yes, or a person who says so;
    nothing overrides a collection.
    """
    output = session.output
    with session.shelf() as shelf:
        model_id = shelf.catalogue.resolve(model)
        if not dry_run:
            for finished in shelf.deletion.finish_interrupted():
                output.message(f"An interrupted deletion of {finished} has been finished.")
        plan = shelf.deletion.plan(model_id, revision)
        if dry_run:
            session.show(_tree(plan), lambda: _print_plan(plan, output.line))
            return
        if plan.can_execute or len(plan.findings) > 1:
            # A single reason is told by the refusal itself.
            _print_plan(plan, output.message)
        confirmed = yes or _accepted(session, plan, force)
        result = shelf.deletion.execute(plan, confirmed=confirmed, force=force)
    session.show(
        _tree(plan, result),
        lambda: output.line(
            f"{_named(plan)} is deleted; {format_bytes(result.freed_bytes)} are free again."
        ),
    )
    for note in result.notes:
        output.message(note)


def _accepted(session: Session, plan: DeletePlan, force: bool) -> bool:
    """Ask the person who is there; where nobody is, warnings stay unaccepted."""
    may_go_on = plan.can_execute or (force and plan.can_be_forced)
    if not may_go_on or not session.output.is_interactive:
        return False
    if not confirm(session.output, f"Delete {_named(plan)}? This cannot be undone."):
        raise ConfirmationNeededError("Nothing was deleted.")
    return True


def _tree(plan: DeletePlan, result: DeleteResult | None = None) -> dict[str, object]:
    tree: dict[str, object] = {"plan": plan.as_json(), "executed": result is not None}
    if result is not None:
        tree |= {"freed_bytes": result.freed_bytes, "notes": list(result.notes)}
    return tree


def _print_plan(plan: DeletePlan, line: Callable[..., None]) -> None:
    name = _named(plan)
    if plan.can_execute:
        line(f"Deleting {name} frees {format_bytes(plan.freed_bytes)} in {plan.folder}.")
    else:
        line(f"{name} cannot be deleted now.")
    print_findings(plan.findings, line)


def _named(plan: DeletePlan) -> str:
    name = short_name(plan.model_id)
    return f"the revision {plan.revision[:12]} of {name}" if plan.revision else name
