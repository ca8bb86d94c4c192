"""Pictures of every page and dialog, light and dark, for a person to look at: `make shots`.

They land in `build/shots` with one HTML sheet. The exit code is 1 when a picture is blank, or a
label in it is cut off or has no glyph.
"""

from __future__ import annotations

import html
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication

from modelshelf.gui.theme import Theme
from tests.shots import dialogs, pages
from tests.shots.stage import Stage
from tests.support.looking import is_blank

BUILD = Path(__file__).resolve().parents[2] / "build" / "shots"
SHOTS = pages.GALLERY.shots | dialogs.GALLERY.shots


@contextmanager
def application() -> Iterator[Theme]:
    """The program's look on an offscreen application."""
    app = QApplication.instance() or QApplication(["shots"])
    assert isinstance(app, QApplication)
    yield Theme(app, choice="light", reduced_motion=True)


def take_all(folder: Path, names: list[str]) -> int:
    """Take the pictures called `names`; return how many have a problem."""
    folder.mkdir(parents=True, exist_ok=True)
    bad = 0
    with application() as theme, tempfile.TemporaryDirectory() as home:
        stage = Stage(Path(home))
        for name in names:
            for look in ("light", "dark"):
                theme.choose(look)
                taken = SHOTS[name](stage)
                stage.clear()
                taken.picture.save(str(folder / f"{name}-{look}.png"))
                problems = [*taken.problems, *(["it is blank"] if is_blank(taken.picture) else [])]
                for problem in problems if look == "light" else ():
                    print(f"{name}: {problem}")  # noqa: T201 - this is a command's output
                bad += bool(problems)
    (folder / "index.html").write_text(sheet(list(SHOTS)), "utf-8")
    return bad


def sheet(names: list[str]) -> str:
    """Return one page with all pictures, light beside dark."""
    figures = "\n".join(map(_figure, names))
    return (
        "<!doctype html><meta charset='utf-8'><title>Modelshelf, every page and dialog</title>"
        "<style>body{font:14px sans-serif;margin:24px}figure{margin:0 0 32px}"
        "figcaption{margin-bottom:8px}img{width:49%;margin-right:1%}</style>"
        f"<h1>Modelshelf, every page and dialog</h1>{figures}"
    )


def _figure(name: str) -> str:
    files = [f"{html.escape(name)}-{look}.png" for look in ("light", "dark")]
    pictures = "".join(
        f'<a href="{file}"><img src="{file}" loading="lazy" alt="{file}"></a>' for file in files
    )
    return f"<figure><figcaption>{html.escape(name)}</figcaption>{pictures}</figure>"


def main(arguments: list[str]) -> int:
    """Take all pictures, or those named."""
    names = arguments or list(SHOTS)
    bad = take_all(BUILD, names)
    print(f"{2 * len(names)} pictures in {BUILD}, {bad} with a problem")  # noqa: T201 - as above
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
