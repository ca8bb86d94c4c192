"""`defaults`: which model a role gets when nobody names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelshelf.cli.session import Session, command, print_json_or
from modelshelf.core.model import Role

if TYPE_CHECKING:
    from modelshelf.core.shelf import Shelf

DEFAULT_EMBEDDING = "default-embedding-model"
_SETTING = "defaults.embedding_model"
_ROLES = click.Choice([*(r.value for r in Role), DEFAULT_EMBEDDING])


@click.group()
def defaults() -> None:
    """Choose your default model for each role."""


@defaults.command(name="list")
@command
def list_defaults(session: Session) -> None:
    """List the defaults."""
    with session.shelf(scan=False) as shelf:
        _print(session, shelf, session.settings.default_embedding_model)


@defaults.command(name="set")
@click.argument("role", type=_ROLES)
@click.argument("model")
@click.option("--dry-run", is_flag=True, help="Check and stop.")
@command
def set_default(session: Session, role: str, model: str, dry_run: bool) -> None:
    """Make a model the default of a role."""
    with session.shelf() as shelf:
        model_id = shelf.catalogue.resolve(model)
        embedding = session.settings.default_embedding_model
        if not dry_run and role == DEFAULT_EMBEDDING:
            session.settings.with_value(_SETTING, model_id).save()
            embedding = model_id
        elif not dry_run:
            shelf.preferences.set(Role(role), model_id)
        _print(session, shelf, embedding)


@defaults.command()
@click.argument("role", type=_ROLES)
@click.option("--dry-run", is_flag=True, help="Check and stop.")
@command
def clear(session: Session, role: str, dry_run: bool) -> None:
    """Let a role have no default."""
    with session.shelf(scan=False) as shelf:
        embedding = session.settings.default_embedding_model
        if not dry_run and role == DEFAULT_EMBEDDING:
            session.settings.without(_SETTING).save()
            embedding = session.settings.environment.default_embedding_model or ""
        elif not dry_run:
            shelf.preferences.clear(Role(role))
        _print(session, shelf, embedding)


def _print(session: Session, shelf: Shelf, embedding: str) -> None:
    chosen = shelf.preferences.all()
    tree: dict[str, object] = {role.value: chosen.get(role) for role in Role}

    def human() -> None:
        for role in Role:
            session.output.line(f"{role.value:<24} {chosen.get(role) or '-'}")
        session.output.line(f"{DEFAULT_EMBEDDING:<24} {embedding or '-'}")

    print_json_or(
        session.output, {"defaults": tree, "default_embedding_model": embedding or None}, human
    )
