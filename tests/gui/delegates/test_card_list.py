"""The list of cards under pointer and keyboard."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QFocusEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.support.entries import NOW, entries_by_state, installed, make_entry

from modelshelf.gui.actions import Action, card_actions, menu_actions
from modelshelf.gui.delegates.card_list import CardList
from modelshelf.gui.models.catalogue_model import CatalogueModel
from modelshelf.gui.widgets import Menu

STATES = entries_by_state()
SHOWN = ("available", "downloading", "in_use", "failed")


@pytest.fixture
def cards(qtbot: QtBot) -> CardList:
    model = CatalogueModel(clock=lambda: NOW)
    view = CardList(model, clock=lambda: NOW)
    model.setParent(view)
    model.show([STATES[name] for name in SHOWN])
    view.resize(760, 700)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    return view


def place_of(cards: CardList, model_id: str, action: Action) -> QPoint:
    corners = cards.button_rect(model_id, action)
    assert corners is not None
    return QRect(*corners).center()


@pytest.mark.parametrize("name", SHOWN)
def test_each_painted_button_asks_for_its_action(qtbot: QtBot, cards: CardList, name: str) -> None:
    entry = STATES[name]
    for action in card_actions(entry):
        with qtbot.waitSignal(cards.requested) as told:
            qtbot.mouseClick(
                cards.viewport(),
                Qt.MouseButton.LeftButton,
                pos=place_of(cards, entry.id, action),
            )
        assert told.args == [action, entry.id]


def test_pressing_a_button_does_not_select_its_card(qtbot: QtBot, cards: CardList) -> None:
    entry = STATES["available"]
    with qtbot.assertNotEmitted(cards.current_changed):
        qtbot.mouseClick(
            cards.viewport(),
            Qt.MouseButton.LeftButton,
            pos=place_of(cards, entry.id, Action.DOWNLOAD),
        )


def test_letting_go_elsewhere_takes_the_press_back(qtbot: QtBot, cards: CardList) -> None:
    entry = STATES["available"]
    start = place_of(cards, entry.id, Action.DOWNLOAD)
    with qtbot.assertNotEmitted(cards.requested):
        qtbot.mousePress(cards.viewport(), Qt.MouseButton.LeftButton, pos=start)
        assert cards.touched()[2]
        qtbot.mouseRelease(cards.viewport(), Qt.MouseButton.LeftButton, pos=start - QPoint(300, 0))


def test_a_click_beside_the_buttons_selects(qtbot: QtBot, cards: CardList) -> None:
    with qtbot.waitSignal(cards.current_changed) as told:
        qtbot.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 40))
    assert told.args == [STATES["available"].id]


def test_the_gap_between_cards_belongs_to_nobody(qtbot: QtBot, cards: CardList) -> None:
    bottom = cards.visualRect(cards.model().index(0, 0)).bottom()
    qtbot.mouseMove(cards.viewport(), QPoint(100, bottom - 4))
    assert cards.touched()[0] is None


def test_getting_the_keyboard_chooses_no_card(qtbot: QtBot, cards: CardList) -> None:
    with qtbot.assertNotEmitted(cards.current_changed):
        QApplication.sendEvent(cards, QFocusEvent(QEvent.Type.FocusIn))
    assert not cards.currentIndex().isValid()
    qtbot.keyClick(cards, Qt.Key.Key_Down)
    assert cards.currentIndex().row() == 0


def test_enter_does_the_main_action(qtbot: QtBot, cards: CardList) -> None:
    cards.show_model(STATES["available"].id)
    with qtbot.waitSignal(cards.requested) as told:
        qtbot.keyClick(cards, Qt.Key.Key_Return)
    assert told.args == [Action.DOWNLOAD, STATES["available"].id]


def test_delete_asks_to_delete_what_is_here(qtbot: QtBot, cards: CardList) -> None:
    cards.show_model(STATES["in_use"].id)
    with qtbot.waitSignal(cards.requested) as told:
        qtbot.keyClick(cards, Qt.Key.Key_Delete)
    assert told.args == [Action.DELETE, STATES["in_use"].id]


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Space])
def test_other_keys_do_nothing(qtbot: QtBot, cards: CardList, key: Qt.Key) -> None:
    cards.show_model(STATES["available"].id)
    with qtbot.assertNotEmitted(cards.requested):
        qtbot.keyClick(cards, key)


def test_arrows_move_from_card_to_card(qtbot: QtBot, cards: CardList) -> None:
    cards.show_model(STATES["available"].id)
    with qtbot.waitSignal(cards.current_changed) as told:
        qtbot.keyClick(cards, Qt.Key.Key_Down)
    assert told.args == [STATES["downloading"].id]


def test_the_menu_offers_everything_and_asks_for_it(qtbot: QtBot, cards: CardList) -> None:
    entry = STATES["in_use"]
    menu = cards.menu_for(entry)
    items = [item for item in menu.actions() if not item.isSeparator()]
    assert len(items) == len(menu_actions(entry))
    with qtbot.waitSignal(cards.requested) as told:
        next(item for item in items if item.text() == "Delete…").trigger()
    assert told.args == [Action.DELETE, entry.id]


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_menu_key_opens_the_menu_of_the_card_in_front(qtbot: QtBot, cards: CardList) -> None:
    cards.show_model(STATES["in_use"].id)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1), QPoint(1, 1))
    QApplication.sendEvent(cards.viewport(), event)
    menu = cards.findChild(Menu)
    assert menu is not None
    assert menu.isVisible()
    menu.close()


def test_tooltips_name_buttons_and_give_exact_figures(cards: CardList) -> None:
    entry = STATES["in_use"]
    assert cards.tip_at(place_of(cards, entry.id, Action.DELETE)) == "Delete…"
    card = cards.visualRect(cards.model().index(2, 0))
    assert "1,200,000,000 bytes" in cards.tip_at(card.topLeft() + QPoint(40, 40))
    assert cards.tip_at(QPoint(10, 690)) == ""


def test_rows_speak_to_a_screen_reader(cards: CardList) -> None:
    spoken = QAccessible.queryAccessibleInterface(cards)
    assert spoken.childCount() == len(SHOWN)
    name = spoken.child(1).text(QAccessible.Text.Name)
    assert name.startswith("Qwen3-Embedding-4B, by Qwen, downloading, 46 %")


def test_cards_keep_their_width_when_the_scroll_bar_comes(qtbot: QtBot, cards: CardList) -> None:
    model = cards.model()
    assert isinstance(model, CatalogueModel)
    width = cards.visualRect(model.index(0)).width()
    model.show([make_entry(f"org/model-{number}") for number in range(40)])
    qtbot.waitUntil(lambda: cards.verticalScrollBar().maximum() > 0)
    qtbot.waitUntil(lambda: cards.visualRect(model.index(0)).width() == width)


def test_twenty_thousand_cards_are_laid_out_without_asking_each(
    qtbot: QtBot, cards: CardList
) -> None:
    model = cards.model()
    assert isinstance(model, CatalogueModel)
    asked: list[int] = []
    delegate = cards.itemDelegate()
    original = delegate.sizeHint

    def counted(option, index):
        asked.append(index.row())
        return original(option, index)

    delegate.sizeHint = counted
    model.show([installed(f"org/model-{number}") for number in range(20_000)])
    cards.scrollToBottom()
    assert cards.show_model("org/model-19999")
    assert len(asked) < 100
