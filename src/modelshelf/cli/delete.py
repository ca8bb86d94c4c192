"""`delete`: the plan first, then exactly that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelshelf.cli.session import Session, command, confirm
from modelshelf.core.errors import ConfirmationNeededError
from modelshelf.core.model import short_name
from modelshelf.core.units import format_bytes

if TYPE_CHECKING:
    from modelshelf.core.storage.delete import DeletePlan


@click.command()
@click.argument("model")
@click.option("--revision", help="Delete only this revision.")
@click.option("--yes", is_flag=True, help="Accept the warnings.")
@click.option("--force", is_flag=True, help="Delete also while a process has its files open.")
@click.option("--dry-run", is_flag=True, help="Print the plan and stop.")
@command
def delete(
    session: Session, model: str, revision: str | None, yes: bool, force: bool, dry_run: bool
) -> None:
    """Delete a model from disk, unless somebody uses it."""
    output = session.output
    with session.shelf() as shelf:
        for model_id in shelf.deletion.finish_interrupted():
            output.message(f"An interrupted delete of {model_id} has been finished.")
        plan = shelf.deletion.plan(shelf.catalogue.resolve(model), revision)
        if not output.as_json:
            _print_plan(session, plan)
        if not dry_run:
            confirmed = yes or _accepted(session, plan)
            freed = shelf.deletion.execute(plan, confirmed=confirmed, force=force).freed_bytes
            output.message(f"{format_bytes(freed)} are free again.")
    if output.as_json:
        output.document({"plan": plan.as_json(), "executed": not dry_run})


def _accepted(session: Session, plan: DeletePlan) -> bool:
    """Ask the person who is there; where nobody is, warnings stay unaccepted."""
    if not plan.can_execute or not session.output.is_interactive:
        return False
    if not confirm(session.output, f"Delete {short_name(plan.model_id)}? This cannot be undone."):
        raise ConfirmationNeededError("Nothing was deleted.")
    return True


def _print_plan(session: Session, plan: DeletePlan) -> None:
    output = session.output
    name = short_name(plan.model_id)
    if plan.can_execute:
        output.message(f"Deleting {name} frees {format_bytes(plan.freed_bytes)} in {plan.folder}.")
    else:
        output.message(f"{name} cannot be deleted now.")
    for finding in plan.findings:
        output.message(f"  {finding.weight.value}: {finding.text}")
