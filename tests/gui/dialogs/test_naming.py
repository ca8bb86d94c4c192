"""Asking for a name."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMainWindow, QPlainTextEdit
from pytestqt.qtbot import QtBot
from tests.support.pressing import button, press, words
from tests.support.speech import found, nameless

from modelshelf.gui.dialogs.naming import NamingDialog


@pytest.fixture
def dialog(qtbot: QtBot, window: QMainWindow) -> NamingDialog:
    made = NamingDialog(
        "New collection",
        "Create",
        window,
        taken=("Thesis-RAG",),
        name_label="Name",
        description_label="Description",
    )
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.open()
    return made


def test_a_name_and_a_line_are_handed_over(qtbot: QtBot, dialog: NamingDialog) -> None:
    assert not button(dialog, "Create").isEnabled()
    qtbot.keyClicks(found(dialog, QLineEdit), "  notes ")
    qtbot.keyClicks(found(dialog, QPlainTextEdit), "My own notes")
    with qtbot.waitSignal(dialog.named) as told:
        press(qtbot, dialog, "Create")
    assert told.args == ["notes", "My own notes"]
    assert not dialog.isVisible()


def test_enter_in_the_name_is_enough(qtbot: QtBot, dialog: NamingDialog) -> None:
    line = found(dialog, QLineEdit)
    qtbot.keyClicks(line, "notes")
    with qtbot.waitSignal(dialog.named) as told:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert told.args == ["notes", ""]


def test_a_name_in_use_is_refused_however_it_is_written(qtbot: QtBot, dialog: NamingDialog) -> None:
    qtbot.keyClicks(found(dialog, QLineEdit), "thesis-rag")
    with qtbot.assertNotEmitted(dialog.named):
        press(qtbot, dialog, "Create")
    assert "There is one called “Thesis-RAG” already." in words(dialog)
    qtbot.keyClicks(found(dialog, QLineEdit), "-2")
    assert "already" not in words(dialog)


def test_a_name_that_cannot_be_used_is_refused_by_the_same_rule_as_elsewhere(
    qtbot: QtBot, dialog: NamingDialog
) -> None:
    found(dialog, QLineEdit).setText("x" * 81)
    qtbot.keyClick(found(dialog, QLineEdit), Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert "is no name for a collection" in words(dialog)


def test_a_rename_may_keep_the_name_and_change_its_case(qtbot: QtBot, window: QMainWindow) -> None:
    dialog = NamingDialog(
        "Rename", "Rename", window, name="notes", taken=("notes", "other"), name_label="Name"
    )
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    qtbot.keyClicks(found(dialog, QLineEdit), "Notes")
    with qtbot.waitSignal(dialog.named) as told:
        press(qtbot, dialog, "Rename")
    assert told.args == ["Notes", ""]


def test_a_description_alone_keeps_the_name(qtbot: QtBot, window: QMainWindow) -> None:
    dialog = NamingDialog(
        "About",
        "Save",
        window,
        name="notes",
        description="old",
        description_label="Description",
    )
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    found(dialog, QPlainTextEdit).setPlainText("x" * 2001)
    press(qtbot, dialog, "Save")
    assert "Use up to 2,000 characters." in words(dialog)
    found(dialog, QPlainTextEdit).setPlainText("new")
    with qtbot.waitSignal(dialog.named) as told:
        press(qtbot, dialog, "Save")
    assert told.args == ["notes", "new"]


def test_everything_can_be_named(dialog: NamingDialog) -> None:
    assert list(nameless(dialog)) == []
