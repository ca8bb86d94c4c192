"""A card on screen: one catalogue entry in one state, painted into one rectangle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from modelshelf.gui import text
from modelshelf.gui.actions import Action, CardState, action_words, card_actions, state_of
from modelshelf.gui.delegates.card_layout import CardLayout, CardMetrics, CardNeeds
from modelshelf.gui.delegates.card_parts import CardTouch, paint_facts, paint_frame, paint_name
from modelshelf.gui.theme import Weight, colour, font, paint_icon, scaled
from modelshelf.gui.widgets.painting import (
    CONTROL_HEIGHT,
    Face,
    Kind,
    Tone,
    Touch,
    button_size,
    paint_bar,
    paint_button,
    paint_pill,
    paint_text,
    pill_size,
)
from modelshelf.gui.widgets.progress import permille

if TYPE_CHECKING:
    from datetime import datetime

    from modelshelf.core.catalogue.catalogue import CatalogueEntry

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
    paint_frame(painter, layout.frame, touch)
    name = paint_name(painter, layout.title, entry.id, right_to_left=right_to_left)
    if entry.favourite:
        heart = QRect(layout.heart)
        beside = name.x() - 8 - heart.width() if right_to_left else name.x() + name.width() + 8
        heart.moveLeft(beside)
        paint_icon(painter, heart, "heart-filled", "accent")
    tone, icon = pill_of(state)
    words = text.state_words(state, entry)
    paint_pill(painter, layout.pill, words, tone, icon, right_to_left=right_to_left)
    paint_text(painter, layout.description, text.description(entry), font(14), colour("secondary"))
    if state.shows_progress and entry.job is not None:
        job = entry.job
        ink = colour("accent" if state is CardState.DOWNLOADING else "control")
        share = permille(job.bytes_done, job.bytes_total)
        paint_bar(painter, layout.bar, share, fill=ink, right_to_left=right_to_left)
        paint_facts(painter, layout.facts, text.progress_facts(job), right_to_left=right_to_left)
    elif line := text.card_line(state, entry):
        paint_text(painter, layout.facts, line, font(13), colour("secondary"))
    else:
        paint_facts(painter, layout.facts, text.card_facts(entry, now), right_to_left=right_to_left)
    _paint_buttons(painter, layout, entry, touch, right_to_left)
    painter.restore()


def card_size(width: int) -> QSize:
    """Return the size of a card in a list `width` px wide."""
    probe = CardLayout.within(QRect(0, 0, width, 0), CardNeeds(QSize(0, 0)), card_metrics())
    gap = -probe.frame.height()
    return QSize(width, card_metrics().card + gap)


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
