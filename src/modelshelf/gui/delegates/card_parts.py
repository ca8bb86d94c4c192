"""What every card is painted with, whatever it stands for: frame, name, facts."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from modelshelf.core.model import owner_of, short_name
from modelshelf.gui.theme import Weight, colour, font, scaled
from modelshelf.gui.widgets.painting import paint_box, paint_text

if TYPE_CHECKING:
    from modelshelf.gui.text import Fact

_BETWEEN_FACTS = 16


@dataclass(frozen=True, slots=True)
class CardTouch:
    """What pointer and keyboard do to a card at this moment; `button` is a place in its row."""

    is_selected: bool = False
    is_hovered: bool = False
    button: int | None = None
    is_pressed: bool = False


def paint_frame(painter: QPainter, frame: QRect, touch: CardTouch) -> None:
    """Paint the ground of a card, lit up or chosen as `touch` says."""
    below = frame.translated(0, 1)
    paint_box(painter, below, 12, fill=colour("scrim", 0.05))
    if touch.is_selected:
        paint_box(painter, frame, 12, fill=colour("surface"), border=colour("accent"), width=2)
        return
    edge = "control" if touch.is_hovered else "line"
    border = colour(edge, 0.6 if touch.is_hovered else 1.0)
    paint_box(painter, frame, 12, fill=colour("surface"), border=border)


def paint_name(
    painter: QPainter, line: QRect, model_id: str, *, right_to_left: bool = False
) -> QRect:
    """Paint `owner / name` into `line`; return where the words stand."""
    owner = f"{owner_of(model_id)} / " if owner_of(model_id) else ""
    plain, strong = font(16), font(16, Weight.SEMIBOLD)
    name = short_name(model_id)
    room = line.width()
    name_width = QFontMetrics(strong).horizontalAdvance(name) + 1
    owner_width = QFontMetrics(plain).horizontalAdvance(owner) if owner else 0
    # The name matters more: the owner gives way first.
    owner_shown = max(0, min(owner_width, room - name_width))
    if owner_shown < scaled(48) and owner_shown < owner_width:
        owner_shown = 0
    name_shown = max(0, min(name_width, room - owner_shown))
    # An id reads from left to right in every language.
    x = line.x() + (room - owner_shown - name_shown if right_to_left else 0)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
    first = QRect(x, line.y(), owner_shown, line.height())
    second = QRect(x + owner_shown, line.y(), name_shown, line.height())
    painter.save()
    painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    if owner_shown:
        paint_text(painter, first, owner, plain, colour("secondary"), left)
    paint_text(painter, second, name, strong, colour("text"), left)
    painter.restore()
    return QRect(x, line.y(), owner_shown + name_shown, line.height())


def paint_facts(
    painter: QPainter, rect: QRect, facts: tuple[Fact, ...], *, right_to_left: bool = False
) -> None:
    """Paint as many facts as fit side by side."""
    done = 0
    for fact in facts:
        needed = sum(QFontMetrics(used).horizontalAdvance(words) for words, used, _ in _parts(fact))
        # Only the first fact is ever cut; one that does not fit after it says nothing.
        if done and done + needed > rect.width():
            return
        room = min(needed, rect.width() - done)
        x = rect.right() + 1 - done - room if right_to_left else rect.x() + done
        place = QRect(x, rect.y(), room, rect.height())
        _paint_fact(painter, place, fact, is_reversed(fact.plain))
        done += room + scaled(_BETWEEN_FACTS)


def _paint_fact(painter: QPainter, rect: QRect, fact: Fact, backwards: bool) -> None:
    """Paint the parts of a fact in the order its own script reads."""
    done = 0
    for words, used, ink in _parts(fact):
        width = min(QFontMetrics(used).horizontalAdvance(words), rect.width() - done)
        if width <= 0:
            continue
        x = rect.right() + 1 - done - width if backwards else rect.x() + done
        paint_text(painter, QRect(x, rect.y(), width, rect.height()), words, used, colour(ink))
        done += width


def _parts(fact: Fact) -> tuple[tuple[str, QFont, str], ...]:
    plain, strong = font(13), font(13, Weight.MEDIUM)
    return (
        (fact.lead, plain, "secondary"),
        (fact.strong, strong, "text"),
        (fact.rest, plain, "secondary"),
    )


def is_reversed(words: str) -> bool:
    """Whether `words` are of a script that reads from right to left."""
    kinds = (unicodedata.bidirectional(character) for character in words)
    return next((kind in ("R", "AL") for kind in kinds if kind in ("L", "R", "AL")), False)
