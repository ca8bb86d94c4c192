"""Where things are on a card, at every width a window can give it."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize

from modelshelf.gui.delegates.card_layout import CardLayout, CardMetrics, CardNeeds

METRICS = CardMetrics(title=22, line=20, small=18, control=32, bar=8)
LARGE = CardMetrics(title=44, line=40, small=36, control=64, bar=16)
WIDTHS = [*range(360, 1201, 60), 401, 777]


def lay_out(
    width: int, needs: CardNeeds, metrics: CardMetrics = METRICS, *, mirrored: bool = False
) -> CardLayout:
    rect = QRect(24, 100, width, metrics.card + 12)
    return CardLayout.within(rect, needs, metrics, right_to_left=mirrored)


def parts(layout: CardLayout) -> list[QRect]:
    rects = [layout.title, layout.heart, layout.pill, layout.description, layout.bar, layout.facts]
    return [rect for rect in (*rects, *layout.buttons) if not rect.isEmpty()]


def check(layout: CardLayout) -> None:
    for rect in parts(layout):
        assert layout.frame.contains(rect)
    for one, other in combinations(parts(layout), 2):
        assert not one.intersects(other)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("buttons", [(), (110,), (98, 92), (160, 118), (90, 100, 120)])
@pytest.mark.parametrize("has_bar", [False, True])
@pytest.mark.parametrize("mirrored", [False, True])
def test_nothing_overlaps_and_nothing_sticks_out(
    width: int, buttons: tuple[int, ...], has_bar: bool, mirrored: bool
) -> None:
    needs = CardNeeds(QSize(120, 22), buttons, heart=14, has_bar=has_bar)
    check(lay_out(width, needs, mirrored=mirrored))


@given(
    width=st.integers(300, 3000),
    pill=st.integers(0, 400),
    buttons=st.lists(st.integers(32, 260), max_size=4).map(tuple),
    heart=st.sampled_from([0, 14]),
    has_bar=st.booleans(),
    large=st.booleans(),
    mirrored=st.booleans(),
)
def test_it_holds_for_any_words_and_any_text_size(
    width: int,
    pill: int,
    buttons: tuple[int, ...],
    heart: int,
    has_bar: bool,
    large: bool,
    mirrored: bool,
) -> None:
    metrics = LARGE if large else METRICS
    needs = CardNeeds(QSize(pill, 22), buttons, heart, has_bar)
    layout = lay_out(max(width, 700) if large else width, needs, metrics, mirrored=mirrored)
    check(layout)
    assert len(layout.buttons) == len(buttons)


def test_buttons_lose_their_words_before_the_facts_lose_their_room() -> None:
    needs = CardNeeds(QSize(100, 22), (98, 92))
    wide, narrow = lay_out(800, needs), lay_out(380, needs)
    assert not wide.are_compact
    assert [rect.width() for rect in wide.buttons] == [98, 92]
    assert narrow.are_compact
    assert [rect.width() for rect in narrow.buttons] == [32, 32]
    assert narrow.facts.width() >= 180


def test_all_cards_are_equally_high() -> None:
    plain = lay_out(700, CardNeeds(QSize(100, 22), (110,)))
    moving = lay_out(700, CardNeeds(QSize(100, 22), (98, 92), has_bar=True))
    assert plain.frame == moving.frame
    assert plain.description == moving.description


def test_a_point_finds_its_button() -> None:
    layout = lay_out(800, CardNeeds(QSize(100, 22), (98, 92)))
    for place, rect in enumerate(layout.buttons):
        assert layout.button_at(rect.center()) == place
        assert layout.button_at(rect.topLeft() - QPoint(1, 1)) is None


def test_mirroring_twice_changes_nothing() -> None:
    needs = CardNeeds(QSize(100, 22), (98, 92), heart=14, has_bar=True)
    layout = lay_out(800, needs)
    assert layout.mirrored() != layout
    assert layout.mirrored().mirrored() == layout
