"""What every command needs: options that all share, an open shelf, and one way to fail."""

from __future__ import annotations

import functools
import logging
import os
import signal
import sys
import threading
import traceback
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, Any

import click

from modelshelf.cli.output import FULL, Output, discard_the_rest
from modelshelf.core.cancel import Cancelled
from modelshelf.core.catalogue.custom import CustomModels
from modelshelf.core.errors import (
    DiskSpaceError,
    ErrorCode,
    ErrorInfo,
    ModelshelfError,
    NotFoundError,
    PermissionRefusedError,
    RegistryError,
)
from modelshelf.core.events import ignore
from modelshelf.core.hub.auth import SecretFilter, Tokens, redact
from modelshelf.core.jobs import Wanted
from modelshelf.core.model import printable
from modelshelf.core.paths import AppPaths
from modelshelf.core.settings import Settings, load_settings
from modelshelf.core.shelf import Shelf, open_shelf
from modelshelf.core.usage.collections import Collections
from modelshelf.core.usage.preferences import Preferences
from modelshelf.core.usage.tiers import Tiers

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from modelshelf.core.events import Event, Sink

INTERRUPTED = 130
BUG = 1
_log = logging.getLogger(__name__)
_ENDINGS = ("SIGTERM", "SIGHUP", "SIGBREAK")


class Told(Exception):
    """A command failed and has said so; what is left is the exit code."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class Rooms:
    """Where the things are kept that only the user knows."""

    collections: Collections
    preferences: Preferences
    tiers: Tiers
    custom: CustomModels


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
    def shelf(
        self, *, on_close: Wanted = Wanted.RUN, scan: bool = True, tell_oddities: bool = False
    ) -> Generator[Shelf]:
        """Open the core; with `scan`, look at the disk first.

        What is odd on the disk is told with `tell_oddities`, and when something was not found:
        it may be where nobody could look.
        """
        output = self.output
        output.warnings(self.settings.problems)
        with open_shelf(
            self.settings, spawn=spawn_thread, sink=self._tell, on_close=on_close
        ) as shelf:
            output.warnings(shelf.database.notices)
            output.warnings([shelf.policy.problem] if shelf.policy.problem else [])
            with suppress(RegistryError):
                # What a killed process left as running is not running.
                shelf.ledger.release_orphans()
            oddities = scanned(shelf) if scan else []
            if tell_oddities:
                output.warnings(oddities)
            try:
                yield shelf
            except NotFoundError:
                if not tell_oddities:
                    output.warnings(oddities)
                raise

    @contextmanager
    def rooms(self, shelf: Shelf, *, dry_run: bool) -> Generator[Rooms]:
        """Give the rooms a command changes; for a dry run over a copy that is forgotten.

        So a dry run refuses what the change would refuse, and shows what it would leave.
        """
        if not dry_run:
            yield Rooms(shelf.collections, shelf.preferences, shelf.tiers, shelf.custom)
            if problem := shelf.usage.publish():
                self.output.warning(problem)
            return
        with shelf.database.rehearsal() as copy:
            yield Rooms(
                Collections(copy, ignore),
                Preferences(copy, ignore),
                Tiers(copy, ignore),
                CustomModels(copy, ignore, shelf.catalogue.registry),
            )

    @contextmanager
    def listening(self, sink: Sink) -> Generator[None]:
        """Pass events on to `sink` while the with-block runs."""
        self._listeners.append(sink)
        try:
            yield
        finally:
            self._listeners.remove(sink)

    def show(self, tree: Mapping[str, Any], human: Callable[[], None]) -> None:
        """Print `tree` with --json, else let `human` print."""
        if self.output.as_json:
            self.output.document(tree)
        else:
            human()

    def show_change(
        self, tree: Mapping[str, Any], human: Callable[[], None], *, dry_run: bool
    ) -> None:
        """Print what a change left, or what it would have left."""
        self.show({"plan": tree, "executed": False} if dry_run else tree, human)
        if dry_run:
            self.output.message("This was a dry run: nothing was changed.", dim=True)

    def _tell(self, event: Event) -> None:
        for listener in list(self._listeners):
            listener(event)


def scanned(shelf: Shelf) -> list[str]:
    """Look at the disk, and return sentences about what could not be read."""
    found = shelf.inventory.refresh()
    return [*found.problems, *(problem for store in found.stores for problem in store.problems)]


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

        def guarded() -> int | None:
            with _stoppable():
                return run(session, **options)

        sys.exit(run_safely(session.output, guarded))

    return body


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
def _stoppable() -> Generator[None]:
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


def confirm(output: Output, question: str) -> bool:
    """Ask a person yes or no; only when one is there."""
    return output.is_interactive and output.ask(f"{question} [y/N]").lower() in ("y", "yes")
