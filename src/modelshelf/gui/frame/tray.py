"""The icon in the system tray: tells what ended while the window is away, and brings it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from modelshelf.gui.theme import icon
from modelshelf.gui.widgets.menu import Menu

if TYPE_CHECKING:
    from modelshelf.gui.widgets import Notice


class Tray(QObject):
    """Does nothing on desktops without a tray."""

    window_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._icon: QSystemTrayIcon | None = None
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        menu = Menu(window)
        menu.addAction(self.tr("Show Modelshelf")).triggered.connect(self.window_wanted)
        menu.addAction(self.tr("Quit")).triggered.connect(self.quit_wanted)
        self._icon = QSystemTrayIcon(icon("library", "accent", 22), self)
        self._icon.setToolTip("Modelshelf")
        self._icon.setContextMenu(menu)
        self._icon.activated.connect(self._on_activated)

    @property
    def is_available(self) -> bool:
        """Whether this desktop has a tray."""
        return self._icon is not None

    def set_shown(self, shown: bool) -> None:
        """Show or hide the icon."""
        if self._icon is not None:
            self._icon.setVisible(shown)

    def tell(self, notice: Notice) -> None:
        """Pass a notice on to the desktop."""
        if self._icon is not None:
            self._icon.show()
            self._icon.showMessage("Modelshelf", notice.text, icon("library", "accent", 32))

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.window_wanted.emit()
