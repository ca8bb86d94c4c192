"""Things that most people need not see: a line to press, and what it unfolds."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from modelshelf.gui.theme import Weight, colour, font, paint_icon, scaled
from modelshelf.gui.widgets.buttons import touch_of
from modelshelf.gui.widgets.painting import paint_box, paint_text


class _Line(QPushButton):
    """The words with an arrow that turns."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        words = QFontMetrics(font(14, Weight.MEDIUM)).horizontalAdvance(self.text())
        return QSize(words + scaled(16 + 6) + 8, scaled(28))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        touch = touch_of(self)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        ink = "text" if touch.hovered or touch.pressed else "secondary"
        side = scaled(16)
        x = self.width() - side if mirrored else 0
        folded = "chevron-left" if mirrored else "chevron-right"
        arrow = QRect(x, (self.height() - side) // 2, side, side)
        paint_icon(painter, arrow, "chevron-down" if touch.checked else folded, ink)
        step = side + scaled(6)
        words = self.rect().adjusted(0 if mirrored else step, 0, -step if mirrored else 0, 0)
        paint_text(painter, words, self.text(), font(14, Weight.MEDIUM), colour(ink))
        if touch.focused:
            paint_box(painter, self.rect(), 6, border=colour("accent"), width=2)


class Fold(QWidget):
    """Folded at first; fill it through `column`. A dialog connects `toggled` to its `fit`."""

    toggled = Signal(bool)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = _Line(title, self)
        self._inside = QWidget(self)
        self._inside.hide()
        self.column = QVBoxLayout(self._inside)
        self.column.setContentsMargins(0, 8, 0, 0)
        self.column.setSpacing(12)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.line)
        outer.addWidget(self._inside)
        self.line.toggled.connect(self._turn)

    @property
    def is_open(self) -> bool:
        """Whether the contents are shown."""
        return self.line.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Show or hide the contents."""
        self.line.setChecked(is_open)

    def _turn(self, is_open: bool) -> None:
        self._inside.setVisible(is_open)
        self.toggled.emit(is_open)
