"""Deleting: what the dialog promises, refuses and hands over."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot
from tests.support.findings import (
    IN_COLLECTION,
    IN_MEMORY,
    IS_DEFAULT,
    NOT_ALLOWED,
    RUNNING_JOB,
    SHARED,
)
from tests.support.looking import problems_of, settle
from tests.support.plans import delete_plan, revisions
from tests.support.pressing import button, buttons, press, words
from tests.support.scenes import BGE, HOME, QWEN
from tests.support.speech import nameless

from modelshelf.core.errors import ErrorCode, ErrorInfo
from modelshelf.gui.dialogs.delete import DeleteDialog
from modelshelf.gui.widgets import DropDown


@pytest.fixture
def dialog(qtbot: QtBot, window: QMainWindow) -> DeleteDialog:
    made = DeleteDialog(QWEN, parent=window)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.open()
    return made


def test_it_opens_before_there_is_a_plan_and_cannot_delete_yet(dialog: DeleteDialog) -> None:
    assert dialog.windowTitle() == "Delete Qwen3-Embedding-0.6B?"
    assert not button(dialog, "Delete").isEnabled()


def test_it_says_what_is_freed_where_and_what_else_changes(dialog: DeleteDialog) -> None:
    dialog.show_plan(delete_plan(IS_DEFAULT, SHARED), HOME)
    said = words(dialog)
    assert "Frees 1.2 GB on /home." in said
    assert "It is your default for embedding" in said
    assert "0.6 GB stay" in said
    assert "This action cannot be undone." in said
    assert problems_of(dialog) == []


def test_only_what_is_on_the_hub_can_come_back(qtbot: QtBot) -> None:
    own = DeleteDialog(QWEN, is_on_hub=False)
    qtbot.addWidget(own)
    own.show_plan(delete_plan(), HOME)
    assert "downloaded again" not in words(own)


def test_delete_hands_over_exactly_the_plan_that_was_shown(
    qtbot: QtBot, dialog: DeleteDialog
) -> None:
    plan = delete_plan(IS_DEFAULT)
    dialog.show_plan(plan, HOME)
    with qtbot.waitSignal(dialog.accepted_plan) as told:
        press(qtbot, dialog, "Delete")
    assert told.args == [plan, False]
    assert not dialog.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_keys_never_delete_by_accident(qtbot: QtBot, dialog: DeleteDialog, key: Qt.Key) -> None:
    dialog.show_plan(delete_plan(), HOME)
    with qtbot.assertNotEmitted(dialog.accepted_plan), qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, key)


def test_a_model_in_use_cannot_be_deleted_and_says_by_whom(dialog: DeleteDialog) -> None:
    dialog.show_plan(delete_plan(IN_COLLECTION, IN_MEMORY, IS_DEFAULT), HOME)
    assert dialog.windowTitle() == "Qwen3-Embedding-0.6B is in use"
    assert "Delete" not in buttons(dialog)
    said = words(dialog)
    assert "thesis-rag" in said
    assert "process 48213" in said
    assert "It is your default" not in said
    assert "cannot be undone" not in said


def test_a_refusal_leads_to_the_collection(qtbot: QtBot, dialog: DeleteDialog) -> None:
    dialog.show_plan(delete_plan(IN_COLLECTION), HOME)
    with qtbot.waitSignal(dialog.collection_opened) as told:
        press(qtbot, dialog, f"Open: {IN_COLLECTION.sentence}")
    assert told.args == ["thesis-rag"]
    assert not dialog.isVisible()


def test_a_refusal_leads_to_the_job(qtbot: QtBot, dialog: DeleteDialog) -> None:
    dialog.show_plan(delete_plan(RUNNING_JOB), HOME)
    with qtbot.waitSignal(dialog.job_opened) as told:
        press(qtbot, dialog, f"Show: {RUNNING_JOB.sentence}")
    assert told.args == ["7f3a"]


def test_somebody_without_the_right_is_not_told_to_wait(dialog: DeleteDialog) -> None:
    dialog.show_plan(delete_plan(NOT_ALLOWED), HOME)
    assert dialog.windowTitle() == "Qwen3-Embedding-0.6B cannot be deleted"
    assert "lena or lab-admins may." in words(dialog)


def test_open_files_alone_can_be_overridden_on_purpose(qtbot: QtBot, dialog: DeleteDialog) -> None:
    plan = delete_plan(IN_MEMORY)
    dialog.show_plan(plan, HOME)
    assert not button(dialog, "Delete").isEnabled()
    press(qtbot, dialog, "Delete anyway")
    with qtbot.waitSignal(dialog.accepted_plan) as told:
        press(qtbot, dialog, "Delete")
    assert told.args == [plan, True]


def test_one_revision_can_be_chosen(qtbot: QtBot, window: QMainWindow) -> None:
    newer, older = revisions()
    dialog = DeleteDialog(QWEN, (newer, older), window)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    dialog.show_plan(delete_plan(), HOME)
    choice = dialog.findChild(DropDown)
    assert choice is not None
    choice.setFocus()
    with qtbot.waitSignal(dialog.plan_requested) as asked:
        qtbot.keyClick(choice, Qt.Key.Key_Down)
        qtbot.keyClick(choice, Qt.Key.Key_Down)
    assert asked.args == [newer.commit]
    assert dialog.revision == older.commit
    assert dialog.windowTitle() == "Delete revision c0ffee1 of Qwen3-Embedding-0.6B?"
    assert not button(dialog, "Delete").isEnabled()


def test_an_answer_to_an_older_question_changes_nothing(qtbot: QtBot, window: QMainWindow) -> None:
    newer, older = revisions()
    dialog = DeleteDialog(QWEN, (newer, older), window)
    qtbot.addWidget(dialog)
    late = delete_plan(revision=older.commit)
    dialog.show_plan(late, HOME)
    assert not button(dialog, "Delete").isEnabled()
    dialog.show_plan(replace(late, model_id=BGE, revision=None), HOME)
    assert not button(dialog, "Delete").isEnabled()
    dialog.show_plan(delete_plan(), HOME)
    assert button(dialog, "Delete").isEnabled()


def test_a_failure_can_be_tried_again(qtbot: QtBot, dialog: DeleteDialog) -> None:
    dialog.show_error(ErrorInfo(ErrorCode.NOT_FOUND, "It is not here any more.", "Rescan."))
    assert "It is not here any more. Rescan." in words(dialog)
    with qtbot.waitSignal(dialog.plan_requested) as asked:
        press(qtbot, dialog, "Try again")
    assert asked.args == [None]


def test_everything_can_be_named(dialog: DeleteDialog) -> None:
    dialog.show_plan(delete_plan(IN_MEMORY, IS_DEFAULT), HOME)
    assert list(nameless(dialog)) == []


def test_a_closed_dialog_is_gone(qtbot: QtBot, window: QMainWindow) -> None:
    dialog = DeleteDialog.ask(window, QWEN)
    dialog.show_plan(delete_plan(IN_COLLECTION), HOME)
    press(qtbot, dialog, "Close")
    settle()
    assert not shiboken6.isValid(dialog)
