"""A list whose rows have painted buttons: where pointer and buttons meet, for every such list."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QToolTip, QWidget

from modelshelf.gui.theme import colour

if TYPE_CHECKING:
    from PySide6.QtCore import QAbstractListModel, QSize

    from modelshelf.gui.delegates.card_layout import CardLayout

_BAR = 12


class PaintedList(QListView):
    """Rows of equal height and painted buttons; a subclass says where they are and what they do.

    Its delegate asks `touched` what to light up.
    """

    def __init__(self, model: QAbstractListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._over: tuple[int | None, int | None] = (None, None)
        self._held: tuple[int, int] | None = None
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        # Opaque: scrolling then moves what is on screen and asks for the new rows alone.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.verticalScrollBar().setSingleStep(24)
        self.verticalScrollBar().rangeChanged.connect(self._keep_width)
        model.modelReset.connect(self._let_go)
        self._keep_width(0, 0)

    @abstractmethod
    def layout_of(self, index: QModelIndex) -> CardLayout | None:
        """Return where things are in a row, in the viewport; None where there is no row."""

    @abstractmethod
    def press_button(self, index: QModelIndex, button: int) -> None:
        """Do what a painted button of a row stands for."""

    @abstractmethod
    def row_size(self, width: int) -> QSize:
        """Return the size of every row in a list `width` px wide."""

    @abstractmethod
    def tip_at(self, point: QPoint) -> str:
        """Return what a tooltip says at a point of the viewport."""

    def touched(self) -> tuple[int | None, int | None, bool]:
        """The row and button below the pointer, and whether it is held down on that button."""
        row, button = self._over
        return row, button, self._held is not None and self._held == self._over

    @property
    def is_mirrored(self) -> bool:
        """Whether the window runs from right to left."""
        return self.layoutDirection() == Qt.LayoutDirection.RightToLeft

    def button_at(self, point: QPoint) -> int | None:
        """The place of the painted button at a point of the viewport."""
        return self._place_at(point)[1]

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Take the keyboard without choosing a row; Qt would make the first one current."""
        super().focusInEvent(event)
        if not self.selectedIndexes():
            self.selectionModel().clearCurrentIndex()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hold a painted button down, or bring a row to the front."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._move_over(event.position().toPoint())
            row, button = self._over
            if row is not None and button is not None:
                self._held = (row, button)
                self._repaint(row)
                return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Press the button that was held, when the pointer is still on it."""
        held, self._held = self._held, None
        if held is None:
            super().mouseReleaseEvent(event)
            return
        self._move_over(event.position().toPoint())
        self._repaint(held[0])
        if held == self._over:
            self.press_button(self.model().index(held[0], 0), held[1])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two quick presses of a button are two presses."""
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up what lies below the pointer."""
        self._move_over(event.position().toPoint())
        if self._held is None:
            super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing lies below the pointer any more."""
        self._set_over((None, None))
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground of the window below the rows."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), colour("background"))
        painter.end()
        super().paintEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain painted buttons and rounded figures."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """All rows are as wide as the list."""
        super().resizeEvent(event)
        self.setGridSize(self.row_size(self.viewport().width()))

    def _let_go(self) -> None:
        self._over, self._held = (None, None), None

    def _keep_width(self, low: int, high: int) -> None:
        # The room of the scroll bar is kept free, so that rows do not jump when it appears.
        margin = 0 if high > low else _BAR
        mirrored = self.is_mirrored
        self.setViewportMargins(margin if mirrored else 0, 0, 0 if mirrored else margin, 0)

    def _place_at(self, point: QPoint) -> tuple[int | None, int | None]:
        index = self.indexAt(point)
        layout = self.layout_of(index)
        if layout is None or not layout.frame.contains(point):
            return None, None
        return index.row(), layout.button_at(point)

    def _move_over(self, point: QPoint) -> None:
        self._set_over(self._place_at(point))

    def _set_over(self, over: tuple[int | None, int | None]) -> None:
        if over == self._over:
            return
        before, self._over = self._over, over
        pointing = over[1] is not None
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor
        )
        for row in {before[0], over[0]}:
            if row is not None:
                self._repaint(row)

    def _repaint(self, row: int) -> None:
        self.viewport().update(self.visualRect(self.model().index(row, 0)))
