"""`tiers`: named quality levels for LLM work, each pointing to a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelshelf.cli.session import Session, command, print_json_or

if TYPE_CHECKING:
    from modelshelf.core.shelf import Shelf


@click.group()
def tiers() -> None:
    """Say which model “high”, “low” or a level of your own means."""


@tiers.command(name="list")
@command
def list_tiers(session: Session) -> None:
    """List the tiers."""
    with session.shelf(scan=False) as shelf:
        _print(session, shelf)


@tiers.command(name="set")
@click.argument("tier")
@click.argument("model")
@click.option("--dry-run", is_flag=True, help="Check and stop.")
@command
def set_tier(session: Session, tier: str, model: str, dry_run: bool) -> None:
    """Point a tier to a model; a new name makes a new tier."""
    with session.shelf() as shelf:
        model_id = shelf.catalogue.resolve(model)
        if not dry_run:
            shelf.tiers.set(tier, model_id)
        _print(session, shelf)


@tiers.command()
@click.argument("tier")
@click.option("--dry-run", is_flag=True, help="Check and stop.")
@command
def clear(session: Session, tier: str, dry_run: bool) -> None:
    """Empty a tier; it stays in the list."""
    with session.shelf(scan=False) as shelf:
        if not dry_run:
            shelf.tiers.clear(tier)
        _print(session, shelf)


@tiers.command()
@click.argument("tier")
@click.option("--dry-run", is_flag=True, help="Check and stop.")
@command
def remove(session: Session, tier: str, dry_run: bool) -> None:
    """Remove a tier of your own."""
    with session.shelf(scan=False) as shelf:
        if not dry_run:
            shelf.tiers.remove(tier)
        _print(session, shelf)


def _print(session: Session, shelf: Shelf) -> None:
    found = shelf.tiers.all()

    def human() -> None:
        for tier in found:
            session.output.line(f"{tier.name:<12} {tier.model_id or '-'}")

    print_json_or(
        session.output, {"tiers": [{"tier": t.name, "model_id": t.model_id} for t in found]}, human
    )
