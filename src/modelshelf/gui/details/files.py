"""The files of a model: what is here, or what a download would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QStackedWidget, QTableView, QVBoxLayout, QWidget

from modelshelf.core.units import format_bytes
from modelshelf.gui.models.files_model import FileRow, FilesModel
from modelshelf.gui.theme import scaled
from modelshelf.gui.widgets import ElidedLabel, EmptyState, Look

if TYPE_CHECKING:
    from collections.abc import Sequence


class Files(QWidget):
    """The second tab."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = FilesModel(self)
        self._total = ElidedLabel(look=Look.CAPTION)
        self._table = QTableView()
        self._table.setAccessibleName(self.tr("Files"))
        self._table.setProperty("framed", True)
        self._table.setModel(self.model)
        self._table.setShowGrid(False)
        self._table.setSortingEnabled(True)
        self._table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self._table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self._table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._table.setWordWrap(False)
        self._table.setTabKeyNavigation(False)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(scaled(34))
        header = self._table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicatorShown(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(1, scaled(92))
        self._empty = EmptyState("file", "")
        listed = QWidget()
        column = QVBoxLayout(listed)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(self._total)
        column.addWidget(self._table, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(listed)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self.wait()

    def wait(self) -> None:
        """Say that the files are being looked up."""
        self.model.show(())
        self._empty.say("file", self.tr("Reading the list of files"))
        self._stack.setCurrentIndex(0)

    def show_files(self, files: Sequence[FileRow], place: str) -> None:
        """List `files`; `place` says where they are: on this machine, on the Hub."""
        self.model.show(files)
        if not files:
            self._empty.say("file", self.tr("There are no files"), place)
            self._stack.setCurrentIndex(0)
            return
        total = format_bytes(sum(file.size for file in files))
        words = self.tr("{count} files, {total}, {place}")
        if len(files) == 1:
            words = self.tr("1 file, {total}, {place}")
        self._total.set_full_text(words.format(count=len(files), total=total, place=place))
        self._stack.setCurrentIndex(1)

    def refuse(self, sentence: str, hint: str) -> None:
        """Say why there is no list."""
        self._empty.say("cloud-off", sentence, hint)
        self._stack.setCurrentIndex(0)
