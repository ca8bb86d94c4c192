"""Waiting for something to become true while the event loop runs, without sleeping."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QObject, QTimer

LOOK_EVERY_MS = 10


class NeverCameTrueError(AssertionError):
    """What was waited for did not happen in time."""


class _Watch(QObject):
    """Looks at a condition now and then, and ends a loop when it holds or raises."""

    def __init__(self, condition: Callable[[], bool], loop: QEventLoop) -> None:
        super().__init__()
        self._condition = condition
        self._loop = loop
        self.error: BaseException | None = None
        self.holds = False

    def look(self) -> None:
        try:
            self.holds = self._condition()
        except BaseException as error:
            # Qt would report what escapes from a slot and go on waiting.
            self.error = error
        if self.holds or self.error is not None:
            self._loop.quit()


def wait_until(condition: Callable[[], bool], what: str, *, seconds: float = 10.0) -> None:
    """Run the event loop until `condition` holds; what it raises is raised here.

    Raises:
        NeverCameTrueError: naming `what` was waited for, after `seconds`.
    """
    if condition():
        return
    loop = QEventLoop()
    watch = _Watch(condition, loop)
    look = QTimer(interval=LOOK_EVERY_MS)
    look.timeout.connect(watch.look)
    deadline = QTimer(singleShot=True, interval=round(seconds * 1000))
    deadline.timeout.connect(loop.quit)
    look.start()
    deadline.start()
    loop.exec()
    look.stop()
    deadline.stop()
    if watch.error is not None:
        raise watch.error
    if not watch.holds and not condition():
        raise NeverCameTrueError(f"It never came true within {seconds:g} s: {what}.")
