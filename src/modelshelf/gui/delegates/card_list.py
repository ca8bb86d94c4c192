"""The list of cards: where pointer and keys become actions on a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QToolTip, QWidget

from modelshelf.core.units import utc_now
from modelshelf.gui import text
from modelshelf.gui.actions import (
    Action,
    action_words,
    can_delete,
    card_actions,
    main_action,
    menu_actions,
)
from modelshelf.gui.delegates.card_painter import card_layout, card_size
from modelshelf.gui.delegates.model_card import ModelCardDelegate
from modelshelf.gui.theme import icon
from modelshelf.gui.widgets.menu import Menu

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.gui.models.catalogue_model import CatalogueModel

_BAR = 12


class CardList(QListView):
    """Shows a `CatalogueModel`.

    `requested` carries an `Action` and a model id, however it was asked for: button, key or menu.
    `current_changed` carries the id of the card in front, or an empty text.
    """

    requested = Signal(object, str)
    current_changed = Signal(str)

    def __init__(
        self,
        model: CatalogueModel,
        parent: QWidget | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._catalogue = model
        self._over: tuple[int | None, int | None] = (None, None)
        self._held: tuple[int, int] | None = None
        self.setAccessibleName(self.tr("Models"))
        self.setModel(model)
        self.setItemDelegate(ModelCardDelegate(self.touched, self, clock))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.verticalScrollBar().setSingleStep(24)
        self.verticalScrollBar().rangeChanged.connect(self._keep_width)
        self.selectionModel().currentChanged.connect(self._tell_current)
        model.modelReset.connect(self._let_go)
        self._keep_width(0, 0)

    def touched(self) -> tuple[int | None, int | None, bool]:
        """The row and button below the pointer, and whether it is held down on that button."""
        row, button = self._over
        return row, button, self._held is not None and self._held == self._over

    def show_model(self, model_id: str) -> bool:
        """Bring the card of a model to the front; False when it is not in the list."""
        row = self._catalogue.row_of(model_id)
        if row is None:
            return False
        index = self._catalogue.index(row)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        return True

    def button_rect(self, model_id: str, action: Action) -> tuple[QPoint, QPoint] | None:
        """The corners of a painted button in the viewport, for tours and tests."""
        row = self._catalogue.row_of(model_id)
        if row is None:
            return None
        index = self._catalogue.index(row)
        entry = self._catalogue.entry_at(index)
        if entry is None or action not in card_actions(entry):
            return None
        layout = card_layout(self.visualRect(index), entry, right_to_left=self._is_mirrored)
        rect = layout.buttons[card_actions(entry).index(action)]
        return rect.topLeft(), rect.bottomRight()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does the main action, Delete asks to delete; arrows move."""
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
            return
        entry = self._catalogue.entry_at(self.currentIndex())
        if entry is not None:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.requested.emit(main_action(entry), entry.id)
                return
            if event.key() == Qt.Key.Key_Delete and can_delete(entry):
                self.requested.emit(Action.DELETE, entry.id)
                return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hold a painted button down, or bring a card to the front."""
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
        entry = self._catalogue.entry_at(self._catalogue.index(held[0]))
        if entry is not None and held == self._over and held[1] < len(card_actions(entry)):
            self.requested.emit(card_actions(entry)[held[1]], entry.id)

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

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer everything that can be done with the card."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        entry = self._catalogue.entry_at(index)
        if entry is None:
            return
        self.setCurrentIndex(index)
        place = self.visualRect(index).center() if by_key else event.pos()
        self.menu_for(entry).popup(self.viewport().mapToGlobal(place))

    def menu_for(self, entry: CatalogueEntry) -> Menu:
        """Return the context menu of a card; it deletes itself when it closes."""
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in menu_actions(entry):
            if action in (Action.FAVOURITE, Action.DELETE):
                menu.addSeparator()
            words = action_words(action, entry)
            tint = "danger" if action is Action.DELETE else "secondary"
            item = menu.addAction(icon(words.icon, tint), words.text)
            item.setData((action, entry.id))
            if action is Action.DELETE:
                item.setShortcut(Qt.Key.Key_Delete)
                item.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        menu.triggered.connect(self._take)
        return menu

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain painted buttons and rounded figures."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def tip_at(self, point: QPoint) -> str:
        """Return what a tooltip says at a point of the viewport."""
        entry = self._catalogue.entry_at(self.indexAt(point))
        if entry is None:
            return ""
        _row, button = self._place_at(point)
        if button is not None:
            return action_words(card_actions(entry)[button], entry).text
        return text.card_tip(entry)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """All cards are as wide as the list."""
        super().resizeEvent(event)
        self.setGridSize(card_size(self.viewport().width()))

    def _take(self, item: QAction) -> None:
        action, model_id = item.data()
        self.requested.emit(Action(action), model_id)

    def _tell_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        entry = self._catalogue.entry_at(current)
        self.current_changed.emit(entry.id if entry is not None else "")

    def _let_go(self) -> None:
        self._over, self._held = (None, None), None

    def _keep_width(self, low: int, high: int) -> None:
        # The room of the scroll bar is kept free, so that cards do not jump when it appears.
        margin = 0 if high > low else _BAR
        mirrored = self._is_mirrored
        self.setViewportMargins(margin if mirrored else 0, 0, 0 if mirrored else margin, 0)

    @property
    def _is_mirrored(self) -> bool:
        return self.layoutDirection() == Qt.LayoutDirection.RightToLeft

    def _place_at(self, point: QPoint) -> tuple[int | None, int | None]:
        index = self.indexAt(point)
        entry = self._catalogue.entry_at(index)
        if entry is None:
            return None, None
        layout = card_layout(self.visualRect(index), entry, right_to_left=self._is_mirrored)
        if not layout.frame.contains(point):
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
        self.viewport().update(self.visualRect(self._catalogue.index(row)))
