"""The keys of the whole window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut

from modelshelf.gui.widgets import Tabs

if TYPE_CHECKING:
    from modelshelf.gui.main_window import MainWindow


class Keys(QObject):
    """Lives as long as its window. Fields that take a key for typing are served first."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._shell = window.shell
        keys = {
            "Ctrl+K": self._focus_search,
            "Ctrl+,": window.show_settings,
            "Ctrl+Tab": self._next_tab,
            "Ctrl+Shift+Tab": self._previous_tab,
            "F5": window.rescan,
            "?": self._show_sheet,
        }
        for key, act in keys.items():
            QShortcut(QKeySequence(key), window).activated.connect(act)
        for place in range(len(self._shell.names)):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{place + 1}"), window)
            shortcut.setProperty("place", place)
            shortcut.activated.connect(self._show_page)

    def _show_page(self) -> None:
        self._shell.show_place(int(self.sender().property("place")))

    def _focus_search(self) -> None:
        self._shell.top_bar.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._shell.top_bar.search.selectAll()

    def _next_tab(self) -> None:
        self._turn_tab(1)

    def _previous_tab(self) -> None:
        self._turn_tab(-1)

    def _turn_tab(self, step: int) -> None:
        tabs = self._shell.page.findChild(Tabs) if self._shell.page is not None else None
        if tabs is not None:
            tabs.show_next(step)

    def _show_sheet(self) -> None:
        # Late: nothing of the sheet is needed for the first frame.
        from modelshelf.gui.frame.shortcuts import ShortcutSheet  # noqa: PLC0415

        ShortcutSheet(self._shell.names, self._window).open()
