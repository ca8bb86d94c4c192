"""The details panel: opens when a card is selected, closes with Esc."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from modelshelf.core.model import ModelId, short_name
from modelshelf.core.units import utc_now
from modelshelf.gui import text
from modelshelf.gui.actions import Action, action_words, state_of
from modelshelf.gui.delegates.card_painter import pill_of
from modelshelf.gui.details.files import Files
from modelshelf.gui.details.overview import Overview
from modelshelf.gui.details.used_by import UsedBy
from modelshelf.gui.widgets import ElidedLabel, IconButton, Look, Tabs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from PySide6.QtGui import QKeyEvent

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.usage.report import UsageReport
    from modelshelf.gui.models.files_model import FileRow

_OVERVIEW, _FILES, _USED_BY = range(3)


class DetailsPanel(QWidget):
    """Shows one model. `requested` carries an `Action` and the model id.

    `files_wanted` and `usage_wanted` ask for what takes time, when its tab comes to the front.
    """

    requested = Signal(object, str)
    files_wanted = Signal(str)
    usage_wanted = Signal(str)
    collection_requested = Signal(str)
    closed = Signal()

    def __init__(
        self, parent: QWidget | None = None, clock: Callable[[], datetime] = utc_now
    ) -> None:
        super().__init__(parent)
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Details"))
        self._entry: CatalogueEntry | None = None
        self._title = ElidedLabel(look=Look.TITLE)
        self._subtitle = ElidedLabel(look=Look.CAPTION)
        self._heart = IconButton("heart", "", side=18)
        self._heart.clicked.connect(self._on_heart)
        self._cross = IconButton("x", self.tr("Close the details"), side=18)
        self._cross.clicked.connect(self.closed)
        self.tabs = Tabs(self.tr("Parts of the details"))
        for name in (self.tr("Overview"), self.tr("Files"), self.tr("Used by")):
            self.tabs.add(name)
        self.overview = Overview(clock)
        self.files = Files()
        self.used_by = UsedBy()
        self._stack = QStackedWidget()
        for part in (self.overview, self.files, self.used_by):
            self._stack.addWidget(part)
        self.overview.requested.connect(self._on_requested)
        self.used_by.collection_requested.connect(self.collection_requested)
        self.tabs.currentChanged.connect(self._on_tab)
        self._lay_out()

    @property
    def model_id(self) -> str:
        """The model shown, or an empty text."""
        return self._entry.id if self._entry is not None else ""

    def show_entry(self, entry: CatalogueEntry) -> None:
        """Show `entry`; the same model keeps what was already looked up for it."""
        is_other = entry.id != self.model_id
        came_or_went = self._entry is not None and self._entry.status is not entry.status
        self._entry = entry
        self._title.set_full_text(short_name(entry.id))
        self._title.setToolTip(entry.id)
        revision = entry.path.name[:7] if entry.path is not None else ""
        parts = [entry.owner, text.type_noun(entry.type)]
        if revision:
            parts.append(self.tr("revision {commit}").format(commit=revision))
        self._subtitle.set_full_text(" · ".join(part for part in parts if part))
        self._heart.set_icon("heart-filled" if entry.favourite else "heart")
        self._heart.set_name(action_words(Action.FAVOURITE, entry).text)
        self.overview.show_entry(entry, pill_of(state_of(entry)))
        if is_other:
            self.overview.verticalScrollBar().setValue(0)
        if is_other or came_or_went:
            self.files.wait()
            self.used_by.wait()
            self._ask()

    def show_files(self, model_id: ModelId, files: Sequence[FileRow], place: str) -> None:
        """Take the answer to `files_wanted`; one for another model is too late."""
        if model_id == self.model_id:
            self.files.show_files(files, place)

    def show_usage(self, model_id: ModelId, report: UsageReport) -> None:
        """Take the answer to `usage_wanted`; one for another model is too late."""
        if model_id == self.model_id:
            self.used_by.show_report(report)

    def ask_again(self) -> None:
        """Look up anew what the tab in front shows."""
        if self._entry is not None:
            self._ask()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(20, 12, 12, 0)
        head.setSpacing(0)
        head.addWidget(self._title, 1)
        head.addWidget(self._heart)
        head.addWidget(self._cross)
        subtitle = QHBoxLayout()
        subtitle.setContentsMargins(20, 0, 20, 12)
        subtitle.addWidget(self._subtitle)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(20, 0, 20, 0)
        tabs.addWidget(self.tabs)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(subtitle)
        column.addLayout(tabs)
        column.addWidget(self._stack, 1)

    def _on_tab(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        if self._entry is not None:
            self._ask()

    def _ask(self) -> None:
        if self.tabs.currentIndex() == _FILES:
            self.files_wanted.emit(self.model_id)
        elif self.tabs.currentIndex() == _USED_BY:
            self.usage_wanted.emit(self.model_id)

    def _on_heart(self) -> None:
        self.requested.emit(Action.FAVOURITE, self.model_id)

    def _on_requested(self, action: Action) -> None:
        self.requested.emit(action, self.model_id)
