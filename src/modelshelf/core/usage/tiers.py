"""Tiers: named quality levels for LLM work, each pointing to a model or to none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelshelf.core.errors import InputError, NotFoundError
from modelshelf.core.events import UsageChanged
from modelshelf.core.model import ModelId, printable
from modelshelf.core.usage.names import checked_name

if TYPE_CHECKING:
    from modelshelf.core.db.database import Database
    from modelshelf.core.events import Sink

BUILT_IN = ("high", "low")


@dataclass(frozen=True, slots=True)
class Tier:
    """One level; `model_id` is None while it is empty."""

    name: str
    model_id: ModelId | None


class Tiers:
    """`high` and `low` always exist; others are the user's own. Changes go to the sink."""

    def __init__(self, database: Database, sink: Sink) -> None:
        self._database = database
        self._sink = sink

    def all(self) -> tuple[Tier, ...]:
        """`high`, `low`, then the user's own in the order they were made."""
        rows = self._database.rows("SELECT tier, model_id FROM llm_tiers ORDER BY position, rowid")
        chosen: dict[str, ModelId | None] = dict.fromkeys(BUILT_IN)
        for row in rows:
            model_id = row["model_id"]
            chosen[row["tier"]] = ModelId(model_id) if model_id is not None else None
        return tuple(Tier(name, model_id) for name, model_id in chosen.items())

    def set(self, name: str, model_id: ModelId) -> None:
        """Point the tier to `model_id`; an unknown name makes a new tier.

        Raises:
            InputError: when `name` cannot be used.
        """
        name = checked_name(name, what="tier")
        self._database.write(
            "INSERT INTO llm_tiers (tier, model_id, position)"
            " VALUES (?, ?, (SELECT coalesce(max(position), 0) + 1 FROM llm_tiers))"
            " ON CONFLICT (tier) DO UPDATE SET model_id = excluded.model_id",
            (name, model_id),
        )
        self._sink(UsageChanged("tiers"))

    def clear(self, name: str) -> None:
        """Empty the tier; it stays in the list.

        Raises:
            NotFoundError: when there is no such tier.
        """
        changed = self._database.write(
            "UPDATE llm_tiers SET model_id = NULL WHERE tier = ?", (name,)
        )
        if not changed and name not in BUILT_IN:
            raise _unknown(name)
        if changed:
            self._sink(UsageChanged("tiers"))

    def remove(self, name: str) -> None:
        """Remove a tier of the user's own.

        Raises:
            InputError: for `high` and `low`, which can only be emptied.
            NotFoundError: when there is no such tier.
        """
        if name in BUILT_IN:
            raise InputError(
                f"The tier “{name}” always exists.",
                hint=f"`modelshelf tiers clear {name}` empties it.",
            )
        if not self._database.write("DELETE FROM llm_tiers WHERE tier = ?", (name,)):
            raise _unknown(name)
        self._sink(UsageChanged("tiers"))

    def forget(self, model_id: ModelId) -> tuple[str, ...]:
        """Empty every tier that points to `model_id`; return their names."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "UPDATE llm_tiers SET model_id = NULL WHERE model_id = ? RETURNING tier",
                (model_id,),
            ).fetchall()
        if rows:
            self._sink(UsageChanged("tiers"))
        return tuple(sorted(str(row["tier"]) for row in rows))


def _unknown(name: str) -> NotFoundError:
    return NotFoundError(
        f"There is no tier “{printable(name, 80)}”.", hint="`modelshelf tiers list` shows all."
    )
