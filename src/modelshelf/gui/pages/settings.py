"""Settings, section by section. What the environment decides is shown and cannot be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from modelshelf.core.errors import InputError
from modelshelf.core.settings.declared import DECLARED
from modelshelf.gui.pages.settings_defaults import DefaultsSettings
from modelshelf.gui.pages.settings_facts import LocationFacts, TokenFacts
from modelshelf.gui.pages.settings_general import AppearanceSettings, GeneralSettings
from modelshelf.gui.pages.settings_network import NetworkSettings
from modelshelf.gui.pages.settings_storage import StorageSettings
from modelshelf.gui.theme import scaled
from modelshelf.gui.widgets import Label, Look, ScrollColumn, Tabs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.model import ModelId, Role
    from modelshelf.core.settings import Settings
    from modelshelf.core.usage.tiers import Tier
    from modelshelf.gui.pages.setting_row import SettingRow

__all__ = ["LocationFacts", "SettingsPage", "TokenFacts"]

_WIDTH = 760
_LOCATIONS = "storage.locations"


class SettingsPage(QWidget):
    """Every change is a signal; answer `setting_changed` with `show_settings` or `refuse`."""

    setting_changed = Signal(str, object)
    """Key and value as `core.settings` declares them, already checked."""
    token_given = Signal(str)
    token_forgotten = Signal()
    default_set = Signal(object, str)
    """Role and model id."""
    default_cleared = Signal(object)
    tier_set = Signal(str, str)
    """Tier and model id; an unknown name makes a new tier."""
    tier_cleared = Signal(str)
    tier_removed = Signal(str)
    folder_opened = Signal(str)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._pending: set[str] = set()
        self.general = GeneralSettings()
        self.storage = StorageSettings(settings)
        self.network = NetworkSettings()
        self.defaults = DefaultsSettings()
        self.appearance = AppearanceSettings()
        self.tabs = Tabs(self.tr("Sections"))
        self._stack = QStackedWidget()
        for words, section in (
            (self.tr("General"), self.general),
            (self.tr("Storage"), self.storage),
            (self.tr("Network"), self.network),
            (self.tr("Defaults"), self.defaults),
            (self.tr("Appearance"), self.appearance),
        ):
            self.tabs.add(words)
            self._stack.addWidget(_scrolling(section))
        self._lay_out()
        self._connect()
        self.show_settings(settings)

    def show_section(self, place: int) -> None:
        """Bring a section to the front: 0 general, 1 storage, 2 network, 3 defaults, 4 looks."""
        self.tabs.setCurrentIndex(place)

    def show_settings(self, settings: Settings) -> None:
        """Show these values; a change that the user just made is quietly confirmed."""
        self._settings = settings
        for section in (
            self.general,
            self.storage,
            self.network,
            self.defaults,
            self.appearance,
        ):
            section.show_settings(settings)
        for key in self._pending:
            if (row := self._row(key)) is not None:
                row.show_saved()
        self._pending.clear()

    def show_locations(self, locations: Sequence[LocationFacts]) -> None:
        """Show the folders with models, in the order of `Settings.stores`."""
        self.storage.show_locations(locations)

    def show_token(self, token: TokenFacts) -> None:
        """Show where the access token comes from."""
        self.network.show_token(token)

    def show_defaults(self, preferences: Mapping[Role, ModelId], tiers: Sequence[Tier]) -> None:
        """Show the default model per role, and the tiers."""
        self.defaults.show_defaults(preferences, tiers)

    def show_entries(self, entries: Sequence[CatalogueEntry]) -> None:
        """Replace the models that can be chosen as defaults."""
        self.defaults.show_entries(entries)

    def refuse(self, key: str, sentence: str) -> None:
        """Say beside the setting why it could not be changed; `token` and `tier` are keys too."""
        self._pending.discard(key)
        if key == "tier":
            self.defaults.refuse_tier(sentence)
        elif key == _LOCATIONS:
            self.storage.refuse(sentence)
        elif (row := self._row(key)) is not None:
            row.refuse(sentence)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 12, 0)
        head.addWidget(self.tabs)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 12, 0)
        column.setSpacing(8)
        column.addWidget(Label(self.tr("Settings"), Look.TITLE))
        column.addLayout(head)
        column.addSpacing(8)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        for section in (
            self.general,
            self.storage,
            self.network,
            self.defaults,
            self.appearance,
        ):
            section.changed.connect(self._on_changed)
        self.storage.folder_opened.connect(self.folder_opened)
        self.network.token_given.connect(self.token_given)
        self.network.token_forgotten.connect(self.token_forgotten)
        self.defaults.default_set.connect(self.default_set)
        self.defaults.default_cleared.connect(self.default_cleared)
        self.defaults.tier_set.connect(self.tier_set)
        self.defaults.tier_cleared.connect(self.tier_cleared)
        self.defaults.tier_removed.connect(self.tier_removed)

    def _row(self, key: str) -> SettingRow | None:
        for section in (self.general, self.network, self.defaults, self.appearance):
            if key in section.rows:
                return section.rows[key]
        return None

    def _on_changed(self, key: str, value: object) -> None:
        try:
            checked = DECLARED[key].check(value)
        except InputError as error:
            self.refuse(key, f"{error.message} {error.hint}")
            return
        self._pending.add(key)
        self.setting_changed.emit(key, checked)


def _scrolling(section: QWidget) -> ScrollColumn:
    """Put a section into a column that is not too wide to read."""
    scroll = ScrollColumn()
    scroll.column.setContentsMargins(0, 0, 12, 24)
    section.setMaximumWidth(scaled(_WIDTH))
    scroll.column.addWidget(section)
    return scroll
