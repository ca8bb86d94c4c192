"""Checks of single values, and of a mapping's entries, with every problem kept beside its line."""

from __future__ import annotations

import difflib
import re
from datetime import date
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import urlsplit

from modelshelf.core.errors import InputError
from modelshelf.core.model import ModelId, parse_model_id, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from modelshelf.core.yaml_reader import Path, YamlDocument

T = TypeVar("T")

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Unfit(Exception):
    """A value is not what its place asks for.

    `wanted` completes “… must be”; `got` completes “not …”, and is the value itself when empty.
    """

    def __init__(self, wanted: str, got: str = "") -> None:
        super().__init__(wanted)
        self.wanted = wanted
        self.got = got


class Problems:
    """What is wrong with a file, in the order of its lines."""

    def __init__(self) -> None:
        self._found: list[tuple[int, str]] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def add(self, line: int, sentence: str) -> None:
        """Keep one problem."""
        self._found.append((line, sentence))

    def in_order(self) -> list[tuple[int, str]]:
        """Return all problems, sorted by line."""
        return sorted(self._found, key=lambda problem: problem[0])


class Fields:
    """One mapping of a document; entries are taken one by one, then the strange ones named."""

    def __init__(self, document: YamlDocument, path: Path, problems: Problems, noun: str) -> None:
        self._document = document
        self._path = path
        self._problems = problems
        self._noun = noun
        self._known: list[str] = []
        self._values = cast("dict[str, object]", self._at(document, path))
        self.sound = True

    @staticmethod
    def _at(document: YamlDocument, path: Path) -> object:
        value = document.root
        for step in path:
            value = cast("dict[str | int, object]", value)[step]
        return value

    def has(self, key: str) -> bool:
        """Whether the entry is there at all."""
        return key in self._values

    def take(self, key: str, check: Callable[[object], T], missing: T) -> T:
        """Return the checked entry, or `missing` when it is absent or unfit."""
        self._known.append(key)
        if key not in self._values:
            return missing
        value = self._values[key]
        try:
            return check(value)
        except Unfit as unfit:
            self.fault(key, f"{key} must be {unfit.wanted}, not {unfit.got or shown(value)}.")
            return missing

    def need(self, key: str, check: Callable[[object], T], missing: T) -> T:
        """Return the checked entry as `take` does, and complain when it is absent."""
        if key not in self._values:
            self._fault((), f"the {self._noun} has no {key}.")
        return self.take(key, check, missing)

    def fault(self, key: str, sentence: str) -> None:
        """Say what is wrong with the entry `key`."""
        self._fault((key,), sentence)

    def _fault(self, below: Path, sentence: str) -> None:
        self.sound = False
        self._problems.add(self._document.line(*self._path, *below), sentence)

    def finish(self) -> None:
        """Name every entry that nobody took, with the nearest one that exists."""
        for key in self._values:
            if key not in self._known:
                near = difflib.get_close_matches(key, self._known, n=1)
                hint = f"; did you mean “{near[0]}”?" if near else "."
                self.fault(key, f"“{printable(key, 60)}” is not an entry of a {self._noun}{hint}")


def shown(value: object) -> str:
    """Return a value as an error quotes it."""
    if isinstance(value, str):
        return f"“{printable(value, 60)}”"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else str(value)


def whole(low: int, high: int) -> Callable[[object], int]:
    """Accept a whole number within bounds."""

    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Unfit("a whole number")
        if not low <= value <= high:
            raise Unfit(f"between {low:,} and {high:,}")
        return value

    return check


def line_of_text(limit: int) -> Callable[[object], str]:
    """Accept text of one printable line that is not empty."""

    def check(value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise Unfit("text")
        if not value.isprintable():
            raise Unfit("one line of printable text")
        if len(value) > limit:
            raise Unfit(f"at most {limit} characters")
        return value

    return check


def prompt(limit: int) -> Callable[[object], str]:
    """Accept text that a model is fed: several lines and blanks at its ends are meant."""

    def check(value: object) -> str:
        if not isinstance(value, str):
            raise Unfit("text")
        if not all(c.isprintable() or c in "\n\t" for c in value):
            raise Unfit("printable text")
        if len(value) > limit:
            raise Unfit(f"at most {limit} characters")
        return value

    return check


def one_of(choices: Iterable[str]) -> Callable[[object], str]:
    """Accept one word of a list."""
    words = sorted(choices)

    def check(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise Unfit(f"one of {', '.join(words)}")
        return value

    return check


def matching(pattern: str, what: str) -> Callable[[object], str]:
    """Accept text that a pattern matches as a whole; `what` says what it looks like."""
    compiled = re.compile(pattern)

    def check(value: object) -> str:
        if not isinstance(value, str) or compiled.fullmatch(value) is None:
            raise Unfit(what)
        return value

    return check


def list_of(
    check_item: Callable[[object], T], limit: int, what: str
) -> Callable[[object], tuple[T, ...]]:
    """Accept a list without repetitions whose items are all fit; `what` says what they are."""

    def check(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise Unfit(f"a list of {what}")
        items = cast("list[object]", value)
        if len(items) > limit:
            raise Unfit(f"a list of at most {limit}", f"of {len(items)}")
        checked: list[T] = []
        for item in items:
            try:
                checked.append(check_item(item))
            except Unfit as unfit:
                raise Unfit(f"a list of {what}", shown(item)) from unfit
        if len(set(checked)) < len(checked):
            raise Unfit("a list without repetitions", "one with")
        return tuple(checked)

    return check


def truth(value: object) -> bool:
    """Accept true or false."""
    if not isinstance(value, bool):
        raise Unfit("true or false")
    return value


def day(value: object) -> date:
    """Accept a date such as 2026-11-20."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise Unfit("a date like 2026-11-20")


def model_id(value: object) -> ModelId:
    """Accept a repo id, exactly as the Hub writes it."""
    if isinstance(value, str):
        try:
            if parse_model_id(value) == value:
                return ModelId(value)
        except InputError:
            pass
    raise Unfit("a model id like BAAI/bge-small-en-v1.5")


def https_link(value: object) -> str:
    """Accept a plain https address."""
    if isinstance(value, str) and len(value) <= 500 and value.isprintable() and " " not in value:
        try:
            parts = urlsplit(value)
        except ValueError:
            parts = None
        if parts and parts.scheme == "https" and parts.hostname and "@" not in parts.netloc:
            return value
    raise Unfit("an https link")
