"""`custom`: models of your own beside the registry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from modelshelf.cli.session import Session, command, print_json_or
from modelshelf.core.catalogue.custom import CustomModel
from modelshelf.core.errors import InputError, NetworkError
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
            click.option("--dry-run", is_flag=True, help="Check and stop."),
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
            ("Model", "Type", "Dimension", "Pooling"),
            [(m.model_id, m.type.value, str(m.dimension or "-"), m.pooling or "-") for m in found],
        )

    print_json_or(session.output, {"custom_models": [m.as_json() for m in found]}, human)


@custom.command()
@click.argument("model")
@click.option(
    "--type",
    "type_",
    type=click.Choice([t.value for t in ModelType]),
    help="What it is; else detected.",
)
@_advanced
@command
def add(session: Session, model: str, type_: str | None, dry_run: bool, **advanced: Any) -> None:
    """Add a model by its id or a pasted link; it is not downloaded."""
    model_id = parse_model_id(model)
    with session.shelf(scan=False) as shelf:
        try:
            found = shelf.custom.detect(shelf.hub, model_id)
        except NetworkError as error:
            session.output.message(error.message)
            found = CustomModel(model_id, ModelType(type_) if type_ else ModelType.OTHER)
        if type_:
            found = replace(found, type=ModelType(type_))
        _store(session, shelf.custom.add, _with(found, advanced), dry_run)


@custom.command()
@click.argument("model")
@click.option(
    "--type", "type_", type=click.Choice([t.value for t in ModelType]), help="What it is."
)
@_advanced
@command
def edit(session: Session, model: str, type_: str | None, dry_run: bool, **advanced: Any) -> None:
    """Change what you said about a model."""
    with session.shelf(scan=False) as shelf:
        changed = _with(shelf.custom.get(parse_model_id(model)), advanced)
        if type_:
            changed = replace(changed, type=ModelType(type_))
        elif all(value is None for value in advanced.values()):
            raise InputError("Nothing to change.", hint="Name an option, such as --pooling cls.")
        _store(session, shelf.custom.edit, changed, dry_run)


@custom.command()
@click.argument("model")
@click.option("--dry-run", is_flag=True, help="Check and stop.")
@command
def remove(session: Session, model: str, dry_run: bool) -> None:
    """Forget a model of your own; what is on disk stays."""
    with session.shelf(scan=False) as shelf:
        found = shelf.custom.get(parse_model_id(model))
        if not dry_run:
            shelf.custom.remove(found.model_id)
    print_json_or(
        session.output,
        {"removed": found.as_json(), "executed": not dry_run},
        lambda: session.output.line(
            f"{found.model_id} is no longer in your list; files on disk stay."
        ),
    )


def _with(model: CustomModel, advanced: dict[str, Any]) -> CustomModel:
    given = {name: value for name, value in advanced.items() if value is not None}
    if given.get("query_prefix") or given.get("document_prefix"):
        given.setdefault("asymmetric", True)
    return replace(model, **given)


def _store(
    session: Session,
    write: Callable[[CustomModel], CustomModel],
    model: CustomModel,
    dry_run: bool,
) -> None:
    stored = model if dry_run else write(model)
    if stored.notice:
        session.output.message(stored.notice)
    print_json_or(
        session.output,
        {"model": stored.as_json(), "executed": not dry_run},
        lambda: session.output.line(f"{stored.model_id} is in your list as {stored.type.value}."),
    )
