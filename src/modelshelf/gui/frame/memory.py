"""What the window remembers between two starts: where it stood and what was in front."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, QSettings

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QMainWindow, QSplitter


class WindowMemory:
    """An INI file in the configuration folder; damaged or missing, everything starts afresh."""

    def __init__(self, file: Path) -> None:
        self._store = QSettings(str(file), QSettings.Format.IniFormat)

    def keep_window(self, window: QMainWindow, splitter: QSplitter) -> None:
        """Remember size, place and the width of the details."""
        self._store.setValue("window/geometry", window.saveGeometry())
        if splitter.count() > 1 and all(splitter.sizes()):
            self._store.setValue("window/splitter", splitter.saveState())

    def restore_window(self, window: QMainWindow) -> None:
        """Take up size and place."""
        value = self._store.value("window/geometry")
        if isinstance(value, QByteArray):
            window.restoreGeometry(value)

    def restore_splitter(self, splitter: QSplitter) -> None:
        """Take up the width of the details."""
        value = self._store.value("window/splitter")
        if isinstance(value, QByteArray):
            splitter.restoreState(value)

    def keep(self, group: str, values: dict[str, str]) -> None:
        """Remember words under a name."""
        for key, value in values.items():
            self._store.setValue(f"{group}/{key}", value)
        self._store.sync()

    def recall(self, group: str, keys: tuple[str, ...]) -> dict[str, str]:
        """Return what is remembered under a name, of these keys."""
        found: dict[str, str] = {}
        for key in keys:
            value = cast("object", self._store.value(f"{group}/{key}"))
            if isinstance(value, str):
                found[key] = value
        return found
