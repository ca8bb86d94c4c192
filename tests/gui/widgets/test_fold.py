"""What is folded away at first."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from modelshelf.gui.widgets import Label
from modelshelf.gui.widgets.fold import Fold


def test_it_unfolds_by_mouse_and_by_key(qtbot: QtBot) -> None:
    fold = Fold("Details")
    inside = Label("exact figures")
    fold.column.addWidget(inside)
    qtbot.addWidget(fold)
    with qtbot.waitExposed(fold):
        fold.show()
    assert not inside.isVisible()
    with qtbot.waitSignal(fold.toggled) as told:
        qtbot.mouseClick(fold.line, Qt.MouseButton.LeftButton)
    assert told.args == [True]
    assert inside.isVisible()
    qtbot.keyClick(fold.line, Qt.Key.Key_Space)
    assert not fold.is_open
    assert not inside.isVisible()
