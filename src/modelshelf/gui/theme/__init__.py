"""How everything looks: tokens, palette, style sheet, icons, fonts, motion.

Ask at paint time, never keep a colour:

    tokens_now().accent                    "#RRGGBB" of the theme in force
    colour("accent")                       the same as a QColor
    font(13, Weight.MEDIUM)                Inter at 12, 13, 14, 15, 16 or 18 px
    paint_icon(painter, rect, "download", "secondary")
"""

from modelshelf.gui.theme.fonts import Weight, font, scaled
from modelshelf.gui.theme.icons import icon, paint_icon, pixmap
from modelshelf.gui.theme.palette import colour, tokens_now
from modelshelf.gui.theme.theme import Theme, motion_ms
from modelshelf.gui.theme.tokens import Tokens

__all__ = [
    "Theme",
    "Tokens",
    "Weight",
    "colour",
    "font",
    "icon",
    "motion_ms",
    "paint_icon",
    "pixmap",
    "scaled",
    "tokens_now",
]
