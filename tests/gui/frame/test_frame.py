"""Bars, navigation, places of pages, news."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from tests.support.entries import NOW
from tests.support.speech import found, nameless

from modelshelf.core.catalogue.catalogue import CacheSizes
from modelshelf.core.machine import Disk, Gpu, Memory
from modelshelf.gui.frame.navigation import Navigation, NavigationItem
from modelshelf.gui.frame.notices import NoticesPopup
from modelshelf.gui.frame.shell import Shell
from modelshelf.gui.frame.status_bar import MachineFacts, StatusBar
from modelshelf.gui.frame.top_bar import TopBar
from modelshelf.gui.widgets import Button, Label, Notice, ProgressBar, Tone

GB = 10**9


def shown(qtbot: QtBot, widget: QWidget, width: int = 1280, height: int = 60) -> None:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    with qtbot.waitExposed(widget):
        widget.show()


def words(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(Label) if label.isVisibleTo(widget)]


def test_the_top_bar_says_what_downloads_and_leads_there(qtbot: QtBot) -> None:
    bar = TopBar()
    shown(qtbot, bar)
    assert bar.downloads.isHidden()
    bar.downloads.show_downloads(2, 41_300_000)
    assert bar.downloads.text() == "2 · 41 MB/s"
    with qtbot.waitSignal(bar.downloads_opened):
        qtbot.mouseClick(bar.downloads, Qt.MouseButton.LeftButton)
    bar.bell.set_unread(3)
    assert bar.bell.accessibleName() == "Notices, 3 new"
    assert list(nameless(bar)) == []


@pytest.mark.parametrize("width", [880, 1280, 1920])
def test_the_search_stands_in_the_middle(qtbot: QtBot, width: int) -> None:
    bar = TopBar()
    shown(qtbot, bar, width)
    middle = bar.search.geometry().center().x()
    assert abs(middle - width // 2) <= 8


def test_navigation_tells_the_page_and_says_counts(qtbot: QtBot) -> None:
    navigation = Navigation()
    navigation.add("Models", "library")
    downloads = navigation.add("Downloads", "download")
    shown(qtbot, navigation, 208, 600)
    navigation.set_count(downloads, 2)
    item = navigation.findChildren(NavigationItem)[1]
    assert item.accessibleName() == "Downloads, 2"
    assert "Ctrl+2" in item.toolTip()
    with qtbot.waitSignal(navigation.chosen) as told:
        qtbot.mouseClick(item, Qt.MouseButton.LeftButton)
    assert told.args == [downloads]
    navigation.show_page(None)
    assert not item.isChecked()


def test_pages_are_made_when_they_are_first_shown(qtbot: QtBot) -> None:
    shell = Shell()
    made: list[str] = []

    def build(name: str) -> QLabel:
        made.append(name)
        return QLabel(name)

    shell.add_page(lambda: build("one"), "One", "library")
    shell.add_page(lambda: build("two"), "Two", "download")
    shell.add_page(lambda: build("three"), "Three")
    shell.show_place(0)
    shown(qtbot, shell, 1280, 700)
    assert made == ["one"]
    shell.show_place(2)
    assert made == ["one", "three"]
    assert shell.place == 2
    assert shell.names == ("One", "Two")
    shell.show_place(7)
    assert shell.place == 2


def test_details_belong_to_their_page_and_the_navigation_gives_way(qtbot: QtBot) -> None:
    shell = Shell()
    home, other = QLabel("home"), QLabel("other")
    shell.add_page(lambda: home, "Home", "library")
    shell.add_page(lambda: other, "Other", "download")
    shell.show_place(0)
    panel = QLabel("details")
    shell.add_details(panel, home)
    shown(qtbot, shell, 1000, 700)
    wide = shell.navigation.width()
    shell.set_details_shown(True)
    assert panel.isVisible()
    assert shell.navigation.width() < wide
    shell.show_place(1)
    assert not panel.isVisible()
    assert shell.navigation.width() == wide


def test_the_status_bar_shows_what_this_machine_has(qtbot: QtBot) -> None:
    bar = StatusBar()
    shown(qtbot, bar, 1440, 36)
    bar.show_sizes(CacheSizes(146_500_000_000, 34_100_000_000, 112_400_000_000, 12))
    memory, disk = Memory(64 * GB, 50 * GB), Disk(Path("/home"), 1, 1000 * GB, 52 * GB)
    bar.show_machine(MachineFacts(memory, disk, (Gpu(0, "RTX 4090", 24 * GB, 15 * GB),)))
    said = words(bar)
    assert said[:2] == ["34.1 GB by registry models", "112.4 GB by other downloads"]
    assert "9.0 / 24 GB" in said
    assert "52.0 GB free" in said
    values = [b.value() for b in bar.findChildren(ProgressBar) if b.isVisible()]
    assert values == [375, 218, 948]
    bar.show_machine(MachineFacts(None, None))
    assert [b for b in bar.findChildren(ProgressBar) if b.isVisible()] == []


def test_notices_are_listed_newest_first_and_can_be_cleared(qtbot: QtBot) -> None:
    host = QWidget()
    shown(qtbot, host, 600, 400)
    popup = NoticesPopup(host, clock=lambda: NOW)
    popup.show_notices(
        [
            Notice("bge-m3 is installed", Tone.GOOD, when=NOW - timedelta(minutes=5)),
            Notice("Downloading bge-m3", Tone.ACCENT, when=NOW - timedelta(hours=2)),
        ]
    )
    said = words(popup)
    assert said.index("bge-m3 is installed") < said.index("Downloading bge-m3")
    assert "5 minutes ago" in said
    with qtbot.waitSignal(popup.cleared):
        found(popup, Button).click()
    popup.show_notices(())
    assert "Nothing new" in words(popup)


def test_every_item_is_reached_by_keyboard(qtbot: QtBot) -> None:
    bar = TopBar()
    shown(qtbot, bar)
    for button in bar.findChildren(QPushButton):
        if button.isVisible() and button.parent() is not bar.search:
            assert button.focusPolicy() is Qt.FocusPolicy.TabFocus
