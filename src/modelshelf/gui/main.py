"""How the window starts and ends."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from modelshelf.core.errors import ModelshelfError
from modelshelf.gui.bridge import EventBridge
from modelshelf.gui.crash import CrashReporter
from modelshelf.gui.main_window import MainWindow
from modelshelf.gui.opening import Opener, OwnWorld
from modelshelf.gui.theme import Theme, icon
from modelshelf.gui.threads import Background, DownloadThreads
from modelshelf.gui.widgets import Notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelshelf.core.jobs import Wanted
    from modelshelf.core.settings import Settings
    from modelshelf.core.shelf import Shelf
    from modelshelf.gui.sample_world import SampleWorld

_WITHOUT_REOPENING = ("appearance.", "downloads.on_close")


def _nothing() -> None:
    """What there is to do at leisure by default."""


class Program(QObject):
    """Keeps application, window and shelf together. `ended` tells that all of it is closed.

    `opened` carries the shelf; `settled` tells that what it holds is on screen for the first time.
    """

    opened = Signal(object)
    settled = Signal()
    ended = Signal()

    def __init__(self, app: QApplication, settings: Settings, opener: Opener) -> None:
        super().__init__(app)
        self._settings = settings
        self._opener = opener
        self._stack = ExitStack()
        self._shelf: Shelf | None = None
        self._at_leisure = _nothing
        self._is_opening = False
        self._is_left = False
        self._is_settled = False
        self._wanted: Wanted | None = None
        self.theme = Theme(
            app,
            choice=settings.text("appearance.theme"),
            reduced_motion=settings.flag("appearance.reduced_motion"),
        )
        app.setWindowIcon(icon("library", "accent", 64))
        self.background = Background(self)
        self.bridge = EventBridge(self)
        self.threads = DownloadThreads(self.bridge, self)
        self.window = MainWindow(settings, self.background, furnished=False)
        self.first_frame = FirstFrame(self.window)
        self.reporter = CrashReporter(settings.paths.logs, self)
        self.reporter.crashed.connect(self._on_crashed)
        self.bridge.arrived.connect(self.window.take_events)
        self.window.settings_saved.connect(self._on_settings_saved)
        self.window.left.connect(self.leave)

    def start(self, at_leisure: Callable[[], None] = _nothing) -> None:
        """Show the window and, once it is seen, open the shelf behind it.

        `at_leisure` runs in the background before that.
        """
        self._at_leisure = at_leisure
        self.first_frame.shown.connect(self._begin)
        self.window.show()

    def leave(self, wanted: Wanted | None = None) -> None:
        """Close the shelf, leaving what downloads as `wanted` says; then emit `ended`."""
        self._is_left, self._wanted = True, wanted
        self.window.detach()
        if not self._is_opening:
            self._close()

    def finish(self) -> None:
        """Wait for the threads; the event loop has ended."""
        self.background.close()
        self.threads.wait()
        self.window.deleteLater()
        self.theme.deleteLater()
        self.deleteLater()

    def _begin(self) -> None:
        self._open()
        self.window.furnish()

    def _open(self) -> None:
        self._is_opening = True

        def open_it() -> Shelf:
            self._at_leisure()
            return self._opener(self._settings, self.threads, self._stack)

        self.background.run(open_it, done=self._on_opened, failed=self._on_refused, owner=self)

    def _close(self) -> None:
        shelf, stack, wanted = self._shelf, self._stack, self._wanted
        self._shelf, self._stack = None, ExitStack()

        def close() -> None:
            if shelf is not None and wanted is not None:
                shelf.downloads.close(wanted)
            stack.close()

        self.background.run(close, done=self._on_closed, failed=self._on_close_failed, owner=self)

    def _on_opened(self, shelf: Shelf) -> None:
        self._is_opening = False
        self._shelf = shelf
        if self._is_left:
            self._close()
            return
        self._settings = shelf.settings
        self.window.attach(shelf)
        if self.window.desk is not None:
            self.window.desk.errands.reading.read.connect(self._on_read)
        self.opened.emit(shelf)

    def _on_read(self) -> None:
        if not self._is_settled:
            self._is_settled = True
            self.settled.emit()

    def _on_refused(self, error: Exception) -> None:
        self._is_opening = False
        if self._is_left:
            self._close()
            return
        if not isinstance(error, ModelshelfError):
            raise error
        from modelshelf.gui.dialogs.error import ErrorDialog  # noqa: PLC0415 - rarely wanted

        self.window.models_page.refuse(error.message, error.hint)
        ErrorDialog.tell(self.window, error.info)

    def _on_settings_saved(self, settings: Settings, key: str) -> None:
        self._settings = settings
        self.theme.choose(settings.text("appearance.theme"))
        self.theme.set_reduced_motion(settings.flag("appearance.reduced_motion"))
        if key.startswith(_WITHOUT_REOPENING):
            return
        self.window.detach()
        old, self._stack = self._stack, ExitStack()
        self._shelf = None
        self.background.run(
            old.close, done=self._on_old_closed, failed=self._on_refused, owner=self
        )

    def _on_old_closed(self, _nothing: None) -> None:
        self._open()

    def _on_closed(self, _nothing: None) -> None:
        self.ended.emit()

    def _on_close_failed(self, error: Exception) -> None:
        self.ended.emit()
        raise error

    def _on_crashed(self, report: str) -> None:
        from modelshelf.gui.dialogs.error import ErrorDialog  # noqa: PLC0415 - rarely wanted

        ErrorDialog.tell_bug(self.window, report)


class FirstFrame(QObject):
    """Emits `shown` once the window's first picture is on its way to the screen."""

    shown = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first paint."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.shown.emit)
        return super().eventFilter(watched, event)


def run_window(
    load_settings: Callable[[], Settings],
    at_leisure: Callable[[], None],
    *,
    sample: bool = False,
    measure_start: bool = False,
) -> int:
    """Open the window and return when it is closed.

    `at_leisure` runs in the background once the window is seen.

    With `sample`, in a world of its own. With `measure_start`, leave after the first frame and
    print `{"ms_to_first_frame": …}`, counted from the creation of this process.
    """
    # Qt's loop would keep Python from seeing Ctrl-C; everything received is kept anyway.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    app = QApplication.instance() or QApplication(["modelshelf"])
    if not isinstance(app, QApplication):
        raise TypeError("The window needs a QApplication.")
    app.setApplicationName("modelshelf")
    app.setApplicationDisplayName("Modelshelf")
    app.setDesktopFileName("modelshelf")
    app.setQuitOnLastWindowClosed(False)
    world = _sample_world() if sample else None
    settings = world.settings if world is not None else load_settings()
    program = Program(app, settings, world or OwnWorld())
    program.reporter.install()
    keep_smooth(program)
    program.ended.connect(app.quit)
    if world is not None:
        program.opened.connect(partial(_welcome, program, world))
    if measure_start:
        program.first_frame.shown.connect(partial(_print_start, program))
        program.window.show()
    else:
        program.start(at_leisure)
    code = app.exec()
    program.finish()
    if world is not None:
        world.close()
    return code


def keep_smooth(program: Program) -> None:
    """Keep Python itself from making the window wait.

    A thread that computes gives way within a millisecond, not five. What was read first stays for
    good, so the garbage collector need not go through all of it while every thread waits.
    """
    sys.setswitchinterval(0.001)
    program.settled.connect(gc.freeze)


def seconds_since_start() -> float:
    """Return how long ago this process was created.

    Linux tells it in clock ticks since boot, far finer than the seconds psutil has to build on.
    """
    try:
        fields = Path("/proc/self/stat").read_text("ascii").rpartition(")")[2].split()
        ticks = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks
    except (OSError, AttributeError):
        import psutil  # noqa: PLC0415 - only where the system does not tell it

        return time.time() - psutil.Process().create_time()


def _sample_world() -> SampleWorld:
    # Late, because making model files takes long to load and few starts want it.
    from modelshelf.gui.sample_world import SampleWorld  # noqa: PLC0415

    return SampleWorld()


def _print_start(program: Program) -> None:
    passed = seconds_since_start()
    sys.stdout.write(json.dumps({"ms_to_first_frame": round(passed * 1000)}) + "\n")
    sys.stdout.flush()
    program.leave()


def _welcome(program: Program, world: SampleWorld, _shelf: Shelf) -> None:
    words = program.tr("This is the sample hub. Gated models open with the token {token}")
    program.window.tell(Notice(words.format(token=world.token)))
