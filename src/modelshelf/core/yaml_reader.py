"""YAML of strangers as plain data: nothing expands, nothing runs, every value knows its line.

Read from parser events, so that no alias is ever followed, no tag ever built and depth costs no
stack. Only `null`, `true`, `false` and decimal numbers mean something; all else is text. So the
language `no` stays Norwegian, and a date is read by whoever expects one.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from modelshelf.core.model import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_MAX_DIGITS = 18
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PARSE: Callable[..., Iterator[yaml.Event]] = vars(yaml)["parse"]  # its stub has no types

Path = tuple[str | int, ...]
"""The keys and positions that lead from the root to a value."""


class YamlError(Exception):
    """Why the text is refused. `line` counts from one; None when no line is to blame."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {sentence}" if line is not None else sentence)
        self.sentence = sentence
        self.line = line


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """Plain data (dict, list, str, int, float, bool, None), and the line of each value.

    A value in a mapping has the line of its key.
    """

    root: object
    lines: Mapping[Path, int]

    def line(self, *path: str | int) -> int:
        """Return the line of the value at `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(
    data: bytes, *, max_bytes: int = 2_000_000, max_depth: int = 16, max_nodes: int = 100_000
) -> YamlDocument:
    """Read one document of plain data.

    Raises:
        YamlError: when `data` is too large, too deep, has too many values, is no valid UTF-8 or
            YAML, or uses an anchor, an alias, a tag, a merge key, a second document, a key that
            is no text or the same key twice.
    """
    if len(data) > max_bytes:
        raise YamlError(f"it is larger than {max_bytes:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise YamlError("it is not UTF-8 text", line) from error
    builder = _Builder(max_depth, max_nodes)
    for event in _events(text):
        builder.take(event)
    return YamlDocument(builder.root, builder.lines)


def _events(text: str) -> Iterator[yaml.Event]:
    try:
        yield from _PARSE(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = printable(error.problem or "unreadable", 120)
        raise YamlError(
            f"this is not valid YAML ({reason})", mark.line + 1 if mark else None
        ) from error
    except yaml.YAMLError as error:
        raise YamlError("it holds a character that YAML does not allow") from error


class _Open:
    """A mapping or a list that is being filled."""

    __slots__ = ("key", "path", "value")

    def __init__(self, value: dict[str, Any] | list[Any], path: Path) -> None:
        self.value = value
        self.path = path
        self.key: str | None = None


class _Builder:
    """Turns events into plain data, one at a time, with a stack of its own."""

    def __init__(self, max_depth: int, max_nodes: int) -> None:
        self.root: object = None
        self.lines: dict[Path, int] = {}
        self._max_depth = max_depth
        self._max_nodes = max_nodes
        self._nodes = 0
        self._documents = 0
        self._stack: list[_Open] = []

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.NodeEvent):
            self._take_node(event, line)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._stack.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise YamlError("a second document is not allowed here", line)

    def _take_node(self, event: yaml.NodeEvent, line: int) -> None:
        self._nodes += 1
        if self._nodes > self._max_nodes:
            raise YamlError(f"it holds more than {self._max_nodes:,} values", line)
        if isinstance(event, yaml.AliasEvent):
            raise YamlError("aliases are not allowed here", line)
        if event.anchor is not None:
            raise YamlError("anchors are not allowed here", line)
        if isinstance(event, yaml.ScalarEvent):
            if event.tag is not None:
                raise YamlError("tags are not allowed here", line)
            self._take_scalar(event, line)
            return
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            if event.tag is not None:
                raise YamlError("tags are not allowed here", line)
            if len(self._stack) >= self._max_depth:
                raise YamlError(f"it is nested deeper than {self._max_depth} levels", line)
            value: dict[str, Any] | list[Any] = (
                {} if isinstance(event, yaml.MappingStartEvent) else []
            )
            self._stack.append(_Open(value, self._place(value, line)))

    def _take_scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        is_plain = bool(event.implicit[0])
        inside = self._stack[-1] if self._stack else None
        if inside is not None and isinstance(inside.value, dict) and inside.key is None:
            self._take_key(inside, inside.value, event.value, is_plain, line)
            return
        self._place(_meaning(event.value, line) if is_plain else event.value, line)

    def _take_key(
        self, inside: _Open, mapping: dict[str, Any], key: str, is_plain: bool, line: int
    ) -> None:
        if is_plain and key == "<<":
            raise YamlError("merge keys are not allowed here", line)
        if key in mapping:
            first = self.lines[(*inside.path, key)]
            raise YamlError(f"“{printable(key, 80)}” is here twice, first in line {first}", line)
        inside.key = key
        self.lines[(*inside.path, key)] = line

    def _place(self, value: object, line: int) -> Path:
        """Put `value` where it belongs; return its path."""
        if not self._stack:
            self.root = value
            self.lines[()] = line
            return ()
        inside = self._stack[-1]
        if isinstance(inside.value, list):
            path = (*inside.path, len(inside.value))
            inside.value.append(value)
            self.lines[path] = line
            return path
        if inside.key is None:
            raise YamlError("a key must be text", line)
        path = (*inside.path, inside.key)
        inside.value[inside.key] = value
        inside.key = None
        return path


def _meaning(text: str, line: int) -> object:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        if len(text) > _MAX_DIGITS:
            raise YamlError("a number is too large", line)
        return int(text)
    if _DECIMAL.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text
