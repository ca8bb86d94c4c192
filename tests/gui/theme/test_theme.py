"""Switching the look while the program runs."""

import pytest
from PySide6.QtGui import QFontInfo, QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from modelshelf.gui.theme import Theme, Weight, font, motion_ms, scaled, tokens_now
from modelshelf.gui.theme.palette import build_palette, tokens_of
from modelshelf.gui.theme.tokens import themes


def test_choosing_dark_changes_what_painters_get(theme: Theme, qtbot: QtBot) -> None:
    assert tokens_now() == themes()["light"]
    with qtbot.waitSignal(theme.changed):
        theme.choose("dark")
    assert tokens_now() == themes()["dark"]
    assert theme.name == "dark"


def test_choosing_the_same_again_changes_nothing(theme: Theme, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(theme.changed):
        theme.choose("light")


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_palette_tells_which_theme_it_was_built_from(name: str) -> None:
    assert tokens_of(build_palette(themes()[name])) == themes()[name]


def test_motion_stops_when_it_is_not_wanted(theme: Theme) -> None:
    assert motion_ms(200) == 0
    theme.set_reduced_motion(False)
    moves = motion_ms(200)
    theme.set_reduced_motion(True)
    assert moves in (0, 200)


def test_letters_are_inter_and_figures_are_of_one_width() -> None:
    used = font(14, Weight.SEMIBOLD)
    assert QFontInfo(used).family() == "Inter"
    metrics = QFontMetrics(used)
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("0000")


@pytest.mark.parametrize("weight", Weight)
def test_each_weight_has_a_face_of_its_own(weight: Weight) -> None:
    assert QFontInfo(font(14, weight)).weight() == weight


def test_lengths_follow_the_text_size(qapp: QApplication) -> None:
    usual = qapp.font()
    larger = qapp.font()
    larger.setPixelSize(21)
    qapp.setFont(larger)
    try:
        assert scaled(32) == 48
        assert font(12).pixelSize() == 18
    finally:
        qapp.setFont(usual)
    assert scaled(32) == 32
