"""Words: labels by their part in the page, lines that cut themselves, pills, rules."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from modelshelf.gui.widgets.painting import Tone, paint_pill, pill_size


class Look(StrEnum):
    """What part words play; the style sheet gives each its size, weight and colour."""

    TITLE = "title"
    HEADING = "heading"
    SUBHEADING = "subheading"
    BODY = "body"
    STRONG = "strong"
    SECONDARY = "secondary"
    CAPTION = "caption"
    HINT = "hint"
    DANGER = "danger"


class Label(QLabel):
    """Plain text, never markup: names from outside cannot become links or pictures."""

    def __init__(
        self,
        text: str = "",
        look: Look = Look.BODY,
        parent: QWidget | None = None,
        *,
        wrap: bool = False,
        selectable: bool = False,
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("look", look.value)
        self.setWordWrap(wrap)
        if selectable:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.setCursor(Qt.CursorShape.IBeamCursor)

    def set_look(self, look: Look) -> None:
        """Play another part."""
        if self.property("look") != look.value:
            self.setProperty("look", look.value)
            self.style().unpolish(self)
            self.style().polish(self)


class ElidedLabel(Label):
    """One line that ends in an ellipsis where there is no room; the tooltip has all of it."""

    def __init__(
        self,
        text: str = "",
        look: Look = Look.BODY,
        parent: QWidget | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__("", look, parent)
        self._mode = mode
        self._full = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_full_text(text)

    @property
    def full_text(self) -> str:
        """What the label says, uncut."""
        return self._full

    def set_full_text(self, text: str) -> None:
        """Say `text`."""
        self._full = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self._cut()

    def sizeHint(self) -> QSize:
        """Room for all words."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._full) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """It can be cut to nothing."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        shown = self.fontMetrics().elidedText(self._full, self._mode, self.width())
        self.setText(shown)
        self.setToolTip(self._full if shown != self._full else "")


class Pill(QWidget):
    """A small rounded label: `✓ Installed`."""

    def __init__(
        self,
        text: str,
        tone: Tone = Tone.NEUTRAL,
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.say(text, tone, icon)

    def say(self, text: str, tone: Tone = Tone.NEUTRAL, icon: str = "") -> None:
        """Change words and meaning."""
        self._text, self._tone, self._icon = text, tone, icon
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As large as the words need."""
        return pill_size(self._text, self._icon)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the pill."""
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        paint_pill(
            QPainter(self), self.rect(), self._text, self._tone, self._icon, right_to_left=mirrored
        )


class Rule(QFrame):
    """A hairline between things."""

    def __init__(self, parent: QWidget | None = None, *, vertical: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("rule", "vertical" if vertical else "horizontal")
