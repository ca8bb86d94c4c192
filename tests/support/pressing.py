"""Finding and pressing controls by what a person would call them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.support.speech import name_of


def button(root: QWidget, name: str) -> QAbstractButton:
    """The shown button that is called `name`."""
    found = [
        widget
        for widget in root.findChildren(QAbstractButton)
        if name in (widget.text(), name_of(widget)) and widget.isVisibleTo(root)
    ]
    assert len(found) == 1, f"{len(found)} buttons are called {name}: {buttons(root)}"
    return found[0]


def buttons(root: QWidget) -> list[str]:
    """What the shown buttons are called."""
    shown = (w for w in root.findChildren(QAbstractButton) if w.isVisibleTo(root))
    return [name_of(widget) for widget in shown]


def press(qtbot: QtBot, root: QWidget, name: str) -> None:
    """Click the button called `name` with the mouse."""
    qtbot.mouseClick(button(root, name), Qt.MouseButton.LeftButton)


def words(root: QWidget) -> str:
    """All labels that are shown, one per line."""
    labels = (label for label in root.findChildren(QLabel) if label.isVisibleTo(root))
    return "\n".join(label.text() for label in labels if label.text())
