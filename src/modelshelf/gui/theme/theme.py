"""The look in force: which theme, how large the text, how much motion. Switches while running."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QStyleHints

from modelshelf.gui.theme.fonts import base_font, load_fonts
from modelshelf.gui.theme.icons import load_icons
from modelshelf.gui.theme.palette import build_palette
from modelshelf.gui.theme.stylesheet import build_stylesheet
from modelshelf.gui.theme.tokens import themes

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_REDUCED = "reducedMotion"
_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}


class Theme(QObject):
    """Dresses the application and follows the system when asked to.

    Widgets never hold a colour: they ask for the tokens in force when they paint.
    """

    changed = Signal()

    def __init__(
        self,
        app: QApplication,
        *,
        choice: str = "system",
        reduced_motion: bool = False,
        text_scale: float = 1.0,
    ) -> None:
        super().__init__(app)
        self._app = app
        self._text_scale = text_scale
        self._choice = ""
        load_fonts()
        load_icons()
        app.setStyle("Fusion")
        app.setFont(base_font(text_scale))
        self.set_reduced_motion(reduced_motion)
        self.choose(choice)
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def choice(self) -> str:
        """What the user chose: `system`, `light` or `dark`."""
        return self._choice

    @property
    def name(self) -> str:
        """The theme on screen: `light` or `dark`."""
        if self._choice in themes():
            return self._choice
        scheme = self._app.styleHints().colorScheme()
        return "dark" if scheme is Qt.ColorScheme.Dark else "light"

    def choose(self, choice: str) -> None:
        """Switch to `system`, `light` or `dark`, window frames of the system included."""
        if choice == self._choice:
            return
        self._choice = choice
        self._app.styleHints().setColorScheme(_SCHEMES[choice])
        self._dress()

    def set_reduced_motion(self, reduced: bool) -> None:
        """Stop animations, whether by choice here or because the system asks for it."""
        self._app.setProperty(_REDUCED, reduced or _system_wants_less(self._app.styleHints()))

    def _follow_system(self) -> None:
        if self._choice == "system":
            self._dress()

    def _dress(self) -> None:
        tokens = themes()[self.name]
        self._app.setPalette(build_palette(tokens))
        self._app.setStyleSheet(build_stylesheet(tokens, self._text_scale))
        self.changed.emit()


def motion_ms(milliseconds: int) -> int:
    """Return how long an animation may take: 0 where motion is reduced."""
    app = QGuiApplication.instance()
    return 0 if app is None or app.property(_REDUCED) else milliseconds


def _system_wants_less(hints: QStyleHints) -> bool:
    """Whether the system asks for less motion; Qt tells since 6.10."""
    accessibility = getattr(hints, "accessibility", None)
    if accessibility is None:
        return False
    preference = getattr(accessibility(), "motionPreference", None)
    return preference is not None and "Reduced" in str(cast("object", preference()))
