"""Inter with figures of one width. Sizes follow the application's font, so text can be enlarged."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

from modelshelf.core.paths import shipped

BASE_SIZE = 14
FAMILY = "Inter"
_FILES = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")


class Weight(IntEnum):
    """The only weights on screen."""

    REGULAR = 400
    MEDIUM = 500
    SEMIBOLD = 600


def load_fonts() -> None:
    """Register the shipped fonts once per application."""
    if FAMILY in QFontDatabase.families():
        return
    for file in _FILES:
        QFontDatabase.addApplicationFont(str(shipped(f"resources/fonts/{file}")))


def base_font(scale: float = 1.0) -> QFont:
    """Return the application's font at `scale`; Qt falls back to the system's for other scripts."""
    made = QFont(FAMILY)
    made.setPixelSize(round(BASE_SIZE * scale))
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def font(size: int = BASE_SIZE, weight: Weight = Weight.REGULAR) -> QFont:
    """Return Inter at `size` px for text of 100 %: one of 12, 13, 14, 15, 16 and 18."""
    made = QFont(QGuiApplication.font())
    made.setPixelSize(scaled(size))
    made.setWeight(QFont.Weight(weight))
    return made


def scaled(pixels: int) -> int:
    """Return a length for text of 100 % at the present text size."""
    present = QGuiApplication.font().pixelSize()
    return pixels if present <= 0 else round(pixels * present / BASE_SIZE)
