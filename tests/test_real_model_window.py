"""A real model of 90 MB through the window, found by the unmodified official client."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelshelf.cli.session import load_settings
from modelshelf.core.units import format_bytes
from modelshelf.gui.actions import Action, CardState
from modelshelf.gui.dialogs.delete import DeleteDialog
from modelshelf.gui.opening import OwnWorld
from modelshelf.sample.model import SampleModel
from tests.support.fake_hub import FakeHub
from tests.support.waiting import wait_until
from tests.test_real_model import MODEL, read_safetensors_header, real_weights
from tests.tour.stage import Stage

__all__ = ["real_weights"]

_FIND = """
import sys
from huggingface_hub import snapshot_download
print(snapshot_download(sys.argv[1], local_files_only=True))
"""


@pytest.fixture
def stage(qapp, real_weights, tmp_path, monkeypatch) -> Iterator[Stage]:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    with FakeHub([SampleModel.from_folder(MODEL, real_weights)]) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        with Stage(qapp, load_settings(), OwnWorld(), lambda: hub) as stage:
            yield stage


def found_by_the_client() -> Path:
    """Ask the official client, without a network, where the model is."""
    found = subprocess.run(
        [sys.executable, "-c", _FIND, MODEL],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    return Path(found.stdout.strip())


def test_real_model_through_the_window(qtbot, stage, real_weights):
    page, truth, hands = stage.window.models_page, stage.truth, stage.hands
    wait_until(lambda: page.model.row_of(MODEL) is not None, "the card is shown", seconds=20)
    before = truth.names()
    hands.press_card(MODEL, Action.DOWNLOAD)
    stage.wait_for_card(MODEL, CardState.DOWNLOADING)
    stage.wait_for_card(MODEL, CardState.INSTALLED, seconds=60)

    snapshot = found_by_the_client()
    assert snapshot == truth.snapshot(MODEL)
    assert truth.wrong_files(stage.hub.model(MODEL)) == []
    weights = snapshot / "model.safetensors"
    assert weights.stat().st_size == (real_weights / "model.safetensors").stat().st_size
    header = read_safetensors_header(weights)
    assert header["embeddings.word_embeddings.weight"]["shape"] == [30522, 384]

    size = truth.file_bytes()
    assert size > 90_000_000
    hands.press_card(MODEL, Action.DELETE)
    dialog = hands.dialog(DeleteDialog)
    wait_until(lambda: hands.sees("Delete", dialog), "the plan is made")
    hands.press("Delete", dialog)
    stage.wait_for_card(MODEL, CardState.AVAILABLE)
    stage.wait_for_toast(f"{format_bytes(size)} are free again")
    assert truth.names() - {".locks"} == before
    stage.close_window()
