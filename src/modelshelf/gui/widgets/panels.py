"""Grounds to put things on: cards, scrolling columns, rows of facts, a page with nothing on it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from modelshelf.gui.theme import colour, paint_icon, scaled
from modelshelf.gui.widgets.buttons import Button
from modelshelf.gui.widgets.labels import Label, Look
from modelshelf.gui.widgets.painting import Kind, Tone, paint_box


class Card(QFrame):
    """A surface with a hairline and round corners; fill it through `column`."""

    def __init__(self, parent: QWidget | None = None, *, padding: int = 16) -> None:
        super().__init__(parent)
        self.setProperty("panel", "card")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(padding, padding, padding, padding)
        self.column.setSpacing(8)


class ScrollColumn(QScrollArea):
    """A column that scrolls up and down, never sideways; fill it through `column`."""

    def __init__(self, parent: QWidget | None = None, *, padding: int = 0) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        inside.setAutoFillBackground(False)
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(padding, padding, padding, padding)
        self.column.setSpacing(12)
        self.setWidget(inside)
        self.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)


class Facts(QWidget):
    """Rows of a label and a value; values can be selected and copied.

    `label_width` in px keeps the values of several such grids in one line.
    """

    def __init__(self, parent: QWidget | None = None, *, label_width: int = 0) -> None:
        super().__init__(parent)
        self._shown: tuple[list[tuple[str, str]], dict[str, str] | None] = ([], None)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, scaled(label_width))

    def show_facts(self, facts: list[tuple[str, str]], tips: dict[str, str] | None = None) -> None:
        """Replace all rows by (label, value) pairs; `tips` gives exact values by label."""
        if (facts, tips) == self._shown:
            return
        self._shown = (facts, tips)
        while (item := self._grid.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for row, (label, value) in enumerate(facts):
            name = Label(label, Look.CAPTION)
            name.setAlignment(Qt.AlignmentFlag.AlignTop)
            words = Label(value, wrap=True, selectable=True)
            words.setAccessibleName(f"{label}: {value}")
            words.setToolTip((tips or {}).get(label, ""))
            words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(words, row, 1)


class _Emblem(QWidget):
    """An icon on a soft round ground."""

    def __init__(self, icon: str, tone: Tone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._tone = tone
        self.setFixedSize(scaled(56), scaled(56))

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_box(painter, self.rect(), self.width() / 2, fill=colour(self._tone.soft))
        side = scaled(22)
        place = QRect(0, 0, side, side)
        place.moveCenter(self.rect().center())
        paint_icon(painter, place, self._icon, self._tone.ink)


class EmptyState(QWidget):
    """Why there is nothing here, and the next step."""

    acted = Signal()

    def __init__(
        self,
        icon: str,
        title: str,
        sentence: str = "",
        action: str = "",
        parent: QWidget | None = None,
        *,
        kind: Kind = Kind.PLAIN,
    ) -> None:
        super().__init__(parent)
        self._emblem = _Emblem(icon, Tone.ACCENT, self)
        self._title = Label(title, Look.HEADING, wrap=True)
        self._sentence = Label(sentence, Look.SECONDARY, wrap=True)
        self._button = Button(action, kind)
        self._button.clicked.connect(self.acted)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self._emblem, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        for label in (self._title, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            label.setMaximumWidth(scaled(440))
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(label, 1000)
            row.addStretch(1)
            column.addLayout(row)
        column.addSpacing(8)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.say(icon, title, sentence, action)

    def say(self, icon: str, title: str, sentence: str = "", action: str = "") -> None:
        """Explain another emptiness."""
        self._emblem.set_icon(icon)
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(f"{title} {sentence}".strip())


class Banner(QFrame):
    """A quiet line across the window about a state that lasts, such as being offline."""

    acted = Signal()

    def __init__(
        self,
        icon: str,
        sentence: str,
        action: str = "",
        parent: QWidget | None = None,
        *,
        tone: Tone = Tone.CAUTION,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._tone = tone
        self._words = Label(sentence, wrap=True)
        self._words.setProperty("look", "caption")
        self._button = Button(action)
        self._button.setVisible(bool(action))
        self._button.clicked.connect(self.acted)
        row = QHBoxLayout(self)
        row.setContentsMargins(scaled(44), 6, 16, 6)
        row.setSpacing(16)
        row.addWidget(self._words, 1)
        row.addWidget(self._button)
        self.setMinimumHeight(scaled(40))
        self.say(sentence, action)

    def say(self, sentence: str, action: str = "") -> None:
        """Change the words."""
        self._words.setText(sentence)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(sentence)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the soft ground and the icon."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(self._tone.soft))
        side = scaled(16)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = self.width() - scaled(16) - side if mirrored else scaled(16)
        place = QRect(x, (self.height() - side) // 2, side, side)
        paint_icon(painter, place, self._icon, self._tone.ink)


class Skeleton(QWidget):
    """Grey shapes where cards will be, for the moment before the list is known."""

    def __init__(self, parent: QWidget | None = None, *, card_height: int = 118) -> None:
        super().__init__(parent)
        self._card_height = card_height
        self.setAccessibleName(self.tr("The list is being read"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint as many shapes as fit."""
        painter = QPainter(self)
        height = scaled(self._card_height)
        for place, top in enumerate(range(0, self.height(), height + 12)):
            frame = QRect(0, top, self.width() - 12, height)
            paint_box(painter, frame, 12, fill=colour("surface"), border=colour("line"))
            widths = (0.34 - 0.04 * (place % 3), 0.6 - 0.07 * (place % 4), 0.24)
            for line, width in enumerate(widths):
                y = frame.y() + scaled(22 + 26 * line + (8 if line == 2 else 0))
                bar = QRect(frame.x() + 16, y, round(frame.width() * width), scaled(10))
                paint_box(painter, bar, bar.height() / 2, fill=colour("sunken"))
