"""Where the program starts. The only module that knows every front end.

Front ends are imported late, inside the functions that start them: the command line must work
without Qt, loading Qt would double its start-up time, and whoever interrupts the program while it
still loads shall see no traceback.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

INTERRUPTED = 130
NO_DISPLAY = 2
_MEASURE = "--exit-after-first-frame"
_WINDOW_FLAGS = {"--sample", _MEASURE}


def has_desktop() -> bool:
    """Whether a window could be seen."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main() -> None:
    """Run the command line; without arguments on a desktop, the window."""
    _start(sys.argv[1:] or (["gui"] if has_desktop() else ["--help"]))


def main_gui() -> None:
    """Open the window, for desktop entries."""
    _start(["gui", *sys.argv[1:]])


def _start(arguments: list[str]) -> None:
    try:
        if arguments[0] == "gui" and set(arguments[1:]) <= _WINDOW_FLAGS:
            # Straight there: whoever waits for a window does not wait for a command line first.
            code = _open_window(*(flag in arguments for flag in ("--sample", _MEASURE)))
        else:
            code = _run_command_line(arguments)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
        code = _fail(error)
    sys.exit(code)


def _run_command_line(arguments: list[str]) -> int:
    from modelshelf.cli.main import modelshelf, run  # noqa: PLC0415 - see the module's docstring

    _begin_log()
    modelshelf.add_command(_window_command())
    return run(modelshelf, arguments)


def _window_command() -> click.Command:
    import click  # noqa: PLC0415 - see the module's docstring

    @click.command()
    @click.option("--sample", is_flag=True, help="Try everything on a Hub inside the program.")
    @click.option(_MEASURE, is_flag=True, help="Measure the start and leave.")
    def gui(sample: bool, exit_after_first_frame: bool) -> int:
        """Open the window."""
        return _open_window(sample, exit_after_first_frame)

    return gui


def _open_window(sample: bool, measure_start: bool) -> int:
    if not has_desktop() and not os.environ.get("QT_QPA_PLATFORM"):
        _warn("There is no display to open a window on. Use the command line here.")
        return NO_DISPLAY
    try:
        from modelshelf.core.settings import load_settings  # noqa: PLC0415 - see the docstring
        from modelshelf.gui.main import run_window  # noqa: PLC0415 - the same
    except ImportError as error:
        _warn(
            f"The window cannot be opened here: {error}. Install Qt's system libraries "
            "(packaging/system-libraries.sh), or use the command line."
        )
        return 1
    return run_window(load_settings, _begin_log, sample=sample, measure_start=measure_start)


def _begin_log() -> None:
    from modelshelf.cli.safety import start_log  # noqa: PLC0415 - see the module's docstring

    start_log()


def _warn(sentence: str) -> None:
    from modelshelf.cli.output import Output  # noqa: PLC0415 - see the module's docstring

    Output().warning(sentence)


def _fail(error: Exception) -> int:
    """Tell a failure on the way to the window as a command would tell it."""
    from modelshelf.cli.output import Output  # noqa: PLC0415 - see the module's docstring
    from modelshelf.cli.safety import run_safely  # noqa: PLC0415 - the same

    def again() -> int:
        raise error

    return run_safely(Output(), again)
