"""The main job in the window, by the same hands as the tour, on a hub with small models."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot
from tests.support.fake_hub import FakeHub
from tests.support.waiting import wait_until
from tests.tour.main_job import MainJob
from tests.tour.stage import Stage

from modelshelf.cli.session import load_settings
from modelshelf.gui.actions import Action, CardState
from modelshelf.gui.opening import OwnWorld

MODEL = "BAAI/bge-small-en-v1.5"
SIZE = 3_000_000
FILES = {
    "config.json": json.dumps({"model_type": "bert", "hidden_size": 384}).encode(),
    "README.md": b"# small\n",
    "model.safetensors": random.Random(5).randbytes(SIZE),
    "pytorch_model.bin": b"never fetched" * 1000,
}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with FakeHub() as hub:
        hub.put(MODEL, FILES)
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


@pytest.fixture
def open_stage(
    qtbot: QtBot, qapp: QApplication, hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Stage]:
    """Opens the program on the settings that a command line started here has too."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return lambda: Stage(qapp, load_settings(), OwnWorld(), lambda: hub)


def modelshelf(*arguments: str) -> subprocess.Popen[str]:
    """Start a command line in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "modelshelf", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )


def begin_download(stage: Stage, seconds: float = 2.0) -> None:
    """Download the model from its card, until a good part of it is here."""
    wait_for_cards(stage)
    stage.pace(MODEL, seconds)
    stage.hands.press_card(MODEL, Action.DOWNLOAD)
    stage.wait_for_share(MODEL, 0.2)


def wait_for_cards(stage: Stage) -> None:
    page = stage.window.models_page
    wait_until(lambda: page.model.row_of(MODEL) is not None, "the card is shown", seconds=20)


def finish(stage: Stage, action: Action | None) -> None:
    """Go on and find every byte right, none of them fetched twice."""
    stage.full_speed()
    if action is not None:
        stage.hands.press_card(MODEL, action)
    stage.wait_for_card(MODEL, CardState.INSTALLED, seconds=20)
    job = stage.truth.job(MODEL)
    assert job["bytes_reused"] > 0
    assert stage.truth.wrong_files(stage.hub.model(MODEL)) == []
    kept = sum(len(content) for name, content in FILES.items() if not name.endswith(".bin"))
    assert stage.hub.file_bytes_sent <= kept + 256 * 1024 * stage.hub.connections


def test_the_main_job(open_stage):
    with open_stage() as stage:
        for step in MainJob(stage, MODEL, "bge small", seconds=2).steps:
            assert step()
        stage.close_window()


@pytest.mark.parametrize(
    ("answer", "state", "card", "action"),
    [
        ("Pause it", "paused", CardState.PAUSED, Action.RESUME),
        ("Stop it", "cancelled", CardState.PARTIAL, Action.RESUME),
    ],
)
def test_what_ran_when_the_window_closed_goes_on_later(open_stage, answer, state, card, action):
    with open_stage() as stage:
        begin_download(stage)
        stage.close_window(answer)
        job = stage.truth.job(MODEL)
        assert (job["state"], job["owner_pid"]) == (state, None)
        assert stage.truth.unfinished_bytes(MODEL) > 0
        assert not stage.truth.commit(MODEL)
    with open_stage() as later:
        wait_for_cards(later)
        later.wait_for_card(MODEL, card)
        finish(later, action)
        later.close_window()


@pytest.mark.qt_log_ignore("systemTrayWindowChanged", "does not support raise", extend=True)
def test_going_on_in_the_tray_ends_the_download_and_brings_the_window_back(open_stage, monkeypatch):
    # No screen has no tray; what happens with one is ours.
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    with open_stage() as stage:
        begin_download(stage)
        stage.window.close()
        stage.answer_closing("Go on in the tray")
        wait_until(lambda: not stage.window.isVisible(), "the window is away")
        assert not stage.is_over()
        stage.full_speed()
        wait_until(lambda: stage.truth.job(MODEL)["state"] == "done", "it ends", seconds=20)
        assert stage.truth.wrong_files(stage.hub.model(MODEL)) == []
        stage.window.tray.window_wanted.emit()
        assert stage.window.isVisible()
        stage.wait_for_card(MODEL, CardState.INSTALLED)
        stage.close_window()


def test_cancelling_the_question_keeps_the_window_and_the_download(open_stage):
    with open_stage() as stage:
        begin_download(stage)
        stage.window.close()
        stage.answer_closing("", button="Cancel")
        assert stage.window.isVisible()
        assert stage.truth.job(MODEL)["state"] == "running"
        stage.full_speed()
        stage.wait_for_card(MODEL, CardState.INSTALLED, seconds=20)
        stage.close_window()


def test_the_window_shows_and_steers_what_a_command_line_downloads(open_stage):
    with open_stage() as stage:
        wait_for_cards(stage)
        stage.pace(MODEL, 8)
        with modelshelf("download", MODEL, "--json") as process:
            stage.wait_for_card(MODEL, CardState.DOWNLOADING, seconds=20)
            stage.wait_for_share(MODEL, 0.1)
            job = stage.truth.job(MODEL)
            assert job["owner_pid"] == process.pid
            stage.hands.press_card(MODEL, Action.PAUSE)
            stage.wait_for_card(MODEL, CardState.PAUSED)
            wait_until(lambda: process.poll() is not None, "the command line ends")
        assert stage.truth.job(MODEL)["state"] == "paused"
        assert stage.truth.unfinished_bytes(MODEL) > 0
        finish(stage, Action.RESUME)
        assert stage.truth.job(MODEL)["id"] == job["id"]
        stage.close_window()


def test_a_command_line_pauses_what_the_window_downloads(open_stage):
    with open_stage() as stage:
        begin_download(stage, seconds=12)
        job = stage.truth.job(MODEL)
        assert job["owner_pid"] == os.getpid()
        with modelshelf("downloads", "pause", job["id"]) as process:
            stage.wait_for_card(MODEL, CardState.PAUSED, seconds=20)
            wait_until(lambda: process.poll() is not None, "the command line ends")
        assert process.returncode == 0
        assert stage.truth.job(MODEL)["state"] == "paused"
        assert stage.truth.unfinished_bytes(MODEL) > 0
        finish(stage, Action.RESUME)
        stage.close_window()
