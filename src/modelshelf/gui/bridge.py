"""Core events from any thread, as one batch per frame on the GUI thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Hashable

    from modelshelf.core.events import Event

_FRAME_MS = 50


class EventBridge(QObject):
    """Collects events and emits them together; of those with equal keys the last one counts.

    Create it on the GUI thread. `post` may be called from any thread.
    """

    arrived = Signal(list)
    _wake = Signal()

    def __init__(self, parent: QObject | None = None, interval_ms: int = _FRAME_MS) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._pending: dict[Hashable, Event] = {}
        self._timer = QTimer(self, interval=interval_ms, singleShot=True)
        self._timer.timeout.connect(self.flush)
        self._wake.connect(self._arm)

    @Slot(object)
    def post(self, event: Event) -> None:
        """Take `event` and return at once."""
        with self._lock:
            is_first = not self._pending
            # Last in order as well as in content: a state must not overtake its progress.
            self._pending.pop(event.key, None)
            self._pending[event.key] = event
        if is_first:
            self._wake.emit()

    @Slot()
    def flush(self) -> None:
        """Emit what is pending now."""
        with self._lock:
            events, self._pending = list(self._pending.values()), {}
        if events:
            self.arrived.emit(events)

    @Slot()
    def _arm(self) -> None:
        self._timer.start()
