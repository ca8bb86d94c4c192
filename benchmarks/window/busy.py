"""The program with four downloads, while somebody scrolls and types; says how long it stood still.

A timer that is due every 5 ms notes how late it comes: the longest time between two ticks is how
long the event loop did nothing for the user.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from modelshelf.cli.session import load_settings
from modelshelf.core.jobs import Wanted
from modelshelf.core.model import JobState
from modelshelf.gui.actions import Action
from modelshelf.gui.main import Program, keep_smooth
from modelshelf.gui.opening import OwnWorld

if TYPE_CHECKING:
    from collections.abc import Callable

_TICK_MS = 5
_FRAME_MS = 16
_KEY_MS = 180
_STEP = 37
_TYPED = "qwen"


class Person(QObject):
    """Starts the downloads when the cards are there, then scrolls and types for some seconds."""

    def __init__(self, program: Program, seconds: float, model_ids: list[str]) -> None:
        super().__init__(program)
        self._program = program
        self._window = program.window
        self._seconds = seconds
        self._model_ids = model_ids
        self._last = 0.0
        self._began = 0.0
        self._waited = 0.0
        self._gaps: list[tuple[float, float]] = []
        self._speeds: list[float] = []
        self._most = 0
        self._has_asked = False
        self._keys = 0
        self._way = _STEP
        self._tick = self._timer(_TICK_MS, self._on_tick)
        self._scroll = self._timer(_FRAME_MS, self._on_scroll)
        self._type = self._timer(_KEY_MS, self._on_key)
        self._look = self._timer(100, self._on_look)
        self._look.start()

    def _timer(self, milliseconds: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self, interval=milliseconds)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(act)
        return timer

    def _on_look(self) -> None:
        """Wait for cards, then for downloads, then until the time is over."""
        page = self._window.models_page
        running = [job for job in self._window.jobs.jobs if job.state is JobState.RUNNING]
        moving = [job for job in running if job.bytes_per_second > 0]
        if not self._has_asked:
            if page.model.rowCount() and self._program.window.desk is not None:
                self._has_asked = True
                for model_id in self._model_ids:
                    page.request(Action.DOWNLOAD, model_id)
        elif not self._began and len(moving) == len(self._model_ids):
            self._begin()
        elif self._began:
            self._most = max(self._most, page.model.rowCount())
            self._speeds.append(sum(job.bytes_per_second for job in running))
            if time.perf_counter() - self._began > self._seconds:
                self._end(len(running))

    def _begin(self) -> None:
        self._window.models_page.restore({"tab": "all"})
        self._waited = waited_for_processor()
        self._began = self._last = time.perf_counter()
        for timer in (self._tick, self._scroll, self._type):
            timer.start()

    def _on_tick(self) -> None:
        now = time.perf_counter()
        self._gaps.append((now - self._last, now - self._began))
        self._last = now

    def _on_scroll(self) -> None:
        bar = self._window.models_page.list.verticalScrollBar()
        if not bar.minimum() <= bar.value() + self._way <= bar.maximum():
            self._way = -self._way
        bar.setValue(bar.value() + self._way)

    def _on_key(self) -> None:
        search = self._window.models_page.filters.search
        typed = len(search.text())
        self._keys += 1
        if self._keys // (2 * len(_TYPED)) % 2:
            # A while without typing: the whole list is scrolled then.
            return
        if self._keys // len(_TYPED) % 2 == 0:
            QTest.keyClicks(search, _TYPED[typed % len(_TYPED)])
        else:
            QTest.keyClick(search, Qt.Key.Key_Backspace)

    def _end(self, running: int) -> None:
        for timer in (self._tick, self._scroll, self._type, self._look):
            timer.stop()
        gaps = sorted(self._gaps, reverse=True)
        print(
            json.dumps(
                {
                    "longest_ms": gaps[0][0] * 1000,
                    "worst": [[round(g * 1000, 1), round(at, 2)] for g, at in gaps[:8]],
                    "p99_ms": gaps[len(gaps) // 100][0] * 1000,
                    "ticks": len(gaps),
                    "waited": (waited_for_processor() - self._waited) / self._seconds,
                    "running": running,
                    "most_rows": self._most,
                    "bytes_per_second": sorted(self._speeds)[len(self._speeds) // 2],
                }
            ),
            flush=True,
        )
        self._window.detach()
        self._program.leave(Wanted.CANCEL)


def waited_for_processor() -> float:
    """Return how many seconds this thread could have run but others had all processors."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text("ascii").split()[1]) / 1e9
    except OSError:
        return 0.0


def run(seconds: float, model_ids: list[str]) -> int:
    """Open the program."""
    app = QApplication(["modelshelf"])
    app.setQuitOnLastWindowClosed(False)
    program = Program(app, load_settings(), OwnWorld())
    keep_smooth(program)
    program.ended.connect(app.quit)
    person = Person(program, seconds, model_ids)
    program.start()
    code = app.exec()
    program.finish()
    person.deleteLater()
    return code


if __name__ == "__main__":
    sys.exit(run(float(sys.argv[1]), sys.argv[2:]))
