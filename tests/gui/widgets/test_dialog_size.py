"""A dialog fits the screen, however much it has to say."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot
from tests.support.looking import problems_of, settle
from tests.support.pressing import button

from modelshelf.gui.widgets import Label, ModelshelfDialog


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    made.resize(700, 500)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def dialog(qtbot: QtBot, window: QMainWindow) -> ModelshelfDialog:
    made = ModelshelfDialog("Who uses it", "", window)
    qtbot.addWidget(made)
    made.add_button("Close", default=True)
    with qtbot.waitExposed(made):
        made.open()
    return made


def test_a_long_body_scrolls_and_the_buttons_stay_in_sight(dialog: ModelshelfDialog) -> None:
    for number in range(120):
        dialog.body.addWidget(Label(f"Collection number {number} uses it", wrap=True))
    dialog.fit()
    settle()
    assert dialog.height() <= dialog.screen().availableGeometry().height()
    last = dialog.findChildren(Label)[-1]
    assert last.text() == "Collection number 119 uses it"
    assert last.height() > 0
    assert dialog.rect().contains(button(dialog, "Close").geometry())


def test_it_grows_to_all_sides_when_its_contents_arrive(dialog: ModelshelfDialog) -> None:
    before = dialog.geometry()
    for number in range(4):
        dialog.body.addWidget(Label(f"Line {number}"))
    dialog.fit()
    after = dialog.geometry()
    assert after.height() > before.height()
    drift = after.center() - before.center()
    assert max(abs(drift.x()), abs(drift.y())) <= 1
    assert problems_of(dialog) == []


def test_it_grows_to_all_sides_when_parts_appear_before_it_is_fitted(
    dialog: ModelshelfDialog,
) -> None:
    parts = [Label(f"Line {number}") for number in range(6)]
    for part in parts:
        part.hide()
        dialog.body.addWidget(part)
    dialog.fit()
    before = dialog.geometry()
    for part in parts:
        part.show()
    settle()
    dialog.fit()
    after = dialog.geometry()
    assert after.height() > before.height() + 60
    drift = after.center() - before.center()
    assert max(abs(drift.x()), abs(drift.y())) <= 1


def test_it_stays_where_it_was_dragged(dialog: ModelshelfDialog) -> None:
    dialog.move(dialog.pos() + QPoint(30, 20))
    before = dialog.geometry().center()
    dialog.body.addWidget(Label("One line more"))
    dialog.fit()
    drift = dialog.geometry().center() - before
    assert max(abs(drift.x()), abs(drift.y())) <= 1
