"""From tokens to Qt colours, and back: the application's palette says which theme is in force."""

from __future__ import annotations

from PySide6.QtGui import QColor, QGuiApplication, QPalette

from modelshelf.gui.theme.tokens import Tokens, themes

_Role = QPalette.ColorRole
_ROLES: dict[QPalette.ColorRole, str] = {
    _Role.Window: "background",
    _Role.WindowText: "text",
    _Role.Base: "surface",
    _Role.AlternateBase: "background",
    _Role.Text: "text",
    _Role.PlaceholderText: "tertiary",
    _Role.Button: "surface",
    _Role.ButtonText: "text",
    _Role.BrightText: "danger",
    _Role.ToolTipBase: "text",
    _Role.ToolTipText: "surface",
    _Role.Highlight: "accent",
    _Role.HighlightedText: "on_accent",
    _Role.Accent: "accent",
    _Role.Link: "accent",
    _Role.LinkVisited: "accent",
    _Role.Light: "surface",
    _Role.Midlight: "sunken",
    _Role.Mid: "line",
    _Role.Dark: "control",
    _Role.Shadow: "scrim",
}


def build_palette(tokens: Tokens) -> QPalette:
    """Return the palette of a theme, for what Qt paints by itself."""
    palette = QPalette()
    for role, name in _ROLES.items():
        palette.setColor(role, QColor(tokens[name]))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.disabled))
    return palette


def tokens_of(palette: QPalette) -> Tokens:
    """Return the theme that `palette` was built from; a foreign one gets the nearest."""
    window = palette.color(_Role.Window)
    for tokens in themes().values():
        if QColor(tokens.background) == window:
            return tokens
    return themes()["dark" if window.lightness() < 128 else "light"]


def tokens_now() -> Tokens:
    """Return the theme in force. Painters ask at each paint, so a switch needs no bookkeeping."""
    return tokens_of(QGuiApplication.palette())


def colour(name: str, opacity: float = 1.0) -> QColor:
    """Return a token of the theme in force as a colour."""
    found = QColor(tokens_now()[name])
    found.setAlphaF(opacity)
    return found
