"""The window over a real shelf and a hub that can fail: what is seen, and what is on disk."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tests.support.caches import add_model
from tests.support.fake_hub import FakeHub, Fault
from tests.support.speech import nameless

from modelshelf.core.catalogue.custom_model import CustomModel
from modelshelf.core.events import ConnectivityChanged
from modelshelf.core.jobs import Wanted
from modelshelf.core.model import JobKind, JobState, ModelId, ModelType, Role
from modelshelf.core.settings import Settings
from modelshelf.core.shelf import Shelf, open_shelf
from modelshelf.gui.actions import Action, CardState, menu_actions, state_of
from modelshelf.gui.bridge import EventBridge
from modelshelf.gui.dialogs.add_model import AddModelDialog
from modelshelf.gui.dialogs.close_downloads import CloseDownloadsDialog
from modelshelf.gui.dialogs.confirm import ConfirmDialog
from modelshelf.gui.dialogs.delete import DeleteDialog
from modelshelf.gui.dialogs.download import DownloadDialog
from modelshelf.gui.frame.shortcuts import ShortcutSheet
from modelshelf.gui.main_window import MainWindow
from modelshelf.gui.threads import Background, DownloadThreads
from modelshelf.gui.widgets import Button, DropDown, Tone
from modelshelf.sample.model import Gate

SMALL = "BAAI/bge-small-en-v1.5"
WEIGHTS = b"\x08\x00\x00\x00\x00\x00\x00\x00{}      " + bytes(range(256)) * 2000
FILES = {"config.json": b'{"model_type": "bert"}', "model.safetensors": WEIGHTS}


class World:
    """A window, its shelf and its threads."""

    def __init__(self, settings: Settings, hub: FakeHub) -> None:
        environment = replace(settings.environment, endpoint=hub.url)
        self.settings = replace(settings, environment=environment)
        self.hub = hub
        self.background = Background()
        self.bridge = EventBridge(interval_ms=5)
        self.threads = DownloadThreads(self.bridge)
        self.window = MainWindow(self.settings, self.background)
        self.bridge.arrived.connect(self.window.take_events)

    @contextmanager
    def opened(self) -> Iterator[Shelf]:
        with open_shelf(
            self.settings, spawn=self.threads.spawn, sink=self.threads.sink, environment={}
        ) as shelf:
            yield shelf

    def state(self, model_id: str) -> CardState | None:
        entry = self.window.models_page.entry(model_id)
        return state_of(entry) if entry is not None else None

    def ask(self, action: Action, model_id: str = SMALL) -> None:
        self.window.models_page.request(action, model_id)

    def close(self) -> None:
        self.window.detach()
        self.background.close()
        assert self.threads.wait()


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as made:
        made.put(SMALL, FILES)
        yield made


@pytest.fixture
def world(qtbot: QtBot, settings: Settings, hub: FakeHub) -> Iterator[World]:
    made = World(settings, hub)
    made.window.resize(1280, 800)
    qtbot.addWidget(made.window)
    with made.opened() as shelf:
        with qtbot.waitExposed(made.window):
            made.window.show()
        made.window.attach(shelf)
        qtbot.waitUntil(lambda: made.state(SMALL) is not None)
        yield made
        made.window.detach()
    made.close()


def until(qtbot: QtBot, world: World, state: CardState, model_id: str = SMALL) -> None:
    def reached() -> None:
        assert world.state(model_id) is state

    qtbot.waitUntil(reached)


def until_bytes_came(qtbot: QtBot, world: World) -> None:
    def came() -> None:
        entry = world.window.models_page.entry(SMALL)
        assert entry is not None
        assert entry.job is not None
        assert entry.job.bytes_done > 1000

    qtbot.waitUntil(came)


def notices(world: World) -> list[str]:
    return [notice.text for notice in world.window.shell.toasts.history]


def test_a_download_goes_from_the_button_to_the_disk(qtbot: QtBot, world: World) -> None:
    world.ask(Action.DOWNLOAD)
    until(qtbot, world, CardState.INSTALLED)
    qtbot.waitUntil(lambda: "bge-small-en-v1.5 is installed" in notices(world))
    assert "Downloading bge-small-en-v1.5" in notices(world)
    entry = world.window.models_page.entry(SMALL)
    assert entry is not None
    assert entry.path is not None
    assert (entry.path / "model.safetensors").read_bytes() == WEIGHTS
    assert world.window.shell.top_bar.downloads.isHidden()


def test_a_download_shows_how_far_it_is_and_can_be_paused_and_resumed(
    qtbot: QtBot, world: World
) -> None:
    gate = threading.Event()
    world.hub.fail("model.safetensors", Fault(hold=gate, hold_after=200_000))
    world.ask(Action.DOWNLOAD)
    until(qtbot, world, CardState.DOWNLOADING)
    until_bytes_came(qtbot, world)
    qtbot.waitUntil(lambda: not world.window.shell.top_bar.downloads.isHidden())
    world.ask(Action.PAUSE)
    until(qtbot, world, CardState.PAUSED)
    gate.set()
    world.ask(Action.RESUME)
    until(qtbot, world, CardState.INSTALLED)


def test_a_failed_download_says_so_and_retry_goes_on(qtbot: QtBot, world: World) -> None:
    world.hub.fail("model.safetensors", Fault(corrupt_at=1000), times=40)
    world.ask(Action.DOWNLOAD)
    until(qtbot, world, CardState.FAILED)
    told = [n for n in world.window.shell.toasts.history if n.tone is Tone.DANGER]
    assert told[0].text.startswith("Download failed: ")
    assert told[0].action == "Retry"
    world.hub.heal()
    assert told[0].act is not None
    told[0].act()
    until(qtbot, world, CardState.INSTALLED)


def test_cancelling_keeps_what_is_here(qtbot: QtBot, world: World) -> None:
    gate = threading.Event()
    world.hub.fail("model.safetensors", Fault(hold=gate, hold_after=300_000))
    world.ask(Action.DOWNLOAD)
    until(qtbot, world, CardState.DOWNLOADING)
    until_bytes_came(qtbot, world)
    world.ask(Action.CANCEL)
    qtbot.waitUntil(lambda: any("cancelled" in text for text in notices(world)))
    gate.set()
    until(qtbot, world, CardState.PARTIAL)


def test_a_gated_model_opens_the_dialog_that_explains_it(qtbot: QtBot, world: World) -> None:
    gated = "google/embeddinggemma-300m"
    world.hub.put(gated, FILES, gate=Gate.MANUAL)
    world.ask(Action.DOWNLOAD, gated)
    qtbot.waitUntil(lambda: bool(_dialogs(world.window, DownloadDialog)))
    _dialogs(world.window, DownloadDialog)[0].reject()


def test_delete_is_refused_with_the_reason_then_allowed(qtbot: QtBot, world: World) -> None:
    world.ask(Action.DOWNLOAD)
    until(qtbot, world, CardState.INSTALLED)
    collections = world.window.collections_page
    collections.collection_created.emit("thesis-rag", "")
    collections.model_added.emit("thesis-rag", SMALL, Role.EMBEDDING)
    until(qtbot, world, CardState.IN_USE)
    world.ask(Action.DELETE)
    qtbot.waitUntil(lambda: bool(_dialogs(world.window, DeleteDialog)))
    _dialogs(world.window, DeleteDialog)[0].reject()
    collections.model_removed.emit("thesis-rag", SMALL, Role.EMBEDDING)
    until(qtbot, world, CardState.INSTALLED)
    desk = world.window.desk
    assert desk is not None
    dialog = desk.errands.deleting.open_dialog(SMALL)
    plans: list[object] = []
    show_plan = dialog.show_plan
    dialog.show_plan = lambda plan, disk=None: (plans.append(plan), show_plan(plan, disk))[1]
    qtbot.waitUntil(lambda: bool(plans))
    dialog.accepted_plan.emit(plans[0], False)
    dialog.reject()
    until(qtbot, world, CardState.AVAILABLE)
    assert any("is deleted" in text for text in notices(world))


def test_what_other_programs_put_on_the_disk_is_noticed(qtbot: QtBot, world: World) -> None:
    desk = world.window.desk
    assert desk is not None
    add_model(world.settings.stores[0], "some/other", FILES)
    desk.errands.reading.check_disk()
    until(qtbot, world, CardState.INSTALLED, "some/other")


def test_what_other_programs_wrote_into_the_database_is_noticed(qtbot: QtBot, world: World) -> None:
    page, own = world.window.models_page, ModelId("team/ours")
    with world.opened() as other:
        other.custom.add(CustomModel(own, ModelType.EMBEDDING))
        other.collections.create("Search")
    assert world.window.desk is not None
    world.window.desk.errands.reading.check_disk()
    qtbot.waitUntil(lambda: page.entry(own) is not None)
    assert world.window.collections_page.open_collection("Search")


def test_details_list_files_and_users(qtbot: QtBot, world: World) -> None:
    world.ask(Action.DOWNLOAD)
    until(qtbot, world, CardState.INSTALLED)
    window = world.window
    window.open_model(SMALL)
    assert window.details.isVisible()
    window.details.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: window.details.files.model.rowCount() == 2)
    window.details.tabs.setCurrentIndex(2)
    qtbot.keyClick(window.models_page.list, Qt.Key.Key_Escape)
    assert not window.details.isVisible()


def test_offline_is_a_quiet_line_that_goes_when_the_hub_is_back(qtbot: QtBot, world: World) -> None:
    banner = world.window.shell.banner
    world.window.take_events([ConnectivityChanged(False, "The name could not be looked up.")])
    assert banner.isVisible()
    assert "The name could not be looked up." in banner.accessibleName()
    banner.acted.emit()
    qtbot.waitUntil(lambda: not banner.isVisible())


def test_offline_by_choice_is_said_and_everything_local_works(
    qtbot: QtBot, settings: Settings, hub: FakeHub
) -> None:
    add_model(settings.stores[0], "some/other", FILES)
    world = World(settings.with_value("network.offline", True), hub)
    qtbot.addWidget(world.window)
    with world.opened() as shelf:
        world.window.show()
        world.window.attach(shelf)
        until(qtbot, world, CardState.INSTALLED, "some/other")
        assert "You chose to stay offline." in world.window.shell.banner.accessibleName()
        world.ask(Action.DOWNLOAD)
        said = "bge-small-en-v1.5 cannot be downloaded while offline"
        qtbot.waitUntil(lambda: said in notices(world))
        assert world.window.shell.banner.isVisible()
        world.window.detach()
    world.close()


def test_keys_lead_everywhere(qtbot: QtBot, world: World) -> None:
    window = world.window
    with qtbot.waitActive(window):
        window.activateWindow()
    pages = (window.models_page, window.downloads_page, window.collections_page)
    for key, page in zip("123", pages, strict=True):
        qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        assert window.shell.page is page
    qtbot.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert window.shell.page is window.settings_page
    qtbot.keyClick(window, "1", Qt.KeyboardModifier.ControlModifier)
    before = window.models_page.tabs.currentIndex()
    qtbot.keyClick(window, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert window.models_page.tabs.currentIndex() == before + 1
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.focusWidget() is window.shell.top_bar.search
    window.models_page.list.setFocus()
    qtbot.keyClick(window.models_page.list, "?")
    qtbot.waitUntil(lambda: bool(_dialogs(window, ShortcutSheet)))
    _dialogs(window, ShortcutSheet)[0].reject()
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert "Looking at the disk again" in notices(world)


def test_the_search_finds_in_all_types_and_takes_a_link(qtbot: QtBot, world: World) -> None:
    search = world.window.shell.top_bar.search
    world.window.shell.show_page(world.window.downloads_page)
    qtbot.keyClicks(search, "bge-small-en")
    assert world.window.shell.page is world.window.models_page
    assert world.window.models_page.model.row_of(SMALL) is not None
    search.setText(f"https://huggingface.co/{SMALL}")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert world.window.details.model_id == SMALL
    search.setText("some/unknown-model")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(_dialogs(world.window, DownloadDialog)))
    _dialogs(world.window, DownloadDialog)[0].reject()


def test_what_empties_one_search_empties_the_other(qtbot: QtBot, world: World) -> None:
    page, search = world.window.models_page, world.window.shell.top_bar.search
    everything = page.model.rowCount
    qtbot.keyClick(world.window, "k", Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(search, "no such model")
    assert everything() == 0
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert page.filters.search.text() == ""
    assert everything() > 0
    qtbot.keyClicks(search, "no such model")
    page.filters.clear()
    assert search.text() == ""


def test_size_page_and_filters_are_remembered(
    qtbot: QtBot, settings: Settings, hub: FakeHub
) -> None:
    first = World(settings, hub)
    qtbot.addWidget(first.window)
    first.window.resize(900, 700)
    first.window.shell.show_page(first.window.collections_page)
    first.window.models_page.tabs.setCurrentIndex(1)
    first.window.close()
    second = World(settings, hub)
    qtbot.addWidget(second.window)
    assert second.window.shell.page is second.window.collections_page
    assert second.window.models_page.tabs.currentIndex() == 1
    assert second.window.height() == 700
    first.close()
    second.close()


def test_closing_while_a_download_runs_asks_once_and_loses_nothing(
    qtbot: QtBot, world: World
) -> None:
    gate = threading.Event()
    world.hub.fail("model.safetensors", Fault(hold=gate, hold_after=100_000))
    world.ask(Action.DOWNLOAD)
    until(qtbot, world, CardState.DOWNLOADING)
    window = world.window
    window.close()
    assert window.isVisible()
    dialog = _dialogs(window, CloseDownloadsDialog)[0]
    with qtbot.waitSignal(window.left) as told:
        dialog.decided.emit("pause", False)
    assert told.args == [Wanted.PAUSE]
    assert not window.isVisible()
    gate.set()


def test_closing_with_nothing_running_asks_nothing(qtbot: QtBot, world: World) -> None:
    with qtbot.waitSignal(world.window.left) as told:
        world.window.close()
    assert told.args == [Wanted.RUN]


@pytest.mark.parametrize("width", [900, 1280, 1600])
def test_every_control_of_the_window_has_a_name(qtbot: QtBot, world: World, width: int) -> None:
    world.window.resize(width, 700)
    world.window.open_model(SMALL)
    assert list(nameless(world.window)) == []


def test_the_gui_thread_touches_no_disk_no_socket_no_database(qtbot: QtBot, world: World) -> None:
    main = threading.get_ident()
    touched: list[tuple[str, object]] = []
    watched = ("open", "socket.connect", "sqlite3.connect", "os.scandir", "os.listdir")
    listening = True

    def audit(event: str, arguments: tuple[object, ...]) -> None:
        if listening and event in watched and threading.get_ident() == main:
            touched.append((event, arguments[0] if arguments else None))

    sys.addaudithook(audit)
    window = world.window
    world.ask(Action.DOWNLOAD)
    until(qtbot, world, CardState.INSTALLED)
    window.open_model(SMALL)
    for place in range(3):
        window.details.tabs.setCurrentIndex(place)
    for page in (window.downloads_page, window.collections_page, window.settings_page):
        window.shell.show_page(page)
        window.grab()
    window.shell.show_page(window.models_page)
    window.models_page.search_all("qwen")
    window.grab()
    window.rescan()
    world.ask(Action.FAVOURITE)

    def is_favourite() -> None:
        entry = window.models_page.entry(SMALL)
        assert entry is not None
        assert entry.favourite

    qtbot.waitUntil(is_favourite)
    listening = False
    assert touched == []


def test_jobs_of_other_processes_move_here_too(qtbot: QtBot, world: World) -> None:
    desk = world.window.desk
    assert desk is not None
    ledger = desk.errands.reading._shelf.ledger
    claim = ledger.claim(
        ModelId(SMALL), JobKind.DOWNLOAD, request="{}", store=world.settings.stores[0]
    )
    ledger.want(claim.job.id, Wanted.PAUSE)
    until(qtbot, world, CardState.PAUSED)
    assert [job.state for job in world.window.jobs.active] == [JobState.PAUSED]
    world.ask(Action.CANCEL)
    until(qtbot, world, CardState.AVAILABLE)


def test_a_model_of_ones_own_is_edited_and_taken_out_of_the_list(
    qtbot: QtBot, world: World
) -> None:
    own = ModelId("team/ours")
    with world.opened() as shelf:
        shelf.custom.add(CustomModel(own, ModelType.EMBEDDING, pooling="mean"))
    page = world.window.models_page
    qtbot.waitUntil(lambda: page.entry(own) is not None)
    world.window.open_model(own)
    overview = world.window.details.overview

    def press(action: Action) -> None:
        qtbot.mouseClick(overview.findChild(Button, action.value), Qt.MouseButton.LeftButton)

    press(Action.EDIT)
    (edit,) = _dialogs(world.window, AddModelDialog)
    kinds = next(d for d in edit.findChildren(DropDown) if d.accessibleName() == "Type")
    kinds.setCurrentIndex(kinds.findData(ModelType.RERANKER))
    kinds.activated.emit(kinds.currentIndex())
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    kind = ModelType.RERANKER
    qtbot.waitUntil(lambda: (e := page.entry(own)) is not None and e.type is kind)

    press(Action.REMOVE)
    (ask,) = _dialogs(world.window, ConfirmDialog)
    qtbot.mouseClick(
        next(b for b in ask.findChildren(Button) if b.text() == "Remove"),
        Qt.MouseButton.LeftButton,
    )
    qtbot.waitUntil(lambda: page.entry(own) is None)
    assert not world.window.shell.are_details_shown


def test_only_a_model_of_ones_own_can_be_edited(qtbot: QtBot, world: World) -> None:
    entry = world.window.models_page.entry(SMALL)
    assert entry is not None
    assert not {Action.EDIT, Action.REMOVE} & set(menu_actions(entry))
    custom = CustomModel(ModelId("team/ours"), ModelType.LLM)
    offered = menu_actions(replace(entry, registry=None, custom=custom))
    assert {Action.EDIT, Action.REMOVE} <= set(offered)


def test_sizes_and_machine_stand_in_the_status_bar(qtbot: QtBot, world: World) -> None:
    bar = world.window.shell.status_bar
    qtbot.waitUntil(lambda: bar._disk.isVisible())
    assert "by registry models" in bar._managed.text()
    assert bar._memory.accessibleName().startswith("RAM: ")


def _dialogs(window: MainWindow, kind: type) -> list:
    return [dialog for dialog in window.findChildren(kind) if dialog.isVisible()]
