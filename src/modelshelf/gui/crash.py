"""What happens to a failure nobody expected: it is written down, told, and the program goes on."""

from __future__ import annotations

import sys
import threading
import traceback
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


class CrashReporter(QObject):
    """Takes what no code caught, from any thread. `crashed` carries the report, secrets removed."""

    crashed = Signal(str)

    def __init__(self, logs: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = logs / "crash.log"

    def install(self) -> None:
        """Become the last resort of Python, in slots and in all threads."""
        sys.excepthook = self.take
        threading.excepthook = self._take_from_thread

    def take(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Write a failure down and tell it."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        # Late: it belongs to the Hub's room, which the first frame does without.
        from modelshelf.core.hub.auth import redact  # noqa: PLC0415

        report = redact("".join(traceback.format_exception(kind, error, trace)))
        sys.stderr.write(report)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(report)
        except OSError:
            sys.stderr.write("The crash log could not be written.\n")
        self.crashed.emit(report)

    def _take_from_thread(self, failure: threading.ExceptHookArgs) -> None:
        if failure.exc_value is not None:
            self.take(failure.exc_type, failure.exc_value, failure.exc_traceback)
