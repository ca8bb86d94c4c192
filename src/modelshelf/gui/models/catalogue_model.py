"""The models a list shows, as rows of `CatalogueEntry`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from modelshelf.core.units import utc_now
from modelshelf.gui import text
from modelshelf.gui.roles import MODEL_MIME, ROW_ROLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.events import JobProgress

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class CatalogueModel(QAbstractListModel):
    """Rows in the order they were given. A change of one row touches that row alone."""

    def __init__(
        self, parent: QObject | None = None, clock: Callable[[], datetime] = utc_now
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._rows: list[CatalogueEntry] = []
        self._row_of: dict[str, int] = {}

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """How many models are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The name, the spoken sentence, or the whole entry."""
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        entry = self._rows[index.row()]
        if role == ROW_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return str(entry.id)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return text.spoken(entry, self._clock())
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """A model can be dragged into a collection."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:
        """What a dragged row carries."""
        return [MODEL_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The id of the dragged model."""
        data = QMimeData()
        for entry in filter(None, map(self.entry_at, indexes)):
            data.setData(MODEL_MIME, entry.id.encode())
        return data

    def show(self, entries: Sequence[CatalogueEntry]) -> None:
        """Show exactly `entries`. The same models in the same order keep their rows."""
        if [entry.id for entry in entries] == [entry.id for entry in self._rows]:
            self.update_entries(entries)
            return
        self.beginResetModel()
        self._rows = list(entries)
        self._row_of = {entry.id: row for row, entry in enumerate(self._rows)}
        self.endResetModel()

    def update_entries(self, entries: Iterable[CatalogueEntry]) -> None:
        """Replace rows that are shown; others are ignored, equal ones cause no repaint."""
        for entry in entries:
            row = self._row_of.get(entry.id)
            if row is not None and (shown := self._rows[row]) is not entry and shown != entry:
                self._rows[row] = entry
                place = self.index(row)
                self.dataChanged.emit(place, place)

    def apply(self, progress: Iterable[JobProgress]) -> None:
        """Move the bars of shown models."""
        changed: list[CatalogueEntry] = []
        for event in progress:
            entry = self.entry(event.model_id)
            if entry is not None and (moved := with_progress(entry, event)) is not None:
                changed.append(moved)
        self.update_entries(changed)

    def row_of(self, model_id: str) -> int | None:
        """The row of a model; None when it is not shown."""
        return self._row_of.get(model_id)

    def entry(self, model_id: str) -> CatalogueEntry | None:
        """The shown entry of a model; None when it is not shown."""
        row = self._row_of.get(model_id)
        return None if row is None else self._rows[row]

    def entry_at(self, index: _Index) -> CatalogueEntry | None:
        """The entry of a row."""
        return self.data(index, ROW_ROLE)


def with_progress(entry: CatalogueEntry, event: JobProgress) -> CatalogueEntry | None:
    """Return `entry` as far as `event` says; None when the event is about another job."""
    job = entry.job
    if job is None or job.id != event.job_id or not job.state.is_active:
        return None
    moved = replace(
        job,
        bytes_done=event.bytes_done,
        bytes_total=event.bytes_total,
        bytes_per_second=event.bytes_per_second,
    )
    return replace(entry, job=moved)
