"""How the window starts, ends, and takes a failure nobody expected."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tests.support.entries import make_job

from modelshelf.core.jobs import Wanted
from modelshelf.core.settings import Settings
from modelshelf.gui.crash import CrashReporter
from modelshelf.gui.dialogs.close_downloads import CloseDownloadsDialog
from modelshelf.gui.leaving import Leaving
from modelshelf.gui.main import seconds_since_start
from modelshelf.gui.main_window import MainWindow
from modelshelf.gui.threads import Background

_HEAVY = (
    "modelshelf.core.shelf",
    "modelshelf.core.yaml_reader",
    "modelshelf.gui.pages.models",
    "modelshelf.sample",
    "click",
    "huggingface_hub",
    "psutil",
    "yaml",
)
_LOADED = """
import json, sys
import modelshelf.gui.main
print(json.dumps([name for name in %r if name in sys.modules]))
"""


def run(*arguments: str) -> str:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_measured_start_prints_one_number_and_leaves() -> None:
    said = json.loads(run("-m", "modelshelf", "gui", "--exit-after-first-frame"))
    assert list(said) == ["ms_to_first_frame"]
    assert 0 < said["ms_to_first_frame"] < 60_000


def test_the_first_frame_waits_for_nothing_heavy() -> None:
    assert json.loads(run("-c", _LOADED % (_HEAVY,))) == []


def test_a_window_closed_before_its_pages_came_forgets_nothing(
    qtbot: QtBot, settings: Settings
) -> None:
    background = Background()
    before = MainWindow(settings, background)
    hasty = MainWindow(settings, background, furnished=False)
    for window in (before, hasty):
        qtbot.addWidget(window)
    before.shell.show_page(before.collections_page)
    before.close()
    with qtbot.waitExposed(hasty):
        hasty.show()
    assert hasty.shell.page is None
    hasty.close()
    after = MainWindow(settings, background)
    qtbot.addWidget(after)
    assert after.shell.page is after.collections_page
    background.close()


def test_time_counts_from_the_creation_of_the_process() -> None:
    first = seconds_since_start()
    assert 0 < first <= seconds_since_start()


def test_a_bug_is_written_down_without_secrets_and_told(qtbot: QtBot, tmp_path: Path) -> None:
    reporter = CrashReporter(tmp_path / "logs")
    secret = "hf_" + "a" * 34
    try:
        raise RuntimeError(f"token {secret}")
    except RuntimeError as error:
        with qtbot.waitSignal(reporter.crashed) as told:
            reporter.take(type(error), error, error.__traceback__)
    written = (tmp_path / "logs" / "crash.log").read_text("utf-8")
    assert "RuntimeError" in written
    assert secret not in written
    assert told.args == [written]


def test_a_bug_on_another_thread_is_told_on_this_one(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    reporter = CrashReporter(tmp_path)
    reporter.install()

    def work() -> None:
        raise ValueError("elsewhere")

    with qtbot.waitSignal(reporter.crashed) as told:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert told.args is not None
    assert "elsewhere" in told.args[0]


@pytest.fixture
def leaving(qtbot: QtBot) -> Leaving:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return Leaving(window, has_tray=True)


def test_with_nothing_running_nobody_is_asked(qtbot: QtBot, leaving: Leaving) -> None:
    with qtbot.waitSignal(leaving.left) as told:
        assert leaving.ask([], "ask")
    assert told.args == [Wanted.RUN]


@pytest.mark.parametrize(("choice", "wanted"), [("pause", Wanted.PAUSE), ("stop", Wanted.CANCEL)])
def test_a_remembered_answer_is_followed(
    qtbot: QtBot, leaving: Leaving, choice: str, wanted: Wanted
) -> None:
    with qtbot.waitSignal(leaving.left) as told:
        leaving.ask([make_job()], choice)
    assert told.args == [wanted]


def test_the_tray_keeps_the_window_and_the_downloads(qtbot: QtBot, leaving: Leaving) -> None:
    with qtbot.assertNotEmitted(leaving.left), qtbot.waitSignal(leaving.hidden):
        assert not leaving.ask([make_job()], "tray")


def test_the_question_can_be_answered_for_ever(qtbot: QtBot, leaving: Leaving) -> None:
    assert not leaving.ask([make_job()], "ask")
    dialog = leaving._window.findChild(CloseDownloadsDialog)
    assert dialog is not None
    with qtbot.waitSignal(leaving.remembered) as told, qtbot.waitSignal(leaving.left):
        dialog.decided.emit("pause", True)
    assert told.args == ["pause"]
    dialog.reject()
