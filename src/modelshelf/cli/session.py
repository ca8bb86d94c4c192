"""What every command needs: options that all share, and an open shelf."""

from __future__ import annotations

import functools
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from modelshelf.cli.output import Output
from modelshelf.cli.safety import run_safely, stoppable
from modelshelf.core.catalogue.custom import CustomModels
from modelshelf.core.errors import (
    NotFoundError,
    RegistryError,
)
from modelshelf.core.events import ignore
from modelshelf.core.jobs import Wanted
from modelshelf.core.settings import Settings, load_settings
from modelshelf.core.shelf import Shelf, open_shelf
from modelshelf.core.usage.collections import Collections
from modelshelf.core.usage.preferences import Preferences
from modelshelf.core.usage.tiers import Tiers

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from modelshelf.core.events import Event, Sink


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
            with stoppable():
                return run(session, **options)

        sys.exit(run_safely(session.output, guarded))

    return body


def confirm(output: Output, question: str) -> bool:
    """Ask a person yes or no; only when one is there."""
    return output.is_interactive and output.ask(f"{question} [y/N]").lower() in ("y", "yes")
