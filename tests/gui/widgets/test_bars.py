"""Bars of several parts, and for waits of unknown length."""

from __future__ import annotations

from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from modelshelf.gui.theme import colour
from modelshelf.gui.widgets.busy import BusyBar
from modelshelf.gui.widgets.stacked_bar import BarPart, StackedBar

TB = 10**12


def inks(bar: StackedBar) -> list[str]:
    """The colour in the middle of the bar at each tenth."""
    picture: QImage = bar.grab().toImage()
    middle = picture.height() // 2
    return [
        QColor(picture.pixel(round(picture.width() * (n + 0.5) / 10), middle)).name()
        for n in range(10)
    ]


def test_parts_take_their_share_also_beyond_32_bits(qtbot: QtBot) -> None:
    bar = StackedBar("Disk")
    qtbot.addWidget(bar)
    bar.resize(400, 8)
    bar.show_parts((BarPart(5 * TB, "others"), BarPart(2 * TB, "accent")), 10 * TB, "3 TB free")
    others, accent, track = (colour(n).name() for n in ("others", "accent", "sunken"))
    assert inks(bar) == [others] * 5 + [accent] * 2 + [track] * 3
    assert bar.accessibleDescription() == "3 TB free"


def test_too_much_is_cut_at_the_end(qtbot: QtBot) -> None:
    bar = StackedBar("Disk")
    qtbot.addWidget(bar)
    bar.resize(400, 8)
    bar.show_parts((BarPart(8, "others"), BarPart(80, "danger")), 10)
    assert inks(bar)[8:] == [colour("danger").name()] * 2


def test_a_waiting_bar_rests_where_motion_is_unwanted(qtbot: QtBot) -> None:
    bar = BusyBar("Asking the Hub")
    qtbot.addWidget(bar)
    with qtbot.waitExposed(bar):
        bar.show()
    first = bar.grab().toImage()
    assert first == bar.grab().toImage()
    assert colour("accent").name() in {
        QColor(first.pixel(x, first.height() // 2)).name() for x in range(first.width())
    }
