"""Where the parts of the window stand: bar, pages, details, status; and what gives way when it is
narrow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from modelshelf.gui.frame.navigation import Navigation
from modelshelf.gui.frame.status_bar import StatusBar
from modelshelf.gui.frame.top_bar import TopBar
from modelshelf.gui.theme import scaled
from modelshelf.gui.widgets import Banner, Skeleton, ToastArea

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

_DETAILS = 384
_LEAST_DETAILS = 320
_LEAST_PAGE = 400
_NARROW = 1180
_ABOVE_CARDS = 152


@dataclass(slots=True)
class _Place:
    """Where a page is, or will be."""

    build: Callable[[], QWidget]
    name: str
    item: int | None
    page: QWidget | None = None


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
        self._before_pages = _nothing_yet()
        self._pages.addWidget(self._before_pages)
        self._places: list[_Place] = []
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
    def page(self) -> QWidget | None:
        """The page in front; None before the first one is there."""
        current = self._pages.currentWidget()
        return None if current is self._before_pages else current

    @property
    def place(self) -> int:
        """The place of the page in front, counted in the order they were added."""
        found = [n for n, place in enumerate(self._places) if place.page is self.page]
        return found[0] if found else 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the pages in the navigation, in its order."""
        return tuple(place.name for place in self._places if place.item is not None)

    def add_page(self, build: Callable[[], QWidget], name: str, icon: str = "") -> None:
        """Reserve a place for a page that `build` makes when it is first shown.

        Without an icon it has no item in the navigation.
        """
        item = self.navigation.add(name, icon) if icon else None
        self._places.append(_Place(build, name, item))

    def show_page(self, page: QWidget) -> None:
        """Bring a page to the front."""
        for place in self._places:
            if place.page is page:
                self.navigation.show_page(place.item)
        if page is not self.page:
            self._pages.setCurrentWidget(page)
            self._settle()
            self.page_changed.emit()

    def show_place(self, number: int) -> None:
        """Bring the page at a place to the front; unknown places are ignored."""
        if 0 <= number < len(self._places):
            self.show_page(self.page_at(number))

    def page_at(self, number: int) -> QWidget:
        """Return the page at a place, made now if it was not there yet."""
        place = self._places[number]
        if place.page is None:
            page = place.build()
            page.setAccessibleName(page.accessibleName() or place.name)
            place.page = page
            self._pages.addWidget(page)
        return place.page

    def add_details(self, panel: QWidget, home: QWidget) -> None:
        """Put a panel beside the pages; it belongs to the page `home` and is seen only there."""
        self._details, self._home = panel, home
        panel.setMinimumWidth(scaled(_LEAST_DETAILS))
        panel.hide()
        self.splitter.addWidget(panel)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setSizes([10_000, scaled(_DETAILS)])

    def set_count(self, page: QWidget, count: int) -> None:
        """Show in the navigation how many things wait on a page."""
        for place in self._places:
            if place.page is page and place.item is not None:
                self.navigation.set_count(place.item, count)

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

    def _on_chosen(self, item: int) -> None:
        for number, place in enumerate(self._places):
            if place.item == item:
                self.show_place(number)


def _nothing_yet() -> QWidget:
    """Stand where the cards of the first page will be."""
    ground = QWidget()
    column = QVBoxLayout(ground)
    column.setContentsMargins(24, scaled(_ABOVE_CARDS), 12, 0)
    column.addWidget(Skeleton())
    return ground
