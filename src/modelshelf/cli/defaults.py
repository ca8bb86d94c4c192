"""`defaults`: which model a role gets when nobody names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelshelf.cli.layout import Column
from modelshelf.cli.options import dry_run_option
from modelshelf.cli.session import Session, command
from modelshelf.core.model import ModelId, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelshelf.core.settings import Settings

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
        chosen = shelf.preferences.all()
    _show(session, chosen, session.settings)


@defaults.command(name="set")
@click.argument("role", type=_ROLES)
@click.argument("model")
@dry_run_option
@command
def set_default(session: Session, role: str, model: str, dry_run: bool) -> None:
    """Make a model the default of a role.

    The role default-embedding-model is the setting that other programs read too.
    """
    settings = session.settings
    with session.shelf() as shelf, session.rooms(shelf, dry_run=dry_run) as rooms:
        model_id = shelf.catalogue.resolve(model)
        if role == DEFAULT_EMBEDDING:
            settings = settings.with_value(_SETTING, model_id)
            _save(settings, dry_run)
        else:
            rooms.preferences.set(Role(role), model_id)
        after = rooms.preferences.all()
    _show(session, after, settings, is_change=True, dry_run=dry_run)


@defaults.command()
@click.argument("role", type=_ROLES)
@dry_run_option
@command
def clear(session: Session, role: str, dry_run: bool) -> None:
    """Let a role have no default."""
    settings = session.settings
    with session.shelf(scan=False) as shelf, session.rooms(shelf, dry_run=dry_run) as rooms:
        if role == DEFAULT_EMBEDDING:
            settings = settings.without(_SETTING)
            _save(settings, dry_run)
        else:
            rooms.preferences.clear(Role(role))
        after = rooms.preferences.all()
    _show(session, after, settings, is_change=True, dry_run=dry_run)


def _save(settings: Settings, dry_run: bool) -> None:
    if not dry_run:
        settings.save()


def _show(
    session: Session,
    chosen: Mapping[Role, ModelId],
    settings: Settings,
    *,
    is_change: bool = False,
    dry_run: bool = False,
) -> None:
    output, embedding = session.output, settings.default_embedding_model
    if is_change and embedding != settings.text(_SETTING):
        output.warning(
            "The environment variable DEFAULT_EMBEDDING_MODEL decides which the default embedding "
            f"model is: {embedding}."
        )
    tree: dict[str, object] = {
        "defaults": {role.value: chosen.get(role) for role in Role},
        "default_embedding_model": embedding or None,
    }

    def human() -> None:
        rows = [(role.value, chosen.get(role) or "-") for role in Role]
        rows.append((DEFAULT_EMBEDDING, embedding or "-"))
        output.table((Column("Role"), Column("Model")), rows)

    session.show_change(tree, human, dry_run=dry_run)
