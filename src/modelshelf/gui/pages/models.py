"""The home page: tabs by model type, filters, and the list of cards."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from modelshelf.core.catalogue.query import Finder
from modelshelf.core.model import ModelType
from modelshelf.core.units import utc_now
from modelshelf.gui import text
from modelshelf.gui.actions import Action
from modelshelf.gui.delegates.card_list import CardList
from modelshelf.gui.models.catalogue_model import CatalogueModel, with_progress
from modelshelf.gui.pages.model_filters import FilterState, ModelFilters
from modelshelf.gui.widgets import Button, ElidedLabel, EmptyState, Look, Skeleton, Tabs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.events import JobProgress

_TYPES: tuple[ModelType | None, ...] = (
    ModelType.EMBEDDING,
    ModelType.LLM,
    ModelType.RERANKER,
    ModelType.SPLADE,
    ModelType.CAPTION,
    ModelType.OTHER,
    None,
)


class ModelsPage(QWidget):
    """Shows the catalogue. It only says what is wanted; every signal carries a model id.

    `selected` carries the card in front, or an empty text; `details_requested` also moves there.
    """

    download_requested = Signal(str)
    pause_requested = Signal(str)
    resume_requested = Signal(str)
    cancel_requested = Signal(str)
    retry_requested = Signal(str)
    repair_requested = Signal(str)
    delete_requested = Signal(str)
    access_requested = Signal(str)
    details_requested = Signal(str)
    favourite_requested = Signal(str, bool)
    copy_requested = Signal(str)
    page_requested = Signal(str)
    folder_requested = Signal(str)
    edit_requested = Signal(str)
    removal_requested = Signal(str)
    add_requested = Signal()
    selected = Signal(str)

    def __init__(
        self, parent: QWidget | None = None, clock: Callable[[], datetime] = utc_now
    ) -> None:
        super().__init__(parent)
        self._finder = Finder(())
        self._entries: dict[str, CatalogueEntry] = {}
        self._is_known = False
        self._current = ""
        self.model = CatalogueModel(self, clock)
        self.tabs = Tabs(self.tr("Model types"))
        for kind in _TYPES:
            self.tabs.add(text.type_label(kind))
        self.tabs.setTabVisible(_TYPES.index(ModelType.OTHER), False)
        self._purpose = ElidedLabel(look=Look.CAPTION)
        self._add = Button(self.tr("Add model…"), icon="plus")
        self.filters = ModelFilters()
        self.list = CardList(self.model, clock=clock)
        self._empty = EmptyState("search", "")
        self._stack = QStackedWidget()
        self._skeleton = Skeleton()
        for view in (self._skeleton, self.list, self._empty):
            self._stack.addWidget(view)
        self._lay_out()
        self.tabs.currentChanged.connect(self._on_tab)
        self.filters.changed.connect(self._ask)
        self._add.clicked.connect(self.add_requested)
        self.list.requested.connect(self._on_requested)
        self.list.current_changed.connect(self._on_current)
        self._empty.acted.connect(self._on_empty_acted)
        self._on_tab()

    @property
    def kind(self) -> ModelType | None:
        """The model type in front; None means all."""
        return _TYPES[max(0, self.tabs.currentIndex())]

    def show_entries(self, entries: Sequence[CatalogueEntry]) -> None:
        """Replace the catalogue."""
        self._is_known = True
        self._entries = {entry.id: entry for entry in entries}
        self._finder = Finder(entries)
        self._ask()

    def refuse(self, sentence: str, hint: str) -> None:
        """Say why there is no catalogue."""
        self._empty.say("circle-alert", sentence, hint)
        self._stack.setCurrentWidget(self._empty)

    def apply(self, progress: Iterable[JobProgress]) -> None:
        """Move the bars."""
        moved: list[CatalogueEntry] = []
        for event in progress:
            entry = self._entries.get(event.model_id)
            if entry is not None and (changed := with_progress(entry, event)) is not None:
                self._entries[changed.id] = changed
                moved.append(changed)
        self.model.update_entries(moved)

    def entry(self, model_id: str) -> CatalogueEntry | None:
        """Return what is known of a model, whether the filters show it or not."""
        return self._entries.get(model_id)

    def show_model(self, model_id: str) -> bool:
        """Bring a model to the front, lifting what hides it; False when it is unknown."""
        entry = self._entries.get(model_id)
        if entry is None:
            return False
        if self.model.row_of(model_id) is None:
            self.filters.clear()
            if self.kind not in (None, entry.type):
                self.tabs.setCurrentIndex(_TYPES.index(entry.type))
        return self.list.show_model(model_id)

    def request(self, action: Action, model_id: str) -> None:
        """Ask for `action` on a model, as if its card had been used."""
        self._on_requested(action, model_id)

    def search_all(self, words: str) -> None:
        """Search all types for `words`."""
        self.tabs.setCurrentIndex(_TYPES.index(None))
        self.filters.search.setText(words)

    def state(self) -> dict[str, str]:
        """Return what to remember: tab, filters, order."""
        return {"tab": self.kind.value if self.kind else "all", **asdict(self.filters.state())}

    def restore(self, state: dict[str, str]) -> None:
        """Take up what was remembered; unknown values are dropped."""
        known = {key: value for key, value in state.items() if key != "tab"}
        self.filters.restore(FilterState(**known))
        tabs = {kind.value if kind else "all": place for place, kind in enumerate(_TYPES)}
        self.tabs.setCurrentIndex(tabs.get(state.get("tab", ""), 0))
        self._ask()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        # The list keeps 12 px for its scroll bar at the end of the line.
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        column.setContentsMargins(12 if mirrored else 24, 12, 24 if mirrored else 12, 0)
        column.setSpacing(12)
        head = QVBoxLayout()
        head.setContentsMargins(12 if mirrored else 0, 0, 0 if mirrored else 12, 0)
        head.setSpacing(12)
        head.addWidget(self.tabs)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(self._purpose, 1)
        line.addWidget(self._add)
        head.addLayout(line)
        head.addWidget(self.filters)
        column.addLayout(head)
        column.addWidget(self._stack, 1)

    def _on_tab(self) -> None:
        self._purpose.set_full_text(text.purpose(self.kind))
        self._ask()

    def _ask(self) -> None:
        if not self._is_known:
            return
        query = self.filters.query(self.kind)
        facets = self._finder.facets(query)
        self.filters.offer(facets)
        for place, kind in enumerate(_TYPES):
            total = sum(facets.types.values())
            self.tabs.set_count(place, total if kind is None else facets.types.get(kind, 0))
        other = _TYPES.index(ModelType.OTHER)
        self.tabs.setTabVisible(other, bool(facets.types.get(ModelType.OTHER)))
        shown = [self._entries.get(entry.id, entry) for entry in self._finder.select(query)]
        current = self._current
        self.model.show(shown)
        if current and self.model.row_of(current) is not None:
            self.list.setCurrentIndex(self.model.index(self.model.row_of(current) or 0))
        self._explain(bool(shown))

    def _explain(self, is_shown: bool) -> None:
        if is_shown:
            self._stack.setCurrentWidget(self.list)
            return
        if self.filters.is_narrowing:
            words = self.filters.search.text().strip()
            sentence = (
                self.tr("No model here has “{words}” in its name, family or languages.").format(
                    words=words
                )
                if words
                else self.tr("No model here fits all filters.")
            )
            self._empty.say(
                "search", self.tr("Nothing matches"), sentence, self.tr("Clear filters")
            )
        else:
            self._empty.say(
                "package",
                self.tr("No models of this kind yet"),
                self.tr("Add one from the Hub by its id or its link."),
                self.tr("Add model…"),
            )
        self._stack.setCurrentWidget(self._empty)

    def _on_empty_acted(self) -> None:
        if self.filters.is_narrowing:
            self.filters.clear()
        else:
            self.add_requested.emit()

    def _on_current(self, model_id: str) -> None:
        # A reset of the list loses the current row for a moment; that is no choice of the user.
        if model_id and model_id != self._current:
            self._current = model_id
            self.selected.emit(model_id)

    def _on_requested(self, action: Action, model_id: str) -> None:
        entry = self._entries.get(model_id)
        match action:
            case Action.FAVOURITE:
                self.favourite_requested.emit(model_id, not (entry and entry.favourite))
            case Action.DETAILS:
                self.list.show_model(model_id)
                self.details_requested.emit(model_id)
            case _:
                {
                    Action.DOWNLOAD: self.download_requested,
                    Action.PAUSE: self.pause_requested,
                    Action.RESUME: self.resume_requested,
                    Action.CANCEL: self.cancel_requested,
                    Action.RETRY: self.retry_requested,
                    Action.REPAIR: self.repair_requested,
                    Action.DELETE: self.delete_requested,
                    Action.ACCESS: self.access_requested,
                    Action.COPY_ID: self.copy_requested,
                    Action.OPEN_PAGE: self.page_requested,
                    Action.OPEN_FOLDER: self.folder_requested,
                    Action.EDIT: self.edit_requested,
                    Action.REMOVE: self.removal_requested,
                }[action].emit(model_id)
