"""Where the parts of the window stand: bar, pages, details, status; and what gives way when it is
narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from modelshelf.gui.frame.navigation import Navigation
from modelshelf.gui.frame.status_bar import StatusBar
from modelshelf.gui.frame.top_bar import TopBar
from modelshelf.gui.theme import scaled
from modelshelf.gui.widgets import Banner, ToastArea

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

_DETAILS = 384
_LEAST_DETAILS = 320
_LEAST_PAGE = 400
_NARROW = 1180


class Shell(QWidget):
    """The central widget. `page_changed` tells that another page came to the front."""

    page_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "background")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.top_bar = TopBar()
        self.navigation = Navigation()
        self.status_bar = StatusBar()
        self.banner = Banner("cloud-off", "")
        self.banner.hide()
        self._pages = QStackedWidget()
        self._pages.setMinimumWidth(scaled(_LEAST_PAGE))
        self._places: list[tuple[QWidget, str, int | None]] = []
        self._details: QWidget | None = None
        self._home: QWidget | None = None
        self._are_details_wanted = False
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self._pages)
        # A splitter makes room for every child, so toasts float over a widget around it.
        stage = QWidget()
        around = QHBoxLayout(stage)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.splitter)
        self.toasts = ToastArea(stage)
        self.navigation.chosen.connect(self._on_chosen)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addWidget(stage, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(self.banner)
        column.addLayout(row, 1)
        column.addWidget(self.status_bar)

    @property
    def page(self) -> QWidget:
        """The page in front."""
        return self._places[self._pages.currentIndex()][0]

    @property
    def place(self) -> int:
        """The place of the page in front; the first one's when it is not in the navigation."""
        items = [item for page, _, item in self._places if page is self.page]
        return items[0] if items and items[0] is not None else 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the pages in the navigation, in its order."""
        return tuple(name for _, name, item in self._places if item is not None)

    def add_page(self, page: QWidget, name: str, icon: str = "") -> None:
        """Append a page; without an icon it has no item in the navigation."""
        page.setAccessibleName(page.accessibleName() or name)
        item = self.navigation.add(name, icon) if icon else None
        self._places.append((page, name, item))
        self._pages.addWidget(page)
        if len(self._places) == 1:
            self.navigation.show_page(item)

    def add_details(self, panel: QWidget, home: QWidget) -> None:
        """Put a panel beside the pages; it belongs to the page `home` and is seen only there."""
        self._details, self._home = panel, home
        panel.setMinimumWidth(scaled(_LEAST_DETAILS))
        panel.hide()
        self.splitter.addWidget(panel)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setSizes([10_000, scaled(_DETAILS)])

    def show_page(self, page: QWidget) -> None:
        """Bring a page to the front."""
        for candidate, _, item in self._places:
            if candidate is page:
                self.navigation.show_page(item)
        if page is not self.page:
            self._pages.setCurrentWidget(page)
            self._settle()
            self.page_changed.emit()

    def show_place(self, place: int) -> None:
        """Bring the page at a place of the navigation to the front."""
        for page, _, item in self._places:
            if item == place:
                self.show_page(page)

    def set_count(self, page: QWidget, count: int) -> None:
        """Show in the navigation how many things wait on a page."""
        for candidate, _, item in self._places:
            if candidate is page and item is not None:
                self.navigation.set_count(item, count)

    def set_details_shown(self, shown: bool) -> None:
        """Open or close the panel."""
        self._are_details_wanted = shown
        self._settle()

    @property
    def are_details_shown(self) -> bool:
        """Whether the panel is open on the page in front."""
        return self._are_details_wanted and self.page is self._home

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the navigation give way first."""
        super().resizeEvent(event)
        self._settle()

    def _settle(self) -> None:
        if self._details is not None:
            self._details.setVisible(self.are_details_shown)
        room = self.width() - (scaled(_DETAILS) if self.are_details_shown else 0)
        self.navigation.set_narrow(room < scaled(_NARROW) - scaled(_DETAILS))

    def _on_chosen(self, place: int) -> None:
        self.show_place(place)
