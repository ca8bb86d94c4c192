"""The models of one collection by role: what is beside the list of collections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from modelshelf.core.model import ModelId, Role, Status, owner_of, short_name
from modelshelf.core.units import format_bytes
from modelshelf.gui import text
from modelshelf.gui.actions import CardState, state_of
from modelshelf.gui.delegates.card_painter import pill_of
from modelshelf.gui.theme import colour
from modelshelf.gui.widgets import (
    Button,
    Card,
    ElidedLabel,
    IconButton,
    Label,
    Look,
    Menu,
    Pill,
    Rule,
)
from modelshelf.gui.widgets.painting import paint_box

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.usage.collections import Collection


@dataclass(frozen=True, slots=True)
class RoleUse:
    """One line: a model in one role, and what the catalogue knows of it, if anything."""

    model_id: ModelId
    role: Role
    entry: CatalogueEntry | None

    def is_shown_as(self, other: RoleUse) -> bool:
        """Whether a line would look the same for `other`."""
        return (self.model_id, self.role) == (other.model_id, other.role) and _shown(
            self.entry
        ) == _shown(other.entry)


class ModelUseRow(QFrame):
    """A model, its state, and what can be done: open, fetch, another role, remove."""

    opened = Signal(str)
    download_requested = Signal(str)
    removed = Signal(str, object)
    role_chosen = Signal(str, object, object)

    def __init__(self, use: RoleUse, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.use = use
        name = short_name(use.model_id)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"{name}, {_facts(use.entry)}")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 4, 8)
        row.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(ElidedLabel(name, Look.STRONG))
        facts = " · ".join(part for part in (owner_of(use.model_id), _facts(use.entry)) if part)
        words.addWidget(ElidedLabel(facts, Look.CAPTION))
        row.addLayout(words, 1)
        self._add_state(row)
        self._more = IconButton("ellipsis", self.tr("More about {name}").format(name=name))
        self._more.clicked.connect(self._offer_more)
        row.addWidget(self._more)
        remove = IconButton("x", self.tr("Take {name} out").format(name=name))
        remove.clicked.connect(self._remove)
        row.addWidget(remove)

    def menu(self) -> Menu:
        """Return what else can be done; the menu deletes itself when it closes."""
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Show the model"), self._open)
        menu.addSeparator()
        for role in Role:
            if role is not self.use.role:
                words = self.tr("Use for {role}").format(role=text.role_label(role).lower())
                menu.addAction(words).setData(role)
        menu.triggered.connect(self._choose_role)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the model, Delete takes it out."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif event.key() == Qt.Key.Key_Delete:
            self._remove()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the model."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._open()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Light up under the pointer; a ring where the keyboard is."""
        painter = QPainter(self)
        inner = self.rect().adjusted(0, 1, 0, -1)
        if self.underMouse():
            paint_box(painter, inner, 8, fill=colour("hover"))
        if self.hasFocus():
            paint_box(painter, inner, 8, border=colour("accent"), width=2)

    def _add_state(self, row: QHBoxLayout) -> None:
        entry = self.use.entry
        if entry is None:
            row.addWidget(Pill(self.tr("Not in the catalogue")))
            return
        # Here everything is in use.
        state = state_of(entry)
        state = CardState.INSTALLED if state is CardState.IN_USE else state
        is_idle = entry.job is None or not entry.job.state.is_active
        can_fetch = is_idle and entry.status in (Status.AVAILABLE, Status.PARTIAL)
        if not (can_fetch and state is CardState.AVAILABLE):
            tone, icon = pill_of(state)
            row.addWidget(Pill(text.state_words(state, entry), tone, icon))
        if can_fetch:
            fetch = Button(self.tr("Download"), icon="download")
            name = short_name(entry.id)
            fetch.setAccessibleName(self.tr("Download {name}").format(name=name))
            fetch.clicked.connect(self._fetch)
            row.addWidget(fetch)

    def _fetch(self) -> None:
        self.download_requested.emit(self.use.model_id)

    def _remove(self) -> None:
        self.removed.emit(self.use.model_id, self.use.role)

    def _open(self) -> None:
        self.opened.emit(self.use.model_id)

    def _offer_more(self) -> None:
        self.menu().popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _choose_role(self, action: QAction) -> None:
        if action.data() is not None:
            self.role_chosen.emit(self.use.model_id, self.use.role, Role(action.data()))


class CollectionModels(QWidget):
    """One card per role with its models. Signals carry a model id and roles."""

    opened = Signal(str)
    download_requested = Signal(str)
    removed = Signal(str, object)
    role_chosen = Signal(str, object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._uses: list[RoleUse] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(16)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def show_collection(
        self, collection: Collection, entries: Mapping[str, CatalogueEntry]
    ) -> None:
        """Show the models of `collection`; what looks the same is left as it is."""
        uses = [
            RoleUse(model.model_id, model.role, entries.get(model.model_id))
            for role in Role
            for model in collection.models
            if model.role is role
        ]
        same = len(uses) == len(self._uses) and all(
            use.is_shown_as(old) for use, old in zip(uses, self._uses, strict=True)
        )
        if not same:
            self._uses = uses
            self._rebuild()

    def _rebuild(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for role in Role:
            if uses := [use for use in self._uses if use.role is role]:
                self._column.addWidget(self._group(role, uses))

    def _group(self, role: Role, uses: list[RoleUse]) -> QWidget:
        group = QWidget()
        column = QVBoxLayout(group)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(Label(text.role_label(role), Look.CAPTION))
        card = Card(padding=4)
        card.column.setSpacing(0)
        for place, use in enumerate(uses):
            if place:
                card.column.addWidget(Rule())
            row = ModelUseRow(use)
            row.opened.connect(self.opened)
            row.download_requested.connect(self.download_requested)
            row.removed.connect(self.removed)
            row.role_chosen.connect(self.role_chosen)
            card.column.addWidget(row)
        column.addWidget(card)
        return group


def _shown(entry: CatalogueEntry | None) -> tuple[object, ...] | None:
    if entry is None:
        return None
    return (
        state_of(entry),
        entry.status,
        entry.size_bytes,
        entry.installed_bytes,
        entry.partial_bytes,
    )


def _facts(entry: CatalogueEntry | None) -> str:
    if entry is None:
        return ""
    if entry.status in (Status.INSTALLED, Status.DAMAGED):
        return _("{size} on disk").format(size=format_bytes(entry.installed_bytes))
    if entry.partial_bytes:
        return _("{size} are here").format(size=format_bytes(entry.partial_bytes))
    if entry.size_bytes is None:
        return ""
    return _("{size} to download").format(size=format_bytes(entry.size_bytes))


def _(text: str) -> str:
    return QCoreApplication.translate("CollectionModels", text)
