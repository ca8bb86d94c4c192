"""The usage service: one place that knows who relies on a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelshelf.core.errors import NotFoundError, PermissionRefusedError
from modelshelf.core.machine import can_write
from modelshelf.core.model import ModelId, Status
from modelshelf.core.plan import Weight, heaviest_first
from modelshelf.core.settings import Person
from modelshelf.core.stores.removal import NameKind, list_for
from modelshelf.core.stores.sizes import freed_by
from modelshelf.core.units import utc_now
from modelshelf.core.usage import findings as say
from modelshelf.core.usage.people import PersonUsage, others, publish
from modelshelf.core.usage.preferences import DefaultEmbeddingModel
from modelshelf.core.usage.processes import ProcessScan, who_uses
from modelshelf.core.usage.report import UsageReport

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from modelshelf.core.db.database import Database
    from modelshelf.core.jobs import Ledger
    from modelshelf.core.plan import Finding
    from modelshelf.core.settings import Policy, Settings
    from modelshelf.core.stores.installed import InstalledModel, InstalledRevision
    from modelshelf.core.stores.inventory import Inventory
    from modelshelf.core.stores.removal import Removal
    from modelshelf.core.usage.collections import Collections
    from modelshelf.core.usage.preferences import Preferences
    from modelshelf.core.usage.tiers import Tiers

_EVENTS_KEPT = 100


class UsageService:
    """Who uses which model. Reads the disk and the database; never call it on a GUI thread.

    `settings` may be replaced when the user changes them. `person` is who runs this program.
    """

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        inventory: Inventory,
        collections: Collections,
        preferences: Preferences,
        tiers: Tiers,
        settings: Settings,
        policy: Policy,
        person: Person | None = None,
    ) -> None:
        self.settings = settings
        self._database = database
        self._ledger = ledger
        self._inventory = inventory
        self._collections = collections
        self._preferences = preferences
        self._tiers = tiers
        self._policy = policy
        self._person = person or Person.current()

    def report(
        self, model_id: ModelId, *, revision: str | None = None, own_job: str = ""
    ) -> UsageReport:
        """Say everything that refers to `model_id`, or to one revision of it.

        Removing a revision that is not the current one takes the model from nobody, so then only
        jobs, programs and permissions count. `own_job` is the job in whose name the question is
        asked; it does not stand in its own way.

        Raises:
            NotFoundError: when that revision is not on disk.
        """
        model = self._inventory.find(model_id)
        one = _revision_of(model_id, model, revision)
        commit = one.commit if one else None
        takes_it_away = one is None or model is None or model.current in (one, None)
        size = 0
        if one:
            size = one.size_bytes
        elif model:
            size = model.size_bytes + model.partial_bytes
        removal = list_for(model, commit) if model else None
        freed = freed_by(removal) if removal else 0
        scan = who_uses(_content(removal)) if removal else ProcessScan((), True)
        mine = self.mine()
        roles = [role for role, chosen in mine.preferences.items() if chosen == model_id]
        tiers = [name for name, chosen in mine.tiers.items() if chosen == model_id]
        used_in = say.collections_using(mine, model_id)
        default = DefaultEmbeddingModel.of(self.settings)
        is_default = default.model_id == model_id

        found = self._standing_in_the_way(model_id, model, scan, own_job)
        blocked_by: list[str] = []
        if takes_it_away:
            found += say.about_collections(used_in)
            found += say.about_preferences(roles)
            found += say.about_tiers(tiers)
            found += say.about_default(default, is_default)
            elsewhere = others(self._policy, self._person.name)
            found += say.about_people(elsewhere, model_id)
            blocked_by = [*used_in, *say.collections_of_others(elsewhere, model_id)]
        if model:
            found += say.about_pin(self._pinned(model_id), one)
            found += say.about_bytes(size, freed)
            copies = self._inventory.current.duplicates.get(model_id, ())
            found += say.about_copies([copy.store for copy in copies])
        found = heaviest_first(found)
        return UsageReport(
            model_id=model_id,
            revision=commit,
            is_installed=model is not None and model.status is not Status.PARTIAL,
            size_on_disk=size,
            estimated_freed=freed,
            blocked_by_collections=tuple(blocked_by),
            user_preferences_count=len(roles),
            llm_config_count=len(tiers),
            is_default_embedding_model=is_default,
            loaded_in=scan.users,
            findings=tuple(found),
            can_delete=model is not None
            and not any(finding.weight is Weight.BLOCKER for finding in found),
        )

    def used_by(self) -> dict[ModelId, tuple[str, ...]]:
        """What of the user's own refers to each model, in a word: one query for a whole list."""
        rows = self._database.rows(
            """SELECT model_id, 0 AS place, collection AS name FROM collection_models
               UNION SELECT model_id, 1, 'default for ' || role FROM preferences
               UNION SELECT model_id, 2, 'tier ' || tier FROM llm_tiers WHERE model_id IS NOT NULL
               ORDER BY place, name"""
        )
        found: dict[ModelId, tuple[str, ...]] = {}
        for row in rows:
            model_id = ModelId(row["model_id"])
            found[model_id] = (*found.get(model_id, ()), row["name"])
        default = DefaultEmbeddingModel.of(self.settings).model_id
        if default is not None:
            found[default] = (*found.get(default, ()), "default embedding model")
        return found

    def record(self, model_id: ModelId, what: str) -> None:
        """Remember what just happened to the model; `what` is a word such as `loaded`.

        The newest hundred events of each model are kept. All but deletions are uses.
        """
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO usage_events (model_id, what, moment) VALUES (?, ?, ?)",
                (model_id, what, utc_now().isoformat()),
            )
            connection.execute(
                """DELETE FROM usage_events WHERE model_id = ?1 AND id NOT IN (
                     SELECT id FROM usage_events WHERE model_id = ?1 ORDER BY id DESC LIMIT ?2)""",
                (model_id, _EVENTS_KEPT),
            )

    def last_used(self) -> dict[ModelId, datetime]:
        """When each model was last used, as far as it was recorded; UTC.

        The last record counts, not the latest moment: a clock that once ran ahead is forgiven.
        """
        rows = self._database.rows(
            """SELECT model_id, moment FROM usage_events WHERE id IN (
                 SELECT max(id) FROM usage_events
                 WHERE what NOT LIKE '%deleted' GROUP BY model_id)"""
        )
        return {ModelId(row["model_id"]): say.moment(row["moment"]) for row in rows}

    def release(self, model_id: ModelId) -> tuple[str, ...]:
        """Reset the preferences and tiers that point to `model_id`; say so in sentences."""
        roles = self._preferences.forget(model_id)
        tiers = self._tiers.forget(model_id)
        return (
            *(f"No model is the default for {say.role_name(role)} now." for role in roles),
            *(f"The tier “{tier}” is empty now." for tier in tiers),
        )

    def mine(self) -> PersonUsage:
        """What the user's own collections and defaults refer to."""
        return PersonUsage(
            user=self._person.name,
            collections={c.name: c.models for c in self._collections.all()},
            preferences=self._preferences.all(),
            tiers={t.name: t.model_id for t in self._tiers.all() if t.model_id is not None},
            default_embedding_model=DefaultEmbeddingModel.of(self.settings).model_id,
        )

    def publish(self) -> str:
        """Let the people who share this machine see what the user relies on, if the policy asks.

        To be called at start and after every `UsageChanged` or change of the default model.
        Returns a sentence when it could not be done, else an empty text: nobody is kept from
        working by it.
        """
        try:
            publish(self._policy, self.mine())
        except PermissionRefusedError as error:
            return f"{error.message} {error.hint}"
        return ""

    def _standing_in_the_way(
        self, model_id: ModelId, model: InstalledModel | None, scan: ProcessScan, own_job: str
    ) -> list[Finding]:
        found: list[Finding] = []
        job = self._ledger.active_on(model_id)
        if job and job.id != own_job:
            found += say.about_job(job)
        found += say.about_processes(scan)
        if model and not self._policy.is_admin(self._person.name, self._person.groups):
            found += say.about_policy(self._policy)
        if model and not can_write(model.folder):
            found += say.about_folder(model.folder)
        return found

    def _pinned(self, model_id: ModelId) -> str | None:
        row = self._database.row(
            "SELECT pinned_revision FROM model_notes WHERE model_id = ?", (model_id,)
        )
        return row["pinned_revision"] if row is not None else None


def _revision_of(
    model_id: ModelId, model: InstalledModel | None, revision: str | None
) -> InstalledRevision | None:
    if revision is None:
        return None
    found = model.revision(revision) if model else None
    if found is None:
        raise NotFoundError(
            f"Revision {revision} of {model_id} is not on this machine.",
            hint=f"`modelshelf show {model_id}` lists the revisions that are.",
        )
    return found


def _content(removal: Removal) -> list[Path]:
    """The files whose bytes would go; a link to a blob that stays is none of them."""
    found: list[Path] = []
    for name in removal.names:
        path = removal.store / name.path
        is_content = name.kind in (NameKind.BLOB, NameKind.PARTIAL)
        if is_content or (name.kind is NameKind.LINK and not path.is_symlink()):
            found.append(path)
    return found
