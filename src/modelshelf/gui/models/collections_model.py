"""The user's collections as rows of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from modelshelf.core.model import Status
from modelshelf.core.units import format_bytes
from modelshelf.gui.roles import ROW_ROLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.usage.collections import Collection

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class CollectionRow:
    """A collection and what its models amount to: how many, how many are here, in how many bytes.

    A model in two roles is one model.
    """

    collection: Collection
    models: int
    installed: int
    size_bytes: int

    @classmethod
    def of(cls, collection: Collection, entries: Mapping[str, CatalogueEntry]) -> CollectionRow:
        """Count the models of `collection` among `entries`."""
        ids = {model.model_id for model in collection.models}
        known = [entries[model_id] for model_id in ids if model_id in entries]
        here = [e for e in known if e.status in (Status.INSTALLED, Status.DAMAGED)]
        size = sum(entry.installed_bytes for entry in here)
        return cls(collection, len(ids), len(here), size)


class CollectionsModel(QAbstractListModel):
    """Rows in the order they were given."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[CollectionRow] = []

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """How many collections there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The name, the spoken sentence, or the whole row."""
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.collection.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.collection.name}, {self.summary(row)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.collection.description or None
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """A row can be chosen, and a model can be dropped on it."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDropEnabled if index.isValid() else flags

    def show(self, rows: Sequence[CollectionRow]) -> None:
        """Show exactly `rows`; the same collections in the same order keep their places."""
        if [row.collection.name for row in rows] == [r.collection.name for r in self._rows]:
            for place, row in enumerate(rows):
                if self._rows[place] != row:
                    self._rows[place] = row
                    index = self.index(place)
                    self.dataChanged.emit(index, index)
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def row_of(self, name: str) -> int | None:
        """The place of a collection; None when there is none of this name."""
        names = [row.collection.name for row in self._rows]
        return names.index(name) if name in names else None

    def row_at(self, index: _Index) -> CollectionRow | None:
        """The row of an index."""
        return self.data(index, ROW_ROLE)

    def summary(self, row: CollectionRow) -> str:
        """Return `3 models · 2.1 GB`, and how many are not here."""
        if not row.models:
            return self.tr("No models yet")
        if row.models == 1:
            parts = [self.tr("1 model")]
        else:
            parts = [self.tr("{count} models").format(count=row.models)]
        if row.size_bytes:
            parts.append(format_bytes(row.size_bytes))
        if missing := row.models - row.installed:
            parts.append(self.tr("{count} not here").format(count=missing))
        return " · ".join(parts)
