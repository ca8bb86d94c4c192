"""Bars: how far something is, how full something is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from modelshelf.gui.theme import colour, scaled
from modelshelf.gui.widgets.painting import Tone, paint_bar

# The ink of caution is made for words; a filled shape of it would look brown.
_INKS = {Tone.NEUTRAL: "control", Tone.CAUTION: "activations"}


def permille(done: int, total: int) -> int:
    """Return how much of `total` is `done`, 0 to 1000: a bar itself only counts to 32 bits."""
    return 0 if total <= 0 else max(0, min(1000, done * 1000 // total))


class ProgressBar(QProgressBar):
    """A rounded bar of 1,000 steps without words; `name` is what a screen reader says."""

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        thickness: int = 8,
        tone: Tone = Tone.ACCENT,
    ) -> None:
        super().__init__(parent)
        self._thickness = thickness
        self._tone = tone
        self.setAccessibleName(name)
        self.setRange(0, 1000)
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_fraction(self, done: int, total: int) -> None:
        """Show `done` of `total`, in whatever unit."""
        self.setValue(permille(done, total))

    def set_tone(self, tone: Tone) -> None:
        """Change what the colour means."""
        if tone is not self._tone:
            self._tone = tone
            self.update()

    def sizeHint(self) -> QSize:
        """As thick as asked."""
        return QSize(scaled(120), scaled(self._thickness))

    def minimumSizeHint(self) -> QSize:
        """A short stub still tells something."""
        return QSize(scaled(24), scaled(self._thickness))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint track and filling."""
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        ink = colour(_INKS.get(self._tone, self._tone.value))
        value = max(0, self.value())
        paint_bar(QPainter(self), self.rect(), value, fill=ink, right_to_left=mirrored)
