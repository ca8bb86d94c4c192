"""What a screen reader would find: controls without a name, rows that do not speak."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QWidget

_CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox)


def nameless(root: QWidget) -> Iterator[QWidget]:
    """Controls below `root` that can be reached but have no name."""
    for widget in root.findChildren(QWidget):
        reachable = widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        if isinstance(widget, _CONTROLS) and reachable and widget.isVisibleTo(root):
            spoken = QAccessible.queryAccessibleInterface(widget)
            if spoken is None or not spoken.text(QAccessible.Text.Name).strip():
                yield widget
