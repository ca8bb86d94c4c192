"""A thin bar for a wait whose length nobody knows."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPainterPath, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from modelshelf.gui.theme import colour, motion_ms, scaled
from modelshelf.gui.widgets.painting import paint_box

_STEPS = 80


class BusyBar(QWidget):
    """A short piece runs along the track while it is shown; with reduced motion it rests."""

    def __init__(self, name: str, parent: QWidget | None = None, *, thickness: int = 4) -> None:
        super().__init__(parent)
        self._thickness = thickness
        self._step = _STEPS // 3
        self._timer = QTimer(self, interval=16)
        self._timer.timeout.connect(self._advance)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As thick as asked."""
        return QSize(scaled(120), scaled(self._thickness))

    def minimumSizeHint(self) -> QSize:
        """A short stub."""
        return QSize(scaled(24), scaled(self._thickness))

    def showEvent(self, event: QShowEvent) -> None:
        """Start to run."""
        super().showEvent(event)
        if motion_ms(16):
            self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Cost nothing while nobody looks."""
        self._timer.stop()
        super().hideEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the track and the piece."""
        painter = QPainter(self)
        radius = self.height() / 2
        paint_box(painter, self.rect(), radius, fill=colour("sunken"))
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setClipPath(shape)
        piece = self.width() * 3 // 10
        x = (self.width() + piece) * self._step // _STEPS - piece
        paint_box(painter, QRect(x, 0, piece, self.height()), radius, fill=colour("accent"))

    def _advance(self) -> None:
        self._step = (self._step + 1) % (_STEPS + 1)
        self.update()
