"""The list of collections: cards to choose from, and to drop models on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from modelshelf.gui.delegates.card_parts import CardTouch, paint_frame
from modelshelf.gui.roles import MODEL_MIME
from modelshelf.gui.theme import Weight, colour, font, scaled
from modelshelf.gui.widgets.painting import paint_text

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QDragEnterEvent,
        QDragLeaveEvent,
        QDragMoveEvent,
        QDropEvent,
        QPainter,
        QResizeEvent,
    )

    from modelshelf.gui.models.collections_model import CollectionsModel

_Index = QModelIndex | QPersistentModelIndex
_GAP = 8
_HEIGHT = 88


class _CollectionDelegate(QStyledItemDelegate):
    """Paints one `CollectionRow` per row."""

    def __init__(self, view: CollectionList, model: CollectionsModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """As wide as the list, and always equally high."""
        return QSize(option.rect.width(), scaled(_HEIGHT) + _GAP)  # pyright: ignore[reportAttributeAccessIssue] - stubs lack QStyleOption's fields

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the card."""
        row = self._model.row_at(index)
        if row is None:
            return
        frame: QRect = option.rect.adjusted(1, 0, -1, -_GAP)
        touch = CardTouch(
            is_selected=bool(option.state & QStyle.StateFlag.State_Selected)
            or self._view.drop_row == index.row(),
            is_hovered=bool(option.state & QStyle.StateFlag.State_MouseOver),
        )
        painter.save()
        painter.setLayoutDirection(option.direction)
        paint_frame(painter, frame, touch)
        inner = frame.adjusted(scaled(16), scaled(12), -scaled(16), -scaled(12))
        title = QRect(inner.x(), inner.y(), inner.width(), scaled(22))
        name = font(15, Weight.SEMIBOLD)
        paint_text(painter, title, row.collection.name, name, colour("text"))
        line = QRect(inner.x(), title.bottom() + 1, inner.width(), scaled(20))
        words = row.collection.description.partition("\n")[0]
        ink = "secondary" if words else "tertiary"
        words = words or self._view.tr("No description")
        paint_text(painter, line, words, font(13), colour(ink))
        facts = QRect(inner.x(), line.bottom() + 3, inner.width(), scaled(18))
        paint_text(painter, facts, self._model.summary(row), font(13), colour("secondary"))
        painter.restore()


class CollectionList(QListView):
    """`current_changed` carries the name in front, or an empty text; `model_dropped` a name and a
    model id."""

    current_changed = Signal(str)
    model_dropped = Signal(str, str)

    def __init__(self, model: CollectionsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._collections = model
        self.drop_row = -1
        self.setAccessibleName(self.tr("Collections"))
        self.setModel(model)
        self.setItemDelegate(_CollectionDelegate(self, model))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.viewport().setAutoFillBackground(False)
        self.selectionModel().currentChanged.connect(self._tell_current)

    @property
    def current_name(self) -> str:
        """The collection in front, or an empty text."""
        row = self._collections.row_at(self.currentIndex())
        return row.collection.name if row is not None else ""

    def show_collection(self, name: str) -> bool:
        """Bring a collection to the front; False when there is none of this name."""
        place = self._collections.row_of(name)
        if place is None:
            return False
        index = self._collections.index(place)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """All cards are as wide as the list."""
        super().resizeEvent(event)
        self.setGridSize(QSize(self.viewport().width(), scaled(_HEIGHT) + _GAP))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome models."""
        if event.mimeData().hasFormat(MODEL_MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Light up the collection that would get the model."""
        index = self.indexAt(event.position().toPoint())
        self._set_drop_row(index.row())
        if index.isValid() and event.mimeData().hasFormat(MODEL_MIME):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """It went elsewhere."""
        self._set_drop_row(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the model."""
        self._set_drop_row(-1)
        row = self._collections.row_at(self.indexAt(event.position().toPoint()))
        model_id = dropped_model(event)
        if row is not None and model_id:
            event.acceptProposedAction()
            self.model_dropped.emit(row.collection.name, model_id)

    def _set_drop_row(self, row: int) -> None:
        if row != self.drop_row:
            self.drop_row = row
            self.viewport().update()

    def _tell_current(self) -> None:
        self.current_changed.emit(self.current_name)


def dropped_model(event: QDropEvent) -> str:
    """Return the model id that a drop carries, or an empty text."""
    data = event.mimeData().data(MODEL_MIME).data()
    return bytes(data).decode("utf-8", "replace").strip()
