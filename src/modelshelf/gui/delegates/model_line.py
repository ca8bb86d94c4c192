"""A model on one line of a list to choose from: its name, what it is, whether it is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from modelshelf.core.model import Status, short_name
from modelshelf.gui import text
from modelshelf.gui.roles import ROW_ROLE
from modelshelf.gui.theme import Weight, colour, font, paint_icon, scaled
from modelshelf.gui.widgets.painting import paint_box, paint_text

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

_Index = QModelIndex | QPersistentModelIndex


class ModelLineDelegate(QStyledItemDelegate):
    """Paints one `CatalogueEntry` per row; a tick says that it is on this machine."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """One line."""
        return QSize(option.rect.width(), scaled(40))  # pyright: ignore[reportAttributeAccessIssue] - stubs lack QStyleOption's fields

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the line."""
        entry = index.data(ROW_ROLE)
        if entry is None:
            return
        rect: QRect = option.rect.adjusted(0, 1, 0, -1)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected:
            paint_box(painter, rect, 8, fill=colour("accent_soft"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            paint_box(painter, rect, 8, fill=colour("hover"))
        painter.save()
        painter.setLayoutDirection(option.direction)
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        inner = rect.adjusted(scaled(12), 0, -scaled(12), 0)
        noun = text.type_noun(entry.type)
        side = scaled(16)
        noun_width = QFontMetrics(font(13)).horizontalAdvance(noun) + 2
        tick = QRect(inner.right() - side + 1, inner.y(), side, inner.height())
        kind = QRect(tick.x() - scaled(12) - noun_width, inner.y(), noun_width, inner.height())
        strong = font(14, Weight.MEDIUM)
        name = short_name(entry.id)
        room = max(0, kind.x() - inner.x() - scaled(16))
        width = min(room, QFontMetrics(strong).horizontalAdvance(name) + 2)
        first = QRect(inner.x(), inner.y(), width, inner.height())
        after = scaled(8)
        rest = QRect(first.right() + after, inner.y(), max(0, room - width - after), inner.height())
        if mirrored:
            low, high = rect.left(), rect.right()
            for part in (tick, kind, first, rest):
                part.moveLeft(low + high - part.right())
        paint_text(painter, first, name, strong, colour("text"))
        if entry.owner and rest.width() > scaled(40):
            paint_text(painter, rest, entry.owner, font(13), colour("tertiary"))
        paint_text(painter, kind, noun, font(13), colour("secondary"), Qt.AlignmentFlag.AlignRight)
        if entry.status is Status.INSTALLED:
            paint_icon(painter, tick, "check", "good")
        painter.restore()
