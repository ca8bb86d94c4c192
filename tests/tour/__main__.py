"""`python -m tests.tour`: the whole tour on the sample hub, with pictures in `build/tour`."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from modelshelf.gui.sample_world import SampleWorld
from tests.support.fake_hub import FakeHub
from tests.tour.album import Album
from tests.tour.further import Further
from tests.tour.main_job import MainJob
from tests.tour.stage import Stage

FOLDER = Path(__file__).resolve().parents[2] / "build" / "tour"
_HARMLESS = ("This plugin does not support propagateSizeHints()",)
MODEL = "BAAI/bge-small-en-v1.5"


class Tour:
    """Runs steps, prints a line for each, and stops at the first that fails."""

    def __init__(self, stage: Stage, album: Album) -> None:
        self._stage = stage
        self._album = album
        self._crashes: list[str] = []
        self._began = time.monotonic()
        self.count = 0
        stage.program.reporter.install()
        stage.program.reporter.crashed.connect(self._crashes.append)

    def run(self, step: Callable[[], str]) -> None:
        """Run one step.

        Raises:
            AssertionError: when it proved something else, or the program met a bug meanwhile.
        """
        self.count += 1
        since = len(self._album)
        try:
            outcome = step()
            assert not self._crashes, "the program met a bug"
        except Exception as error:
            say(f"FAILED {self.count:2} {name_of(step)}: {error}")
            self._album.take(self._stage.window, "failed-here")
            raise
        self._album.tell(outcome, since)
        passed = time.monotonic() - self._began
        say(f"{passed:5.1f} s  {self.count:2} {name_of(step)}: {outcome}")


class QtWarnings:
    """Takes what Qt has to complain about; every line of it is a fault of ours."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        qInstallMessageHandler(self._take)

    def _take(self, kind: QtMsgType, _where: QMessageLogContext, message: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and message not in _HARMLESS:
            self.lines.append(message)


def name_of(step: Callable[[], str]) -> str:
    """Return the name of a step in words."""
    return getattr(step, "__name__", "step").replace("_", " ")


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run the tour; return 0 only when every outcome was found on disk."""
    warnings = QtWarnings()
    app = QApplication(["modelshelf"])
    app.setQuitOnLastWindowClosed(False)
    album = Album(FOLDER)
    world = SampleWorld(FakeHub)

    def hub() -> FakeHub:
        assert isinstance(world.hub, FakeHub)
        return world.hub

    failure = ""
    try:
        with Stage(app, world.settings, world, hub, album) as stage:
            tour = Tour(stage, album)
            token_file = world.settings.paths.config.parent.parent / "huggingface" / "token"
            job, further = MainJob(stage, MODEL, "bge small"), Further(stage, token_file)
            for step in (*job.steps, *further.steps):
                tour.run(step)
            say(f"All {tour.count} steps hold.")
    except Exception:
        failure = traceback.format_exc()
    finally:
        world.close()
    for problem in album.problems:
        say(f"looks wrong: {problem}")
    for line in warnings.lines:
        say(f"Qt warns: {line}")
    if failure:
        say(failure)
    say(f"Pictures: {album.close()}")
    return int(bool(failure or album.problems or warnings.lines))


if __name__ == "__main__":
    sys.exit(main())
