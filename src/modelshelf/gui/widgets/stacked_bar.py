"""A bar of several parts: what takes room now, what would take more, what stays free."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from modelshelf.gui.theme import colour, scaled
from modelshelf.gui.widgets.painting import paint_box


@dataclass(frozen=True, slots=True)
class BarPart:
    """One part: how much, in the unit of the whole, and the token it is painted with."""

    amount: int
    token: str


class StackedBar(QWidget):
    """Parts side by side in a track; `name` and what the parts say are read aloud."""

    def __init__(self, name: str, parent: QWidget | None = None, *, thickness: int = 8) -> None:
        super().__init__(parent)
        self._parts: tuple[BarPart, ...] = ()
        self._total = 1
        self._thickness = thickness
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: tuple[BarPart, ...], total: int, spoken: str = "") -> None:
        """Show `parts` of `total`; parts that exceed it are cut at the end of the bar."""
        self._parts, self._total = parts, max(1, total)
        self.setAccessibleDescription(spoken)
        self.update()

    def sizeHint(self) -> QSize:
        """As thick as asked."""
        return QSize(scaled(160), scaled(self._thickness))

    def minimumSizeHint(self) -> QSize:
        """A short stub still tells something."""
        return QSize(scaled(24), scaled(self._thickness))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the track and the parts; one that is there at all is at least 2 px wide."""
        painter = QPainter(self)
        radius = self.height() / 2
        paint_box(painter, self.rect(), radius, fill=colour("sunken"))
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(shape)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = 0
        for part in self._parts:
            if part.amount <= 0:
                continue
            width = max(2, round(self.width() * part.amount / self._total))
            width = min(width, self.width() - x)
            left = self.width() - x - width if mirrored else x
            painter.fillRect(QRect(left, 0, width, self.height()), colour(part.token))
            x += width
