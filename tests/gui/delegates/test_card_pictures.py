"""The card in every state, as it was looked at and accepted."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from tests.support.entries import NOW, entries_by_state
from tests.support.pictures import check_picture, paint

from modelshelf.gui.delegates.card_painter import CardTouch, card_size, paint_card
from modelshelf.gui.theme import Theme

STATES = entries_by_state()
TOUCHED = CardTouch(is_selected=True, is_hovered=True, button=0, is_pressed=True)


def picture(
    name: str,
    entry_name: str,
    *,
    width: int = 640,
    ratio: float = 1.0,
    touch: CardTouch | None = None,
    mirrored: bool = False,
) -> None:
    size = card_size(width)

    def draw(painter: QPainter) -> None:
        rect = QRect(0, 0, size.width(), size.height())
        entry = STATES[entry_name]
        paint_card(painter, rect, entry, touch or CardTouch(), NOW, right_to_left=mirrored)

    check_picture(name, paint(size, ratio, draw))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("ratio", [1, 2])
def test_each_state(theme: Theme, state: str, look: str, ratio: int) -> None:
    theme.choose(look)
    picture(f"card-{state}-{look}-{ratio}x", state, ratio=ratio)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_selected_and_pressed(theme: Theme, look: str) -> None:
    theme.choose(look)
    picture(f"card-touched-{look}", "installed", touch=TOUCHED)


def test_narrow(theme: Theme) -> None:
    picture("card-narrow", "in_use", width=360)


def test_from_right_to_left(theme: Theme) -> None:
    picture("card-right-to-left", "downloading", mirrored=True)
