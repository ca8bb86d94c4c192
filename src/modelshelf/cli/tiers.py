"""`tiers`: named quality levels for LLM work, each pointing to a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelshelf.cli.layout import Column
from modelshelf.cli.options import dry_run_option
from modelshelf.cli.session import Session, command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelshelf.core.usage.tiers import Tier


@click.group()
def tiers() -> None:
    """Say which model “high”, “low” or your own level means."""


@tiers.command(name="list")
@command
def list_tiers(session: Session) -> None:
    """List the tiers."""
    with session.shelf(scan=False) as shelf:
        found = shelf.tiers.all()
    session.show(_tree(found), lambda: _print(session, found))


@tiers.command(name="set")
@click.argument("tier")
@click.argument("model")
@dry_run_option
@command
def set_tier(session: Session, tier: str, model: str, dry_run: bool) -> None:
    """Point a tier to a model; a new name makes a new tier."""
    with session.shelf() as shelf, session.rooms(shelf, dry_run=dry_run) as rooms:
        rooms.tiers.set(tier, shelf.catalogue.resolve(model))
        after = rooms.tiers.all()
    _show_change(session, after, dry_run)


@tiers.command()
@click.argument("tier")
@dry_run_option
@command
def clear(session: Session, tier: str, dry_run: bool) -> None:
    """Empty a tier; it stays in the list."""
    with session.shelf(scan=False) as shelf, session.rooms(shelf, dry_run=dry_run) as rooms:
        rooms.tiers.clear(tier)
        after = rooms.tiers.all()
    _show_change(session, after, dry_run)


@tiers.command()
@click.argument("tier")
@dry_run_option
@command
def remove(session: Session, tier: str, dry_run: bool) -> None:
    """Remove a tier of your own."""
    with session.shelf(scan=False) as shelf, session.rooms(shelf, dry_run=dry_run) as rooms:
        rooms.tiers.remove(tier)
        after = rooms.tiers.all()
    _show_change(session, after, dry_run)


def _show_change(session: Session, after: Sequence[Tier], dry_run: bool) -> None:
    session.show_change(_tree(after), lambda: _print(session, after), dry_run=dry_run)


def _tree(found: Sequence[Tier]) -> dict[str, object]:
    return {"tiers": [{"tier": tier.name, "model_id": tier.model_id} for tier in found]}


def _print(session: Session, found: Sequence[Tier]) -> None:
    session.output.table(
        (Column("Tier"), Column("Model")), [(tier.name, tier.model_id or "-") for tier in found]
    )
