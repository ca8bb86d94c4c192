"""The check that finds what is wrong with a picture can itself find something."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.looking import is_blank, picture_of, problems_of, settle


def page(qtbot: QtBot, width: int) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    column = QVBoxLayout(made)
    label = QLabel("a line that needs some room to be read in full")
    label.setMinimumWidth(10)
    column.addWidget(label)
    made.setFixedWidth(width)
    made.show()
    settle()
    return made


def test_a_label_that_is_cut_off_is_found(qtbot: QtBot) -> None:
    assert problems_of(page(qtbot, 600)) == []
    assert "needs" in problems_of(page(qtbot, 80))[0]


def test_a_widget_that_sticks_out_is_found(qtbot: QtBot) -> None:
    made = page(qtbot, 600)
    stray = QWidget(made)
    stray.setAccessibleName("stray")
    stray.setGeometry(580, 0, 100, 10)
    stray.show()
    assert any("stray" in problem for problem in problems_of(made))


def test_a_sign_that_no_font_has_is_found(qtbot: QtBot) -> None:
    made = page(qtbot, 600)
    label = made.findChild(QLabel)
    assert label is not None
    label.setText("\U00012400 x")
    assert any("no glyph" in problem for problem in problems_of(made))


def test_an_empty_picture_is_blank_and_a_page_is_not(qtbot: QtBot) -> None:
    white = QPixmap(200, 200)
    white.fill(QColor("white"))
    assert is_blank(white)
    assert is_blank(QPixmap())
    assert not is_blank(picture_of(page(qtbot, 600)))
