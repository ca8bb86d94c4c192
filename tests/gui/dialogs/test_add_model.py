"""Adding a model of one's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot
from tests.support.looking import problems_of
from tests.support.plans import DETECTED
from tests.support.pressing import button, buttons, press, words
from tests.support.speech import found, nameless

from modelshelf.core.catalogue.custom_model import CustomModel
from modelshelf.core.errors import ErrorCode, ErrorInfo
from modelshelf.core.model import ModelId, ModelType
from modelshelf.gui.dialogs.add_model import AddModelDialog
from modelshelf.gui.widgets import DropDown

OWN = ModelId("lab/own-finetune")


@pytest.fixture
def dialog(qtbot: QtBot, window: QMainWindow) -> AddModelDialog:
    made = AddModelDialog(parent=window, debounce_ms=0)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.open()
    return made


def field(dialog: AddModelDialog, name: str) -> QLineEdit:
    lines = [line for line in dialog.findChildren(QLineEdit) if line.accessibleName() == name]
    assert len(lines) == 1
    return lines[0]


def choose_type(qtbot: QtBot, dialog: AddModelDialog, kind: ModelType) -> None:
    drop_down = found(dialog, DropDown)
    for _ in range(drop_down.findData(kind)):
        qtbot.keyClick(drop_down, Qt.Key.Key_Down)


def test_nothing_can_be_added_before_there_is_an_id(dialog: AddModelDialog) -> None:
    assert not button(dialog, "Add").isEnabled()
    assert not button(dialog, "Add and download").isEnabled()


def test_a_typed_id_is_checked_and_what_was_pressed_meanwhile_is_done_after_it(
    qtbot: QtBot, dialog: AddModelDialog
) -> None:
    with qtbot.waitSignal(dialog.check_requested, check_params_cb=lambda model_id: model_id == OWN):
        qtbot.keyClicks(field(dialog, "Model"), OWN)
    with qtbot.assertNotEmitted(dialog.model_added):
        press(qtbot, dialog, "Add and download")
    with qtbot.waitSignal(dialog.model_added) as told:
        dialog.show_detected(DETECTED, asked=OWN)
    assert told.args == [DETECTED, True]
    assert dialog.isVisible()


def test_an_id_the_hub_does_not_know_is_not_added_however_fast_enter_comes(
    qtbot: QtBot, dialog: AddModelDialog
) -> None:
    qtbot.keyClicks(field(dialog, "Model"), OWN)
    with qtbot.assertNotEmitted(dialog.model_added):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        dialog.show_check_failed(ErrorInfo(ErrorCode.NOT_FOUND, "No such model."), OWN)
    assert "No such model." in words(dialog)
    assert not button(dialog, "Add").isEnabled()


def test_a_pasted_link_is_understood(qtbot: QtBot, dialog: AddModelDialog) -> None:
    with qtbot.waitSignal(dialog.check_requested) as asked:
        dialog.enter(f"https://huggingface.co/{OWN}/blob/main/README.md")
    assert asked.args == [OWN]


def test_nonsense_is_refused_beside_the_field(qtbot: QtBot, dialog: AddModelDialog) -> None:
    with qtbot.assertNotEmitted(dialog.check_requested):
        dialog.enter("two words")
    assert "An id looks like BAAI/bge-small-en-v1.5" in words(dialog)
    assert not button(dialog, "Add").isEnabled()


def test_what_was_detected_is_filled_in_and_labelled(qtbot: QtBot, dialog: AddModelDialog) -> None:
    dialog.enter(DETECTED.model_id)
    dialog.show_detected(DETECTED, asked=DETECTED.model_id)
    assert "Found on the Hub · 118 M parameters · 487 MB to download · MIT" in words(dialog)
    press(qtbot, dialog, "Advanced options")
    assert field(dialog, "Dimension").text() == "384"
    assert dialog.fields.dimension.is_detected
    assert dialog.fields.query.is_detected
    assert not dialog.fields.instruction.is_detected
    assert problems_of(dialog) == []
    with qtbot.waitSignal(dialog.model_added) as told:
        press(qtbot, dialog, "Add and download")
    assert told.args == [DETECTED, True]


def test_what_a_person_typed_is_not_overwritten(qtbot: QtBot, dialog: AddModelDialog) -> None:
    dialog.enter(DETECTED.model_id)
    dialog.fold.set_open(True)
    qtbot.keyClicks(field(dialog, "Dimension"), "256")
    qtbot.keyClicks(field(dialog, "Default instruction"), "Find the passage")
    choose_type(qtbot, dialog, ModelType.RERANKER)
    dialog.show_detected(DETECTED, asked=DETECTED.model_id)
    assert found(dialog, DropDown).currentData() == ModelType.RERANKER
    assert field(dialog, "Dimension").text() == "256"
    assert not dialog.fields.dimension.is_detected
    assert field(dialog, "Default instruction").text() == "Find the passage"


def test_the_name_the_hub_uses_now_is_taken_over(qtbot: QtBot, dialog: AddModelDialog) -> None:
    dialog.enter("intfloat/old-name")
    dialog.show_detected(DETECTED, asked="intfloat/old-name")
    assert field(dialog, "Model").text() == DETECTED.model_id
    with qtbot.waitSignal(dialog.model_added) as told:
        press(qtbot, dialog, "Add")
    assert told.args == [DETECTED, False]


def test_a_late_answer_about_another_id_is_ignored(dialog: AddModelDialog) -> None:
    dialog.enter("first/one")
    dialog.enter(OWN)
    dialog.show_detected(DETECTED, asked="first/one")
    dialog.show_check_failed(ErrorInfo(ErrorCode.NOT_FOUND, "No such model."), "first/one")
    assert field(dialog, "Model").text() == OWN
    assert button(dialog, "Add").isEnabled()


def test_offline_it_can_still_be_added_and_says_that_nobody_checked(
    qtbot: QtBot, dialog: AddModelDialog
) -> None:
    dialog.enter(OWN)
    dialog.show_detected(CustomModel(OWN, ModelType.OTHER))
    assert "only the form of the id was checked" in words(dialog)
    with qtbot.waitSignal(dialog.model_added):
        press(qtbot, dialog, "Add")


@pytest.mark.parametrize(
    ("code", "can_be_added"),
    [
        (ErrorCode.NETWORK, True),
        (ErrorCode.TIMEOUT, True),
        (ErrorCode.TOKEN, True),
        (ErrorCode.NOT_FOUND, False),
        (ErrorCode.INPUT, False),
    ],
)
def test_only_what_speaks_against_the_model_keeps_it_out(
    dialog: AddModelDialog, code: ErrorCode, can_be_added: bool
) -> None:
    dialog.enter(OWN)
    dialog.show_check_failed(ErrorInfo(code, "This is what happened."))
    assert button(dialog, "Add").isEnabled() is can_be_added


def test_a_refusal_by_the_database_keeps_the_dialog_open(
    qtbot: QtBot, dialog: AddModelDialog
) -> None:
    dialog.enter(OWN)
    dialog.show_detected(DETECTED)
    press(qtbot, dialog, "Add")
    assert not button(dialog, "Add").isEnabled()
    dialog.refuse(ErrorInfo(ErrorCode.INPUT, "own-finetune is in your list already."))
    assert "own-finetune is in your list already." in words(dialog)
    assert button(dialog, "Add").isEnabled()


def test_a_dimension_out_of_range_is_refused_in_place(qtbot: QtBot, dialog: AddModelDialog) -> None:
    dialog.enter(OWN)
    dialog.fold.set_open(True)
    qtbot.keyClicks(field(dialog, "Dimension"), "99999")
    assert "Use a whole number from 1 to 65,536." in words(dialog)
    assert not button(dialog, "Add").isEnabled()


def test_only_an_embedding_model_has_a_dimension(qtbot: QtBot, dialog: AddModelDialog) -> None:
    dialog.enter(OWN)
    dialog.show_detected(CustomModel(OWN, ModelType.EMBEDDING))
    dialog.fold.set_open(True)
    qtbot.keyClicks(field(dialog, "Dimension"), "768")
    choose_type(qtbot, dialog, ModelType.LLM)
    assert "Dimension" not in words(dialog)
    with qtbot.waitSignal(dialog.model_added) as told:
        press(qtbot, dialog, "Add")
    assert told.args == [CustomModel(OWN, ModelType.LLM), False]


def test_prefixes_belong_to_the_asymmetric_mode(qtbot: QtBot, dialog: AddModelDialog) -> None:
    dialog.enter(OWN)
    dialog.show_detected(CustomModel(OWN, ModelType.EMBEDDING))
    dialog.fold.set_open(True)
    press(qtbot, dialog, "Queries and documents get different prefixes")
    qtbot.keyClicks(field(dialog, "Query prefix"), "query: ")
    with qtbot.waitSignal(dialog.model_added) as told:
        press(qtbot, dialog, "Add")
    expected = CustomModel(OWN, ModelType.EMBEDDING, asymmetric=True, query_prefix="query: ")
    assert told.args == [expected, False]


def test_a_stored_model_can_be_edited(qtbot: QtBot, window: QMainWindow) -> None:
    dialog = AddModelDialog(DETECTED, window)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    assert dialog.windowTitle() == "Edit multilingual-e5-small"
    assert "Add and download" not in buttons(dialog)
    press(qtbot, dialog, "Pooling: CLS")
    with qtbot.waitSignal(dialog.model_edited) as told:
        press(qtbot, dialog, "Save")
    assert told.args == [replace(DETECTED, pooling="cls")]


def test_everything_can_be_named(dialog: AddModelDialog) -> None:
    dialog.enter(DETECTED.model_id)
    dialog.show_detected(DETECTED)
    dialog.fold.set_open(True)
    assert list(nameless(dialog)) == []
