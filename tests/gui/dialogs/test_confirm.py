"""One question with one consequence."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot
from tests.support.pressing import press

from modelshelf.gui.dialogs.confirm import ConfirmDialog


@pytest.fixture
def dialog(qtbot: QtBot, window: QMainWindow) -> ConfirmDialog:
    made = ConfirmDialog("Delete “notes”?", "Its models stay.", "Delete collection", window)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.open()
    return made


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_keys_say_no(qtbot: QtBot, dialog: ConfirmDialog, key: Qt.Key) -> None:
    with qtbot.assertNotEmitted(dialog.confirmed), qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, key)


def test_only_its_button_says_yes(qtbot: QtBot, dialog: ConfirmDialog) -> None:
    with qtbot.waitSignal(dialog.confirmed):
        press(qtbot, dialog, "Delete collection")
    assert not dialog.isVisible()
