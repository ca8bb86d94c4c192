"""Who relies on a model: collections, defaults, running programs, other people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from modelshelf.core.plan import Finding, FindingKind
from modelshelf.core.units import format_bytes
from modelshelf.gui.widgets import EmptyState, FindingList, Label, Look, ScrollColumn

if TYPE_CHECKING:
    from modelshelf.core.usage.report import UsageReport


class UsedBy(QWidget):
    """The third tab. `collection_requested` carries a collection's name."""

    collection_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings = FindingList()
        self._findings.opened.connect(self._on_opened)
        self._verdict = Label(look=Look.CAPTION, wrap=True)
        listed = ScrollColumn()
        listed.column.setContentsMargins(20, 16, 20, 16)
        listed.column.addWidget(self._verdict)
        listed.column.addWidget(self._findings)
        listed.column.addStretch(1)
        self._empty = EmptyState("link", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(listed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.wait()

    def wait(self) -> None:
        """Say that it is being looked up."""
        self._empty.say("link", self.tr("Looking who uses it"))
        self._stack.setCurrentIndex(0)

    def show_report(self, report: UsageReport) -> None:
        """Show everything that refers to the model."""
        if not report.findings:
            freed = format_bytes(report.estimated_freed)
            sentence = (
                self.tr("Deleting it would free {size}.").format(size=freed)
                if report.is_installed
                else self.tr("Put it into a collection to keep it from being deleted.")
            )
            self._empty.say("circle-check", self.tr("Nothing uses this model"), sentence)
            self._stack.setCurrentIndex(0)
            return
        self._verdict.setText(
            self.tr("Deleting it would free {size}.").format(
                size=format_bytes(report.estimated_freed)
            )
            if report.can_delete
            else self.tr("It cannot be deleted while this is so.")
        )
        self._verdict.setVisible(report.size_on_disk > 0)
        self._findings.show_findings(report.findings, {FindingKind.COLLECTION: self.tr("Open")})
        self._stack.setCurrentIndex(1)

    def refuse(self, sentence: str, hint: str) -> None:
        """Say why nothing is known."""
        self._empty.say("circle-alert", sentence, hint)
        self._stack.setCurrentIndex(0)

    def _on_opened(self, finding: Finding) -> None:
        self.collection_requested.emit(finding.subject)
