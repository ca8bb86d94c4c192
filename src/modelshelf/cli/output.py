"""The one place of the command line that prints: one JSON document, or words for a person."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

import click

from modelshelf.cli import layout
from modelshelf.core.errors import DiskSpaceError, PermissionRefusedError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence

    from modelshelf.cli.layout import Column
    from modelshelf.core.errors import ErrorInfo

FULL = (errno.ENOSPC, errno.EDQUOT)
_NARROWEST = 40
_USUAL = 80


@dataclass
class Output:
    """Results go to stdout, everything said about them to stderr.

    With `as_json` stdout carries JSON alone; with `quiet` nothing but results and errors appears.
    What comes from outside (names of files, of processes) cannot steer the terminal.

    Every method that prints raises `BrokenPipeError` when the reader went away, and a
    `ModelshelfError` when what is printed cannot be written.
    """

    as_json: bool = False
    quiet: bool = False
    stdout: TextIO = field(default_factory=lambda: sys.stdout or io.StringIO())
    stderr: TextIO = field(default_factory=lambda: sys.stderr or io.StringIO())
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False)
    _status: str = field(default="", init=False)

    @property
    def is_interactive(self) -> bool:
        """Whether a person sits at both ends and can be asked."""
        return not self.as_json and not self.quiet and _is_terminal(sys.stdin) and self.is_watched

    @property
    def is_watched(self) -> bool:
        """Whether a person reads along on stderr."""
        return not self.as_json and not self.quiet and _is_terminal(self.stderr)

    @property
    def message_width(self) -> int | None:
        """How many cells a line of stderr has; None when it is no terminal."""
        return _width(self.stderr)

    def document(self, tree: Mapping[str, object]) -> None:
        """Print the one JSON document of a command."""
        self._write_json(tree, indent=2)

    def event(self, tree: Mapping[str, object]) -> None:
        """Print one JSON event on a line of its own."""
        self._write_json(tree, indent=None)

    def line(self, text: str = "", *, indent: str = "", hanging: str = "", **style: Any) -> None:
        """Print a line of result, on a terminal wrapped at words. `style` is click's."""
        for part in layout.wrapped(text, _width(self.stdout), indent=indent, hanging=hanging):
            self._write(self.stdout, part, **style)

    def path(self, text: str) -> None:
        """Print a path for a script, byte for byte as the file system has it."""
        try:
            text.encode(self.stdout.encoding)
        except UnicodeEncodeError:
            with self._lock, _explained():
                self.stdout.flush()
                self.stdout.buffer.write(os.fsencode(text) + os.linesep.encode())
                self.stdout.flush()
        else:
            self._write(self.stdout, text, is_raw=True)

    def message(self, text: str, *, indent: str = "", hanging: str = "", **style: Any) -> None:
        """Say something beside the result; silent with `quiet` and `as_json`."""
        if not self.quiet and not self.as_json:
            self._say(text, indent=indent, hanging=hanging, **style)

    def warning(self, text: str) -> None:
        """Say something a person must know; also with `as_json`, on stderr."""
        self._say(text, fg="yellow")

    def warnings(self, texts: Iterable[str]) -> None:
        """Warn of several things."""
        for text in texts:
            self.warning(text)

    def status(self, text: str) -> None:
        """Show a line on stderr that the next one replaces, where a person watches; "" ends it."""
        if not self.is_watched:
            return
        width = (self.message_width or _USUAL) - 3
        with self._lock:
            shown = self._shown(self.stderr, layout.clipped(layout.visible(text), width))
            blanks = " " * max(0, layout.display_width(self._status) - layout.display_width(shown))
            end = "" if shown else "\r"
            self._status = shown
            self._echo(self.stderr, f"\r{shown}{blanks}{end}", nl=False)

    def ask(self, question: str) -> str:
        """Return what a person types in answer; "" when they end the input instead."""
        # Not input(), which would write to stdout, where only results go.
        self._echo(self.stderr, f"{self._shown(self.stderr, question)} ", nl=False)
        answer = ""
        try:
            answer = sys.stdin.readline()
        finally:
            if not answer.endswith("\n"):
                self._echo(self.stderr, "", nl=True)
        return answer.strip()

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Print rows under headings; nothing when there are no rows."""
        if not rows:
            return
        shown = [[layout.visible(cell).replace("\n", " ") for cell in row] for row in rows]
        heading, *lines = layout.table(columns, shown, _width(self.stdout))
        self._write(self.stdout, heading, bold=True)
        for line in lines:
            self._write(self.stdout, line)

    def facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Print what is known under labels, one below the other; what is empty is left out."""
        known = [(f"{label}:", value) for label, value in facts if value]
        for label, text in layout.labelled(known, _width(self.stdout)):
            self._write(self.stdout, f"{label}{text}".rstrip())

    def failure(self, info: ErrorInfo) -> None:
        """Print a failure: JSON on stdout, or sentence and hint on stderr."""
        if self.as_json:
            self.document({"error": info.as_json()})
            return
        self._say(f"{info.message} ({info.code})", fg="red")
        if info.hint:
            self._say(info.hint)

    def _say(self, text: str, *, indent: str = "", hanging: str = "", **style: Any) -> None:
        for part in layout.wrapped(text, self.message_width, indent=indent, hanging=hanging):
            self._write(self.stderr, part, **style)

    def _write_json(self, tree: Mapping[str, object], *, indent: int | None) -> None:
        text = json.dumps(tree, ensure_ascii=False, indent=indent)
        try:
            text.encode(self.stdout.encoding or "ascii")
        except UnicodeEncodeError:
            # A terminal of another alphabet, or the name of a file that is no text.
            text = json.dumps(tree, indent=indent)
        self._write(self.stdout, text, is_raw=True)

    def _write(self, stream: TextIO, text: str, *, is_raw: bool = False, **style: Any) -> None:
        shown = text if is_raw else self._shown(stream, text)
        if style and _has_colours(stream):
            shown = click.style(shown, **style)
        with self._lock:
            status = self._status
            if status and _is_terminal(stream):
                self.status("")
            self._echo(stream, shown, nl=True)
            if status and _is_terminal(stream):
                self.status(status)

    def _shown(self, stream: TextIO, text: str) -> str:
        return layout.encodable(layout.visible(text), stream.encoding or "ascii")

    def _echo(self, stream: TextIO, text: str, *, nl: bool) -> None:
        with self._lock, _explained():
            click.echo(text, file=stream, nl=nl)


@contextmanager
def _explained() -> Generator[None]:
    """Turn what the system says about a full disk or a closed file into words."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise BrokenPipeError(*error.args) from error
        kind = DiskSpaceError if error.errno in FULL else PermissionRefusedError
        raise kind(
            f"The output could not be written: {error.strerror or error}.",
            hint="Check where the output goes. What was asked for may be done all the same.",
        ) from error


def discard_the_rest(*streams: TextIO) -> None:
    """Let nothing more be written to streams that failed, also not when the program ends."""
    for stream in streams:
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        # It was closed by whoever started the program.
        return False


def _has_colours(stream: TextIO) -> bool:
    return (
        _is_terminal(stream)
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM", "") != "dumb"
    )


def _width(stream: TextIO) -> int | None:
    if not _is_terminal(stream):
        return None
    named = os.environ.get("COLUMNS", "")
    try:
        columns = int(named) if named.isdecimal() else os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        columns = 0
    return max(_NARROWEST, columns or _USUAL)
