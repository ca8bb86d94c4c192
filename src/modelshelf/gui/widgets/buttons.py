"""Buttons: with words, with a picture alone, with a menu."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from modelshelf.gui.theme import Weight, colour, font, icon, paint_icon, scaled
from modelshelf.gui.widgets.menu import Menu
from modelshelf.gui.widgets.painting import (
    CONTROL_HEIGHT,
    Face,
    Kind,
    Touch,
    button_size,
    paint_box,
    paint_button,
    paint_text,
)


def touch_of(button: QAbstractButton) -> Touch:
    """Return what pointer and keyboard do to `button` now."""
    return Touch(
        hovered=button.underMouse() and button.isEnabled(),
        pressed=button.isDown(),
        focused=button.hasFocus(),
        enabled=button.isEnabled(),
        checked=button.isChecked(),
    )


class Button(QPushButton):
    """A button with words and, where it helps, an icon. Focus comes by keyboard only."""

    def __init__(
        self, text: str, kind: Kind = Kind.PLAIN, icon: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._kind = kind
        self._icon = icon
        # In a dialog, focus alone must not make it answer to Enter.
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(self.sizePolicy().Policy.Fixed, self.sizePolicy().Policy.Fixed)

    @property
    def face(self) -> Face:
        """What the button says now."""
        return Face(self.text(), self._icon, self._kind)

    def set_kind(self, kind: Kind) -> None:
        """Ask for more, or less, attention."""
        self._kind = kind
        self.update()

    def set_icon(self, name: str) -> None:
        """Show the icon `name` beside the words; empty removes it."""
        self._icon = name
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As large as the words need."""
        return button_size(self.face)

    def minimumSizeHint(self) -> QSize:
        """Words are never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the face."""
        painter = QPainter(self)
        paint_button(painter, self.rect(), self.face, touch_of(self), right_to_left=_mirrored(self))


class IconButton(QPushButton):
    """A quiet square button; `name` is its tooltip and what a screen reader says."""

    def __init__(self, icon: str, name: str, parent: QWidget | None = None, side: int = 16) -> None:
        super().__init__(parent)
        self._icon = icon
        self._side = side
        self.set_name(name)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(self.sizePolicy().Policy.Fixed, self.sizePolicy().Policy.Fixed)

    def set_name(self, name: str) -> None:
        """Say what the button does."""
        self.setAccessibleName(name)
        self.setToolTip(name)

    def set_icon(self, name: str) -> None:
        """Show another picture."""
        self._icon = name
        self.update()

    def sizeHint(self) -> QSize:
        """A square of control height."""
        return QSize(scaled(CONTROL_HEIGHT), scaled(CONTROL_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """The same square."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture over a quiet ground."""
        painter = QPainter(self)
        touch = touch_of(self)
        if touch.focused:
            paint_box(painter, self.rect(), 8, border=colour("accent"), width=2)
        if touch.pressed or touch.hovered:
            ground = colour("pressed" if touch.pressed else "hover")
            paint_box(painter, self.rect().adjusted(2, 2, -2, -2), 6, fill=ground)
        side = scaled(self._side)
        place = QRect(0, 0, side, side)
        place.moveCenter(self.rect().center())
        ink = "disabled" if not touch.enabled else "accent" if touch.checked else "text"
        paint_icon(painter, place, self._icon, ink)


class ChoiceButton(QPushButton):
    """A drop-down that narrows a list: `Status: All ⌄`. The first choice means no narrowing."""

    chosen = Signal(object)

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._choices: list[tuple[str, object]] = []
        self._value: object = None
        self._menu = Menu(self)
        self._menu.aboutToShow.connect(self._fill)
        self._menu.triggered.connect(self._take)
        self.setMenu(self._menu)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(self.sizePolicy().Policy.Fixed, self.sizePolicy().Policy.Fixed)
        self._say()

    @property
    def value(self) -> object:
        """The value of the choice in force."""
        return self._value

    @property
    def is_narrowing(self) -> bool:
        """Whether anything but the first choice is in force."""
        return bool(self._choices) and self._value != self._choices[0][1]

    def set_choices(self, choices: list[tuple[str, object]]) -> None:
        """Offer (words, value) pairs; a value that is no longer offered falls to the first."""
        self._choices = choices
        if choices and all(value != self._value for _, value in choices):
            self._value = choices[0][1]
        self._say()

    def choose(self, value: object) -> None:
        """Put `value` in force without telling anybody; an unknown one is ignored."""
        for _, offered in self._choices:
            if offered == value:
                # What was offered, not its equal: Qt and files turn enumerations into plain text.
                self._value = offered
                self._say()
                return

    def sizeHint(self) -> QSize:
        """Room for the words and the arrow."""
        size = button_size(Face(self.text()))
        return QSize(size.width() + scaled(22), size.height())

    def minimumSizeHint(self) -> QSize:
        """Words are never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint words at the start, the arrow at the end; accent while it narrows."""
        painter = QPainter(self)
        touch = touch_of(self)
        narrowing = self.is_narrowing
        step = "pressed" if touch.pressed else "hover" if touch.hovered else "surface"
        border = "accent" if narrowing or touch.focused else "line"
        ground = "accent_soft" if narrowing else step
        width = 2 if touch.focused else 1
        paint_box(painter, self.rect(), 8, fill=colour(ground), border=colour(border), width=width)
        side, pad = scaled(16), scaled(12)
        mirrored = _mirrored(self)
        x = scaled(10) if mirrored else self.width() - scaled(10) - side
        ink = "accent" if narrowing else "secondary"
        paint_icon(painter, QRect(x, (self.height() - side) // 2, side, side), "chevron-down", ink)
        inner = self.rect().adjusted(pad, 0, -pad, 0)
        weight = Weight.MEDIUM if narrowing else Weight.REGULAR
        paint_text(painter, inner, self.text(), font(14, weight), colour(ink))

    def _say(self) -> None:
        words = next((text for text, value in self._choices if value == self._value), "")
        self.setText(f"{self._label}: {words}" if words else self._label)
        self.setAccessibleName(self.text())
        self.updateGeometry()
        self.update()

    def _fill(self) -> None:
        self._menu.clear()
        for place, (text, value) in enumerate(self._choices):
            action = self._menu.addAction(text)
            action.setData(place)
            if value == self._value:
                action.setIcon(icon("check", "accent"))

    def _take(self, action: QAction) -> None:
        value = self._choices[int(action.data())][1]
        if value != self._value:
            self.choose(value)
            self.chosen.emit(value)


def _mirrored(widget: QWidget) -> bool:
    return widget.layoutDirection() == Qt.LayoutDirection.RightToLeft
