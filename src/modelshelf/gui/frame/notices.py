"""The news of this session, in a list below the bell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from modelshelf.core.units import format_ago, utc_now
from modelshelf.gui.theme import colour, scaled
from modelshelf.gui.widgets import (
    Button,
    EmptyState,
    Kind,
    Label,
    Look,
    Rule,
    ScrollColumn,
    TintedIcon,
    Tone,
)
from modelshelf.gui.widgets.painting import paint_box, paint_shadow
from modelshelf.gui.widgets.toast import NOTICE_ICONS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from modelshelf.gui.widgets import Notice

_SHADOW = 16
_WIDTH = 380


class NoticesPopup(QFrame):
    """Opens below the bell and closes when something else is touched."""

    cleared = Signal()

    def __init__(self, parent: QWidget, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
        self.setAccessibleName(self.tr("Notices"))
        self._clock = clock
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 8, 8)
        head.addWidget(Label(self.tr("Notices"), Look.SUBHEADING), 1)
        self._clear = Button(self.tr("Clear"), Kind.QUIET)
        self._clear.clicked.connect(self._on_clear)
        head.addWidget(self._clear)
        self._rows = ScrollColumn()
        self._rows.column.setSpacing(0)
        self._rows.column.setContentsMargins(16, 0, 16, 12)
        self._empty = EmptyState(
            "bell", self.tr("Nothing new"), self.tr("What happens to your models is told here.")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(_SHADOW, _SHADOW, _SHADOW, _SHADOW)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Rule())
        column.addWidget(self._empty)
        column.addWidget(self._rows, 1)
        self.setFixedSize(scaled(_WIDTH) + 2 * _SHADOW, scaled(420) + 2 * _SHADOW)

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """List `notices`, newest first."""
        while (item := self._rows.column.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        now = self._clock()
        for notice in notices:
            self._rows.column.addWidget(_row(notice, format_ago(notice.when, now)))
        self._rows.column.addStretch(1)
        self._rows.setVisible(bool(notices))
        self._empty.setVisible(not notices)
        self._clear.setVisible(bool(notices))

    def open_below(self, anchor: QWidget) -> None:
        """Open with the end of the popup at the end of `anchor`."""
        corner = anchor.mapToGlobal(QPoint(anchor.width(), anchor.height()))
        self.move(corner.x() - self.width() + _SHADOW, corner.y() - _SHADOW + 4)
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the card and its shadow."""
        painter = QPainter(self)
        card = self.rect().adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)
        paint_shadow(painter, card, 12, _SHADOW)
        paint_box(painter, card, 12, fill=colour("surface"), border=colour("line"))

    def _on_clear(self) -> None:
        self.cleared.emit()
        self.close()


def _row(notice: Notice, when: str) -> QWidget:
    row = QWidget()
    row.setAccessibleName(f"{notice.text}, {when}")
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 10, 0, 10)
    line.setSpacing(12)
    tint = Tone.NEUTRAL.ink if notice.tone is Tone.NEUTRAL else notice.tone.value
    line.addWidget(TintedIcon(NOTICE_ICONS[notice.tone], tint), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(Label(notice.text, wrap=True))
    words.addWidget(Label(when, Look.HINT))
    line.addLayout(words, 1)
    return row
