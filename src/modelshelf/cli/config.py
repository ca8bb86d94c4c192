"""`config`: settings, each with its sentence, in a file a person can edit too."""

from __future__ import annotations

import click

from modelshelf.cli.session import Session, command, print_json_or
from modelshelf.core.settings import DECLARED, Settings
from modelshelf.core.settings.settings import declared


@click.group()
def config() -> None:
    """See and change settings."""


@config.command(name="list")
@command
def list_settings(session: Session) -> None:
    """List every setting with its value and meaning."""
    settings = session.settings

    def human() -> None:
        session.output.table(
            ("Setting", "Value", "Meaning"),
            [(key, _text(settings, key), d.sentence) for key, d in DECLARED.items()],
        )
        session.output.message(f"The file is {settings.paths.settings_file}")

    tree: dict[str, object] = {
        "settings": {key: settings[key] for key in DECLARED},
        "file": str(settings.paths.settings_file),
        "endpoint": settings.endpoint,
        "stores": [str(store) for store in settings.stores],
        "problems": list(settings.problems),
    }
    print_json_or(session.output, tree, human)


@config.command()
@click.argument("key")
@command
def get(session: Session, key: str) -> None:
    """Print one setting."""
    declared(key)
    _print(session, session.settings, key)


@config.command(name="set")
@click.argument("key")
@click.argument("value")
@click.option("--dry-run", is_flag=True, help="Check the value and stop.")
@command
def set_value(session: Session, key: str, value: str, dry_run: bool) -> None:
    """Change one setting; several folders are written like in PATH."""
    after = session.settings.with_value(key, declared(key).parse(value))
    if not dry_run:
        after.save()
    _print(session, after, key)


@config.command()
@click.argument("key")
@click.option("--dry-run", is_flag=True, help="Print the default and stop.")
@command
def unset(session: Session, key: str, dry_run: bool) -> None:
    """Let one setting have its default again."""
    after = session.settings.without(key)
    if not dry_run:
        after.save()
    _print(session, after, key)


@config.command()
@command
def path(session: Session) -> None:
    """Print where the settings file is."""
    file = str(session.settings.paths.settings_file)
    print_json_or(session.output, {"path": file}, lambda: session.output.line(file))


def _print(session: Session, settings: Settings, key: str) -> None:
    print_json_or(
        session.output,
        {"key": key, "value": settings[key]},
        lambda: session.output.line(_text(settings, key)),
    )


def _text(settings: Settings, key: str) -> str:
    value = settings[key]
    if isinstance(value, tuple):
        return ", ".join(value) or "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) or "-"
