"""Settings, section by section. What the environment decides is shown and cannot be changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.hub.auth import TokenSource
    from modelshelf.core.machine import Disk
    from modelshelf.core.model import ModelId, Role
    from modelshelf.core.settings import Settings
    from modelshelf.core.usage.tiers import Tier


@dataclass(frozen=True, slots=True)
class LocationFacts:
    """One folder of `Settings.stores`, looked at. `disk` is None where it does not answer."""

    path: Path
    exists: bool
    is_writable: bool
    disk: Disk | None
    models: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """The access token without the token. `account` is whose it is, where the Hub was asked;
    `problem` is a sentence when it does not work."""

    source: TokenSource
    account: str = ""
    problem: str = ""


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

    def show_settings(self, settings: Settings) -> None:
        """Show these values; a change that the user just made is quietly confirmed."""
        raise NotImplementedError

    def show_locations(self, locations: Sequence[LocationFacts]) -> None:
        """Show the folders with models, in the order of `Settings.stores`."""
        raise NotImplementedError

    def show_token(self, token: TokenFacts) -> None:
        """Show where the access token comes from."""
        raise NotImplementedError

    def show_defaults(self, preferences: Mapping[Role, ModelId], tiers: Sequence[Tier]) -> None:
        """Show the default model per role, and the tiers."""
        raise NotImplementedError

    def show_entries(self, entries: Sequence[CatalogueEntry]) -> None:
        """Replace the models that can be chosen as defaults."""
        raise NotImplementedError

    def refuse(self, key: str, sentence: str) -> None:
        """Say beside the setting why it could not be changed; `token` and `tier` are keys too."""
        raise NotImplementedError
