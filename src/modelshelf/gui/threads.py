"""The doors between the GUI thread and all others.

Work goes out as plain functions and comes home as results; nothing here blocks the GUI thread.
"""

from __future__ import annotations

import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QThread, Signal, Slot

from modelshelf.core.events import Event, JobProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelshelf.gui.bridge import EventBridge

T = TypeVar("T")


class Background(QObject):
    """Run plain functions on other threads and come home with the result.

    It lives on the GUI thread and owns the one signal that crosses over. `executor` decides where
    work runs; by default a pool of its own.
    """

    _landed = Signal(object)

    def __init__(self, parent: QObject | None = None, executor: Executor | None = None) -> None:
        super().__init__(parent)
        self._pool = executor or ThreadPoolExecutor(thread_name_prefix="work")
        self._landed.connect(self._deliver)

    def run(
        self,
        job: Callable[[], T],
        *,
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        owner: QObject,
    ) -> None:
        """Call `done` or `failed` on the GUI thread, unless `owner` is gone by then."""

        def land(future: Future[T]) -> None:
            if future.cancelled():
                return

            def deliver() -> None:
                if not shiboken6.isValid(owner):
                    return
                error = future.exception()
                if error is None:
                    done(future.result())
                elif isinstance(error, Exception):
                    failed(error)
                else:
                    raise error

            self._landed.emit(deliver)

        self._pool.submit(job).add_done_callback(land)

    def close(self) -> None:
        """Drop what has not begun and wait for what has; long jobs watch their own token."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    @Slot(object)
    def _deliver(self, deliver: Callable[[], None]) -> None:
        deliver()


class DownloadThread(QThread):
    """One download. `progressed` carries a frozen `JobProgress`, never a bare number of bytes."""

    progressed = Signal(object)

    def __init__(self, name: str, job: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName(name)
        self._job = job

    def run(self) -> None:
        """Do the job; an error that escapes it reaches the report as any other bug does."""
        self._job()


class DownloadThreads(QObject):
    """Gives the core's queue its threads and takes its events.

    `spawn` and `sink` may be called from any thread. What a download says about its progress
    travels through the signal of its own thread, everything else straight to the bridge.
    """

    def __init__(self, bridge: EventBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._lock = threading.Lock()
        self._running: set[DownloadThread] = set()

    @property
    def running(self) -> int:
        """How many threads work right now."""
        with self._lock:
            return len(self._running)

    def spawn(self, name: str, job: Callable[[], None]) -> None:
        """Run `job` on a thread of its own; returns at once."""
        thread = DownloadThread(name, job)
        # The caller may be any thread, and may end before the download does.
        app = QCoreApplication.instance()
        if app is not None:
            thread.moveToThread(app.thread())
        thread.progressed.connect(self._bridge.post)
        thread.finished.connect(self._forget)
        with self._lock:
            self._running.add(thread)
        thread.start()

    def sink(self, event: Event) -> None:
        """Take an event of the core."""
        thread = QThread.currentThread()
        if isinstance(event, JobProgress) and isinstance(thread, DownloadThread):
            thread.progressed.emit(event)
        else:
            self._bridge.post(event)

    def wait(self, milliseconds: int = 5000) -> bool:
        """Wait for all threads to end; return whether they did."""
        with self._lock:
            threads = list(self._running)
        ended = [thread.wait(milliseconds) for thread in threads]
        with self._lock:
            self._running.difference_update(t for t in threads if t.isFinished())
        return all(ended)

    @Slot()
    def _forget(self) -> None:
        with self._lock:
            self._running = {thread for thread in self._running if not thread.isFinished()}
