"""Choosing a model from the catalogue."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListView, QMainWindow
from pytestqt.qtbot import QtBot
from tests.support.looking import problems_of
from tests.support.pressing import button, buttons, press, words
from tests.support.scenes import LLAMA, QWEN, catalogue
from tests.support.speech import found, nameless

from modelshelf.core.model import ModelType, Role
from modelshelf.gui.dialogs.pick_model import PickModelDialog


@pytest.fixture
def dialog(qtbot: QtBot, window: QMainWindow) -> PickModelDialog:
    taken = frozenset({(str(QWEN), Role.EMBEDDING)})
    made = PickModelDialog("Add a model to “notes”", catalogue(), window, taken=taken)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.open()
    return made


def shown(dialog: PickModelDialog) -> list[str]:
    model = found(dialog, QListView).model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_what_is_here_comes_first_and_what_is_taken_is_not_chosen(
    dialog: PickModelDialog,
) -> None:
    assert shown(dialog)[0] == QWEN
    assert found(dialog, QListView).currentIndex().data() != QWEN
    assert problems_of(dialog) == []


def test_typing_finds_and_enter_takes_it_in_its_natural_role(
    qtbot: QtBot, dialog: PickModelDialog
) -> None:
    search = found(dialog, QLineEdit)
    qtbot.keyClicks(search, "reranker")
    assert shown(dialog) == ["BAAI/bge-reranker-v2-m3"]
    with qtbot.waitSignal(dialog.picked) as told:
        qtbot.keyClick(search, Qt.Key.Key_Return)
    assert told.args == ["BAAI/bge-reranker-v2-m3", Role.RERANKER]


def test_arrows_move_in_the_list_while_typing(qtbot: QtBot, dialog: PickModelDialog) -> None:
    search, view = found(dialog, QLineEdit), found(dialog, QListView)
    before = view.currentIndex().row()
    qtbot.keyClick(search, Qt.Key.Key_Down)
    assert view.currentIndex().row() == before + 1
    qtbot.keyClick(search, Qt.Key.Key_Up)
    assert view.currentIndex().row() == before


def test_another_role_can_be_chosen_and_stays(qtbot: QtBot, dialog: PickModelDialog) -> None:
    press(qtbot, dialog, "Used for: Generation")
    qtbot.keyClicks(found(dialog, QLineEdit), "Qwen3-Embedding-0.6B")
    with qtbot.waitSignal(dialog.picked) as told:
        press(qtbot, dialog, "Add")
    assert told.args == [QWEN, Role.LLM]


def test_what_is_there_already_is_not_added_twice(qtbot: QtBot, dialog: PickModelDialog) -> None:
    qtbot.keyClicks(found(dialog, QLineEdit), "Qwen3-Embedding-0.6B")
    assert "It is there for this already." in words(dialog)
    assert not button(dialog, "Add").isEnabled()
    press(qtbot, dialog, "Used for: Reranking")
    assert button(dialog, "Add").isEnabled()


def test_nothing_found_is_said(qtbot: QtBot, dialog: PickModelDialog) -> None:
    qtbot.keyClicks(found(dialog, QLineEdit), "no such thing")
    assert "Nothing in the catalogue is called so." in words(dialog)
    assert not button(dialog, "Add").isEnabled()


def test_it_can_be_narrowed_to_one_type(qtbot: QtBot, window: QMainWindow) -> None:
    dialog = PickModelDialog(
        "Default for generation",
        catalogue(),
        window,
        kind=ModelType.LLM,
        asks_role=False,
        action="Choose",
    )
    qtbot.addWidget(dialog)
    assert sorted(shown(dialog)) == ["Qwen/Qwen2.5-1.5B-Instruct", LLAMA]
    assert "Used for: Embedding" not in buttons(dialog)
    with qtbot.waitSignal(dialog.picked) as told:
        press(qtbot, dialog, "Choose")
    assert told.args == ["Qwen/Qwen2.5-1.5B-Instruct", Role.LLM]


def test_everything_can_be_named(dialog: PickModelDialog) -> None:
    assert list(nameless(dialog)) == []
