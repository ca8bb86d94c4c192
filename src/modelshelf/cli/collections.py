"""`collections`: named projects and the models they rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelshelf.cli.session import Session, command, print_json_or
from modelshelf.core.model import Role

if TYPE_CHECKING:
    from modelshelf.core.usage.collections import Collection


@click.group()
def collections() -> None:
    """Name the models of a project; what a collection uses cannot be deleted."""


@collections.command(name="list")
@command
def list_collections(session: Session) -> None:
    """List all collections."""
    with session.shelf(scan=False) as shelf:
        found = shelf.collections.all()

    def human() -> None:
        session.output.table(
            ("Collection", "Models", "Description"),
            [
                (
                    c.name,
                    ", ".join(f"{m.role.value}: {m.model_id}" for m in c.models),
                    c.description,
                )
                for c in found
            ],
        )

    print_json_or(session.output, {"collections": [c.as_json() for c in found]}, human)


@collections.command()
@click.argument("name")
@command
def show(session: Session, name: str) -> None:
    """Show one collection."""
    with session.shelf(scan=False) as shelf:
        _print(session, shelf.collections.get(name))


@collections.command()
@click.argument("name")
@click.option("--description", default="", help="What it is for.")
@click.option("--dry-run", is_flag=True, help="Check and stop.")
@command
def create(session: Session, name: str, description: str, dry_run: bool) -> None:
    """Create an empty collection."""
    with session.shelf(scan=False) as shelf:
        if dry_run:
            _say_plan(session, f"Collection “{name}” would be created.")
            return
        _print(session, shelf.collections.create(name, description))


@collections.command()
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Say what would happen and stop.")
@command
def delete(session: Session, name: str, dry_run: bool) -> None:
    """Delete a collection; its models stay on disk."""
    with session.shelf(scan=False) as shelf:
        found = shelf.collections.get(name)
        if dry_run:
            _say_plan(session, f"Collection “{name}” would be deleted; its models stay.")
            return
        shelf.collections.delete(name)
    print_json_or(
        session.output,
        {"deleted": found.as_json()},
        lambda: session.output.line(f"Collection “{name}” is deleted; its models stay."),
    )


@collections.command()
@click.argument("name")
@click.argument("model")
@click.option(
    "--role", type=click.Choice([r.value for r in Role]), required=True, help="What it is used for."
)
@click.option("--dry-run", is_flag=True, help="Check and stop.")
@command
def add(session: Session, name: str, model: str, role: str, dry_run: bool) -> None:
    """Put a model into a collection, in a role."""
    with session.shelf() as shelf:
        model_id = shelf.catalogue.resolve(model)
        if dry_run:
            shelf.collections.get(name)
            _say_plan(session, f"{model_id} would be the {role} of “{name}”.")
            return
        _print(session, shelf.collections.add(name, model_id, Role(role)))


@collections.command()
@click.argument("name")
@click.argument("model")
@click.option("--role", type=click.Choice([r.value for r in Role]), help="Only in this role.")
@click.option("--dry-run", is_flag=True, help="Check and stop.")
@command
def remove(session: Session, name: str, model: str, role: str | None, dry_run: bool) -> None:
    """Take a model out of a collection."""
    with session.shelf() as shelf:
        model_id = shelf.catalogue.resolve(model, allow_unknown=True)
        if dry_run:
            shelf.collections.get(name)
            _say_plan(session, f"{model_id} would be taken out of “{name}”.")
            return
        after = shelf.collections.remove(name, model_id, Role(role) if role else None)
        _print(session, after)


def _print(session: Session, collection: Collection) -> None:
    def human() -> None:
        session.output.line(collection.name)
        if collection.description:
            session.output.line(collection.description)
        for model in collection.models:
            session.output.line(f"  {model.role.value:<10} {model.model_id}")
        if not collection.models:
            session.output.line("  no models yet")

    print_json_or(session.output, collection.as_json(), human)


def _say_plan(session: Session, sentence: str) -> None:
    print_json_or(
        session.output,
        {"plan": sentence, "executed": False},
        lambda: session.output.line(sentence),
    )
