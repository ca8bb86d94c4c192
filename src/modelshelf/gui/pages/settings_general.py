"""Settings of downloads and of the look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from modelshelf.core.settings.declared import DECLARED
from modelshelf.gui.pages.setting_row import SettingCard, SettingRow
from modelshelf.gui.widgets import CheckBox, DropDown, NumberField, Segments

if TYPE_CHECKING:
    from modelshelf.core.settings import Settings


class GeneralSettings(QWidget):
    """`changed` carries key and value."""

    changed = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._on_close = DropDown(self.tr("When the window closes"))
        for words, value in (
            (self.tr("Ask each time"), "ask"),
            (self.tr("Go on in the tray"), "tray"),
            (self.tr("Pause them"), "pause"),
            (self.tr("Stop them"), "stop"),
        ):
            self._on_close.addItem(words, value)
        self._parallel = number_field("downloads.parallel", self.tr("Downloads at a time"))
        self.rows = {
            "downloads.on_close": SettingRow(
                self.tr("When the window closes while downloads run"),
                self.tr("Nothing that is here gets lost, whatever you choose."),
                self._on_close,
            ),
            "downloads.parallel": SettingRow(
                self.tr("Downloads at a time"),
                self.tr("How many models are fetched side by side; the others wait."),
                self._parallel,
            ),
        }
        card = SettingCard(self.tr("Downloads"))
        for row in self.rows.values():
            card.add(row)
        _stack(self, card)
        self._on_close.activated.connect(self._on_close_chosen)
        self._parallel.valueChanged.connect(self._on_parallel)

    def show_settings(self, settings: Settings) -> None:
        """Show these values."""
        place = self._on_close.findData(settings.text("downloads.on_close"))
        self._on_close.setCurrentIndex(place)
        set_number(self._parallel, settings.number("downloads.parallel"))

    def _on_close_chosen(self) -> None:
        self.changed.emit("downloads.on_close", self._on_close.currentData())

    def _on_parallel(self, value: int) -> None:
        self.changed.emit("downloads.parallel", value)


class AppearanceSettings(QWidget):
    """`changed` carries key and value."""

    changed = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._theme = Segments(
            self.tr("Theme"),
            [
                (self.tr("As the system"), "system"),
                (self.tr("Light"), "light"),
                (self.tr("Dark"), "dark"),
            ],
        )
        self._still = CheckBox(self.tr("Less motion"))
        self.rows = {
            "appearance.theme": SettingRow(
                self.tr("Theme"), self.tr("Light, dark, or as the system says."), self._theme
            ),
            "appearance.reduced_motion": SettingRow(
                self.tr("Motion"),
                self.tr("Nothing slides or fades. The system's own wish counts in any case."),
                self._still,
            ),
        }
        card = SettingCard(self.tr("Appearance"))
        for row in self.rows.values():
            card.add(row)
        _stack(self, card)
        self._theme.chosen.connect(self._on_theme)
        self._still.clicked.connect(self._on_still)

    def show_settings(self, settings: Settings) -> None:
        """Show these values."""
        self._theme.choose(settings.text("appearance.theme"))
        self._still.setChecked(settings.flag("appearance.reduced_motion"))

    def _on_theme(self, value: object) -> None:
        self.changed.emit("appearance.theme", value)

    def _on_still(self, checked: bool) -> None:
        self.changed.emit("appearance.reduced_motion", checked)


def number_field(key: str, name: str) -> NumberField:
    """Return a field with the bounds of a declared setting; it tells when typing has ended."""
    bounds = DECLARED[key]
    field = NumberField(name, bounds.minimum, bounds.maximum)
    field.setKeyboardTracking(False)
    field.setFixedWidth(88)
    return field


def set_number(field: NumberField, value: int) -> None:
    """Show `value` without telling anybody."""
    field.blockSignals(True)
    field.setValue(value)
    field.blockSignals(False)


def _stack(page: QWidget, *cards: QWidget) -> None:
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(24)
    for card in cards:
        column.addWidget(card)
    column.addStretch(1)
