"""A deletion with all its rooms, over real files and a real database."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from tests.support.caches import (
    WEIGHTS,
    model,
    names_below,
)

from modelshelf.core.db.database import Database
from modelshelf.core.events import Event
from modelshelf.core.jobs import Ledger
from modelshelf.core.model import ModelId
from modelshelf.core.plan import FindingKind, Weight
from modelshelf.core.settings import Policy, Settings
from modelshelf.core.settings.person import Person
from modelshelf.core.storage.delete import Deletion
from modelshelf.core.storage.delete_plan import DeletePlan
from modelshelf.core.stores.inventory import Inventory
from modelshelf.core.units import utc_now
from modelshelf.core.usage.collections import Collections
from modelshelf.core.usage.preferences import Preferences
from modelshelf.core.usage.service import UsageService
from modelshelf.core.usage.tiers import Tiers

ONE, TWO = model("acme/one"), model("acme/two")
FILES = {"config.json": b"{}", "model.safetensors": WEIGHTS * 10_000, "sub/more.json": b"[1]"}
ANNA = Person("anna", frozenset({"staff"}))


@dataclass
class World:
    """The rooms a deletion needs, over real files and a real database."""

    database: Database
    inventory: Inventory
    ledger: Ledger
    collections: Collections
    preferences: Preferences
    tiers: Tiers
    usage: UsageService
    deletion: Deletion
    events: list[Event]

    def plan(self, model_id: ModelId = ONE, revision: str | None = None) -> DeletePlan:
        return self.deletion.plan(model_id, revision)

    def delete(self, model_id: ModelId = ONE) -> int:
        return self.deletion.execute(self.plan(model_id), confirmed=True).freed_bytes


def build(settings: Settings, database: Database, policy: Policy | None = None) -> World:
    policy = policy or Policy()
    events: list[Event] = []
    inventory = Inventory(settings, database, lambda: utc_now() + timedelta(hours=1))
    inventory.refresh()
    ledger = Ledger(database)
    collections = Collections(database, events.append)
    preferences = Preferences(database, events.append)
    tiers = Tiers(database, events.append)
    usage = UsageService(
        database, ledger, inventory, collections, preferences, tiers, settings, policy, ANNA
    )
    deletion = Deletion(inventory, usage, ledger, policy, settings, events.append, ANNA)
    return World(
        database, inventory, ledger, collections, preferences, tiers, usage, deletion, events
    )


@pytest.fixture
def world(settings: Settings, database: Database) -> World:
    return build(settings, database)


def kinds(plan: DeletePlan, weight: Weight) -> set[FindingKind]:
    return {finding.kind for finding in plan.findings if finding.weight is weight}


def broken_links(store: Path) -> list[str]:
    return [
        name
        for name in names_below(store)
        if (store / name).is_symlink() and not (store / name).exists()
    ]
