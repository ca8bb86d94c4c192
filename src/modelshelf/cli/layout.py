"""Putting text in order on a terminal: columns, wrapped sentences, what fits and what is cut.

Pure functions over text; nothing here prints. A width of None means that nobody looks at it as a
page: a file or a pipe gets every character, each row on one line.
"""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

GAP = 2
_LEAST_SHORTENED = 12
_PLAIN = str.maketrans({"“": '"', "”": '"', "…": "...", "━": "#", "─": "-"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    When the terminal is too narrow, columns with the highest `leaves` go first (0 stays), then a
    column with `shrinks` is cut. A column that leaves is also left out while all of it is empty.
    """

    title: str
    is_right: bool = False
    shrinks: bool = False
    leaves: int = 0


def table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None
) -> list[tuple[str, ...]]:
    """Return the lines of a table, headings first, each as its padded cells.

    The cells are apart so that they can be coloured; joined by `GAP` blanks they are the line.
    """
    kept = [
        place
        for place, column in enumerate(columns)
        if not column.leaves or any(row[place] for row in rows)
    ]
    widths = {
        place: max(map(display_width, (columns[place].title, *(row[place] for row in rows))))
        for place in kept
    }
    if width is not None:
        while _line_width(widths.values()) > width and any(columns[p].leaves for p in kept):
            goes = max(kept, key=lambda place: columns[place].leaves)
            kept.remove(goes)
            del widths[goes]
        for place in (p for p in kept if columns[p].shrinks):
            excess = _line_width(widths.values()) - width
            if excess > 0:
                widths[place] = max(_LEAST_SHORTENED, widths[place] - excess)
    titles = [column.title for column in columns]
    return [
        tuple(
            _padded(line[place], widths[place], columns[place], is_last=place == kept[-1])
            for place in kept
        )
        for line in (titles, *rows)
    ]


def wrapped(text: str, width: int | None, *, indent: str = "", hanging: str = "") -> list[str]:
    """Return `text` as lines of at most `width`; no word, id or path is ever broken."""
    if width is None:
        return [f"{indent}{text}"]
    return textwrap.wrap(
        text,
        width=max(width, len(hanging) + 20),
        initial_indent=indent,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [indent]


def labelled(
    facts: Sequence[tuple[str, str]], width: int | None, labels: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """Return facts as pairs of a padded label and a line; further lines have an empty label.

    `labels` are others to line up with.
    """
    column = max((len(label) for label in (*labels, *(f[0] for f in facts))), default=0) + GAP
    lines: list[tuple[str, str]] = []
    for label, value in facts:
        room = None if width is None else width - column
        texts = wrapped(value, room)
        lines.append((label.ljust(column), texts[0]))
        lines.extend((" " * column, text) for text in texts[1:])
    return lines


def display_width(text: str) -> int:
    """Return how many cells `text` takes: two for wide East Asian characters, none for marks."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(character)
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )


def clipped(text: str, width: int) -> str:
    """Return `text` in at most `width` cells, with an ellipsis where something was cut."""
    if display_width(text) <= width:
        return text
    shown = ""
    for character in text:
        if display_width(shown + character) > width - 1:
            break
        shown += character
    return f"{shown}…" if width > 0 else ""


def visible(text: str) -> str:
    """Return `text` with what would steer a terminal made visible; line breaks stay."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character == "\n" else f"\\x{ord(character):02x}"
        for character in text
    )


def encodable(text: str, encoding: str) -> str:
    """Return `text` in the characters that `encoding` has; typographic ones get plain relatives."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.translate(_PLAIN)
        return plain.encode(encoding, "backslashreplace").decode(encoding)
    return text


def _line_width(widths: Collection[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _padded(cell: str, width: int, column: Column, *, is_last: bool) -> str:
    shown = clipped(cell, width) if column.shrinks else cell
    blanks = " " * max(0, width - display_width(shown))
    if column.is_right:
        return blanks + shown
    return shown if is_last else shown + blanks
