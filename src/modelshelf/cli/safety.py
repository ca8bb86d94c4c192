"""One way to fail for every command: an exit code, a sentence, and never a traceback."""

from __future__ import annotations

import logging
import os
import signal
import threading
import traceback
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

import click

from modelshelf.cli.output import FULL, Output, discard_the_rest
from modelshelf.core.cancel import Cancelled
from modelshelf.core.errors import (
    DiskSpaceError,
    ErrorCode,
    ErrorInfo,
    ModelshelfError,
    PermissionRefusedError,
)
from modelshelf.core.hub.auth import SecretFilter, Tokens, redact
from modelshelf.core.model import printable
from modelshelf.core.paths import AppPaths

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

INTERRUPTED = 130
BUG = 1
_ENDINGS = ("SIGTERM", "SIGHUP", "SIGBREAK")
_log = logging.getLogger(__name__)


class Told(Exception):
    """A command failed and has said so; what is left is the exit code."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


def run_safely(output: Output, run: Callable[[], int | None]) -> int:
    """Run a command body and return its exit code; what goes wrong is told, never thrown."""
    try:
        return _told(output, run)
    except KeyboardInterrupt:
        # Once more, while the first one was being obeyed.
        return INTERRUPTED
    except (BrokenPipeError, ModelshelfError):
        # The reader went away (`modelshelf list | head`), or cannot even be told of a failure.
        discard_the_rest(output.stdout, output.stderr)
        return INTERRUPTED
    finally:
        _let_go(output)


def _let_go(output: Output) -> None:
    """Keep what could not be written from failing once more when the interpreter ends."""
    for stream in (output.stdout, output.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            discard_the_rest(stream)


def _told(output: Output, run: Callable[[], int | None]) -> int:
    try:
        return run() or 0
    except (KeyboardInterrupt, Cancelled, click.Abort):
        output.status("")
        output.message("Interrupted.")
        return INTERRUPTED
    except Told as told:
        return told.exit_code
    except (click.ClickException, BrokenPipeError):
        raise
    except ModelshelfError as error:
        output.status("")
        _fail(output, error.info)
        return error.exit_code
    except OSError as error:
        output.status("")
        refusal = _refusal_of(error)
        _fail(output, refusal.info)
        return refusal.exit_code
    except Exception as error:
        output.status("")
        _fail(output, _crash_report(error))
        return BUG


def _refusal_of(error: OSError) -> ModelshelfError:
    """Say calmly what the system refused where nobody expected it; the log has the rest."""
    _log.error("the system refused something", exc_info=error)
    kind = DiskSpaceError if error.errno in FULL else PermissionRefusedError
    where = f"{printable(str(error.filename))} could not be used" if error.filename else "It failed"
    return kind(
        f"{where}: {error.strerror or type(error).__name__}.",
        hint="Check that the disk is connected and has room, and the rights of the folder.",
    )


def _fail(output: Output, info: ErrorInfo) -> None:
    try:
        output.failure(info)
    except ModelshelfError:
        # What cannot be printed there is said here.
        discard_the_rest(output.stdout)
        Output().failure(info)


@contextmanager
def stoppable() -> Generator[None]:
    """Let a request to end the program do what Ctrl-C does: stop, and leave all resumable."""

    def stop(*_signal: object) -> None:
        raise KeyboardInterrupt

    mine: list[int] = []
    if threading.current_thread() is threading.main_thread():
        for name in _ENDINGS:
            number = getattr(signal, name, None)
            # One that is ignored stays so: that is how nohup works.
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, stop)
                mine.append(number)
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, signal.SIG_DFL)


def _crash_report(error: Exception) -> ErrorInfo:
    """Write the traceback to the log and return what a person is told."""
    paths = AppPaths.from_environment(os.environ)
    where = paths.logs / "crash.log"
    text = redact("".join(traceback.format_exception(error)))
    try:
        paths.logs.mkdir(parents=True, exist_ok=True)
        with where.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        hint = f"The report is in {where}; please send it to the developers."
    except OSError:
        hint = "The report could not be written, because the log folder is not writable."
    return ErrorInfo(ErrorCode.BUG, f"Modelshelf met a bug: {type(error).__name__}.", hint, text)


def start_log(paths: AppPaths | None = None) -> None:
    """Keep a log of warnings in the log folder, secrets removed; no folder, no log."""
    # A log that cannot be written is no reason to show somebody a traceback.
    logging.raiseExceptions = False
    log = logging.getLogger("modelshelf")
    log.addHandler(logging.NullHandler())
    with suppress(OSError):
        paths = paths or AppPaths.from_environment(os.environ)
        paths.logs.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            paths.logs / "modelshelf.log", maxBytes=1_000_000, backupCount=3, delay=True
        )
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        handler.addFilter(SecretFilter(Tokens(paths, os.environ).current))
        handler.setLevel(logging.WARNING)
        log.addHandler(handler)
