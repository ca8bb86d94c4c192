"""Pictures of the steps, and one page that shows them all."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from modelshelf.gui.widgets.toast import Toast
from tests.support.looking import is_blank, problems_of, settle
from tests.support.waiting import wait_until

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Modelshelf: the tour</title>
<style>body{{font:15px/1.5 system-ui;margin:32px auto;max-width:1480px;color:#1a1f26}}
figure{{margin:0 0 48px}}img{{max-width:100%;border:1px solid #e1e4e8;border-radius:8px}}
figcaption{{margin-bottom:8px}}b{{font-weight:600}}</style>
<h1>The main job, step by step</h1>{figures}</html>
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture and what it shows."""

    file: str
    title: str
    outcome: str


class Album:
    """Takes pictures into a folder, which it empties first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken: list[Picture] = []
        self.problems: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)
        for old in (*folder.glob("*.png"), *folder.glob("index.html")):
            old.unlink()

    def take(self, window: QWidget, name: str) -> None:
        """Take a picture of the window with all that is open over it."""
        wait_until(lambda: _is_still(window), "nothing fades any more")
        settle()
        picture = compose(window)
        file = f"{len(self._taken) + 1:02}-{name}.png"
        assert not is_blank(picture), f"the picture {file} shows nothing"
        assert picture.save(str(self._folder / file)), f"{file} could not be saved"
        self._taken.append(Picture(file, name.replace("-", " "), ""))
        for seen in (window, *_dialogs(window)):
            self.problems += [f"{file}: {problem}" for problem in problems_of(seen)]

    def tell(self, outcome: str, since: int) -> None:
        """Write under the pictures taken since the `since`-th what the step proved."""
        self._taken[since:] = [Picture(p.file, p.title, outcome) for p in self._taken[since:]]

    def __len__(self) -> int:
        return len(self._taken)

    def close(self) -> Path:
        """Write the page and return it."""
        page = self._folder / "index.html"
        figures = "".join(map(_figure, self._taken))
        page.write_text(_PAGE.format(figures=figures), "utf-8")
        return page


def compose(window: QWidget) -> QPixmap:
    """Return what a screen would show: the window, and the dialogs where they stand."""
    picture = window.grab()
    painter = QPainter(picture)
    origin = window.mapToGlobal(QPoint(0, 0))
    for dialog in _dialogs(window):
        painter.drawPixmap(dialog.mapToGlobal(QPoint(0, 0)) - origin, dialog.grab())
    painter.end()
    return picture


def _dialogs(window: QWidget) -> list[QWidget]:
    others = (w for w in QApplication.topLevelWidgets() if w is not window)
    return [w for w in others if w.isVisible() and w.parentWidget() is not None]


def _is_still(window: QWidget) -> bool:
    fading = (toast.graphicsEffect() for toast in window.findChildren(Toast))
    return all(
        effect is None or not effect.isEnabled() or effect.property("opacity") == 1.0
        for effect in fading
    )


def _figure(picture: Picture) -> str:
    title, outcome = html.escape(picture.title), html.escape(picture.outcome)
    return (
        f"<figure><figcaption><b>{title}</b><br>{outcome}</figcaption>"
        f'<img src="{picture.file}" alt="{title}"></figure>'
    )
