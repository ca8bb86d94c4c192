"""Errors: said calmly, copied without secrets."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QPlainTextEdit
from pytestqt.qtbot import QtBot
from tests.support.looking import problems_of
from tests.support.pressing import buttons, press, words
from tests.support.speech import found, nameless

from modelshelf.core.errors import ErrorCode, ErrorInfo
from modelshelf.gui.dialogs.error import ErrorDialog

LOST = ErrorInfo(
    ErrorCode.NETWORK,
    "The connection to the Hub was lost.",
    "Retry continues where it stopped.",
    "Authorization: Bearer hf_abcdefghijklmnopqrstuvwxyz012345",
)


@pytest.fixture
def dialog(qtbot: QtBot, window: QMainWindow) -> ErrorDialog:
    made = ErrorDialog(
        LOST, window, title="bge-m3 could not be downloaded", action="Retry", report="Linux, 0.1"
    )
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.open()
    return made


def test_it_says_what_happened_and_what_to_do(dialog: ErrorDialog) -> None:
    said = words(dialog)
    assert dialog.windowTitle() == "bge-m3 could not be downloaded"
    assert "The connection to the Hub was lost." in said
    assert "Retry continues where it stopped." in said
    assert "ERR_NETWORK" in said
    assert problems_of(dialog) == []


def test_details_are_folded_away_and_hold_no_secret(qtbot: QtBot, dialog: ErrorDialog) -> None:
    details = found(dialog, QPlainTextEdit)
    assert not details.isVisible()
    height = dialog.height()
    press(qtbot, dialog, "Details")
    assert details.isVisible()
    assert dialog.height() > height
    assert "hf_abc" not in details.toPlainText()


def test_the_report_can_be_copied_without_secrets(qtbot: QtBot, dialog: ErrorDialog) -> None:
    press(qtbot, dialog, "Copy report")
    copied = QGuiApplication.clipboard().text()
    assert copied == dialog.report
    assert copied.startswith("ERR_NETWORK: The connection to the Hub was lost.\n\nRetry")
    assert "Linux, 0.1" in copied
    assert "hf_abc" not in copied
    assert "Copied" in buttons(dialog)


def test_enter_does_what_is_offered(qtbot: QtBot, dialog: ErrorDialog) -> None:
    with qtbot.waitSignal(dialog.acted):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_without_an_offer_enter_closes(qtbot: QtBot, window: QMainWindow) -> None:
    dialog = ErrorDialog(LOST, window)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    assert dialog.windowTitle() == "The connection to the Hub was lost."
    with qtbot.assertNotEmitted(dialog.acted), qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)


def test_a_bug_is_calm_and_keeps_its_traceback_for_the_report(
    qtbot: QtBot, window: QMainWindow
) -> None:
    dialog = ErrorDialog.tell_bug(window, "Traceback…\nKeyError: 'x'", report="Modelshelf 0.1")
    qtbot.addWidget(dialog)
    assert dialog.windowTitle() == "Something in Modelshelf went wrong"
    assert "KeyError" not in words(dialog)
    assert "KeyError: 'x'" in dialog.report
    assert "Modelshelf 0.1" in dialog.report
    assert "ERR_BUG" in dialog.report


def test_a_bug_that_comes_back_is_told_once_at_a_time(qtbot: QtBot, window: QMainWindow) -> None:
    first = ErrorDialog.tell_bug(window, "KeyError: 'x'")
    qtbot.addWidget(first)
    assert ErrorDialog.tell_bug(window, "KeyError: 'x'") is first
    first.reject()
    again = ErrorDialog.tell_bug(window, "KeyError: 'x'")
    qtbot.addWidget(again)
    assert again is not first
    assert again.isVisible()


def test_everything_can_be_named(dialog: ErrorDialog) -> None:
    assert list(nameless(dialog)) == []
