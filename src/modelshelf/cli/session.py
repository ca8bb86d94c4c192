"""What every command needs: options that all share, an open shelf, and one way to fail."""

from __future__ import annotations

import functools
import logging
import os
import sys
import threading
import traceback
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelshelf.cli.output import Output
from modelshelf.core.cancel import Cancelled
from modelshelf.core.errors import ErrorCode, ErrorInfo, ModelshelfError
from modelshelf.core.hub.auth import SecretFilter, Tokens, redact
from modelshelf.core.jobs import Wanted
from modelshelf.core.paths import AppPaths
from modelshelf.core.settings import Environment, Settings
from modelshelf.core.shelf import Shelf, open_shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from modelshelf.core.events import Event, Sink

INTERRUPTED = 130
BUG = 1


class Session:
    """One run of one command."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self._listeners: list[Sink] = []

    @functools.cached_property
    def settings(self) -> Settings:
        """The settings in force for this process."""
        return load_settings()

    @contextmanager
    def shelf(self, *, on_close: Wanted = Wanted.RUN, scan: bool = True) -> Generator[Shelf]:
        """Open the core; with `scan`, look at the disk first."""
        for problem in self.settings.problems:
            self.output.warning(problem)
        with open_shelf(
            self.settings, spawn=spawn_thread, sink=self._tell, on_close=on_close
        ) as shelf:
            for notice in shelf.database.notices:
                self.output.warning(notice)
            if shelf.policy.problem:
                self.output.warning(shelf.policy.problem)
            if scan:
                shelf.inventory.refresh()
            yield shelf

    @contextmanager
    def listening(self, sink: Sink) -> Generator[None]:
        """Pass events on to `sink` while the with-block runs."""
        self._listeners.append(sink)
        try:
            yield
        finally:
            self._listeners.remove(sink)

    def _tell(self, event: Event) -> None:
        for listener in list(self._listeners):
            listener(event)


def load_settings() -> Settings:
    """Read the settings this process runs under; nothing is written."""
    paths = AppPaths.from_environment(os.environ)
    return Settings.load(paths, Environment.from_mapping(os.environ, Path.cwd()))


def spawn_thread(name: str, job: Callable[[], None]) -> None:
    """Run a download on a plain thread. Daemon: a second Ctrl-C must be able to end the program."""
    threading.Thread(target=job, name=name, daemon=True).start()


def command(run: Callable[..., int | None]) -> Callable[..., None]:
    """Turn a function of a session into a command body: options, errors and exit codes.

    click calls the body with its options by keyword; `run` gets them after the session.
    """

    @click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
    @click.option("--quiet", "-q", is_flag=True, help="Print results and errors only.")
    @functools.wraps(run)
    def body(*, as_json: bool, quiet: bool, **options: Any) -> None:
        session = Session(Output(as_json=as_json, quiet=quiet))
        sys.exit(_run_safely(session.output, functools.partial(run, session, **options)))

    return body


def _run_safely(output: Output, run: Callable[[], int | None]) -> int:
    try:
        return run() or 0
    except (KeyboardInterrupt, Cancelled):
        output.message("Interrupted. Everything that was received is kept.")
        return INTERRUPTED
    except ModelshelfError as error:
        output.failure(error.info)
        return error.exit_code
    except click.ClickException:
        raise
    except BrokenPipeError:
        # The reader went away (`modelshelf list | head`): no result is wanted any more.
        sys.stderr.close()
        return 0
    except Exception as error:
        output.failure(_crash_report(error))
        return BUG


def _crash_report(error: Exception) -> ErrorInfo:
    """Write the traceback to the log and return what a person is told."""
    paths = AppPaths.from_environment(os.environ)
    where = paths.logs / "crash.log"
    text = redact("".join(traceback.format_exception(error)))
    try:
        paths.logs.mkdir(parents=True, exist_ok=True)
        with where.open("a", encoding="utf-8") as file:
            file.write(text)
        hint = f"The report is in {where}; please send it to the developers."
    except OSError:
        hint = "The report could not be written, because the log folder is not writable."
    return ErrorInfo(ErrorCode.BUG, f"Modelshelf met a bug: {type(error).__name__}.", hint, text)


def start_log(paths: AppPaths) -> None:
    """Keep a log of warnings in the log folder, secrets removed; no folder, no log."""
    try:
        paths.logs.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            paths.logs / "modelshelf.log", maxBytes=1_000_000, backupCount=3, delay=True
        )
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(SecretFilter(Tokens(paths, os.environ).current))
    handler.setLevel(logging.WARNING)
    logging.getLogger("modelshelf").addHandler(handler)


def confirm(output: Output, question: str) -> bool:
    """Ask a person yes or no; only when one is there."""
    return click.confirm(question, default=False, err=True) if output.is_interactive else False


def print_json_or(output: Output, tree: dict[str, Any], human: Callable[[], None]) -> None:
    """Print `tree` with --json, else let `human` print."""
    if output.as_json:
        output.document(tree)
    else:
        human()
