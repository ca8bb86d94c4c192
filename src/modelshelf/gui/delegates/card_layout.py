"""Where things are on a card. Arithmetic only, so it can be tested without painting."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize

_PAD = 16
_GAP = 16
_BETWEEN_BUTTONS = 8
_LEAST_FOR_WORDS = 180
BETWEEN_CARDS = 12


@dataclass(frozen=True, slots=True)
class CardMetrics:
    """Heights in px at the present text size."""

    title: int
    line: int
    small: int
    control: int
    bar: int

    @property
    def band(self) -> int:
        """The lowest part of a card: buttons at its end, facts or progress at its start."""
        return max(self.control, self.bar + 8 + self.small)

    @property
    def card(self) -> int:
        """A whole card, without the gap to the next. All cards are equally high."""
        return _PAD + self.title + 2 + self.line + 10 + self.band + 14


@dataclass(frozen=True, slots=True)
class CardNeeds:
    """What a card has to find room for: sizes in px. `buttons` are widths with words."""

    pill: QSize
    buttons: tuple[int, ...] = ()
    heart: int = 0
    has_bar: bool = False


@dataclass(frozen=True, slots=True)
class CardLayout:
    """The rectangles of one card. `are_compact` buttons show their icon alone."""

    frame: QRect
    title: QRect
    heart: QRect
    pill: QRect
    description: QRect
    bar: QRect
    facts: QRect
    buttons: tuple[QRect, ...]
    are_compact: bool

    @classmethod
    def within(
        cls, rect: QRect, needs: CardNeeds, metrics: CardMetrics, *, right_to_left: bool = False
    ) -> CardLayout:
        """Lay a card out in `rect`, the gap below it included; nothing overlaps, nothing sticks
        out, whatever the width."""
        frame = rect.adjusted(0, 0, 0, -BETWEEN_CARDS)
        inner = frame.adjusted(_PAD, _PAD, -_PAD, -14)
        x, right = inner.x(), inner.x() + inner.width()

        pill_width = min(needs.pill.width(), max(0, inner.width() // 2))
        pill_top = inner.y() + (metrics.title - needs.pill.height()) // 2
        pill = QRect(right - pill_width, pill_top, pill_width, needs.pill.height())
        heart_side = min(needs.heart, metrics.title)
        heart_room = heart_side + 8 if heart_side else 0
        title_width = max(0, inner.width() - pill_width - _GAP - heart_room)
        title = QRect(x, inner.y(), title_width, metrics.title)
        heart = QRect(
            x + title_width + 8,
            inner.y() + (metrics.title - heart_side) // 2,
            heart_side,
            heart_side,
        )
        description = QRect(x, inner.y() + metrics.title + 2, inner.width(), metrics.line)

        band = QRect(x, description.y() + metrics.line + 10, inner.width(), metrics.band)
        widths, are_compact = _button_widths(inner.width(), needs.buttons, metrics.control)
        buttons: list[QRect] = []
        edge = right
        top = band.y() + (band.height() - metrics.control) // 2
        for width in reversed(widths):
            buttons.insert(0, QRect(edge - width, top, width, metrics.control))
            edge -= width + _BETWEEN_BUTTONS
        words = max(0, (edge + _BETWEEN_BUTTONS - _GAP if buttons else right) - x)
        if needs.has_bar:
            lines = metrics.bar + 8 + metrics.small
            start = band.y() + (band.height() - lines) // 2
            bar = QRect(x, start, words, metrics.bar)
            facts = QRect(x, start + metrics.bar + 8, words, metrics.small)
        else:
            bar = QRect(x, band.y(), 0, 0)
            start = band.y() + (band.height() - metrics.small) // 2
            facts = QRect(x, start, words, metrics.small)
        made = cls(frame, title, heart, pill, description, bar, facts, tuple(buttons), are_compact)
        return made.mirrored() if right_to_left else made

    def button_at(self, point: QPoint) -> int | None:
        """The place of the button below `point`, in the order the buttons were asked for."""
        for place, rect in enumerate(self.buttons):
            if rect.contains(point):
                return place
        return None

    def mirrored(self) -> CardLayout:
        """The same card for languages that run from right to left."""
        low, high = self.frame.left(), self.frame.right()

        def flip(rect: QRect) -> QRect:
            return QRect(low + high - rect.right(), rect.y(), rect.width(), rect.height())

        return CardLayout(
            self.frame,
            flip(self.title),
            flip(self.heart),
            flip(self.pill),
            flip(self.description),
            flip(self.bar),
            flip(self.facts),
            tuple(map(flip, self.buttons)),
            self.are_compact,
        )


def _button_widths(room: int, wanted: tuple[int, ...], compact: int) -> tuple[list[int], bool]:
    gaps = _BETWEEN_BUTTONS * max(0, len(wanted) - 1)
    if sum(wanted) + gaps + _GAP + _LEAST_FOR_WORDS <= room or not wanted:
        return list(wanted), False
    return [compact for _ in wanted], True
