"""The list of cards: where pointer and keys become actions on a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDrag,
    QKeyEvent,
)
from PySide6.QtWidgets import QAbstractItemView

from modelshelf.core.model import short_name
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
from modelshelf.gui.delegates.painted_list import PaintedList
from modelshelf.gui.theme import icon
from modelshelf.gui.widgets.labels import Pill
from modelshelf.gui.widgets.menu import Menu
from modelshelf.gui.widgets.painting import Tone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtCore import QSize
    from PySide6.QtWidgets import QWidget

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.gui.delegates.card_layout import CardLayout
    from modelshelf.gui.models.catalogue_model import CatalogueModel


class CardList(PaintedList):
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
        super().__init__(model, parent)
        self._catalogue = model
        self.setAccessibleName(self.tr("Models"))
        self.setItemDelegate(ModelCardDelegate(self.touched, self, clock))
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.selectionModel().selectionChanged.connect(self._tell_current)

    def layout_of(self, index: QModelIndex) -> CardLayout | None:
        """Return where things are on a card, in the viewport."""
        entry = self._catalogue.entry_at(index)
        if entry is None:
            return None
        return card_layout(self.visualRect(index), entry, right_to_left=self.is_mirrored)

    def press_button(self, index: QModelIndex, button: int) -> None:
        """Ask for what the button says."""
        entry = self._catalogue.entry_at(index)
        if entry is not None and button < len(card_actions(entry)):
            self.requested.emit(card_actions(entry)[button], entry.id)

    def row_size(self, width: int) -> QSize:
        """Return the size of a card."""
        return card_size(width)

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
        layout = self.layout_of(index)
        if entry is None or layout is None or action not in card_actions(entry):
            return None
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

    def startDrag(self, _actions: Qt.DropAction) -> None:
        """Carry a small label about: a whole card would hide where it can be dropped."""
        index = self.currentIndex()
        entry = self._catalogue.entry_at(index)
        if entry is None:
            return
        label = Pill(short_name(entry.id), Tone.ACCENT)
        label.resize(label.sizeHint())
        drag = QDrag(self)
        drag.setMimeData(self._catalogue.mimeData([index]))
        drag.setPixmap(label.grab())
        drag.exec(Qt.DropAction.CopyAction)

    def menu_for(self, entry: CatalogueEntry) -> Menu:
        """Return the context menu of a card; it deletes itself when it closes."""
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in menu_actions(entry):
            if action in (Action.FAVOURITE, Action.EDIT, Action.DELETE):
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

    def tip_at(self, point: QPoint) -> str:
        """Return what a tooltip says at a point of the viewport."""
        entry = self._catalogue.entry_at(self.indexAt(point))
        if entry is None:
            return ""
        button = self.button_at(point)
        if button is not None:
            return action_words(card_actions(entry)[button], entry).text
        return text.card_tip(entry)

    def _take(self, item: QAction) -> None:
        action, model_id = item.data()
        self.requested.emit(Action(action), model_id)

    def _tell_current(self) -> None:
        chosen = self.selectedIndexes()
        entry = self._catalogue.entry_at(chosen[0]) if chosen else None
        self.current_changed.emit(entry.id if entry is not None else "")
