"""What is painted more than once: boxes, buttons, pills, bars, lines of text.

Widgets and card delegates paint through these functions, so that a button is one button everywhere.
Lengths are for text of 100 % and pass through `scaled`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QStyle

from modelshelf.gui.theme import Weight, colour, font, paint_icon, scaled

CONTROL_HEIGHT = 32
_AFTER_ICON = 8
_PADDING = 12


class Kind(StrEnum):
    """How much a button asks for attention. SOFT is a main action that many cards repeat."""

    PRIMARY = "primary"
    SOFT = "soft"
    PLAIN = "plain"
    DANGER = "danger"
    DESTRUCTIVE = "destructive"
    QUIET = "quiet"


class Tone(StrEnum):
    """What a colour means; always beside a word or an icon."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    GOOD = "good"
    CAUTION = "caution"
    DANGER = "danger"

    @property
    def ink(self) -> str:
        """The token for words and icons."""
        return "secondary" if self is Tone.NEUTRAL else self.value

    @property
    def soft(self) -> str:
        """The token for the ground below them."""
        return "sunken" if self is Tone.NEUTRAL else f"{self.value}_soft"


@dataclass(frozen=True, slots=True)
class Touch:
    """What pointer and keyboard do to a control at this moment."""

    hovered: bool = False
    pressed: bool = False
    focused: bool = False
    enabled: bool = True
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Face:
    """What a button says."""

    text: str
    icon: str = ""
    kind: Kind = Kind.PLAIN


def paint_box(
    painter: QPainter,
    rect: QRect,
    radius: float,
    *,
    fill: QColor | None = None,
    border: QColor | None = None,
    width: float = 1.0,
) -> None:
    """Paint a rounded box whose border lies wholly inside `rect`, sharp at any scale."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    half = width / 2 if border is not None else 0.0
    painter.setPen(QPen(border, width) if border is not None else Qt.PenStyle.NoPen)
    inner = QRectF(rect).adjusted(half, half, -half, -half)
    painter.drawRoundedRect(inner, max(0.0, radius - half), max(0.0, radius - half))
    painter.restore()


def paint_text(
    painter: QPainter,
    rect: QRect,
    text: str,
    used: QFont,
    ink: QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    """Paint one line, cut with an ellipsis where it does not fit.

    `align` follows the painter's direction; the words themselves follow their own script, so that
    an English name keeps its order in a window that runs from right to left.
    """
    painter.setFont(used)
    painter.setPen(ink)
    metrics = QFontMetrics(used)
    fits = metrics.horizontalAdvance(text) <= rect.width()
    shown = text if fits else metrics.elidedText(text, mode, rect.width())
    direction = painter.layoutDirection()
    visual = QStyle.visualAlignment(direction, align) | Qt.AlignmentFlag.AlignAbsolute
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    flags = visual | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(rect, int(flags) | int(Qt.TextFlag.TextSingleLine), shown)
    painter.setLayoutDirection(direction)


def button_size(face: Face) -> QSize:
    """Return the room that `face` needs."""
    width = scaled(CONTROL_HEIGHT)
    if face.text:
        width = QFontMetrics(_button_font()).horizontalAdvance(face.text) + 2 * scaled(_PADDING)
        if face.icon:
            width += scaled(16 + _AFTER_ICON)
    return QSize(width, scaled(CONTROL_HEIGHT))


def paint_button(
    painter: QPainter, rect: QRect, face: Face, touch: Touch, *, right_to_left: bool = False
) -> None:
    """Paint a button in the state `touch`, its words and icon centred together."""
    fill, border, ink = _button_colours(face.kind, touch)
    solid = face.kind in (Kind.PRIMARY, Kind.DESTRUCTIVE)
    if touch.focused:
        inner = rect.adjusted(3, 3, -3, -3) if solid else rect.adjusted(1, 1, -1, -1)
        paint_box(painter, inner, 6, fill=fill)
        ring = colour("danger" if face.kind is Kind.DESTRUCTIVE else "accent")
        paint_box(painter, rect, 8, border=ring, width=2)
    else:
        paint_box(painter, rect, 8, fill=fill, border=border)
    used = _button_font()
    words = QFontMetrics(used).horizontalAdvance(face.text) if face.text else 0
    side = scaled(16)
    gap = scaled(_AFTER_ICON) if face.icon and face.text else 0
    content = words + (side if face.icon else 0) + gap
    room = rect.width() - 8
    left = rect.x() + max(4, (rect.width() - content) // 2)
    words = min(words, room - (content - words))
    text_x = left
    if face.icon:
        icon_x = left + words + gap if right_to_left else left
        text_x = left if right_to_left else left + side + gap
        middle = rect.y() + (rect.height() - side) // 2
        paint_icon(painter, QRect(icon_x, middle, side, side), face.icon, ink)
    if face.text:
        line = QRect(text_x, rect.y(), words + 1, rect.height())
        paint_text(painter, line, face.text, used, ink, Qt.AlignmentFlag.AlignAbsolute)


def _button_font() -> QFont:
    return font(14, Weight.MEDIUM)


def _button_colours(kind: Kind, touch: Touch) -> tuple[QColor | None, QColor | None, QColor]:
    step = "_pressed" if touch.pressed else "_hover" if touch.hovered else ""
    quiet_step = "pressed" if touch.pressed else "hover" if touch.hovered else ""
    if not touch.enabled:
        ground = None if kind is Kind.QUIET else colour("sunken")
        return ground, None, colour("disabled")
    match kind:
        case Kind.PRIMARY:
            return colour(f"accent{step}"), None, colour("on_accent")
        case Kind.SOFT:
            return colour(f"accent_soft{step}"), None, colour("accent")
        case Kind.DESTRUCTIVE:
            return colour(f"danger{step}"), None, colour("on_danger")
        case Kind.QUIET:
            if touch.checked:
                return colour("accent_soft"), None, colour("accent")
            return (colour(quiet_step) if quiet_step else None), None, colour("text")
    ink = colour("danger" if kind is Kind.DANGER else "text")
    if touch.checked:
        return colour("accent_soft"), colour("accent"), colour("accent")
    return colour(quiet_step or "surface"), colour("line"), ink


def pill_size(text: str, icon: str = "") -> QSize:
    """Return the room a pill needs."""
    width = QFontMetrics(_pill_font()).horizontalAdvance(text) + scaled(20)
    if icon:
        width += scaled(14 + 5)
    return QSize(width, scaled(22))


def paint_pill(
    painter: QPainter,
    rect: QRect,
    text: str,
    tone: Tone,
    icon: str = "",
    *,
    right_to_left: bool = False,
) -> None:
    """Paint a rounded label: soft ground, words and icon in the ink of `tone`."""
    paint_box(painter, rect, rect.height() / 2, fill=colour(tone.soft))
    inner = rect.adjusted(scaled(10), 0, -scaled(10), 0)
    ink = colour(tone.ink)
    if icon:
        side = scaled(14)
        x = inner.right() - side + 1 if right_to_left else inner.x()
        paint_icon(painter, QRect(x, rect.y() + (rect.height() - side) // 2, side, side), icon, ink)
        step = side + scaled(5)
        inner = inner.adjusted(0, 0, -step, 0) if right_to_left else inner.adjusted(step, 0, 0, 0)
    align = Qt.AlignmentFlag.AlignHCenter
    paint_text(painter, inner.adjusted(-1, 0, 2, 0), text, _pill_font(), ink, align)


def _pill_font() -> QFont:
    return font(12, Weight.MEDIUM)


def paint_bar(
    painter: QPainter,
    rect: QRect,
    permille: int,
    *,
    fill: QColor | None = None,
    right_to_left: bool = False,
) -> None:
    """Paint a progress track filled to `permille` (0 to 1000), with round ends."""
    radius = rect.height() / 2
    paint_box(painter, rect, radius, fill=colour("sunken"))
    width = round(rect.width() * max(0, min(1000, permille)) / 1000)
    if width <= 0:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shape = QPainterPath()
    shape.addRoundedRect(QRectF(rect), radius, radius)
    painter.setClipPath(shape)
    x = rect.right() - width + 1 if right_to_left else rect.x()
    painter.fillRect(QRect(x, rect.y(), width, rect.height()), fill or colour("accent"))
    painter.restore()


def paint_shadow(painter: QPainter, rect: QRect, radius: float, spread: int) -> None:
    """Paint a soft shadow around `rect`, fading over `spread` px; falls a little downwards."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    ink = colour("scrim").name()
    shadow = _shadow(rect.width(), rect.height(), radius, max(1, spread), ink, ratio)
    painter.drawPixmap(rect.topLeft() - QPoint(2 * spread, 2 * spread), shadow)


@lru_cache(maxsize=8)
def _shadow(width: int, height: int, radius: float, spread: int, ink: str, ratio: float) -> QPixmap:
    """Kept, because its many soft layers take as long to paint as a page of cards."""
    edge = 2 * spread
    size = QSize(width + 2 * edge, height + 2 * edge)
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    layer = QColor(ink)
    for step in range(spread, 0, -1):
        layer.setAlphaF(0.4 / spread * (1 - step / spread) ** 2)
        painter.setBrush(layer)
        grown = QRectF(edge, edge, width, height).adjusted(-step, -step, step, step)
        grown.translate(QPointF(0, spread / 4))
        painter.drawRoundedRect(grown, radius + step, radius + step)
    painter.end()
    return picture
