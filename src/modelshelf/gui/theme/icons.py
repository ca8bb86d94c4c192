"""Lucide icons, tinted with a token and kept as pixmaps for each size and screen."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from modelshelf.core.paths import shipped
from modelshelf.gui.theme.palette import tokens_now


@cache
def _sources() -> dict[str, str]:
    folder = shipped("resources/icons")
    return {file.stem: file.read_text("utf-8") for file in folder.glob("*.svg")}


def load_icons() -> None:
    """Read all icons now, so that no later paint touches the disk."""
    _sources()


@lru_cache(maxsize=1024)
def _rendered(name: str, hex_colour: str, size: int, ratio: float) -> QPixmap:
    svg = _sources()[name].replace("currentColor", hex_colour)
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def pixmap(name: str, token: str = "text", size: int = 16, ratio: float = 1.0) -> QPixmap:
    """Return the icon `name` in the colour of `token`, `size` px wide.

    Raises:
        KeyError: when no such icon, or token, ships.
    """
    return _rendered(name, tokens_now()[token], size, ratio)


def paint_icon(painter: QPainter, rect: QRect, name: str, token: str | QColor = "text") -> None:
    """Paint the icon `name` into the middle of `rect`, as large as fits, sharp on this screen."""
    size = min(rect.width(), rect.height())
    ratio = painter.device().devicePixelRatioF() if painter.device() else 1.0
    tint = token.name() if isinstance(token, QColor) else tokens_now()[token]
    picture = _rendered(name, tint, size, ratio)
    painter.drawPixmap(
        rect.x() + (rect.width() - size) // 2, rect.y() + (rect.height() - size) // 2, picture
    )


def icon(name: str, token: str = "text", size: int = 16) -> QIcon:
    """Return an icon for menus and windows. It keeps its colour: make it when it is shown."""
    made = QIcon()
    for ratio in (1.0, 2.0, 3.0):
        made.addPixmap(pixmap(name, token, size, ratio))
        made.addPixmap(pixmap(name, "disabled", size, ratio), QIcon.Mode.Disabled)
    return made
