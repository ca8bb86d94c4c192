"""The group of commands. `launch` adds the one that needs a window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from modelshelf import __version__
from modelshelf.cli import (
    collections,
    config,
    custom,
    defaults,
    delete,
    download,
    downloads,
    models,
    sample_hub,
    tiers,
    usage,
)
from modelshelf.cli.output import Output
from modelshelf.cli.safety import run_safely
from modelshelf.core.errors import ErrorCode, ErrorInfo, InputError
from modelshelf.core.model import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

WRONG_USAGE = 2
_LONGEST_MESSAGE = 400


@click.group(
    name="modelshelf",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="modelshelf")
def modelshelf() -> None:
    """Every AI model on this workstation: what it weighs, who uses it, where it lives."""


for _command in (
    models.list_models,
    models.show,
    models.status,
    models.path,
    download.download,
    downloads.downloads,
    usage.usage,
    delete.delete,
    collections.collections,
    defaults.defaults,
    tiers.tiers,
    custom.custom,
    config.config,
    sample_hub.sample_hub,
):
    modelshelf.add_command(_command)


def run(group: click.Group, arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; a wrong one ends with 2."""
    output = Output(as_json="--json" in arguments)
    return run_safely(output, lambda: _dispatched(group, arguments, output))


def _dispatched(group: click.Group, arguments: Sequence[str], output: Output) -> int:
    _refuse_undecodable(arguments)
    try:
        result: Any = group.main(list(arguments), prog_name="modelshelf", standalone_mode=False)
    except click.ClickException as error:
        _tell_wrong_usage(error, output)
        return WRONG_USAGE
    except SystemExit as leaving:
        return int(leaving.code or 0)
    return result if isinstance(result, int) else 0


def _tell_wrong_usage(error: click.ClickException, output: Output) -> None:
    # click repeats what was typed, however long it is and whatever it holds.
    message = printable(error.format_message(), _LONGEST_MESSAGE)
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "modelshelf"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        # Its message is the whole help, which is meant to be read as it is.
        output.message(error.format_message())
        return
    if context and not output.as_json:
        output.message(context.get_usage())
    hint = f"See how it is used: {command} --help"
    output.failure(ErrorInfo(ErrorCode.INPUT, message, hint))


def _refuse_undecodable(arguments: Sequence[str]) -> None:
    """Refuse bytes that are no text: no id, name or setting can hold them.

    Raises:
        InputError: showing the first such argument.
    """
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError as error:
            raise InputError(
                f"“{printable(argument, 80)}” is not valid text.",
                hint="Write it in the encoding of this terminal.",
            ) from error
