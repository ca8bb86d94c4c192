"""A field for an access token: hidden while typed, gone once given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from modelshelf.gui.theme import scaled
from modelshelf.gui.widgets.buttons import Button, IconButton
from modelshelf.gui.widgets.painting import Kind

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent


class _SecretLine(QLineEdit):
    """Dots instead of letters, and an eye to look at them."""

    entered = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setPlaceholderText("hf_…")
        self.setTextMargins(0, 0, scaled(24), 0)
        self._eye = IconButton("eye", self.tr("Show the token"), self)
        self._eye.setCursor(Qt.CursorShape.ArrowCursor)
        self._eye.clicked.connect(self._turn)

    def hide_secret(self) -> None:
        """Show dots again."""
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._eye.set_icon("eye")
        self._eye.set_name(self.tr("Show the token"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the eye at the end."""
        super().resizeEvent(event)
        side = self.height() - 4
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._eye.setGeometry(2 if mirrored else self.width() - side - 2, 2, side, side)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter gives the token; it must not press a dialog's default button."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
            return
        super().keyPressEvent(event)

    def _turn(self) -> None:
        if self.echoMode() is QLineEdit.EchoMode.Password:
            self.setEchoMode(QLineEdit.EchoMode.Normal)
            self._eye.set_icon("eye-off")
            self._eye.set_name(self.tr("Hide the token"))
        else:
            self.hide_secret()


class TokenField(QWidget):
    """`given` carries what was typed, without blanks around it; the field is empty by then."""

    given = Signal(str)

    def __init__(self, action: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = _SecretLine(self.tr("Access token"))
        self.button = Button(action, Kind.PLAIN)
        self.button.setAutoDefault(False)
        self.button.setEnabled(False)
        self.setFocusProxy(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.line.textChanged.connect(self._offer)
        self.line.entered.connect(self._give)
        self.button.clicked.connect(self._give)

    def _offer(self, text: str) -> None:
        self.button.setEnabled(bool(text.strip()))

    def _give(self) -> None:
        token = self.line.text().strip()
        if token:
            self.line.clear()
            self.line.hide_secret()
            self.given.emit(token)
