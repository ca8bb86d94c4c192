"""`custom`: models of your own beside the registry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from modelshelf.cli.layout import Column
from modelshelf.cli.options import dry_run_option, type_option
from modelshelf.cli.session import Session, command
from modelshelf.core.catalogue.custom import CustomModel
from modelshelf.core.errors import InputError
from modelshelf.core.model import ModelType, parse_model_id

if TYPE_CHECKING:
    from collections.abc import Callable

_POOLING = ("mean", "cls", "last")


@click.group()
def custom() -> None:
    """Add models that the registry does not know."""


def _advanced(body: Callable[..., None]) -> Callable[..., None]:
    """Give a command the advanced options; what is left out is detected or stays unknown."""
    for option in reversed(
        (
            click.option("--dimension", type=int, help="Size of the vector; else detected."),
            click.option("--pooling", type=click.Choice(_POOLING), help="How tokens are pooled."),
            click.option(
                "--asymmetric/--symmetric",
                default=None,
                help="Whether queries and documents are embedded differently.",
            ),
            click.option("--query-prefix", help="Text put before a query."),
            click.option("--document-prefix", help="Text put before a document."),
            click.option("--instruction", help="Default instruction."),
        )
    ):
        body = option(body)
    return body


@custom.command(name="list")
@command
def list_custom(session: Session) -> None:
    """List your own models."""
    with session.shelf(scan=False) as shelf:
        found = shelf.custom.all()

    def human() -> None:
        session.output.table(
            (
                Column("Model"),
                Column("Type"),
                Column("Dimension", is_right=True, leaves=1),
                Column("Pooling", leaves=2),
            ),
            [(m.model_id, m.type.value, str(m.dimension or ""), m.pooling or "") for m in found],
        )
        if not found:
            session.output.message(
                "You have added no models yet. Add one: modelshelf custom add OWNER/NAME"
            )

    session.show({"custom_models": [m.as_json() for m in found]}, human)


@custom.command()
@click.argument("model")
@type_option
@_advanced
@dry_run_option
@command
def add(session: Session, model: str, type_: str | None, dry_run: bool, **advanced: Any) -> None:
    """Add a model by its id or a pasted link; it is not downloaded.

    What you leave out is read from the model's own files, when the Hub can be reached.
    """
    model_id = parse_model_id(model)
    with session.shelf(scan=False) as shelf, session.rooms(shelf, dry_run=dry_run) as rooms:
        given = _with(CustomModel(model_id, ModelType.OTHER), type_, advanced)
        # Before the Hub is asked, which may take a while.
        rooms.custom.check(given)
        session.output.status(f"Asking the Hub about {model_id}…")
        found = shelf.custom.detect(shelf.hub, model_id)
        session.output.status("")
        stored = rooms.custom.add(_with(found, type_, advanced))
    _show(session, stored, dry_run, "is in your list")


@custom.command()
@click.argument("model")
@type_option
@_advanced
@dry_run_option
@command
def edit(session: Session, model: str, type_: str | None, dry_run: bool, **advanced: Any) -> None:
    """Change what you said about a model."""
    if type_ is None and all(value is None for value in advanced.values()):
        raise InputError("Nothing to change.", hint="Name an option, such as --pooling cls.")
    with session.shelf(scan=False) as shelf, session.rooms(shelf, dry_run=dry_run) as rooms:
        known = rooms.custom.get(shelf.catalogue.resolve(model, allow_unknown=True))
        stored = rooms.custom.edit(_with(known, type_, advanced))
    _show(session, stored, dry_run, "is changed")


@custom.command()
@click.argument("model")
@dry_run_option
@command
def remove(session: Session, model: str, dry_run: bool) -> None:
    """Forget a model of your own; what is on disk stays."""
    with session.shelf(scan=False) as shelf, session.rooms(shelf, dry_run=dry_run) as rooms:
        gone = rooms.custom.get(shelf.catalogue.resolve(model, allow_unknown=True))
        rooms.custom.remove(gone.model_id)
    verb = "would be" if dry_run else "is"
    session.show_change(
        {**gone.as_json(), "removed": not dry_run},
        lambda: session.output.line(
            f"{gone.model_id} {verb} taken off your list; files on disk stay."
        ),
        dry_run=dry_run,
    )


def _with(model: CustomModel, type_: str | None, advanced: dict[str, Any]) -> CustomModel:
    """Return `model` with what the person said; a prefix makes it asymmetric."""
    given = {name: value for name, value in advanced.items() if value is not None}
    if given.get("query_prefix") or given.get("document_prefix"):
        given.setdefault("asymmetric", True)
    return replace(model, type=ModelType(type_) if type_ else model.type, **given)


def _show(session: Session, model: CustomModel, dry_run: bool, done: str) -> None:
    output = session.output
    if model.notice:
        output.message(model.notice)
    if model.type is ModelType.OTHER:
        output.message("Its type is not known. You can say it with --type.")

    def human() -> None:
        if not dry_run:
            output.message(f"{model.model_id} {done}.")
        output.facts(
            (
                ("Model", model.model_id),
                ("Type", model.type.value),
                ("Dimension", f"{model.dimension:,}" if model.dimension else ""),
                ("Pooling", model.pooling or ""),
                ("Mode", "queries and documents differ" if model.asymmetric else ""),
                ("Query prefix", repr(model.query_prefix) if model.query_prefix else ""),
                ("Document prefix", repr(model.document_prefix) if model.document_prefix else ""),
                ("Instruction", model.instruction),
                ("Licence", model.licence or ""),
                ("Access", "gated: accept the licence on the Hub first" if model.gated else ""),
            )
        )

    session.show_change(model.as_json(), human, dry_run=dry_run)
