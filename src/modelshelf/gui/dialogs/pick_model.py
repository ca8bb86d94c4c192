"""Choosing a model from the catalogue, and where asked what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from modelshelf.core.catalogue.query import Finder, Query
from modelshelf.core.model import ROLE_OF_TYPE, ModelType, Role, Status
from modelshelf.gui import text
from modelshelf.gui.delegates.model_line import ModelLineDelegate
from modelshelf.gui.models.catalogue_model import CatalogueModel
from modelshelf.gui.theme import scaled
from modelshelf.gui.widgets import (
    Kind,
    Label,
    Labelled,
    Look,
    ModelshelfDialog,
    SearchField,
    Segments,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

    from modelshelf.core.catalogue.catalogue import CatalogueEntry

_LIST_HEIGHT = 300


class _Search(SearchField):
    """Arrow keys move in the list below while the words stay."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down choose, the rest is typed."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
            return
        super().keyPressEvent(event)


class PickModelDialog(ModelshelfDialog):
    """`picked` carries a model id and a `Role`; the dialog closes with it.

    `taken` are the (model id, role) pairs that are there already. `kind` narrows the list to one
    type; with `asks_role` False the role is that of the model's type, or None.
    """

    picked = Signal(str, object)

    def __init__(
        self,
        title: str,
        entries: Sequence[CatalogueEntry],
        parent: QWidget | None = None,
        *,
        action: str = "",
        taken: frozenset[tuple[str, Role]] = frozenset(),
        kind: ModelType | None = None,
        asks_role: bool = True,
        chosen: str = "",
    ) -> None:
        super().__init__(title, "", parent, width=560)
        self._kind = kind
        self._taken = taken
        self._asks_role = asks_role
        self._is_role_touched = False
        here = [entry for entry in entries if entry.status is Status.INSTALLED]
        away = [entry for entry in entries if entry.status is not Status.INSTALLED]
        self._finder = Finder([*here, *away])
        self._model = CatalogueModel(self)
        self._search = _Search(self.tr("Search the catalogue"))
        self._list = QListView()
        self._list.setAccessibleName(self.tr("Models"))
        self._list.setModel(self._model)
        self._list.setItemDelegate(ModelLineDelegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setMouseTracking(True)
        self._list.setFixedHeight(scaled(_LIST_HEIGHT))
        self._roles = Segments(self.tr("Used for"), [(text.role_label(r), r) for r in Role])
        self._role_field = Labelled(self.tr("Used for"), self._roles)
        self._role_field.setVisible(asks_role)
        self._notice = Label(look=Look.HINT, wrap=True)
        self.body.addWidget(self._search)
        self.body.addWidget(self._list)
        self.body.addWidget(self._role_field)
        self.body.addWidget(self._notice)
        self.add_button(self.tr("Cancel")).clicked.connect(self.reject)
        self._add = self.add_button(action or self.tr("Add"), Kind.PRIMARY, default=True)
        self._add.clicked.connect(self._give)
        self._connect()
        self._show_found("")
        if chosen and (row := self._model.row_of(chosen)) is not None:
            self._list.setCurrentIndex(self._model.index(row))
        self._search.setFocus()

    @classmethod
    def ask(
        cls,
        parent: QWidget,
        title: str,
        entries: Sequence[CatalogueEntry],
        *,
        action: str = "",
        taken: frozenset[tuple[str, Role]] = frozenset(),
        kind: ModelType | None = None,
        asks_role: bool = True,
        chosen: str = "",
    ) -> PickModelDialog:
        """Open the dialog over `parent` and return it, to be connected."""
        dialog = cls(
            title,
            entries,
            parent,
            action=action,
            taken=taken,
            kind=kind,
            asks_role=asks_role,
            chosen=chosen,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def _connect(self) -> None:
        self._search.textChanged.connect(self._show_found)
        self._search.moved.connect(self._move)
        self._list.selectionModel().currentChanged.connect(self._on_current)
        self._list.doubleClicked.connect(self._give)
        self._roles.chosen.connect(self._on_role)

    def _show_found(self, words: str) -> None:
        found = self._finder.select(Query(text=words, type=self._kind))
        self._model.show(found)
        fresh = (row for row, entry in enumerate(found) if not self._is_taken(entry))
        if found:
            self._list.setCurrentIndex(self._model.index(next(fresh, 0)))
        self._on_current()

    def _is_taken(self, entry: CatalogueEntry) -> bool:
        role = ROLE_OF_TYPE.get(entry.type)
        return self._asks_role and role is not None and (entry.id, role) in self._taken

    def _move(self, step: int) -> None:
        row = self._list.currentIndex().row() + step
        if 0 <= row < self._model.rowCount():
            self._list.setCurrentIndex(self._model.index(row))

    def _on_current(self, *_indexes: QModelIndex) -> None:
        entry = self._entry
        if entry is not None and not self._is_role_touched:
            self._roles.choose(ROLE_OF_TYPE.get(entry.type, Role.EMBEDDING))
        self._judge()

    def _on_role(self) -> None:
        self._is_role_touched = True
        self._judge()

    def _judge(self) -> None:
        entry = self._entry
        is_taken = entry is not None and self._asks_role and (entry.id, self._role) in self._taken
        self._add.setEnabled(entry is not None and not is_taken)
        if entry is None:
            self._notice.setText(self.tr("Nothing in the catalogue is called so."))
        elif is_taken:
            self._notice.setText(self.tr("It is there for this already."))
        else:
            self._notice.setText("")
        self._notice.setVisible(bool(self._notice.text()))
        self.fit()

    @property
    def _entry(self) -> CatalogueEntry | None:
        return self._model.entry_at(self._list.currentIndex())

    @property
    def _role(self) -> Role | None:
        value = self._roles.value
        return value if isinstance(value, Role) else None

    def _give(self) -> None:
        entry = self._entry
        if entry is None or not self._add.isEnabled():
            return
        role = self._role if self._asks_role else ROLE_OF_TYPE.get(entry.type)
        self.accept()
        self.picked.emit(entry.id, role)
