"""Every window test is dressed in the light theme, without motion."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from modelshelf.gui.theme import Theme, tokens_now
from modelshelf.gui.theme.tokens import themes


@pytest.fixture(scope="session")
def session_theme(qapp: QApplication) -> Theme:
    """One theme for all tests: an application has one look."""
    return Theme(qapp, choice="light", reduced_motion=True)


@pytest.fixture(autouse=True)
def theme(session_theme: Theme) -> Iterator[Theme]:
    """Light at the start of each test, and again after it."""
    session_theme.set_reduced_motion(True)
    session_theme.choose("light")
    if tokens_now() != themes()["light"]:
        # Another theme dressed the application: a test ran the whole program.
        session_theme.choose("dark")
        session_theme.choose("light")
    yield session_theme
    session_theme.choose("light")
