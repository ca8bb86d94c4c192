"""Closing the window: what runs is asked about once, and nothing is lost whatever the answer is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from modelshelf.core.jobs import Wanted
from modelshelf.gui.dialogs.close_downloads import CloseDownloadsDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from modelshelf.core.jobs import JobRecord

_ON_CLOSE = {"pause": Wanted.PAUSE, "stop": Wanted.CANCEL}


class Leaving(QObject):
    """`left` carries how to leave what downloads, a `Wanted`; `hidden` asks to go to the tray.

    `remembered` carries the answer that shall hold from now on.
    """

    left = Signal(object)
    hidden = Signal()
    remembered = Signal(str)

    def __init__(self, window: QWidget, *, has_tray: bool) -> None:
        super().__init__(window)
        self._window = window
        self._has_tray = has_tray

    def ask(self, jobs: list[JobRecord], choice: str) -> bool:
        """Return whether the window may close now; `choice` is the setting, `jobs` what runs here.

        Otherwise a dialog asks, and a signal follows.
        """
        if not jobs:
            self.left.emit(Wanted.RUN)
            return True
        if choice == "ask":
            dialog = CloseDownloadsDialog.ask(self._window, jobs, has_tray=self._has_tray)
            dialog.decided.connect(self._decide)
        else:
            self._decide(choice, False)
        return False

    def leave(self) -> None:
        """Go without a question; what downloads goes on at the next start."""
        self.left.emit(Wanted.RUN)

    def _decide(self, choice: str, always: bool) -> None:
        if always:
            self.remembered.emit(choice)
        if choice == "tray" and self._has_tray:
            self.hidden.emit()
        else:
            self.left.emit(_ON_CLOSE.get(choice, Wanted.RUN))
