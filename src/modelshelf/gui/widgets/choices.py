"""One of a few, or yes and no: segments, check boxes, radio buttons."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QWidget,
)

from modelshelf.gui.theme import Weight, colour, font, paint_icon, scaled
from modelshelf.gui.widgets.buttons import touch_of
from modelshelf.gui.widgets.painting import CONTROL_HEIGHT, paint_box, paint_text


class _Segment(QPushButton):
    """One field of a segmented control; the row paints the frame."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(font(14, Weight.SEMIBOLD))
        width = metrics.horizontalAdvance(self.text()) + scaled(24)
        return QSize(width, scaled(CONTROL_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        touch = touch_of(self)
        painter = QPainter(self)
        weight = Weight.SEMIBOLD if touch.checked else Weight.REGULAR
        ink = "disabled" if not touch.enabled else "accent" if touch.checked else "secondary"
        if touch.hovered and not touch.checked:
            ink = "text"
        centred = Qt.AlignmentFlag.AlignHCenter
        paint_text(painter, self.rect(), self.text(), font(14, weight), colour(ink), centred)
        if touch.focused:
            ring = self.rect().adjusted(2, 2, -2, -2)
            paint_box(painter, ring, 6, border=colour("accent"), width=2)


class Segments(QWidget):
    """A row of choices of which one is in force; emits its value when the user changes it."""

    chosen = Signal(object)

    def __init__(
        self, name: str, choices: list[tuple[str, object]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._values = [value for _, value in choices]
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        for place, (text, _) in enumerate(choices):
            segment = _Segment(text, self)
            segment.setAccessibleName(f"{name}: {text}")
            self._group.addButton(segment, place)
            row.addWidget(segment)
        if choices:
            self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._take)

    @property
    def value(self) -> object:
        """The value in force."""
        return self._values[self._group.checkedId()]

    def choose(self, value: object) -> None:
        """Put `value` in force without telling anybody."""
        self._group.button(self._values.index(value)).setChecked(True)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame, the separators and the ground of the chosen field."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_box(painter, self.rect(), 8, fill=colour("surface"))
        outline = QPainterPath()
        outline.addRoundedRect(self.rect().adjusted(0, 0, 0, 0), 8, 8)
        painter.setClipPath(outline)
        buttons = sorted((button.x(), button) for button in self._group.buttons())
        for _, button in buttons:
            if button.isChecked():
                painter.fillRect(button.geometry().adjusted(-1, 0, 1, 0), colour("accent_soft"))
        painter.setClipping(False)
        painter.setPen(QPen(colour("line"), 1))
        for x, _ in buttons[1:]:
            painter.fillRect(QRect(x - 1, 1, 1, self.height() - 2), colour("line"))
        paint_box(painter, self.rect(), 8, border=colour("line"))

    def _take(self, place: int) -> None:
        self.update()
        self.chosen.emit(self._values[place])


class CheckBox(QCheckBox):
    """Yes or no."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """The box and the words."""
        return _marked_size(self)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def hitButton(self, _pos: QPoint) -> bool:
        """The words belong to the box."""
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the box and the words."""
        painter = QPainter(self)
        place = _paint_mark_words(painter, self)
        touch = touch_of(self)
        if touch.checked:
            fill = colour("accent" if touch.enabled else "disabled")
            paint_box(painter, place, 4, fill=fill)
            tick = place.adjusted(2, 2, -2, -2)
            paint_icon(painter, tick, "check", "on_accent" if touch.enabled else "surface")
        else:
            ground = colour("hover" if touch.hovered else "surface")
            border = colour("control" if touch.enabled else "line")
            paint_box(painter, place, 4, fill=ground, border=border, width=1.5)
        if touch.focused:
            ring = place.adjusted(-3, -3, 3, 3)
            paint_box(painter, ring, 6, border=colour("accent"), width=2)


class RadioButton(QRadioButton):
    """One of several, each with room for words."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """The circle and the words."""
        return _marked_size(self)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def hitButton(self, _pos: QPoint) -> bool:
        """The words belong to the circle."""
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the circle and the words."""
        painter = QPainter(self)
        place = _paint_mark_words(painter, self)
        touch = touch_of(self)
        radius = place.height() / 2
        if touch.checked:
            ink = colour("accent" if touch.enabled else "disabled")
            paint_box(painter, place, radius, fill=ink)
            dot = place.adjusted(5, 5, -5, -5)
            paint_box(painter, dot, dot.height() / 2, fill=colour("on_accent"))
        else:
            ground = colour("hover" if touch.hovered else "surface")
            border = colour("control" if touch.enabled else "line")
            paint_box(painter, place, radius, fill=ground, border=border, width=1.5)
        if touch.focused:
            ring = place.adjusted(-3, -3, 3, 3)
            paint_box(painter, ring, radius + 3, border=colour("accent"), width=2)


_MARK = 16
_EDGE = 4


def _marked_size(button: QAbstractButton) -> QSize:
    words = QFontMetrics(font(14)).horizontalAdvance(button.text())
    gap = scaled(10) if button.text() else 0
    return QSize(_EDGE + scaled(_MARK) + gap + words + 4, scaled(24))


def _paint_mark_words(painter: QPainter, button: QAbstractButton) -> QRect:
    """Paint the words of `button` and return where its mark goes."""
    side = scaled(_MARK)
    mirrored = button.layoutDirection() == Qt.LayoutDirection.RightToLeft
    x = button.width() - _EDGE - side if mirrored else _EDGE
    step = _EDGE + side + scaled(10)
    words = button.rect().adjusted(0 if mirrored else step, 0, -step if mirrored else 0, 0)
    ink = colour("text" if button.isEnabled() else "disabled")
    paint_text(painter, words, button.text(), font(14), ink)
    return QRect(x, (button.height() - side) // 2, side, side)
