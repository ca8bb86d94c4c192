"""The installed PySide6 keeps its hands off the interpreter's own objects."""

import sys

from PySide6.QtGui import QColor


def test_calls_that_return_nothing_leave_none_alone() -> None:
    """PySide6 6.12.0 on Python 3.11 does not; the window would abort within seconds."""
    colour = QColor(1, 2, 3)
    before = sys.getrefcount(None)
    for _ in range(500):
        colour.setAlpha(7)
    assert sys.getrefcount(None) - before > -250
