"""`config`: settings, each with its sentence, in a file a person can edit too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelshelf.cli.options import dry_run_option
from modelshelf.cli.session import Session, command
from modelshelf.core.settings import DECLARED
from modelshelf.core.settings.settings import declared

if TYPE_CHECKING:
    from modelshelf.core.settings import Settings


@click.group()
def config() -> None:
    """See and change settings."""


@config.command(name="list")
@command
def list_settings(session: Session) -> None:
    """List every setting with its value and meaning."""
    settings, output = session.settings, session.output

    def human() -> None:
        width = max(map(len, DECLARED)) + 2
        for key, declaration in DECLARED.items():
            value = _text(settings, key)
            output.line(f"{key:<{width}}{value}", bold=settings[key] != declaration.default or None)
            output.line(f"{declaration.sentence}.", indent="    ", hanging="    ", dim=True)
        output.message(f"The file is {settings.paths.settings_file}")

    output.warnings(settings.problems)
    tree: dict[str, object] = {
        "settings": {key: settings[key] for key in DECLARED},
        "file": str(settings.paths.settings_file),
        "endpoint": settings.endpoint,
        "stores": [str(store) for store in settings.stores],
        "problems": list(settings.problems),
    }
    session.show(tree, human)


@config.command()
@click.argument("key")
@command
def get(session: Session, key: str) -> None:
    """Print one setting."""
    declared(key)
    settings = session.settings
    session.show(_tree(settings, key), lambda: session.output.line(_text(settings, key)))


@config.command(name="set")
@click.argument("key")
@click.argument("value")
@dry_run_option
@command
def set_value(session: Session, key: str, value: str, dry_run: bool) -> None:
    """Change one setting; several folders are written like in PATH."""
    parsed = declared(key).parse(value)
    if isinstance(parsed, tuple):
        # Folders, typed where the person stands; the file is read from anywhere.
        parsed = tuple(str(Path(folder).expanduser().absolute()) for folder in parsed)
    after = session.settings.with_value(key, parsed)
    _show_change(session, after, key, dry_run)


@config.command()
@click.argument("key")
@dry_run_option
@command
def unset(session: Session, key: str, dry_run: bool) -> None:
    """Let one setting have its default again."""
    _show_change(session, session.settings.without(key), key, dry_run)


@config.command()
@command
def path(session: Session) -> None:
    """Print where the settings file is."""
    file = str(session.settings.paths.settings_file)
    session.show({"path": file}, lambda: session.output.path(file))


def _show_change(session: Session, after: Settings, key: str, dry_run: bool) -> None:
    if not dry_run:
        after.save()
    session.show_change(
        _tree(after, key), lambda: session.output.line(_text(after, key)), dry_run=dry_run
    )


def _tree(settings: Settings, key: str) -> dict[str, object]:
    return {"key": key, "value": settings[key]}


def _text(settings: Settings, key: str) -> str:
    value = settings[key]
    if isinstance(value, tuple):
        return ", ".join(value) or "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) or "-"
