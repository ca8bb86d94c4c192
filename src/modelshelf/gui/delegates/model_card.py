"""The delegate of the model list. It remembers nothing: the view tells what is being touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from modelshelf.core.units import utc_now
from modelshelf.gui.delegates.card_painter import card_size, paint_card
from modelshelf.gui.delegates.card_parts import CardTouch
from modelshelf.gui.roles import ROW_ROLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtGui import QPainter

_Index = QModelIndex | QPersistentModelIndex


class ModelCardDelegate(QStyledItemDelegate):
    """Paints one `CatalogueEntry` per row.

    `touched` returns the row below the pointer, the place of the button there, and whether the
    pointer is held down.
    """

    def __init__(
        self,
        touched: Callable[[], tuple[int | None, int | None, bool]],
        parent: QObject | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._touched = touched
        self._clock = clock

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """As wide as the list, and always equally high."""
        return card_size(option.rect.width())  # pyright: ignore[reportAttributeAccessIssue] - stubs lack QStyleOption's fields

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the card."""
        entry = index.data(ROW_ROLE)
        if entry is None:
            return
        row, button, is_pressed = self._touched()
        is_hovered = row == index.row()
        touch = CardTouch(
            is_selected=bool(option.state & QStyle.StateFlag.State_Selected),
            is_hovered=is_hovered,
            button=button if is_hovered else None,
            is_pressed=is_pressed,
        )
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        paint_card(painter, option.rect, entry, touch, self._clock(), right_to_left=mirrored)
