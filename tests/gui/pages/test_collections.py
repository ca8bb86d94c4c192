"""Collections: what the page shows, asks and tells."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from tests.support.entries import NOW, make_entry
from tests.support.looking import problems_of, settle
from tests.support.pressing import buttons, press, words
from tests.support.scenes import BGE, QWEN, catalogue, collections
from tests.support.speech import found, nameless

from modelshelf.core.model import ModelType, Role
from modelshelf.core.usage.collections import Collection, CollectionModel
from modelshelf.gui.dialogs.confirm import ConfirmDialog
from modelshelf.gui.dialogs.naming import NamingDialog
from modelshelf.gui.dialogs.pick_model import PickModelDialog
from modelshelf.gui.models.collections_model import CollectionRow
from modelshelf.gui.pages.collection_models import ModelUseRow
from modelshelf.gui.pages.collections import CollectionsPage
from modelshelf.gui.roles import MODEL_MIME


@pytest.fixture
def page(qtbot: QtBot) -> CollectionsPage:
    made = CollectionsPage()
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show_entries(catalogue())
    made.show_collections(collections())
    with qtbot.waitExposed(made):
        made.show()
    assert made.open_collection("thesis-rag")
    settle()
    return made


def row_of(page: CollectionsPage, model_id: str) -> ModelUseRow:
    rows = [row for row in page.findChildren(ModelUseRow) if row.use.model_id == model_id]
    assert len(rows) == 1
    return rows[0]


def drop(target: QWidget, place: QPoint, model_id: str, mime: str = MODEL_MIME) -> bool:
    """Drag a model over `target` and let it go; whether it was taken."""
    data = QMimeData()
    data.setData(mime, model_id.encode())
    actions, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, actions, data, left, none)
    enter.ignore()
    target.dragEnterEvent(enter)
    if not enter.isAccepted():
        return False
    move = QDragMoveEvent(place, actions, data, left, none)
    target.dragMoveEvent(move)
    event = QDropEvent(QPointF(place), actions, data, left, none)
    event.ignore()
    target.dropEvent(event)
    return event.isAccepted()


def test_models_are_shown_by_role_with_what_is_known_of_them(page: CollectionsPage) -> None:
    said = words(page)
    assert "Retrieval experiments for chapter 4." in said
    for role in ("Embedding", "Generation", "Reranking", "Sparse search"):
        assert role in said
    assert "Captions" not in said
    assert "Qwen · 3.1 GB on disk" in said
    assert "BAAI · 2.3 GB to download" in said
    assert problems_of(page) == []
    assert list(nameless(page)) == []


def test_cards_speak(page: CollectionsPage) -> None:
    spoken = [page.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(3)]
    assert spoken == [
        "notes, 1 model · 1.2 GB",
        "reading group, No models yet",
        "thesis-rag, 5 models · 4.7 GB · 2 not here",
    ]


def test_a_model_in_two_roles_weighs_once() -> None:
    twice = Collection(
        "both",
        "",
        (CollectionModel(QWEN, Role.EMBEDDING), CollectionModel(QWEN, Role.LLM)),
        NOW,
    )
    row = CollectionRow.of(twice, {entry.id: entry for entry in catalogue()})
    assert (row.models, row.installed, row.size_bytes) == (1, 1, 1_200_000_000)


def test_an_unknown_collection_cannot_be_opened(page: CollectionsPage) -> None:
    assert not page.open_collection("nobody's")
    assert page.list.current_name == "thesis-rag"


def test_arrows_choose_another_collection(qtbot: QtBot, page: CollectionsPage) -> None:
    qtbot.keyClick(page.list, Qt.Key.Key_Up)
    assert page.list.current_name == "reading group"
    assert "Nothing in “reading group” yet" in words(page)


def test_the_one_in_front_stays_there_when_others_come(page: CollectionsPage) -> None:
    more = Collection("a new one", "", (), NOW)
    page.show_collections((more, *collections()))
    assert page.list.current_name == "thesis-rag"
    page.show_collections(collections()[:1])
    assert page.list.current_name == "notes"


def test_creating_asks_for_a_name_and_then_shows_it(qtbot: QtBot, page: CollectionsPage) -> None:
    press(qtbot, page, "New collection")
    asked = found(page, NamingDialog)
    qtbot.keyClicks(found(asked, QLineEdit), "ablation")
    with qtbot.waitSignal(page.collection_created) as told:
        press(qtbot, asked, "Create")
    assert told.args == ["ablation", ""]
    page.show_collections((*collections(), Collection("ablation", "", (), NOW)))
    assert page.list.current_name == "ablation"


def test_f2_renames(qtbot: QtBot, page: CollectionsPage) -> None:
    qtbot.keyClick(page.list, Qt.Key.Key_F2)
    asked = found(page, NamingDialog)
    found(asked, QLineEdit).setText("thesis")
    with qtbot.waitSignal(page.collection_renamed) as told:
        press(qtbot, asked, "Rename")
    assert told.args == ["thesis-rag", "thesis"]
    renamed = replace(collections()[2], name="thesis")
    page.show_collections((*collections()[:2], renamed))
    assert page.list.current_name == "thesis"


def test_the_description_can_be_changed(qtbot: QtBot, page: CollectionsPage) -> None:
    asked = page.ask_description()
    with qtbot.waitSignal(page.collection_described) as told:
        press(qtbot, asked, "Save")
    assert told.args == ["thesis-rag", collections()[2].description]


def test_deleting_asks_first(qtbot: QtBot, page: CollectionsPage) -> None:
    with qtbot.assertNotEmitted(page.collection_deleted):
        qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    asked = found(page, ConfirmDialog)
    assert "stay on this machine" in words(asked)
    with qtbot.waitSignal(page.collection_deleted) as told:
        press(qtbot, asked, "Delete collection")
    assert told.args == ["thesis-rag"]


def test_a_model_is_added_by_choosing_it(qtbot: QtBot, page: CollectionsPage) -> None:
    asked = page.ask_model()
    qtbot.keyClicks(found(asked, QLineEdit), "bge-m3")
    with qtbot.waitSignal(page.model_added) as told:
        press(qtbot, asked, "Add")
    assert told.args == ["thesis-rag", BGE, Role.EMBEDDING]


@pytest.mark.parametrize("way", ["button", "key"])
def test_a_model_is_taken_out(qtbot: QtBot, page: CollectionsPage, way: str) -> None:
    row = row_of(page, QWEN)
    with qtbot.waitSignal(page.model_removed) as told:
        if way == "button":
            press(qtbot, row, "Take Qwen3-Embedding-0.6B out")
        else:
            qtbot.keyClick(row, Qt.Key.Key_Delete)
    assert told.args == ["thesis-rag", QWEN, Role.EMBEDDING]


def test_a_model_gets_another_role(qtbot: QtBot, page: CollectionsPage) -> None:
    menu = row_of(page, QWEN).menu()
    offered = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert "Use for embedding" not in offered
    chosen = next(a for a in menu.actions() if a.text() == "Use for reranking")
    with qtbot.waitSignal(page.role_changed) as told:
        chosen.trigger()
    assert told.args == ["thesis-rag", QWEN, Role.EMBEDDING, Role.RERANKER]
    menu.close()


def test_enter_on_a_model_shows_it(qtbot: QtBot, page: CollectionsPage) -> None:
    with qtbot.waitSignal(page.model_opened) as told:
        qtbot.keyClick(row_of(page, QWEN), Qt.Key.Key_Return)
    assert told.args == [QWEN]


def test_what_is_missing_can_be_fetched(qtbot: QtBot, page: CollectionsPage) -> None:
    with qtbot.waitSignal(page.download_requested) as told:
        press(qtbot, page, "Download bge-reranker-v2-m3")
    assert told.args == ["BAAI/bge-reranker-v2-m3"]


def test_a_model_dropped_on_a_card_joins_it_in_its_natural_role(
    qtbot: QtBot, page: CollectionsPage
) -> None:
    place = page.list.visualRect(page.model.index(0)).center()
    with qtbot.waitSignal(page.model_added) as told:
        assert drop(page.list, place, "BAAI/bge-reranker-v2-m3")
    assert told.args == ["notes", "BAAI/bge-reranker-v2-m3", Role.RERANKER]


def test_a_model_dropped_beside_the_list_joins_the_one_in_front(
    qtbot: QtBot, page: CollectionsPage
) -> None:
    with qtbot.waitSignal(page.model_added) as told:
        assert drop(page, QPoint(800, 400), BGE)
    assert told.args == ["thesis-rag", BGE, Role.EMBEDDING]


def test_a_model_without_a_natural_role_is_asked_about(page: CollectionsPage) -> None:
    odd = make_entry("lab/odd", type=ModelType.OTHER)
    page.show_entries((*catalogue(), odd))
    assert drop(page, QPoint(800, 400), "lab/odd")
    asked = found(page, PickModelDialog)
    assert asked.windowTitle() == "Add a model to “thesis-rag”"


def test_files_and_strangers_are_not_taken(qtbot: QtBot, page: CollectionsPage) -> None:
    with qtbot.assertNotEmitted(page.model_added):
        assert not drop(page, QPoint(800, 400), BGE, mime="text/plain")
        drop(page, QPoint(800, 400), "never/heard-of")


def test_without_collections_it_explains_and_offers_one(qtbot: QtBot) -> None:
    page = CollectionsPage()
    qtbot.addWidget(page)
    page.show_collections(())
    assert "No collections yet" in words(page)
    assert "New collection…" in buttons(page)


def test_rows_that_look_the_same_are_left_alone(page: CollectionsPage) -> None:
    before = row_of(page, QWEN)
    page.show_entries(catalogue())
    assert row_of(page, QWEN) is before
    page.show_entries([entry for entry in catalogue() if entry.id != QWEN])
    settle()
    assert row_of(page, QWEN) is not before


def test_the_model_behind_the_list_has_manners(page: CollectionsPage) -> None:
    tester = QAbstractItemModelTester(
        page.model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    page.show_collections(collections()[1:])
    page.show_collections(collections())
    assert tester.model() is page.model
