"""Colours live in one file."""

import re

import pytest
from tests.test_house_rules import ROOT

from modelshelf.core.paths import shipped

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b(?!\w)|\bQColor\(\s*\d|\brgba?\(")
SOURCES = sorted((ROOT / "src" / "modelshelf" / "gui").rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_colour_is_written_into_code(path) -> None:
    assert not _COLOUR.findall(path.read_text("utf-8"))


def test_the_style_sheet_names_tokens_alone() -> None:
    sheet = shipped("resources/themes/modelshelf.qss").read_text("utf-8")
    assert not _COLOUR.findall(sheet)
