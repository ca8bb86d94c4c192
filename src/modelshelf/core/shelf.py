"""The composition root: everything is built here, once, and handed down."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelshelf.core.catalogue.catalogue import Catalogue
from modelshelf.core.catalogue.custom import CustomModels
from modelshelf.core.catalogue.registry import Registry, load_registry
from modelshelf.core.db.database import Database
from modelshelf.core.downloads.queue import DownloadQueue
from modelshelf.core.events import UsageChanged, ignore
from modelshelf.core.hub.auth import Tokens
from modelshelf.core.hub.client import Hub
from modelshelf.core.jobs import Ledger, Wanted
from modelshelf.core.paths import shipped
from modelshelf.core.settings import Policy
from modelshelf.core.storage.delete import Deletion
from modelshelf.core.stores.inventory import Inventory
from modelshelf.core.usage.collections import Collections
from modelshelf.core.usage.notes import Notes
from modelshelf.core.usage.preferences import Preferences
from modelshelf.core.usage.service import UsageService
from modelshelf.core.usage.tiers import Tiers

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from modelshelf.core.downloads.queue import Spawn
    from modelshelf.core.events import Event, Sink
    from modelshelf.core.settings import Settings

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All rooms of the core, ready to use from any thread but a GUI thread."""

    settings: Settings
    policy: Policy
    tokens: Tokens
    hub: Hub
    database: Database
    ledger: Ledger
    inventory: Inventory
    collections: Collections
    preferences: Preferences
    tiers: Tiers
    notes: Notes
    usage: UsageService
    custom: CustomModels
    catalogue: Catalogue
    downloads: DownloadQueue
    deletion: Deletion


@contextmanager
def open_shelf(
    settings: Settings,
    *,
    spawn: Spawn,
    environment: Mapping[str, str] = os.environ,
    sink: Sink = ignore,
    on_close: Wanted = Wanted.RUN,
    registry: Registry | None = None,
) -> Generator[Shelf]:
    """Build the core over `settings`; what still downloads at the end is left as `on_close` says.

    `registry` takes the place of the shipped one.

    Raises:
        RegistryError: when the registry or the database cannot be used.
    """
    policy = Policy.load(settings.paths.policy_file)
    registry = registry or load_registry(shipped("registry.yaml"))
    tokens = Tokens(settings.paths, environment)
    database = Database.open(settings.paths.database)
    ledger = Ledger(database)
    hub = Hub(settings.endpoint, tokens.current, offline=settings.is_offline)
    inventory = Inventory(settings, database)

    def tell(event: Event) -> None:
        sink(event)
        if isinstance(event, UsageChanged):
            _publish(usage)
            if problem := database.keep_entered():
                _log.warning("%s", problem)

    collections = Collections(database, tell)
    preferences = Preferences(database, tell)
    tiers = Tiers(database, tell)
    notes = Notes(database, tell)
    usage = UsageService(
        database, ledger, inventory, collections, preferences, tiers, settings, policy
    )
    _publish(usage)
    custom = CustomModels(database, tell, registry)
    downloads = DownloadQueue(ledger, hub, settings, inventory, sink, spawn, policy)
    shelf = Shelf(
        settings=settings,
        policy=policy,
        tokens=tokens,
        hub=hub,
        database=database,
        ledger=ledger,
        inventory=inventory,
        collections=collections,
        preferences=preferences,
        tiers=tiers,
        notes=notes,
        usage=usage,
        custom=custom,
        catalogue=Catalogue(registry, custom, inventory, usage, notes, ledger),
        downloads=downloads,
        deletion=Deletion(inventory, usage, ledger, policy, settings, sink),
    )
    try:
        yield shelf
    finally:
        downloads.close(on_close)
        hub.close()
        database.close()


def _publish(usage: UsageService) -> None:
    if problem := usage.publish():
        _log.warning("%s", problem)
