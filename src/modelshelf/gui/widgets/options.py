"""One of several, each with a line that explains it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from modelshelf.gui.theme import colour, font, scaled
from modelshelf.gui.widgets.buttons import touch_of
from modelshelf.gui.widgets.labels import Rule
from modelshelf.gui.widgets.painting import Tone, paint_box, paint_text

_MARK = 16
_AFTER_MARK = 12


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: its value, a few words, and a line below them. `tone` colours that line."""

    value: object
    title: str
    line: str = ""
    tone: Tone = Tone.NEUTRAL


class _OptionButton(QRadioButton):
    """The circle, the words, and the line."""

    def __init__(self, option: Option, parent: QWidget) -> None:
        super().__init__(option.title, parent)
        self.option = option
        self.setAccessibleDescription(option.line)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        words = QFontMetrics(font(14)).horizontalAdvance(self.option.title)
        below = QFontMetrics(font(12)).horizontalAdvance(self.option.line)
        width = scaled(4 + _MARK + _AFTER_MARK) + max(words, below) + 4
        return QSize(width, scaled(54 if self.option.line else 36))

    def minimumSizeHint(self) -> QSize:
        return QSize(scaled(160), self.sizeHint().height())

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side, edge = scaled(_MARK), 4
        step = edge + side + scaled(_AFTER_MARK)
        mark = QRect(edge, (self.height() - side) // 2, side, side)
        words = self.rect().adjusted(step, 0, -4, 0)
        if mirrored:
            mark.moveRight(self.width() - edge)
            words = self.rect().adjusted(4, 0, -step, 0)
        self._paint_mark(painter, mark)
        ink = colour("text" if self.isEnabled() else "disabled")
        if not self.option.line:
            paint_text(painter, words, self.option.title, font(14), ink)
            return
        first, second = scaled(20), scaled(16)
        top = (self.height() - first - second - 2) // 2
        place = QRect(words.x(), top, words.width(), first)
        paint_text(painter, place, self.option.title, font(14), ink)
        below = QRect(words.x(), top + first + 2, words.width(), second)
        tone = self.option.tone
        faint = "disabled" if not self.isEnabled() else tone.ink
        token = "tertiary" if tone is Tone.NEUTRAL and self.isEnabled() else faint
        paint_text(painter, below, self.option.line, font(12), colour(token))

    def _paint_mark(self, painter: QPainter, mark: QRect) -> None:
        touch = touch_of(self)
        radius = mark.height() / 2
        if touch.checked:
            ink = colour("accent" if touch.enabled else "disabled")
            paint_box(painter, mark, radius, fill=ink)
            dot = mark.adjusted(5, 5, -5, -5)
            paint_box(painter, dot, dot.height() / 2, fill=colour("on_accent"))
        else:
            ground = colour("hover" if touch.hovered else "surface")
            border = colour("control" if touch.enabled else "line")
            paint_box(painter, mark, radius, fill=ground, border=border, width=1.5)
        if touch.focused:
            ring = mark.adjusted(-3, -3, 3, 3)
            paint_box(painter, ring, radius + 3, border=colour("accent"), width=2)


class OptionList(QWidget):
    """Rows with hairlines between; `chosen` carries the value that the user picked."""

    chosen = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._options: list[Option] = []
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._take)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    @property
    def value(self) -> object:
        """The value in force; None while nothing is chosen."""
        place = self._group.checkedId()
        return None if place < 0 else self._options[place].value

    @property
    def options(self) -> tuple[Option, ...]:
        """What is offered."""
        return tuple(self._options)

    def set_options(self, options: list[Option], value: object = None) -> None:
        """Offer `options` with `value` in force; None leaves the choice open.

        Equal options keep their rows, and so the keyboard's place.
        """
        if options != self._options:
            self._rebuild(options)
        self.choose(value)

    def choose(self, value: object) -> None:
        """Put `value` in force without telling anybody; an unknown one takes the choice back."""
        chosen = next((n for n, option in enumerate(self._options) if option.value == value), None)
        if chosen is not None:
            self._group.button(chosen).setChecked(True)
            return
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(False)
        self._group.setExclusive(True)

    def button(self, value: object) -> QRadioButton:
        """The control of one option, for focus.

        Raises:
            ValueError: when `value` is not offered.
        """
        place = [option.value for option in self._options].index(value)
        return self._group.button(place)  # pyright: ignore[reportReturnType] - only radio buttons are in the group

    def _rebuild(self, options: list[Option]) -> None:
        for button in self._group.buttons():
            self._group.removeButton(button)
        while (item := self._column.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self._options = list(options)
        for place, option in enumerate(options):
            button = _OptionButton(option, self)
            self._group.addButton(button, place)
            for row in [Rule(), button] if place else [button]:
                self._column.addWidget(row)
                # A visible parent shows new rows only later, but asks for their height now.
                row.show()

    def _take(self, place: int) -> None:
        self.chosen.emit(self._options[place].value)
