"""`collections`: named projects and the models they rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from modelshelf.cli.layout import Column
from modelshelf.cli.options import dry_run_option, role_option
from modelshelf.cli.session import Session, command
from modelshelf.core.model import Role

if TYPE_CHECKING:
    from modelshelf.core.usage.collections import Collection


@click.group()
def collections() -> None:
    """Name the models of a project; they cannot be deleted then."""


@collections.command(name="list")
@command
def list_collections(session: Session) -> None:
    """List all collections."""
    with session.shelf(scan=False) as shelf:
        found = shelf.collections.all()

    def human() -> None:
        session.output.table(
            (Column("Collection"), Column("Models"), Column("Description", shrinks=True, leaves=1)),
            [(c.name, _counted(c), c.description) for c in found],
        )
        if not found:
            session.output.message(
                "There are no collections yet. Make one: modelshelf collections create NAME"
            )

    session.show({"collections": [c.as_json() for c in found]}, human)


@collections.command()
@click.argument("name")
@command
def show(session: Session, name: str) -> None:
    """Show one collection."""
    with session.shelf(scan=False) as shelf:
        found = shelf.collections.get(name)
    session.show(found.as_json(), lambda: _describe(session, found))


@collections.command()
@click.argument("name")
@click.option("--description", default="", help="What it is for.")
@dry_run_option
@command
def create(session: Session, name: str, description: str, dry_run: bool) -> None:
    """Create an empty collection."""
    with session.shelf(scan=False) as shelf, session.rooms(shelf, dry_run=dry_run) as rooms:
        made = rooms.collections.create(name, description)
    _show_change(session, made, dry_run)


@collections.command()
@click.argument("name")
@dry_run_option
@command
def delete(session: Session, name: str, dry_run: bool) -> None:
    """Delete a collection; its models stay on disk."""
    with session.shelf(scan=False) as shelf, session.rooms(shelf, dry_run=dry_run) as rooms:
        gone = rooms.collections.get(name)
        rooms.collections.delete(name)
    verb = "would be" if dry_run else "is"
    tree: dict[str, Any] = {**gone.as_json(), "deleted": not dry_run}
    session.show_change(
        tree,
        lambda: session.output.line(f"Collection “{name}” {verb} deleted; its models stay."),
        dry_run=dry_run,
    )


@collections.command()
@click.argument("name")
@click.argument("model")
@role_option(required=True)
@dry_run_option
@command
def add(session: Session, name: str, model: str, role: str, dry_run: bool) -> None:
    """Put a model into a collection, in a role."""
    with session.shelf() as shelf, session.rooms(shelf, dry_run=dry_run) as rooms:
        model_id = shelf.catalogue.resolve(model)
        after = rooms.collections.add(name, model_id, Role(role))
    _show_change(session, after, dry_run)


@collections.command()
@click.argument("name")
@click.argument("model")
@role_option(required=False)
@dry_run_option
@command
def remove(session: Session, name: str, model: str, role: str | None, dry_run: bool) -> None:
    """Take a model out of a collection."""
    with session.shelf() as shelf, session.rooms(shelf, dry_run=dry_run) as rooms:
        model_id = shelf.catalogue.resolve(model, allow_unknown=True)
        after = rooms.collections.remove(name, model_id, Role(role) if role else None)
    _show_change(session, after, dry_run)


def _show_change(session: Session, after: Collection, dry_run: bool) -> None:
    session.show_change(after.as_json(), lambda: _describe(session, after), dry_run=dry_run)


def _describe(session: Session, collection: Collection) -> None:
    output = session.output
    output.line(collection.name, bold=True)
    if collection.description:
        output.line(collection.description)
    output.table(
        (Column("Role"), Column("Model")),
        [(model.role.value, model.model_id) for model in collection.models],
    )
    if not collection.models:
        output.message(
            f"It has no models yet: modelshelf collections add “{collection.name}” MODEL --role …"
        )


def _counted(collection: Collection) -> str:
    count = len(collection.models)
    return "no models" if not count else "1 model" if count == 1 else f"{count} models"
