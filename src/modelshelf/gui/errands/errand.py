"""What all errands share: a way out to another thread, and one way to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from modelshelf.core.cancel import Cancelled
from modelshelf.core.errors import ModelshelfError, NetworkError
from modelshelf.gui.dialogs.error import ErrorDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from modelshelf.core.shelf import Shelf
    from modelshelf.gui.threads import Background

T = TypeVar("T")


class Errand(QObject):
    """Lives as long as the shelf it works on. `told` carries a `Notice`.

    `went_offline` carries the reason, in a sentence, when the Hub could not be reached.
    """

    told = Signal(object)
    changed = Signal()
    went_offline = Signal(str)

    def __init__(self, shelf: Shelf, background: Background, window: QWidget) -> None:
        super().__init__(window)
        self._shelf = shelf
        self._background = background
        self._window = window
        self._is_closed = False

    def close(self) -> None:
        """Drop whatever still comes back: the shelf is about to close under it."""
        self._is_closed = True
        self.deleteLater()

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run `job` elsewhere; `done` gets its result here, `failed` what stopped it."""
        if self._is_closed:
            return
        take, refuse = done or self._told_changed, failed or self.complain

        def came(result: T) -> None:
            if not self._is_closed:
                take(result)

        def broke(error: Exception) -> None:
            if not self._is_closed:
                refuse(error)

        self._background.run(job, done=came, failed=broke, owner=self)

    def complain(self, error: Exception) -> None:
        """Show an expected failure; anything else is a bug and goes on as one."""
        if isinstance(error, Cancelled):
            return
        if not isinstance(error, ModelshelfError):
            raise error
        self.note(error)
        ErrorDialog.tell(self._window, error.info)

    def note(self, error: Exception) -> None:
        """Remember that the Hub could not be reached, when that is what happened."""
        if isinstance(error, NetworkError):
            self.went_offline.emit(error.message)

    def _told_changed(self, _result: object) -> None:
        self.changed.emit()
