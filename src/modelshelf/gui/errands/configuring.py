"""Settings, the token, defaults and tiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from modelshelf.core.errors import ModelshelfError
from modelshelf.core.hub.auth import TokenSource
from modelshelf.core.machine import Disk, can_write, disk_of
from modelshelf.core.model import ModelId, Role
from modelshelf.gui.errands.errand import Errand
from modelshelf.gui.pages.settings import LocationFacts, TokenFacts

if TYPE_CHECKING:
    from pathlib import Path

    from modelshelf.core.settings import Settings
    from modelshelf.core.shelf import Shelf


class Configuring(Errand):
    """`saved` carries new `Settings` and the key that changed, `refused` a key and a sentence."""

    saved = Signal(object, str)
    refused = Signal(str, str)
    token_read = Signal(object)
    """`TokenFacts`."""
    locations_read = Signal(object)
    """`LocationFacts` in order."""

    def save(self, settings: Settings, key: str) -> None:
        """Write the settings file after `key` changed."""

        def refused(error: Exception) -> None:
            self._refuse(key, error)

        def written(_nothing: None) -> None:
            self.saved.emit(settings, key)

        self.run(settings.save, written, refused)

    def store_token(self, token: str) -> None:
        """Keep an access token, then ask the Hub whose it is."""

        def refused(error: Exception) -> None:
            self._refuse("token", error)

        def kept(_nothing: None) -> None:
            self.read_token()

        self.run(lambda: self._shelf.tokens.store(token), kept, refused)

    def forget_token(self) -> None:
        """Remove the token that is kept."""

        def refused(error: Exception) -> None:
            self._refuse("token", error)

        def forgotten(_nothing: None) -> None:
            self.read_token()

        self.run(self._shelf.tokens.forget, forgotten, refused)

    def read_token(self) -> None:
        """Emit `token_read`: where the token comes from and, when the Hub answers, whose it is."""
        self.run(lambda: token_facts(self._shelf), self.token_read.emit)

    def read_locations(self) -> None:
        """Emit `locations_read`."""
        self.run(lambda: location_facts(self._shelf), self.locations_read.emit)

    def set_default(self, role: Role, model_id: str) -> None:
        """Choose the model for a role."""
        self.run(lambda: self._shelf.preferences.set(role, ModelId(model_id)))

    def clear_default(self, role: Role) -> None:
        """Leave a role without a model."""
        self.run(lambda: self._shelf.preferences.clear(role))

    def set_tier(self, name: str, model_id: str) -> None:
        """Choose the model of a tier, made when it is new."""

        def refused(error: Exception) -> None:
            self._refuse("tier", error)

        self.run(lambda: self._shelf.tiers.set(name, ModelId(model_id)), failed=refused)

    def clear_tier(self, name: str) -> None:
        """Leave a tier without a model."""
        self.run(lambda: self._shelf.tiers.clear(name))

    def remove_tier(self, name: str) -> None:
        """Remove a tier of the user's own."""
        self.run(lambda: self._shelf.tiers.remove(name))

    def _refuse(self, key: str, error: Exception) -> None:
        if not isinstance(error, ModelshelfError):
            raise error
        self.refused.emit(key, f"{error.message} {error.hint}".strip())


def token_facts(shelf: Shelf) -> TokenFacts:
    """Return where the token comes from, and whose it is as far as the Hub says."""
    source = shelf.tokens.source()
    if source is TokenSource.NONE:
        return TokenFacts(source)
    try:
        return TokenFacts(source, account=shelf.hub.whoami().name)
    except ModelshelfError as error:
        return TokenFacts(source, problem=error.message)


def location_facts(shelf: Shelf) -> tuple[LocationFacts, ...]:
    """Look at every folder with models."""
    scans = {scan.path: scan for scan in shelf.inventory.current.stores}
    found: list[LocationFacts] = []
    for path in shelf.settings.stores:
        scan = scans.get(path)
        models = scan.models if scan is not None else ()
        found.append(
            LocationFacts(
                path=path,
                exists=path.is_dir(),
                is_writable=can_write(path),
                disk=_disk(path),
                models=len(models),
                size_bytes=sum(model.size_bytes + model.partial_bytes for model in models),
            )
        )
    return tuple(found)


def _disk(path: Path) -> Disk | None:
    try:
        return disk_of(path)
    except OSError:
        return None
