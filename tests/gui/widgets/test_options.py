"""One of several, each with a line that explains it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tests.support.looking import settle
from tests.support.speech import name_of

from modelshelf.gui.widgets.options import Option, OptionList

OPTIONS = [Option("a", "First", "is first"), Option("b", "Second"), Option("c", "Third", "is last")]


@pytest.fixture
def options(qtbot: QtBot) -> OptionList:
    made = OptionList("Which one")
    qtbot.addWidget(made)
    made.set_options(OPTIONS, "a")
    made.resize(300, made.sizeHint().height())
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_a_press_anywhere_on_a_row_chooses_it(qtbot: QtBot, options: OptionList) -> None:
    row = options.button("c")
    with qtbot.waitSignal(options.chosen) as told:
        qtbot.mouseClick(row, Qt.MouseButton.LeftButton, pos=row.rect().bottomRight() / 2)
    assert told.args == ["c"]
    assert options.value == "c"


def test_arrow_keys_choose_the_next(qtbot: QtBot, options: OptionList) -> None:
    options.button("a").setFocus()
    with qtbot.waitSignal(options.chosen) as told:
        qtbot.keyClick(options.button("a"), Qt.Key.Key_Down)
    assert told.args == ["b"]


def test_choosing_by_program_tells_nobody(qtbot: QtBot, options: OptionList) -> None:
    with qtbot.assertNotEmitted(options.chosen):
        options.choose("b")
    assert options.value == "b"
    options.choose("unknown")
    assert options.value is None


def test_equal_options_keep_their_rows(options: OptionList) -> None:
    before = options.button("a")
    options.set_options(list(OPTIONS), "b")
    assert options.button("a") is before
    assert options.value == "b"
    options.set_options(OPTIONS[:2])
    assert options.value is None
    assert len(options.options) == 2


def test_rows_count_at_once_when_they_come_to_a_shown_list(options: OptionList) -> None:
    before = options.sizeHint().height()
    options.set_options([*OPTIONS, Option("d", "Fourth", "is new")])
    assert options.sizeHint().height() > before


def test_words_and_lines_are_spoken(options: OptionList) -> None:
    assert name_of(options.button("a")) == "First"
    assert options.button("a").accessibleDescription() == "is first"


def test_no_row_is_left_behind(options: OptionList) -> None:
    options.set_options([])
    settle()
    assert [w for w in options.findChildren(QWidget) if w.isVisibleTo(options)] == []
