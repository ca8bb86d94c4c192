"""Closing the window while downloads run."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot
from tests.support.entries import make_job
from tests.support.looking import problems_of
from tests.support.pressing import press, words
from tests.support.scenes import jobs
from tests.support.speech import found, nameless

from modelshelf.core.settings.declared import DECLARED
from modelshelf.gui.dialogs.close_downloads import CloseDownloadsDialog
from modelshelf.gui.widgets.options import OptionList


@pytest.fixture
def dialog(qtbot: QtBot, window: QMainWindow) -> CloseDownloadsDialog:
    made = CloseDownloadsDialog(jobs()[:2], window)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.open()
    return made


def test_it_says_how_much_is_still_to_come(dialog: CloseDownloadsDialog) -> None:
    assert dialog.windowTitle() == "2 downloads are running"
    assert "8.5 GB are still to come." in words(dialog)
    assert problems_of(dialog) == []


def test_one_download_is_called_by_its_name(qtbot: QtBot) -> None:
    dialog = CloseDownloadsDialog([make_job()])
    qtbot.addWidget(dialog)
    assert dialog.windowTitle() == "bge-small-en-v1.5 is still downloading"
    assert found(dialog, OptionList).button("pause").text() == "Pause it"


def test_enter_keeps_downloading_in_the_tray(qtbot: QtBot, dialog: CloseDownloadsDialog) -> None:
    with qtbot.waitSignal(dialog.decided) as told:
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert told.args == ["tray", False]


@pytest.mark.parametrize("choice", ["pause", "stop"])
def test_another_choice_can_be_made_for_good(
    qtbot: QtBot, dialog: CloseDownloadsDialog, choice: str
) -> None:
    option = found(dialog, OptionList).button(choice)
    qtbot.mouseClick(option, Qt.MouseButton.LeftButton)
    press(qtbot, dialog, "Do not ask again")
    with qtbot.waitSignal(dialog.decided) as told:
        press(qtbot, dialog, "Close the window")
    assert told.args == [choice, True]


def test_escape_keeps_the_window_open(qtbot: QtBot, dialog: CloseDownloadsDialog) -> None:
    with qtbot.assertNotEmitted(dialog.decided), qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_without_a_tray_there_is_no_promise_of_one(qtbot: QtBot) -> None:
    dialog = CloseDownloadsDialog(jobs()[:2], has_tray=False)
    qtbot.addWidget(dialog)
    values = [option.value for option in found(dialog, OptionList).options]
    assert values == ["pause", "stop"]


def test_choices_are_those_of_the_setting(dialog: CloseDownloadsDialog) -> None:
    offered = {str(option.value) for option in found(dialog, OptionList).options}
    assert offered | {"ask"} == set(DECLARED["downloads.on_close"].choices)


def test_everything_can_be_named(dialog: CloseDownloadsDialog) -> None:
    assert list(nameless(dialog)) == []
