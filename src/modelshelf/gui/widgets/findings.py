"""What speaks against something, or should be known before: one row per finding, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from modelshelf.core.plan import Finding, FindingKind, Weight
from modelshelf.gui.theme import paint_icon, scaled
from modelshelf.gui.widgets.buttons import Button
from modelshelf.gui.widgets.labels import Label, Look, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

_ICONS: dict[FindingKind, str] = {
    FindingKind.COLLECTION: "folder-heart",
    FindingKind.JOB: "download",
    FindingKind.PROCESS: "cpu",
    FindingKind.OTHER_PERSON: "users",
    FindingKind.PERMISSION: "lock",
    FindingKind.SHARED_BYTES: "link",
    FindingKind.DISK: "hard-drive",
    FindingKind.ACCESS: "key",
}
_TINTS = {Weight.BLOCKER: "danger", Weight.WARNING: "caution", Weight.INFORMATION: "secondary"}
_BY_WEIGHT = {
    Weight.BLOCKER: "circle-alert",
    Weight.WARNING: "triangle-alert",
    Weight.INFORMATION: "info",
}


def finding_icon(finding: Finding) -> str:
    """Return the icon of a finding: its subject, or else its weight."""
    if finding.weight is Weight.WARNING:
        return _BY_WEIGHT[Weight.WARNING]
    return _ICONS.get(finding.kind, _BY_WEIGHT[finding.weight])


class TintedIcon(QWidget):
    """An icon that follows the theme."""

    def __init__(
        self, icon: str, token: str = "secondary", parent: QWidget | None = None, *, side: int = 18
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._token = token
        self._side = side
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon(self, icon: str, token: str = "secondary") -> None:
        """Show another icon."""
        self._icon, self._token = icon, token
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(scaled(self._side), scaled(self._side))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon in the colour of its token now."""
        side = scaled(self._side)
        paint_icon(QPainter(self), QRect(0, 0, side, side), self._icon, self._token)


class FindingRow(QWidget):
    """Icon, sentence and reason; with `action`, a button that opens the subject."""

    opened = Signal(object)

    def __init__(self, finding: Finding, action: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finding = finding
        self.setAccessibleName(finding.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 10, 0, 10)
        row.setSpacing(12)
        icon = TintedIcon(finding_icon(finding), _TINTS[finding.weight])
        row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(finding.sentence, wrap=True))
        if finding.reason:
            words.addWidget(Label(finding.reason, Look.HINT, wrap=True))
        row.addLayout(words, 1)
        if action:
            button = Button(action)
            button.setAccessibleName(f"{action}: {finding.sentence}")
            button.clicked.connect(self._open)
            row.addWidget(button)

    def _open(self) -> None:
        self.opened.emit(self.finding)


class FindingList(QWidget):
    """Rows with hairlines between; `actions` gives the word of the button by kind of finding."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_findings(
        self, findings: Sequence[Finding], actions: dict[FindingKind, str] | None = None
    ) -> None:
        """Replace all rows."""
        while (item := self._column.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for finding in findings:
            self._column.addWidget(Rule())
            row = FindingRow(finding, (actions or {}).get(finding.kind, ""))
            row.opened.connect(self.opened)
            self._column.addWidget(row)
