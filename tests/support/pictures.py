"""Golden pictures: what we paint ourselves, compared bit by bit with what was accepted.

    MODELSHELF_ACCEPT=1 pytest tests/gui/delegates      # look at the pictures, then commit them

When a picture differs, what was painted and where it differs is saved below `build/golden/`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from modelshelf.gui.theme import colour

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
FAILED = ROOT / "build" / "golden"
_ACCEPT = bool(os.environ.get("MODELSHELF_ACCEPT"))  # read before a test hides it
_TOLERANCE = 24
_SHARE = 0.002


def paint(size: QSize, ratio: float, draw: Callable[[QPainter], None]) -> QImage:
    """Return what `draw` paints on the window's ground, for a screen of `ratio`."""
    image = QImage(size * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(colour("background"))
    painter = QPainter(image)
    draw(painter)
    painter.end()
    return image


def check_picture(name: str, image: QImage) -> None:
    """Compare `image` with the accepted one; the first of its name must be accepted by hand.

    Other machines may round an edge differently: a few pixels may differ by a little.
    """
    file = GOLDEN / f"{name}.png"
    if _ACCEPT:
        file.parent.mkdir(parents=True, exist_ok=True)
        image.save(str(file))
        return
    expected = QImage(str(file)).convertToFormat(QImage.Format.Format_RGB32)
    assert not expected.isNull(), f"{name} was never accepted; set MODELSHELF_ACCEPT=1 and look"
    painted = image.convertToFormat(QImage.Format.Format_RGB32)
    painted.setDevicePixelRatio(1.0)
    if painted == expected:
        return
    assert painted.size() == expected.size(), f"{name} has another size"
    wrong = _differing(painted, expected)
    if len(wrong) > _SHARE * painted.width() * painted.height():
        FAILED.mkdir(parents=True, exist_ok=True)
        painted.save(str(FAILED / f"{name}.painted.png"))
        for x, y in wrong:
            expected.setPixelColor(x, y, QColor("magenta"))
        expected.save(str(FAILED / f"{name}.difference.png"))
        raise AssertionError(f"{name}: {len(wrong)} pixels differ; see {FAILED}")


def _differing(one: QImage, other: QImage) -> list[tuple[int, int]]:
    wrong: list[tuple[int, int]] = []
    for y in range(one.height()):
        row = QRect(0, y, one.width(), 1)
        if one.copy(row) == other.copy(row):
            continue
        for x in range(one.width()):
            a, b = one.pixelColor(x, y), other.pixelColor(x, y)
            apart = max(
                abs(a.red() - b.red()), abs(a.green() - b.green()), abs(a.blue() - b.blue())
            )
            if apart > _TOLERANCE:
                wrong.append((x, y))
    return wrong
