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
    from collections.abc import Sequence

GAP = 2
_LEAST_SHORTENED = 12
_FEW = 10
_PLAIN = str.maketrans({"“": '"', "”": '"', "…": "...", "━": "#", "─": "-"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, and how it gives way when the terminal is too narrow.

    A column that `spills` keeps to the width of most of its cells; the few longer ones get a line
    of their own. One that `shrinks` is cut. When that is not enough, columns go, those with the
    highest `leaves` first (0 stays). A column that may leave is also left out while it is empty.
    """

    title: str
    is_right: bool = False
    spills: bool = False
    leaves: int = 0
    shrinks: bool = False


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """Return the lines of a table, the headings first."""
    kept = [
        place
        for place, column in enumerate(columns)
        if not column.leaves or any(row[place] for row in rows)
    ]
    lines = [[column.title for column in columns], *(list(row) for row in rows)]
    widths = {place: max(display_width(line[place]) for line in lines) for place in kept}
    if width is not None:
        while not _made_to_fit(columns, lines, widths, width):
            leaving = max(widths, key=lambda place: columns[place].leaves)
            if not columns[leaving].leaves:
                break
            del widths[leaving]
    return [text for line in lines for text in _row(columns, line, widths)]


def _made_to_fit(
    columns: Sequence[Column], lines: Sequence[Sequence[str]], widths: dict[int, int], width: int
) -> bool:
    """Narrow the columns that can be narrowed until the table is `width` wide, if that does it."""
    for place, column in enumerate(columns):
        excess = sum(widths.values()) + GAP * (len(widths) - 1) - width
        if excess <= 0 or place not in widths:
            continue
        least = widths[place] - excess
        if column.shrinks:
            widths[place] = min(widths[place], max(_LEAST_SHORTENED, least))
        elif column.spills:
            longer = sum(display_width(line[place]) > least for line in lines)
            if longer * _FEW <= len(lines):
                widths[place] = least
    return sum(widths.values()) + GAP * (len(widths) - 1) <= width


def _row(columns: Sequence[Column], line: Sequence[str], widths: dict[int, int]) -> list[str]:
    texts: list[str] = []
    cells: list[str] = []
    for place, width in widths.items():
        cell = clipped(line[place], width) if columns[place].shrinks else line[place]
        if columns[place].spills and display_width(cell) > width:
            texts.append(cell)
            cell = ""
        blanks = " " * (width - display_width(cell))
        cells.append(blanks + cell if columns[place].is_right else cell + blanks)
    return [*texts, (" " * GAP).join(cells).rstrip()]


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
