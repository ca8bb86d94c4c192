from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from modelshelf.core.db.database import Database
from modelshelf.core.events import Event
from modelshelf.core.jobs import Ledger
from modelshelf.core.settings import Person, Policy, Settings
from modelshelf.core.stores.inventory import Inventory
from modelshelf.core.usage.collections import Collections
from modelshelf.core.usage.notes import Notes
from modelshelf.core.usage.preferences import Preferences
from modelshelf.core.usage.service import UsageService
from modelshelf.core.usage.tiers import Tiers


class World:
    """The rooms the usage service stands on, all real, over one database and one store."""

    def __init__(self, database: Database, settings: Settings, policy: Policy, person: Person):
        self.events: list[Event] = []
        self.database = database
        self.ledger = Ledger(database)
        self.inventory = Inventory(settings, database)
        self.collections = Collections(database, self.events.append)
        self.preferences = Preferences(database, self.events.append)
        self.tiers = Tiers(database, self.events.append)
        self.notes = Notes(database, self.events.append)
        self.usage = UsageService(
            database,
            self.ledger,
            self.inventory,
            self.collections,
            self.preferences,
            self.tiers,
            settings,
            policy,
            person,
        )


@pytest.fixture
def make_world(database: Database, settings: Settings) -> Callable[..., World]:
    def make(
        policy: Policy | None = None, person: str = "maria", groups: frozenset[str] = frozenset()
    ) -> World:
        world = World(database, settings, policy or Policy(), Person(person, groups))
        world.inventory.refresh()
        return world

    return make


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    """A shared machine whose administrator is maria."""
    folder = tmp_path / "usage"
    folder.mkdir()
    return Policy(source=tmp_path / "policy.yaml", admins=("maria",), usage_folder=folder)


@pytest.fixture
def without_folder(policy: Policy) -> Policy:
    return replace(policy, usage_folder=None)
