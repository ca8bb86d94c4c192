"""The home page: tabs, filters, list, empty states, and what it asks for."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tests.support.entries import NOW, entries_by_state, make_entry
from tests.support.speech import found, nameless

from modelshelf.core.catalogue.catalogue import CatalogueEntry
from modelshelf.core.events import JobProgress
from modelshelf.core.model import ModelId, ModelType, Status
from modelshelf.gui.actions import Action
from modelshelf.gui.delegates.card_list import CardList
from modelshelf.gui.pages.models import ModelsPage
from modelshelf.gui.widgets import Button, EmptyState, Skeleton

STATES = entries_by_state()


def catalogue() -> list[CatalogueEntry]:
    return [
        STATES["available"],
        STATES["in_use"],
        STATES["downloading"],
        make_entry("Qwen/Qwen3-8B", type=ModelType.LLM, family="qwen3", size_bytes=16 * 10**9),
        make_entry("naver/splade-v3", type=ModelType.SPLADE, family="splade", capabilities=()),
    ]


@pytest.fixture
def page(qtbot: QtBot) -> ModelsPage:
    made = ModelsPage(clock=lambda: NOW)
    made.resize(900, 700)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def filled(page: ModelsPage) -> ModelsPage:
    page.show_entries(catalogue())
    return page


def ids(page: ModelsPage) -> list[str]:
    return [page.model.data(page.model.index(row)) for row in range(page.model.rowCount())]


def test_before_anything_is_known_there_are_grey_shapes(page: ModelsPage) -> None:
    assert found(page, Skeleton).isVisible()
    assert not page.list.isVisible()


def test_tabs_count_and_narrow(filled: ModelsPage) -> None:
    assert [filled.tabs.count_of(place) for place in range(7)] == [3, 1, 0, 1, 0, 0, 5]
    assert not filled.tabs.isTabVisible(5)
    filled.tabs.setCurrentIndex(1)
    assert ids(filled) == ["Qwen/Qwen3-8B"]
    filled.tabs.setCurrentIndex(6)
    assert len(ids(filled)) == 5


def test_typing_filters_and_nothing_found_offers_a_way_back(
    qtbot: QtBot, filled: ModelsPage
) -> None:
    qtbot.keyClicks(filled.filters.search, "bge-small")
    assert ids(filled) == ["BAAI/bge-small-en-v1.5"]
    qtbot.keyClicks(filled.filters.search, "xyz")
    empty = found(filled, EmptyState)
    assert empty.isVisible()
    assert "bge-smallxyz" in empty.accessibleName()
    qtbot.mouseClick(found(empty, Button), Qt.MouseButton.LeftButton)
    assert filled.filters.search.text() == ""
    assert len(ids(filled)) == 3


def test_filters_narrow_and_say_how_many_each_would_show(filled: ModelsPage) -> None:
    filled.tabs.setCurrentIndex(6)
    status = filled.filters.findChildren(type(filled.filters._status))[0]
    status.menu().aboutToShow.emit()
    words = [item.text() for item in status.menu().actions()]
    assert "Installed  1" in words
    status.menu().actions()[words.index("Installed  1")].trigger()
    assert ids(filled) == ["Qwen/Qwen3-Embedding-0.6B"]
    assert filled.filters.is_narrowing


def test_a_type_without_models_offers_to_add_one(qtbot: QtBot, filled: ModelsPage) -> None:
    filled.tabs.setCurrentIndex(2)
    empty = found(filled, EmptyState)
    with qtbot.waitSignal(filled.add_requested):
        qtbot.mouseClick(found(empty, Button), Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("action", "signal"),
    [
        (Action.DOWNLOAD, "download_requested"),
        (Action.PAUSE, "pause_requested"),
        (Action.RESUME, "resume_requested"),
        (Action.CANCEL, "cancel_requested"),
        (Action.RETRY, "retry_requested"),
        (Action.REPAIR, "repair_requested"),
        (Action.DELETE, "delete_requested"),
        (Action.ACCESS, "access_requested"),
        (Action.DETAILS, "details_requested"),
        (Action.COPY_ID, "copy_requested"),
        (Action.OPEN_PAGE, "page_requested"),
        (Action.OPEN_FOLDER, "folder_requested"),
    ],
)
def test_every_action_has_its_signal(
    qtbot: QtBot, filled: ModelsPage, action: Action, signal: str
) -> None:
    with qtbot.waitSignal(getattr(filled, signal)) as told:
        filled.request(action, "BAAI/bge-small-en-v1.5")
    assert told.args == ["BAAI/bge-small-en-v1.5"]


def test_the_heart_turns_a_favourite_on_and_off(qtbot: QtBot, filled: ModelsPage) -> None:
    with qtbot.waitSignal(filled.favourite_requested) as told:
        filled.request(Action.FAVOURITE, "BAAI/bge-small-en-v1.5")
    assert told.args == ["BAAI/bge-small-en-v1.5", True]
    with qtbot.waitSignal(filled.favourite_requested) as told:
        filled.request(Action.FAVOURITE, STATES["in_use"].id)
    assert told.args == [STATES["in_use"].id, False]


def test_the_chosen_card_stays_chosen_when_the_list_changes(
    qtbot: QtBot, filled: ModelsPage
) -> None:
    with qtbot.waitSignal(filled.selected):
        filled.show_model(STATES["in_use"].id)
    more = [make_entry("new/model"), *catalogue()]
    with qtbot.assertNotEmitted(filled.selected):
        filled.show_entries(more)
    index = filled.list.currentIndex()
    assert filled.model.data(index) == STATES["in_use"].id
    assert filled.list.selectionModel().isSelected(index)


def test_progress_moves_models_that_are_filtered_away_too(filled: ModelsPage) -> None:
    filled.tabs.setCurrentIndex(1)
    event = JobProgress(
        "a1b2c3", ModelId("Qwen/Qwen3-Embedding-4B"), 6 * 10**9, 8 * 10**9, 1e6, 1.0
    )
    filled.apply([event])
    filled.tabs.setCurrentIndex(0)
    entry = filled.model.entry("Qwen/Qwen3-Embedding-4B")
    assert entry is not None
    assert entry.job is not None
    assert entry.job.bytes_done == 6 * 10**9


def test_a_model_that_filters_hide_can_be_shown(qtbot: QtBot, filled: ModelsPage) -> None:
    qtbot.keyClicks(filled.filters.search, "bge")
    assert filled.show_model("Qwen/Qwen3-8B")
    assert filled.kind is ModelType.LLM
    assert not filled.show_model("no/body")


def test_searching_everything_looks_in_all_types(filled: ModelsPage) -> None:
    filled.search_all("qwen3-8b")
    assert filled.kind is None
    assert ids(filled) == ["Qwen/Qwen3-8B"]


def test_tab_filters_and_order_are_remembered(qtbot: QtBot, filled: ModelsPage) -> None:
    filled.tabs.setCurrentIndex(6)
    filled.filters._status.choose(Status.AVAILABLE)
    filled.filters._family.choose("splade")
    state = filled.state()
    other = ModelsPage(clock=lambda: NOW)
    qtbot.addWidget(other)
    other.restore(state)
    other.show_entries(catalogue())
    assert other.state() == state
    assert ids(other) == ["naver/splade-v3"]


def test_what_is_remembered_wrongly_is_dropped(qtbot: QtBot, page: ModelsPage) -> None:
    page.restore({"tab": "mauve", "status": "lost", "sort": "upwards", "size": "7"})
    page.show_entries(catalogue())
    assert len(ids(page)) == 3
    assert not page.filters.is_narrowing


def test_a_changed_state_replaces_its_row_alone(qtbot: QtBot, filled: ModelsPage) -> None:
    done = [
        replace(entry, job=None, status=Status.INSTALLED, installed_bytes=8 * 10**9)
        if entry.job is not None
        else entry
        for entry in catalogue()
    ]
    with qtbot.assertNotEmitted(filled.model.modelReset):
        filled.show_entries(done)


def test_without_a_catalogue_the_reason_is_said(page: ModelsPage) -> None:
    page.refuse("The registry could not be read.", "Reinstall Modelshelf.")
    empty = found(page, EmptyState)
    assert empty.isVisible()
    assert empty.accessibleName() == "The registry could not be read. Reinstall Modelshelf."


def test_every_control_has_a_name(filled: ModelsPage) -> None:
    assert list(nameless(filled)) == []


def test_keys_reach_everything_in_reading_order(qtbot: QtBot, filled: ModelsPage) -> None:
    with qtbot.waitActive(filled):
        filled.activateWindow()
    filled.tabs.setFocus()
    order = [type(filled.focusWidget()).__name__]
    for _ in range(8):
        qtbot.keyClick(filled.focusWidget(), Qt.Key.Key_Tab)
        order.append(type(filled.focusWidget()).__name__)
    assert order[:3] == ["Tabs", "Button", "SearchField"]
    assert CardList.__name__ in order


@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
def test_nothing_is_cut_in_a_small_window(
    qtbot: QtBot, filled: ModelsPage, direction: Qt.LayoutDirection
) -> None:
    filled.setLayoutDirection(direction)
    filled.resize(420, 500)
    for button in filled.filters.findChildren(Button):
        assert filled.filters.rect().contains(button.geometry())
