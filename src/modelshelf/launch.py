"""Where the program starts. The only module that knows every front end.

The window is imported late, inside its command: the command line must work without Qt, and
loading Qt would double its start-up time.
"""

from __future__ import annotations

import os
import sys

import click

from modelshelf.cli.main import modelshelf, run
from modelshelf.cli.output import Output
from modelshelf.cli.session import load_settings, start_log


@modelshelf.command()
@click.option("--sample", is_flag=True, help="Try everything on a Hub inside the program.")
@click.option("--exit-after-first-frame", is_flag=True, help="Measure the start and leave.")
def gui(sample: bool, exit_after_first_frame: bool) -> None:
    """Open the window."""
    try:
        from modelshelf.gui.main import run_window  # noqa: PLC0415 - see the module's docstring
    except ImportError as error:
        Output().console.print(
            f"The window cannot be opened here: {error}. Install Qt's system libraries "
            "(packaging/system-libraries.sh), or use the command line."
        )
        sys.exit(1)
    sys.exit(run_window(load_settings, sample=sample, measure_start=exit_after_first_frame))


def has_desktop() -> bool:
    """Whether a window could be seen."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main() -> None:
    """Run the command line; without arguments on a desktop, the window."""
    start_log(load_settings().paths)
    arguments = sys.argv[1:]
    if not arguments:
        arguments = ["gui"] if has_desktop() else ["--help"]
    sys.exit(run(modelshelf, arguments))


def main_gui() -> None:
    """Open the window, for desktop entries."""
    sys.exit(run(modelshelf, ["gui", *sys.argv[1:]]))
