"""Nothing is cut off in the smallest window that is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.shots.stage import Stage
from tests.support.looking import problems_of, settle

SMALLEST = (880, 560)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.clear()


@pytest.mark.parametrize("page", ["models", "downloads", "collections", "settings"])
def test_a_page_in_the_smallest_window(qtbot: QtBot, stage: Stage, page: str) -> None:
    window = stage.window(SMALLEST)
    qtbot.addWidget(window)
    window.shell.show_page(getattr(window, f"{page}_page"))
    window.show()
    settle()
    assert problems_of(window) == []
