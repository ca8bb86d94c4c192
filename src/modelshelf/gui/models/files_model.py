"""The files of a model: name and size, for the details panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from modelshelf.core.units import format_bytes, format_exact_bytes
from modelshelf.gui.roles import ROW_ROLE

if TYPE_CHECKING:
    from collections.abc import Iterable

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file. `size` in bytes; a missing file is named but has no bytes here."""

    path: str
    size: int
    is_missing: bool = False


class FilesModel(QAbstractTableModel):
    """Two columns: the path and the size. Sorts by either."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[FileRow] = []

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """How many files there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Name and size."""
        return 0 if parent.isValid() else 2

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The names of the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (_("File"), _("Size"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for the table; exact bytes as the tooltip; the whole row for code."""
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        is_name = index.column() == 0
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        size = _("missing") if row.is_missing else format_bytes(row.size)
        if role == Qt.ItemDataRole.DisplayRole:
            return row.path if is_name else size
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.path if is_name else format_exact_bytes(row.size)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.path}, {size}" if is_name else size
        return None

    def show(self, files: Iterable[FileRow]) -> None:
        """Show exactly `files`."""
        self.beginResetModel()
        self._rows = list(files)
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by path or by size."""
        self.beginResetModel()
        falling = order is Qt.SortOrder.DescendingOrder
        if column == 0:
            self._rows.sort(key=lambda row: row.path.casefold(), reverse=falling)
        else:
            self._rows.sort(key=lambda row: row.size, reverse=falling)
        self.endResetModel()


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeading if column == 0 else Qt.AlignmentFlag.AlignTrailing
    return side | Qt.AlignmentFlag.AlignVCenter


def _(text: str) -> str:
    return QCoreApplication.translate("Files", text)
