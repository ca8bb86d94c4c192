"""What a screen reader would find: controls without a name, rows that do not speak."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QWidget

W = TypeVar("W", bound=QWidget)
_CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox)


def found(root: QWidget, kind: type[W], name: str = "") -> W:
    """The widget of a class below `root`, by object name where there are several."""
    widget = root.findChild(kind, name) if name else root.findChild(kind)
    assert widget is not None, f"no {kind.__name__} {name}"
    return widget


def name_of(widget: QWidget) -> str:
    """What a screen reader calls `widget`."""
    spoken = QAccessible.queryAccessibleInterface(widget)
    assert spoken is not None
    return spoken.text(QAccessible.Text.Name)


def nameless(root: QWidget) -> Iterator[QWidget]:
    """Controls below `root` that can be reached but have no name."""
    for widget in root.findChildren(QWidget):
        reachable = widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        if isinstance(widget, _CONTROLS) and reachable and widget.isVisibleTo(root):
            spoken = QAccessible.queryAccessibleInterface(widget)
            if spoken is None or not spoken.text(QAccessible.Text.Name).strip():
                yield widget
