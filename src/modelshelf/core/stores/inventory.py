"""All stores together, and an index that makes an unchanged store cheap to look at again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelshelf.core.model import ModelId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelshelf.core.cancel import CancelToken
    from modelshelf.core.db.database import Database
    from modelshelf.core.settings import Settings
    from modelshelf.core.stores.installed import InstalledModel, StoreScan


@dataclass(frozen=True, slots=True)
class InventorySnapshot:
    """What is on disk in all stores.

    `models` holds each model once, from the first store that has it; `duplicates` the same model
    in later stores. `changed` names what differs from the snapshot before.
    """

    stores: tuple[StoreScan, ...] = ()
    models: Mapping[ModelId, InstalledModel] = field(
        default_factory=dict[ModelId, "InstalledModel"]
    )
    duplicates: Mapping[ModelId, tuple[InstalledModel, ...]] = field(
        default_factory=dict[ModelId, "tuple[InstalledModel, ...]"]
    )
    changed: frozenset[ModelId] = frozenset()
    problems: tuple[str, ...] = ()


class Inventory:
    """Thread-safe. The index is kept in the database, and rebuilt when it is lost."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database

    @property
    def current(self) -> InventorySnapshot:
        """The last refresh; empty before the first. Never blocks."""
        raise NotImplementedError

    def refresh(self, cancel: CancelToken | None = None) -> InventorySnapshot:
        """Look at every store again; only what changed is read."""
        raise NotImplementedError

    def rescan(self, model_id: ModelId) -> None:
        """Read one model again in every store, after something was done to it."""
        raise NotImplementedError

    def find(self, model_id: ModelId) -> InstalledModel | None:
        """The model as of the last refresh."""
        raise NotImplementedError

    def has_changed(self) -> bool:
        """Whether a refresh would find something new; cheap enough to ask every few seconds."""
        raise NotImplementedError
