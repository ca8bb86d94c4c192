"""The list of jobs: what each button and key asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot
from tests.support.entries import NOW
from tests.support.looking import problems_of
from tests.support.pressing import buttons, press, words
from tests.support.scenes import jobs
from tests.support.speech import nameless

from modelshelf.core.events import JobProgress
from modelshelf.core.model import JobState, ModelId
from modelshelf.gui.job_words import JobAction, job_actions
from modelshelf.gui.models.jobs_model import JobsModel
from modelshelf.gui.pages.downloads import DownloadsPage


@pytest.fixture
def page(qtbot: QtBot) -> DownloadsPage:
    model = JobsModel(clock=lambda: NOW)
    made = DownloadsPage(model, clock=lambda: NOW)
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(1000, 900)
    model.show(jobs())
    with qtbot.waitExposed(made):
        made.show()
    return made


def model_of(page: DownloadsPage) -> JobsModel:
    model = page.list.model()
    assert isinstance(model, JobsModel)
    return model


def click(qtbot: QtBot, page: DownloadsPage, job_id: str, action: JobAction) -> None:
    rect = page.list.button_rect(job_id, action)
    assert rect is not None
    qtbot.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


@pytest.mark.parametrize(
    ("job_id", "action", "signal", "told"),
    [
        ("a1", JobAction.PAUSE, "pause_requested", "a1"),
        ("a1", JobAction.CANCEL, "cancel_requested", "a1"),
        ("a3", JobAction.RESUME, "resume_requested", "a3"),
        ("a4", JobAction.CANCEL, "cancel_requested", "a4"),
        ("a5", JobAction.RETRY, "retry_requested", "a5"),
        ("a5", JobAction.REMOVE, "remove_requested", "a5"),
        ("a6", JobAction.SHOW, "model_opened", "BAAI/bge-small-en-v1.5"),
    ],
)
def test_each_painted_button_asks_for_what_it_says(
    qtbot: QtBot, page: DownloadsPage, job_id: str, action: JobAction, signal: str, told: str
) -> None:
    with qtbot.waitSignal(getattr(page, signal)) as emitted:
        click(qtbot, page, job_id, action)
    assert emitted.args == [told]


@pytest.mark.parametrize(
    ("job_id", "key", "signal"),
    [
        ("a1", Qt.Key.Key_Return, "pause_requested"),
        ("a3", Qt.Key.Key_Return, "resume_requested"),
        ("a5", Qt.Key.Key_Return, "retry_requested"),
        ("a5", Qt.Key.Key_Delete, "remove_requested"),
    ],
)
def test_keys_do_what_buttons_do(
    qtbot: QtBot, page: DownloadsPage, job_id: str, key: Qt.Key, signal: str
) -> None:
    assert page.show_job(job_id)
    with qtbot.waitSignal(getattr(page, signal)) as emitted:
        qtbot.keyClick(page.list, key)
    assert emitted.args == [job_id]


def test_delete_never_stops_what_runs(qtbot: QtBot, page: DownloadsPage) -> None:
    page.show_job("a1")
    with (
        qtbot.assertNotEmitted(page.cancel_requested),
        qtbot.assertNotEmitted(page.remove_requested),
    ):
        qtbot.keyClick(page.list, Qt.Key.Key_Delete)


def test_the_menu_offers_the_same_and_leads_to_the_model(qtbot: QtBot, page: DownloadsPage) -> None:
    job = jobs()[0]
    menu = page.list.menu_for(job)
    offered = [action.text() for action in menu.actions()]
    assert offered == ["Pause", "Cancel", "Show the model"]
    with qtbot.waitSignal(page.model_opened) as emitted:
        menu.actions()[2].trigger()
    assert emitted.args == [job.model_id]
    menu.close()


def test_the_head_sums_up_and_clears_what_ended(qtbot: QtBot, page: DownloadsPage) -> None:
    assert "2 running · 2 waiting or paused · 41 MB/s" in words(page)
    with qtbot.waitSignal(page.clear_requested) as emitted:
        press(qtbot, page, "Clear finished")
    assert emitted.args == [["a5", "a6", "a7", "a8"]]


def test_nothing_to_clear_means_no_button(page: DownloadsPage) -> None:
    model_of(page).show(jobs()[:2])
    assert "Clear finished" not in buttons(page)


def test_progress_moves_a_row_and_the_sum(page: DownloadsPage) -> None:
    model = model_of(page)
    event = JobProgress("a1", ModelId("Qwen/Qwen3-Embedding-4B"), 5 * 10**9, 8 * 10**9, 1e8, 30.0)
    model.apply([event])
    assert "103 MB/s" in words(page)
    spoken = model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Qwen3-Embedding-4B, downloading, 62 %, 5.0 GB of 8.0 GB, 100 MB/s, 30 s left"


def test_an_empty_list_leads_to_the_models(qtbot: QtBot, page: DownloadsPage) -> None:
    model_of(page).show([])
    assert "Nothing is being downloaded" in words(page)
    with qtbot.waitSignal(page.models_opened):
        press(qtbot, page, "Browse models")


def test_an_unknown_job_is_not_shown(page: DownloadsPage) -> None:
    assert not page.show_job("nobody")


def test_a_deletion_cannot_be_paused() -> None:
    deletion = jobs()[-1]
    assert job_actions(deletion) == (JobAction.REMOVE,)
    assert job_actions(replace(deletion, state=JobState.RUNNING)) == ()


def test_it_looks_and_speaks_right(page: DownloadsPage) -> None:
    assert problems_of(page) == []
    assert list(nameless(page)) == []
    spoken = [
        page.list.model().index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        for row in range(len(jobs()))
    ]
    assert spoken[3] == "splade-v3, waiting, Waiting for its turn"
    assert spoken[4].startswith("bge-m3, connection lost, The connection to the Hub was lost.")
    assert spoken[6] == "gpt2-medium, cancelled, 310 MB of 1.5 GB are kept, yesterday"
    assert spoken[7] == "all-MiniLM-L6-v2, deleted, 3 days ago"


def test_tips_give_exact_figures(page: DownloadsPage) -> None:
    inside = page.list.visualRect(page.list.model().index(0, 0)).topLeft()
    inside.setX(inside.x() + 40)
    inside.setY(inside.y() + 20)
    assert "3,700,000,000 bytes of 8,000,000,000 bytes" in page.list.tip_at(inside)


def test_the_model_behind_the_list_has_manners(page: DownloadsPage) -> None:
    tester = QAbstractItemModelTester(
        page.list.model(), QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    model_of(page).show(jobs()[2:])
    model_of(page).show(jobs())
    assert tester.model() is page.list.model()
