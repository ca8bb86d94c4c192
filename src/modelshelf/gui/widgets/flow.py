"""A row that breaks into lines where the window is narrow."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowRow(QLayout):
    """Lays widgets out in lines. The first one takes what is left over on its line.

    `least` is the width in px below which the first one is never squeezed; 0 lets it have its own
    width like all others.
    """

    def __init__(
        self, parent: QWidget | None = None, *, spacing: int = 8, least: int = 160
    ) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)
        self._least = least
        self._items: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem) -> None:
        """Append an item."""
        self._items.append(item)

    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # pyright: ignore[reportIncompatibleMethodOverride] - Qt asks beyond the end and wants a null pointer
        """The item at a place."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # pyright: ignore[reportIncompatibleMethodOverride] - as above
        """Remove and return the item at a place."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes the width it gets."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all lines at `width`."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Put everything in its place."""
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        """One line."""
        shown = [item.sizeHint() for item in self._shown()]
        if not shown:
            return QSize(0, 0)
        gaps = self.spacing() * (len(shown) - 1)
        return QSize(sum(s.width() for s in shown) + gaps, max(s.height() for s in shown))

    def minimumSize(self) -> QSize:
        """The widest single item."""
        shown = [item.minimumSize() for item in self._shown()]
        return QSize(
            max((s.width() for s in shown), default=0), max((s.height() for s in shown), default=0)
        )

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _place(self, rect: QRect, *, move: bool) -> int:
        gap = self.spacing()
        y = rect.y()
        for line in self._lines(rect.width()):
            widths = [self._width(item) for item in line]
            if self._least and line[0] is self._items[0]:
                widths[0] += max(0, rect.width() - sum(widths) - gap * (len(line) - 1))
            height = max(item.sizeHint().height() for item in line)
            x = rect.x()
            for item, width in zip(line, widths, strict=True):
                if move:
                    self._put(item, rect, QRect(x, y, width, item.sizeHint().height()), height)
                x += width + gap
            y += height + gap
        return max(0, y - gap - rect.y())

    def _put(self, item: QLayoutItem, rect: QRect, place: QRect, height: int) -> None:
        place.moveTop(place.y() + (height - place.height()) // 2)
        parent = self.parentWidget()
        if parent is not None and parent.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            place.moveTopLeft(QPoint(rect.x() + rect.right() - place.right(), place.y()))
        item.setGeometry(place)

    def _lines(self, room: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        used = 0
        for item in self._shown():
            width = self._width(item)
            if lines and used + self.spacing() + width <= room:
                lines[-1].append(item)
                used += self.spacing() + width
            else:
                lines.append([item])
                used = width
        return lines

    def _width(self, item: QLayoutItem) -> int:
        is_first = bool(self._least and self._items) and item is self._items[0]
        return self._least if is_first else item.sizeHint().width()
