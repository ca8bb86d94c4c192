"""The bar at the top: the name, search, what downloads, news, settings."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from modelshelf.gui import text
from modelshelf.gui.theme import colour, scaled
from modelshelf.gui.widgets import IconButton, Label, Look, SearchField, TintedIcon, Tone
from modelshelf.gui.widgets.painting import paint_box, paint_pill, pill_size

_HEIGHT = 56


class DownloadsPill(QPushButton):
    """`⬇ 2 · 41 MB/s`; leads to the downloads. Hidden while nothing runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_downloads(0, 0)

    def show_downloads(self, count: int, bytes_per_second: float) -> None:
        """Say how many downloads wait or run, and how fast they are together."""
        self.setText(text.downloads_pill(count, bytes_per_second))
        self.setAccessibleName(self.tr("Downloads: {what}").format(what=self.text()))
        self.setToolTip(self.tr("Show the downloads"))
        self.setVisible(count > 0)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As large as the pill."""
        size = pill_size(self.text(), "download")
        return QSize(size.width() + 2, size.height() + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the pill, with a ring when it has the keyboard."""
        painter = QPainter(self)
        pill = self.rect().adjusted(1, 2, -1, -2)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        paint_pill(painter, pill, self.text(), Tone.ACCENT, "download", right_to_left=mirrored)
        if self.hasFocus():
            radius = self.height() / 2
            paint_box(painter, self.rect(), radius, border=colour("accent"), width=2)


class BellButton(IconButton):
    """Opens the news; a dot says that there is some nobody looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("bell", "", parent, side=18)
        self.set_unread(0)

    def set_unread(self, count: int) -> None:
        """Say how many notices came since the list was last opened."""
        self._unread = count
        name = self.tr("Notices, {count} new").format(count=count) if count else self.tr("Notices")
        self.set_name(name)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Add the dot."""
        super().paintEvent(event)
        if self._unread:
            side = scaled(8)
            x = self.width() // 2 + scaled(2)
            dot = QRect(x, self.height() // 2 - scaled(10), side, side)
            painter = QPainter(self)
            paint_box(painter, dot.adjusted(-2, -2, 2, 2), side / 2 + 2, fill=colour("surface"))
            paint_box(painter, dot, side / 2, fill=colour("accent"))


class TopBar(QWidget):
    """Signals say where to go; `searched` carries what is typed, `search_entered` on Enter."""

    searched = Signal(str)
    search_entered = Signal(str)
    downloads_opened = Signal()
    notices_opened = Signal()
    settings_opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(scaled(_HEIGHT))
        self.search = SearchField(
            self.tr("Search models, or paste a link from the Hub"), hint="Ctrl K", tall=True
        )
        self.search.setMaximumWidth(scaled(560))
        self.search.textEdited.connect(self.searched)
        self.search.returnPressed.connect(self._on_entered)
        self.downloads = DownloadsPill()
        self.downloads.clicked.connect(self.downloads_opened)
        self.bell = BellButton()
        self.bell.clicked.connect(self.notices_opened)
        self.gear = IconButton("settings", self.tr("Settings"), side=18)
        self.gear.clicked.connect(self.settings_opened)
        self._ends: tuple[QWidget, QWidget] = (QWidget(), QWidget())
        self._lay_out()

    def _lay_out(self) -> None:
        start = QHBoxLayout(self._ends[0])
        start.setContentsMargins(0, 0, 0, 0)
        start.setSpacing(10)
        start.addWidget(TintedIcon("library", "accent", side=22))
        start.addWidget(Label("Modelshelf", Look.HEADING))
        start.addStretch(1)
        end = QHBoxLayout(self._ends[1])
        end.setContentsMargins(0, 0, 0, 0)
        end.setSpacing(2)
        end.addStretch(1)
        end.addWidget(self.downloads)
        end.addSpacing(8)
        end.addWidget(self.bell)
        end.addWidget(self.gear)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(16)
        # Equal ends keep the search in the middle of the window.
        row.addWidget(self._ends[0], 3)
        row.addWidget(self.search, 5)
        row.addWidget(self._ends[1], 3)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground and the line below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("surface"))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), colour("line"))

    def _on_entered(self) -> None:
        self.search_entered.emit(self.search.text())
