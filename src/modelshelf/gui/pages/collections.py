"""Collections: the user's projects, and which models they use for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from modelshelf.core.model import ROLE_OF_TYPE, Role
from modelshelf.gui.delegates.collection_list import CollectionList, dropped_model
from modelshelf.gui.dialogs.confirm import ConfirmDialog
from modelshelf.gui.dialogs.naming import NamingDialog
from modelshelf.gui.dialogs.pick_model import PickModelDialog
from modelshelf.gui.models.collections_model import CollectionRow, CollectionsModel
from modelshelf.gui.pages.collection_models import CollectionModels
from modelshelf.gui.roles import MODEL_MIME
from modelshelf.gui.theme import icon, scaled
from modelshelf.gui.widgets import (
    Button,
    EmptyState,
    IconButton,
    Kind,
    Label,
    Look,
    Menu,
    ScrollColumn,
)
from modelshelf.gui.widgets.painting import CONTROL_HEIGHT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.usage.collections import Collection

_LIST_WIDTH = 312


class CollectionsPage(QWidget):
    """Shows what it is given and says what the user did; roles are `Role`."""

    collection_created = Signal(str, str)
    """Name and description."""
    collection_renamed = Signal(str, str)
    """Old and new name."""
    collection_described = Signal(str, str)
    """Name and description."""
    collection_deleted = Signal(str)
    """Name; the user has confirmed it."""
    model_added = Signal(str, str, object)
    """Collection, model id, role."""
    model_removed = Signal(str, str, object)
    """Collection, model id, role."""
    role_changed = Signal(str, str, object, object)
    """Collection, model id, old role, new role."""
    model_opened = Signal(str)
    """A model id: show it on the Models page."""
    download_requested = Signal(str)
    """A model id that is not on this machine."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._collections: dict[str, Collection] = {}
        self._entries: dict[str, CatalogueEntry] = {}
        self._awaited = ""
        self.model = CollectionsModel(self)
        self.list = CollectionList(self.model)
        self._title = Label(look=Look.TITLE, wrap=True)
        self._title.setMinimumHeight(scaled(CONTROL_HEIGHT))
        self._description = Label(look=Look.SECONDARY, wrap=True)
        self._add = Button(self.tr("Add model…"), icon="plus")
        self._more = IconButton("ellipsis", self.tr("More"))
        self._models = CollectionModels()
        self._nothing_in_it = EmptyState(
            "package", "", self.tr("Add the models that this project uses."), self.tr("Add model…")
        )
        self._hint = Label(
            self.tr("Models of a collection cannot be deleted until they are taken out."),
            Look.HINT,
            wrap=True,
        )
        self._empty = EmptyState(
            "folder-heart",
            self.tr("No collections yet"),
            self.tr(
                "A collection names the models that a project relies on, so that none of them is "
                "deleted by mistake."
            ),
            self.tr("New collection…"),
            kind=Kind.PRIMARY,
        )
        self._stack = QStackedWidget()
        self._contents = QStackedWidget()
        self._lay_out()
        self.setAcceptDrops(True)
        self._connect()
        self._show_all()

    def show_collections(self, collections: Sequence[Collection]) -> None:
        """Replace the collections; the one in front stays in front where it still exists."""
        self._collections = {collection.name: collection for collection in collections}
        self._show_all()

    def show_entries(self, entries: Sequence[CatalogueEntry]) -> None:
        """Replace what is known of models: names, states, and what can be added."""
        self._entries = {entry.id: entry for entry in entries}
        self._show_all()

    def open_collection(self, name: str) -> bool:
        """Bring a collection to the front; False when there is none of this name."""
        found = self.list.show_collection(name)
        if found:
            self.list.setFocus()
        return found

    # Asking

    def ask_new(self) -> NamingDialog:
        """Ask for a new collection."""
        dialog = NamingDialog(
            self.tr("New collection"),
            self.tr("Create"),
            self.window(),
            subtitle=self.tr("One per project or experiment. You can add models to it next."),
            taken=self._collections,
            name_label=self.tr("Name"),
            description_label=self.tr("Description, if you like"),
        )
        dialog.named.connect(self._on_created)
        return dialog.show_over()

    def ask_rename(self) -> NamingDialog:
        """Ask for another name of the collection in front."""
        name = self.list.current_name
        dialog = NamingDialog(
            self.tr("Rename “{name}”").format(name=name),
            self.tr("Rename"),
            self.window(),
            name=name,
            taken=self._collections,
            name_label=self.tr("Name"),
        )
        dialog.setProperty("collection", name)
        dialog.named.connect(self._on_renamed)
        return dialog.show_over()

    def ask_description(self) -> NamingDialog:
        """Ask what the collection in front is for."""
        collection = self._collections[self.list.current_name]
        dialog = NamingDialog(
            self.tr("What “{name}” is for").format(name=collection.name),
            self.tr("Save"),
            self.window(),
            name=collection.name,
            description=collection.description,
            description_label=self.tr("Description"),
        )
        dialog.named.connect(self.collection_described)
        return dialog.show_over()

    def ask_delete(self) -> ConfirmDialog:
        """Ask whether to delete the collection in front."""
        name = self.list.current_name
        dialog = ConfirmDialog.ask(
            self.window(),
            self.tr("Delete the collection “{name}”?").format(name=name),
            self.tr("Its models stay on this machine; it no longer keeps them from deletion."),
            self.tr("Delete collection"),
        )
        dialog.setProperty("collection", name)
        dialog.confirmed.connect(self._on_delete_confirmed)
        return dialog

    def ask_model(self, chosen: str = "") -> PickModelDialog:
        """Ask for a model to put into the collection in front."""
        collection = self._collections[self.list.current_name]
        dialog = PickModelDialog.ask(
            self.window(),
            self.tr("Add a model to “{name}”").format(name=collection.name),
            list(self._entries.values()),
            taken=frozenset((model.model_id, model.role) for model in collection.models),
            chosen=chosen,
        )
        dialog.setProperty("collection", collection.name)
        dialog.picked.connect(self._on_picked)
        return dialog

    def menu(self) -> Menu:
        """Return what else can be done with the collection in front."""
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("pencil", "secondary"), self.tr("Rename…"), self.ask_rename)
        menu.addAction(icon("info", "secondary"), self.tr("Description…"), self.ask_description)
        menu.addSeparator()
        menu.addAction(icon("trash-2", "danger"), self.tr("Delete…"), self.ask_delete)
        return menu

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """In the list, F2 renames, Delete asks to delete, Enter adds a model."""
        if self.list.hasFocus() and self.list.current_name:
            if event.key() == Qt.Key.Key_F2:
                self.ask_rename()
                return
            if event.key() == Qt.Key.Key_Delete:
                self.ask_delete()
                return
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.ask_model()
                return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A model dropped beside the list goes into the collection in front."""
        if event.mimeData().hasFormat(MODEL_MIME) and self.list.current_name:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the model."""
        if model_id := dropped_model(event):
            event.acceptProposedAction()
            self._on_dropped(self.list.current_name, model_id)

    # Inside

    def _lay_out(self) -> None:
        new = IconButton("plus", self.tr("New collection"))
        new.clicked.connect(self._on_new)
        head = QHBoxLayout()
        head.addWidget(Label(self.tr("Collections"), Look.TITLE), 1)
        head.addWidget(new)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addLayout(head)
        left.addWidget(self.list, 1)
        chooser = QWidget()
        chooser.setFixedWidth(_LIST_WIDTH)
        chooser.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        filled = QWidget()
        row = QHBoxLayout(filled)
        row.setContentsMargins(24, 20, 0, 0)
        row.setSpacing(24)
        row.addWidget(chooser)
        row.addWidget(self._detail(), 1)
        self._stack.addWidget(filled)
        self._stack.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    def _detail(self) -> QWidget:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        head.addWidget(self._add, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)
        scroll = ScrollColumn()
        scroll.column.setContentsMargins(0, 0, 24, 24)
        scroll.column.setSpacing(16)
        scroll.column.addWidget(self._description)
        scroll.column.addWidget(self._models)
        scroll.column.addWidget(self._hint)
        scroll.column.addStretch(1)
        self._contents.addWidget(scroll)
        self._contents.addWidget(self._nothing_in_it)
        detail = QWidget()
        column = QVBoxLayout(detail)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head.setContentsMargins(0, 0, 24, 0)
        column.addLayout(head)
        column.addWidget(self._contents, 1)
        return detail

    def _connect(self) -> None:
        self._empty.acted.connect(self._on_new)
        self._nothing_in_it.acted.connect(self._on_add)
        self._add.clicked.connect(self._on_add)
        self._more.clicked.connect(self._on_more)
        self.list.current_changed.connect(self._show_current)
        self.list.model_dropped.connect(self._on_dropped)
        self._models.opened.connect(self.model_opened)
        self._models.download_requested.connect(self.download_requested)
        self._models.removed.connect(self._on_removed)
        self._models.role_chosen.connect(self._on_role_chosen)

    def _show_all(self) -> None:
        wanted = self._awaited if self._awaited in self._collections else self.list.current_name
        rows = [CollectionRow.of(one, self._entries) for one in self._collections.values()]
        self.model.show(rows)
        self._stack.setCurrentIndex(0 if rows else 1)
        if rows and not self.list.show_collection(wanted):
            self.list.show_collection(rows[0].collection.name)
        if wanted == self._awaited:
            self._awaited = ""
        self._show_current()

    def _show_current(self) -> None:
        collection = self._collections.get(self.list.current_name)
        if collection is None:
            return
        self._title.setText(collection.name)
        self._description.setText(collection.description)
        self._description.setVisible(bool(collection.description))
        words = self.tr("Nothing in “{name}” yet").format(name=collection.name)
        offer = self.tr("Add the models that this project uses.")
        sentence = f"{collection.description}\n\n{offer}".strip()
        self._nothing_in_it.say("package", words, sentence, self.tr("Add model…"))
        self._models.show_collection(collection, self._entries)
        self._contents.setCurrentIndex(0 if collection.models else 1)
        self._add.setVisible(bool(collection.models))

    def _on_new(self) -> None:
        self.ask_new()

    def _on_add(self) -> None:
        self.ask_model()

    def _on_more(self) -> None:
        corner = QPoint(0, self._more.height() + 4)
        self.menu().popup(self._more.mapToGlobal(corner))

    def _on_created(self, name: str, description: str) -> None:
        self._awaited = name
        self.collection_created.emit(name, description)

    def _on_renamed(self, name: str, _description: str) -> None:
        old = str(self.sender().property("collection"))
        if name != old:
            self._awaited = name
            self.collection_renamed.emit(old, name)

    def _on_delete_confirmed(self) -> None:
        self.collection_deleted.emit(str(self.sender().property("collection")))

    def _on_picked(self, model_id: str, role: Role) -> None:
        self.model_added.emit(str(self.sender().property("collection")), model_id, role)

    def _on_removed(self, model_id: str, role: Role) -> None:
        self.model_removed.emit(self.list.current_name, model_id, role)

    def _on_role_chosen(self, model_id: str, old: Role, new: Role) -> None:
        self.role_changed.emit(self.list.current_name, model_id, old, new)

    def _on_dropped(self, name: str, model_id: str) -> None:
        entry = self._entries.get(model_id)
        role = ROLE_OF_TYPE.get(entry.type) if entry is not None else None
        if role is not None:
            self.model_added.emit(name, model_id, role)
        elif entry is not None:
            self.list.show_collection(name)
            self.ask_model(model_id)
