"""The style sheet: every name resolved, every length grown with the text."""

import re

import pytest

from modelshelf.gui.theme.stylesheet import build_stylesheet
from modelshelf.gui.theme.tokens import themes


@pytest.mark.parametrize("theme", themes())
def test_nothing_is_left_to_fill_in(theme: str) -> None:
    sheet = build_stylesheet(themes()[theme]).partition("*/")[2]
    assert "@" not in sheet
    assert "px(" not in sheet
    assert themes()[theme].accent in sheet


def test_lengths_grow_with_the_text() -> None:
    tokens = themes()["light"]
    small, large = build_stylesheet(tokens), build_stylesheet(tokens, 2.0)
    heights = [
        int(found) for found in re.findall(r"QLineEdit, QSpinBox \{ min-height: (\d+)px", small)
    ]
    grown = [
        int(found) for found in re.findall(r"QLineEdit, QSpinBox \{ min-height: (\d+)px", large)
    ]
    assert heights == [30]
    assert grown == [60]
