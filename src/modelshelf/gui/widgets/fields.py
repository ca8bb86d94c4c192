"""Fields: searching, choosing from a list, and a field with its label and what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from modelshelf.gui.theme import colour, font, paint_icon, scaled
from modelshelf.gui.widgets.buttons import IconButton
from modelshelf.gui.widgets.labels import Label, Look
from modelshelf.gui.widgets.painting import paint_box, paint_text


class SearchField(QLineEdit):
    """A field with a glass at the start; Esc clears it, `hint` names the key that leads here.

    Clearing it by key or button is an edit as typing is: `textEdited` says so.
    """

    def __init__(
        self, placeholder: str, parent: QWidget | None = None, *, hint: str = "", tall: bool = False
    ) -> None:
        super().__init__(parent)
        self._hint = hint
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        if tall:
            self.setProperty("search", "global")
        self._clear = IconButton("x", self.tr("Clear"), self)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear.clicked.connect(self._wipe)
        self._clear.hide()
        self.textChanged.connect(self._offer_clear)
        self._make_room()

    def changeEvent(self, event: QEvent) -> None:
        """Make room at the other ends when the direction changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the clear button at the end."""
        super().resizeEvent(event)
        side = self.height() - 4
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._clear.setGeometry(2 if mirrored else self.width() - side - 2, 2, side, side)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc clears what was typed; in an empty field it is left to the window."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self._wipe()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the glass, and the key hint while nothing is typed."""
        super().paintEvent(event)
        painter = QPainter(self)
        side = scaled(16)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        start = scaled(11)
        x = self.width() - start - side if mirrored else start
        middle = (self.height() - side) // 2
        paint_icon(painter, QRect(x, middle, side, side), "search", "secondary")
        if self._hint and not self.text() and not self.hasFocus():
            self._paint_hint(painter, mirrored)

    def _wipe(self) -> None:
        self.clear()
        self.textEdited.emit("")

    def _make_room(self) -> None:
        glass, end = scaled(24), scaled(24)
        if self._hint:
            end = QFontMetrics(font(12)).horizontalAdvance(self._hint) + scaled(20)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.setTextMargins(end if mirrored else glass, 0, glass if mirrored else end, 0)

    def _paint_hint(self, painter: QPainter, mirrored: bool) -> None:
        used = font(12)
        width = QFontMetrics(used).horizontalAdvance(self._hint) + scaled(14)
        height = scaled(20)
        x = scaled(10) if mirrored else self.width() - width - scaled(10)
        chip = QRect(x, (self.height() - height) // 2, width, height)
        paint_box(painter, chip, 4, fill=colour("surface"), border=colour("line"))
        centred = Qt.AlignmentFlag.AlignHCenter
        paint_text(painter, chip, self._hint, used, colour("secondary"), centred)

    def _offer_clear(self, text: str) -> None:
        self._clear.setVisible(bool(text))


class DropDown(QComboBox):
    """A list to choose one value from; `name` is what a screen reader says."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Add the arrow that the style sheet cannot tint."""
        super().paintEvent(event)
        side = scaled(16)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = scaled(8) if mirrored else self.width() - scaled(8) - side
        place = QRect(x, (self.height() - side) // 2, side, side)
        ink = "secondary" if self.isEnabled() else "disabled"
        paint_icon(QPainter(self), place, "chevron-down", ink)


class NumberField(QSpinBox):
    """A whole number to type; `name` is what a screen reader says. Never for bytes: 32 bits."""

    def __init__(
        self, name: str, minimum: int, maximum: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setRange(minimum, maximum)
        self.setButtonSymbols(QSpinBox.ButtonSymbols.UpDownArrows)
        self.lineEdit().setTextMargins(scaled(8), 0, scaled(8), 0)
        self.lineEdit().setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)


class Labelled(QWidget):
    """A field with its label above and a line below: a hint, or what is wrong in its place."""

    def __init__(
        self, label: str, field: QWidget, hint: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.field = field
        self._hint = hint
        caption = Label(label, Look.CAPTION)
        caption.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(label)
        self._line = Label(hint, Look.HINT, wrap=True)
        self._line.setVisible(bool(hint))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(caption)
        column.addWidget(field)
        column.addWidget(self._line)

    def refuse(self, sentence: str) -> None:
        """Say what is wrong; an empty sentence takes it back."""
        self._line.setText(sentence or self._hint)
        self._line.set_look(Look.DANGER if sentence else Look.HINT)
        self._line.setVisible(bool(sentence or self._hint))
        self.field.setAccessibleDescription(sentence or self._hint)
        self.field.setProperty("invalid", bool(sentence))
        self.field.style().unpolish(self.field)
        self.field.style().polish(self.field)
