"""Options that several commands share, worded once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from modelshelf.core.model import ModelType, Role

if TYPE_CHECKING:
    from collections.abc import Callable

dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Print what would happen and change nothing."
)
type_option = click.option(
    "--type",
    "type_",
    type=click.Choice([kind.value for kind in ModelType]),
    help="What it is made for; else as detected.",
)


def role_option(*, required: bool) -> Callable[..., Any]:
    """Return the option --role; where it is not required it narrows a choice."""
    return click.option(
        "--role",
        type=click.Choice([role.value for role in Role]),
        required=required,
        help="What the model is used for." if required else "Only in this role.",
    )
