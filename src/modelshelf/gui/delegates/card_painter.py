"""A card on screen: one catalogue entry in one state, painted into one rectangle."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from modelshelf.core.model import short_name
from modelshelf.gui import text
from modelshelf.gui.actions import Action, CardState, action_words, card_actions, state_of
from modelshelf.gui.delegates.card_layout import CardLayout, CardMetrics, CardNeeds
from modelshelf.gui.theme import Weight, colour, font, paint_icon, scaled
from modelshelf.gui.widgets.painting import (
    CONTROL_HEIGHT,
    Face,
    Kind,
    Tone,
    Touch,
    button_size,
    paint_bar,
    paint_box,
    paint_button,
    paint_pill,
    paint_text,
    pill_size,
)
from modelshelf.gui.widgets.progress import permille

if TYPE_CHECKING:
    from datetime import datetime

    from modelshelf.core.catalogue.catalogue import CatalogueEntry

_BETWEEN_FACTS = 16

_PILLS: dict[CardState, tuple[Tone, str]] = {
    CardState.AVAILABLE: (Tone.NEUTRAL, ""),
    CardState.GATED: (Tone.CAUTION, "lock"),
    CardState.QUEUED: (Tone.NEUTRAL, "clock"),
    CardState.DOWNLOADING: (Tone.ACCENT, ""),
    CardState.PAUSED: (Tone.NEUTRAL, "pause"),
    CardState.DELETING: (Tone.DANGER, "trash-2"),
    CardState.FAILED: (Tone.DANGER, "circle-alert"),
    CardState.PARTIAL: (Tone.CAUTION, "circle-dashed"),
    CardState.DAMAGED: (Tone.DANGER, "triangle-alert"),
    CardState.INSTALLED: (Tone.GOOD, "check"),
    CardState.IN_USE: (Tone.GOOD, "check"),
}
_PRIMARY = (Action.RESUME, Action.RETRY, Action.REPAIR)
_WITH_ICON = (*_PRIMARY, Action.DOWNLOAD, Action.PAUSE, Action.CANCEL)


@dataclass(frozen=True, slots=True)
class CardTouch:
    """What pointer and keyboard do to a card at this moment; `button` is a place in its row."""

    is_selected: bool = False
    is_hovered: bool = False
    button: int | None = None
    is_pressed: bool = False


def pill_of(state: CardState) -> tuple[Tone, str]:
    """Return the tone and the icon of a state's pill."""
    return _PILLS[state]


def card_metrics() -> CardMetrics:
    """Return the heights of a card's parts at the present text size."""
    return CardMetrics(
        title=max(scaled(22), QFontMetrics(font(16, Weight.SEMIBOLD)).height()),
        line=max(scaled(20), QFontMetrics(font(14)).height()),
        small=max(scaled(18), QFontMetrics(font(13)).height()),
        control=scaled(CONTROL_HEIGHT),
        bar=scaled(8),
    )


def card_layout(rect: QRect, entry: CatalogueEntry, *, right_to_left: bool = False) -> CardLayout:
    """Return where things are on the card of `entry`: for painting and for hit tests alike."""
    state = state_of(entry)
    faces = card_faces(entry)
    needs = CardNeeds(
        pill=pill_size(text.state_words(state, entry), _PILLS[state][1]),
        buttons=tuple(button_size(face).width() for face in faces),
        heart=scaled(14) if entry.favourite else 0,
        has_bar=state.shows_progress,
    )
    return CardLayout.within(rect, needs, card_metrics(), right_to_left=right_to_left)


def card_faces(entry: CatalogueEntry) -> tuple[Face, ...]:
    """Return the buttons of a card as they look with their words."""
    faces: list[Face] = []
    for action in card_actions(entry):
        words = action_words(action, entry)
        icon = words.icon if action in _WITH_ICON else ""
        faces.append(Face(words.text, icon, _kind_of(action)))
    return tuple(faces)


def paint_card(
    painter: QPainter,
    rect: QRect,
    entry: CatalogueEntry,
    touch: CardTouch,
    now: datetime,
    *,
    right_to_left: bool = False,
) -> None:
    """Paint the card of `entry` into `rect`; the gap to the next card is part of it."""
    state = state_of(entry)
    layout = card_layout(rect, entry, right_to_left=right_to_left)
    painter.save()
    painter.setLayoutDirection(_direction(right_to_left))
    _paint_frame(painter, layout, touch)
    _paint_title(painter, layout, entry, right_to_left)
    tone, icon = pill_of(state)
    words = text.state_words(state, entry)
    paint_pill(painter, layout.pill, words, tone, icon, right_to_left=right_to_left)
    paint_text(painter, layout.description, text.description(entry), font(14), colour("secondary"))
    if state.shows_progress and entry.job is not None:
        job = entry.job
        ink = colour("accent" if state is CardState.DOWNLOADING else "control")
        share = permille(job.bytes_done, job.bytes_total)
        paint_bar(painter, layout.bar, share, fill=ink, right_to_left=right_to_left)
        _paint_facts(painter, layout.facts, text.progress_facts(job), right_to_left)
    elif line := text.card_line(state, entry):
        paint_text(painter, layout.facts, line, font(13), colour("secondary"))
    else:
        _paint_facts(painter, layout.facts, text.card_facts(entry, now), right_to_left)
    _paint_buttons(painter, layout, entry, touch, right_to_left)
    painter.restore()


def card_size(width: int) -> QSize:
    """Return the size of a card in a list `width` px wide."""
    probe = CardLayout.within(QRect(0, 0, width, 0), CardNeeds(QSize(0, 0)), card_metrics())
    gap = -probe.frame.height()
    return QSize(width, card_metrics().card + gap)


def _paint_frame(painter: QPainter, layout: CardLayout, touch: CardTouch) -> None:
    below = layout.frame.translated(0, 1)
    paint_box(painter, below, 12, fill=colour("scrim", 0.05))
    if touch.is_selected:
        paint_box(
            painter, layout.frame, 12, fill=colour("surface"), border=colour("accent"), width=2
        )
        return
    edge = "control" if touch.is_hovered else "line"
    border = colour(edge, 0.6 if touch.is_hovered else 1.0)
    paint_box(painter, layout.frame, 12, fill=colour("surface"), border=border)


def _paint_title(
    painter: QPainter, layout: CardLayout, entry: CatalogueEntry, right_to_left: bool
) -> None:
    owner = f"{entry.owner} / " if entry.owner else ""
    plain, strong = font(16), font(16, Weight.SEMIBOLD)
    name = short_name(entry.id)
    room = layout.title.width()
    name_width = QFontMetrics(strong).horizontalAdvance(name) + 1
    owner_width = QFontMetrics(plain).horizontalAdvance(owner) if owner else 0
    # The name matters more: the owner gives way first.
    owner_shown = max(0, min(owner_width, room - name_width))
    if owner_shown < scaled(48) and owner_shown < owner_width:
        owner_shown = 0
    name_shown = max(0, min(name_width, room - owner_shown))
    line = layout.title
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
    if entry.favourite:
        step = owner_shown + name_shown + 8
        heart = QRect(layout.heart)
        heart.moveLeft(line.x() + room - step - heart.width() if right_to_left else x + step)
        paint_icon(painter, heart, "heart-filled", "accent")


def _paint_facts(
    painter: QPainter, rect: QRect, facts: tuple[text.Fact, ...], right_to_left: bool
) -> None:
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


def _paint_fact(painter: QPainter, rect: QRect, fact: text.Fact, backwards: bool) -> None:
    """Paint the parts of a fact in the order its own script reads."""
    done = 0
    for words, used, ink in _parts(fact):
        width = min(QFontMetrics(used).horizontalAdvance(words), rect.width() - done)
        if width <= 0:
            continue
        x = rect.right() + 1 - done - width if backwards else rect.x() + done
        paint_text(painter, QRect(x, rect.y(), width, rect.height()), words, used, colour(ink))
        done += width


def _parts(fact: text.Fact) -> tuple[tuple[str, QFont, str], ...]:
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


def _paint_buttons(
    painter: QPainter,
    layout: CardLayout,
    entry: CatalogueEntry,
    touch: CardTouch,
    right_to_left: bool,
) -> None:
    for place, (action, face) in enumerate(
        zip(card_actions(entry), card_faces(entry), strict=True)
    ):
        shown = face
        if layout.are_compact:
            shown = Face("", action_words(action, entry).icon, face.kind)
        on_it = touch.button == place
        state = Touch(hovered=on_it, pressed=on_it and touch.is_pressed)
        paint_button(painter, layout.buttons[place], shown, state, right_to_left=right_to_left)


def _kind_of(action: Action) -> Kind:
    if action in _PRIMARY:
        return Kind.PRIMARY
    if action is Action.DOWNLOAD:
        return Kind.SOFT
    return Kind.DANGER if action is Action.DELETE else Kind.PLAIN


def _direction(right_to_left: bool) -> Qt.LayoutDirection:
    return Qt.LayoutDirection.RightToLeft if right_to_left else Qt.LayoutDirection.LeftToRight
