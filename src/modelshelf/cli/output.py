"""The one place of the command line that prints: one JSON document, or words for a person."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from modelshelf.core.errors import ErrorInfo


@dataclass
class Output:
    """Results go to stdout, everything said about them to stderr.

    With `as_json` stdout carries JSON alone; with `quiet` nothing but results and errors appears.
    """

    as_json: bool = False
    quiet: bool = False
    stdout: IO[str] = field(default_factory=lambda: sys.stdout)
    stderr: IO[str] = field(default_factory=lambda: sys.stderr)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def console(self) -> Console:
        """A console on stderr, for progress and messages."""
        return Console(file=self.stderr, highlight=False, soft_wrap=True)

    @property
    def is_interactive(self) -> bool:
        """Whether a person sits at both ends and can be asked."""
        return not self.as_json and not self.quiet and sys.stdin.isatty() and self.stderr.isatty()

    def document(self, tree: Mapping[str, object]) -> None:
        """Print the one JSON document of a command."""
        self._write(json.dumps(tree, ensure_ascii=False, indent=2))

    def event(self, tree: Mapping[str, object]) -> None:
        """Print one JSON event on a line of its own."""
        self._write(json.dumps(tree, ensure_ascii=False))

    def line(self, text: str = "") -> None:
        """Print a line of result for a person or a script."""
        self._write(text)

    def message(self, text: str) -> None:
        """Say something beside the result; silent with `quiet` and `as_json`."""
        if not self.quiet and not self.as_json:
            self.console.print(escape(text))

    def warning(self, text: str) -> None:
        """Say something a person must know; also with `as_json`, on stderr."""
        self.console.print(f"[yellow]{escape(text)}[/yellow]")

    def table(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        right: frozenset[str] = frozenset(),
    ) -> None:
        """Print rows under headings; columns named in `right` are aligned to the right."""
        console = Console(file=self.stdout, highlight=False)
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        for column in columns:
            table.add_column(
                column,
                justify="right" if column in right else "left",
                overflow="fold",
                no_wrap=column in right,
            )
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        with self._lock:
            console.print(table)

    def failure(self, info: ErrorInfo) -> None:
        """Print a failure: JSON on stdout, or sentence and hint on stderr."""
        if self.as_json:
            self.document({"error": info.as_json()})
            return
        self.console.print(f"[red]{escape(info.message)}[/red] [dim]({info.code})[/dim]")
        if info.hint:
            self.console.print(escape(info.hint))

    def _write(self, text: str) -> None:
        with self._lock:
            self.stdout.write(text + "\n")
            self.stdout.flush()
