"""The frame of dialogs."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from modelshelf.gui.theme import colour
from modelshelf.gui.widgets import Button, Kind, Label, ModelshelfDialog


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    made.resize(900, 600)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def dialog(qtbot: QtBot, window: QMainWindow) -> ModelshelfDialog:
    made = ModelshelfDialog("Delete bge-m3?", "Frees 2.3 GB on /home.", window, closable=True)
    made.body.addWidget(Label("This action cannot be undone."))
    qtbot.addWidget(made)
    return made


def test_escape_rejects(qtbot: QtBot, dialog: ModelshelfDialog) -> None:
    with qtbot.waitExposed(dialog):
        dialog.open()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_enter_presses_the_default_button(qtbot: QtBot, dialog: ModelshelfDialog) -> None:
    delete = dialog.add_button("Delete", Kind.DESTRUCTIVE)
    cancel = dialog.add_button("Cancel", default=True)
    with qtbot.waitExposed(dialog):
        dialog.open()
    with qtbot.assertNotEmitted(delete.clicked), qtbot.waitSignal(cancel.clicked):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)


def test_it_has_a_name_and_a_description(dialog: ModelshelfDialog) -> None:
    assert dialog.windowTitle() == "Delete bge-m3?"
    assert dialog.accessibleName() == "Delete bge-m3?"
    assert dialog.accessibleDescription() == "Frees 2.3 GB on /home."


def test_the_window_behind_is_dimmed_while_it_is_open(
    qtbot: QtBot, window: QMainWindow, dialog: ModelshelfDialog
) -> None:
    corner = QPoint(4, 4)
    assert window.grab().toImage().pixelColor(corner) == colour("background")
    with qtbot.waitExposed(dialog):
        dialog.open()
    dimmed = window.grab().toImage().pixelColor(corner)
    assert dimmed.lightness() < colour("background").lightness() - 30
    dialog.reject()
    assert window.grab().toImage().pixelColor(corner) == colour("background")


def test_it_is_as_high_as_its_words_need(qtbot: QtBot, dialog: ModelshelfDialog) -> None:
    with qtbot.waitExposed(dialog):
        dialog.open()
    before = dialog.height()
    long = Label("A long explanation that takes several lines to be read in full. " * 8, wrap=True)
    dialog.body.addWidget(long)
    dialog.fit()
    assert dialog.height() > before
    assert long.height() >= long.heightForWidth(long.width())


def test_the_cross_is_there_only_where_it_is_wanted(qtbot: QtBot, window: QMainWindow) -> None:
    plain = ModelshelfDialog("Plain", parent=window)
    qtbot.addWidget(plain)
    with qtbot.waitExposed(plain):
        plain.open()
    names = [b.accessibleName() for b in plain.findChildren(Button) if b.isVisible()]
    assert names == []


def test_corners_are_round_and_see_through(qtbot: QtBot, dialog: ModelshelfDialog) -> None:
    with qtbot.waitExposed(dialog):
        dialog.open()
    image = dialog.grab().toImage()
    assert image.pixelColor(0, 0).alpha() < 8
    assert image.pixelColor(dialog.rect().center()).alpha() == 255
