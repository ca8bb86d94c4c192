"""Models are lists with manners."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from tests.support.entries import NOW, entries_by_state, installed, make_entry, make_job

from modelshelf.core.events import JobProgress
from modelshelf.core.model import JobState, ModelId
from modelshelf.gui.models.catalogue_model import CatalogueModel
from modelshelf.gui.models.files_model import FileRow, FilesModel
from modelshelf.gui.models.jobs_model import JobsModel
from modelshelf.gui.roles import ROW_ROLE

BIG = 7_500_000_000


def moved(job_id: str = "a1b2c3", model: str = "Qwen/Qwen3-Embedding-4B") -> JobProgress:
    return JobProgress(job_id, ModelId(model), BIG, 8 * 10**9, 1e6, 500.0)


@pytest.fixture
def catalogue(qtbot: QtBot) -> CatalogueModel:
    model = CatalogueModel(clock=lambda: NOW)
    states = entries_by_state()
    model.show([states["available"], states["downloading"], states["installed"]])
    return model


def test_catalogue_has_manners(catalogue: CatalogueModel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(catalogue)
    catalogue.show([make_entry("a/b"), make_entry("c/d")])
    catalogue.show([])


def test_a_change_touches_its_row_alone(catalogue: CatalogueModel, qtbot: QtBot) -> None:
    entry = catalogue.entry("Qwen/Qwen3-Embedding-0.6B")
    assert entry is not None
    with (
        qtbot.assertNotEmitted(catalogue.modelReset),
        qtbot.waitSignal(catalogue.dataChanged) as told,
    ):
        catalogue.update_entries([replace(entry, favourite=True)])
    assert told.args is not None
    assert [index.row() for index in told.args[:2]] == [2, 2]


def test_what_is_equal_or_unknown_causes_no_repaint(
    catalogue: CatalogueModel, qtbot: QtBot
) -> None:
    entry = catalogue.entry("BAAI/bge-small-en-v1.5")
    assert entry is not None
    with qtbot.assertNotEmitted(catalogue.dataChanged):
        catalogue.update_entries([entry, make_entry("no/body")])


def test_the_same_models_keep_their_rows(catalogue: CatalogueModel, qtbot: QtBot) -> None:
    rows = [catalogue.entry_at(catalogue.index(row)) for row in range(3)]
    with qtbot.assertNotEmitted(catalogue.modelReset):
        catalogue.show([replace(row, favourite=True) for row in rows if row is not None])
    with qtbot.waitSignal(catalogue.modelReset):
        catalogue.show([row for row in reversed(rows) if row is not None])


def test_progress_beyond_32_bits_reaches_the_row(catalogue: CatalogueModel) -> None:
    catalogue.apply([moved(), moved("other-job"), moved(model="no/body")])
    entry = catalogue.entry("Qwen/Qwen3-Embedding-4B")
    assert entry is not None
    assert entry.job is not None
    assert entry.job.bytes_done == BIG
    index = catalogue.index(1)
    assert catalogue.data(index, ROW_ROLE).job.bytes_done == BIG


def test_progress_that_comes_after_the_end_is_ignored(qtbot: QtBot) -> None:
    model = CatalogueModel()
    model.show([make_entry(job=make_job(state=JobState.FAILED))])
    with qtbot.assertNotEmitted(model.dataChanged):
        model.apply([moved(model="BAAI/bge-small-en-v1.5")])


def test_rows_speak(catalogue: CatalogueModel) -> None:
    said = catalogue.data(catalogue.index(2), Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Qwen3-Embedding-0.6B, by Qwen, installed, 1.2 GB on disk")
    assert catalogue.data(QModelIndex(), ROW_ROLE) is None


def test_jobs_have_manners(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    model = JobsModel()
    qtmodeltester.check(model)
    model.show([make_job(), make_job("a/b", JobState.DONE, job_id="x")])
    model.show([make_job("a/b", JobState.DONE, job_id="x")])


def test_jobs_move_and_add_up(qtbot: QtBot) -> None:
    model = JobsModel()
    model.show(
        [
            make_job("a/b", job_id="1", speed=10e6),
            make_job("c/d", job_id="2", speed=20e6),
            make_job("e/f", JobState.PAUSED, job_id="3"),
            make_job("g/h", JobState.DONE, job_id="4"),
        ]
    )
    assert len(model.active) == 3
    assert model.bytes_per_second == 30e6
    with qtbot.waitSignal(model.dataChanged) as told:
        model.apply([moved("2", "c/d")])
    assert told.args is not None
    assert told.args[0].row() == 1
    job = model.job("2")
    assert job is not None
    assert job.bytes_done == BIG
    with qtbot.assertNotEmitted(model.dataChanged):
        model.apply([moved("4", "g/h"), moved("unknown")])


def test_jobs_speak(qtbot: QtBot) -> None:
    model = JobsModel()
    model.show([make_job()])
    said = model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert said == (
        "bge-small-en-v1.5, downloading, 46 %, 3.7 GB of 8.0 GB, 38 MB/s, 1 min 53 s left"
    )


def test_files_have_manners_and_sort_by_size(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    model = FilesModel()
    qtmodeltester.check(model)
    model.show([FileRow("b.bin", BIG), FileRow("a.json", 512), FileRow("c.bin", 0, True)])
    model.sort(1, Qt.SortOrder.DescendingOrder)
    names = [model.data(model.index(row, 0)) for row in range(3)]
    assert names == ["b.bin", "a.json", "c.bin"]
    assert model.data(model.index(0, 1)) == "7.5 GB"
    assert model.data(model.index(0, 1), Qt.ItemDataRole.ToolTipRole) == "7,500,000,000 bytes"
    assert model.data(model.index(2, 1)) == "missing"
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Size"
    model.sort(0)
    assert model.data(model.index(0, 0)) == "a.json"


def test_an_installed_row_is_found_by_its_id(catalogue: CatalogueModel) -> None:
    assert catalogue.row_of(installed().id) == 2
    assert catalogue.row_of("no/body") is None
