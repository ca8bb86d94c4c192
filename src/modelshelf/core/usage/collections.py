"""Collections: a person's named projects, and the models they rely on. They block deletion."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from modelshelf.core.errors import InputError, NotFoundError
from modelshelf.core.events import UsageChanged
from modelshelf.core.model import ModelId, Role, printable
from modelshelf.core.units import utc_now
from modelshelf.core.usage.names import checked_name

if TYPE_CHECKING:
    import sqlite3

    from modelshelf.core.db.database import Database
    from modelshelf.core.events import Sink

_LONGEST_DESCRIPTION = 2000


@dataclass(frozen=True, slots=True)
class CollectionModel:
    """One model of a collection and what it does there."""

    model_id: ModelId
    role: Role


@dataclass(frozen=True, slots=True)
class Collection:
    """A project. `models` in the order they were added; `created` in UTC."""

    name: str
    description: str
    models: tuple[CollectionModel, ...]
    created: datetime

    def as_json(self) -> dict[str, object]:
        """Return the collection as `--json` prints it."""
        return {
            "name": self.name,
            "description": self.description,
            "models": [{"id": m.model_id, "role": m.role.value} for m in self.models],
            "created": self.created.isoformat(),
        }


class Collections:
    """Every method is one transaction; a change is told to the sink once it is committed."""

    def __init__(self, database: Database, sink: Sink) -> None:
        self._database = database
        self._sink = sink

    def all(self) -> tuple[Collection, ...]:
        """Every collection, by name."""
        models: dict[str, list[CollectionModel]] = {}
        for row in self._database.rows(
            "SELECT collection, model_id, role FROM collection_models ORDER BY rowid"
        ):
            one = CollectionModel(ModelId(row["model_id"]), Role(row["role"]))
            models.setdefault(row["collection"], []).append(one)
        found = [
            Collection(
                row["name"],
                row["description"],
                tuple(models.get(row["name"], ())),
                datetime.fromisoformat(row["created"]),
            )
            for row in self._database.rows("SELECT * FROM collections")
        ]
        return tuple(sorted(found, key=lambda c: (c.name.casefold(), c.name)))

    def get(self, name: str) -> Collection:
        """Return the collection called `name`.

        Raises:
            NotFoundError: with the nearest names.
        """
        found = {collection.name: collection for collection in self.all()}
        try:
            return found[name]
        except KeyError:
            raise _unknown(name, list(found)) from None

    def create(self, name: str, description: str = "") -> Collection:
        """Start an empty collection.

        Raises:
            InputError: when the name cannot be used, or a collection has it already, however it
                is capitalised.
        """
        name, description = checked_name(name, what="collection"), _checked_text(description)
        with self._database.transaction() as connection:
            _refuse_taken(connection, name)
            connection.execute(
                "INSERT INTO collections (name, description, created) VALUES (?, ?, ?)",
                (name, description, utc_now().isoformat()),
            )
        return self._changed(name)

    def rename(self, old: str, new: str) -> Collection:
        """Call `old` by the name `new`; its models come along.

        Raises:
            NotFoundError: when there is no `old`.
            InputError: when `new` cannot be used.
        """
        new = checked_name(new, what="collection")
        with self._database.transaction() as connection:
            _require(connection, old)
            _refuse_taken(connection, new, apart_from=old)
            connection.execute("UPDATE collections SET name = ? WHERE name = ?", (new, old))
        return self._changed(new)

    def describe(self, name: str, text: str) -> Collection:
        """Say what the collection is for."""
        text = _checked_text(text)
        with self._database.transaction() as connection:
            _require(connection, name)
            connection.execute(
                "UPDATE collections SET description = ? WHERE name = ?", (text, name)
            )
        return self._changed(name)

    def delete(self, name: str) -> None:
        """Forget the collection; its models stay on disk."""
        with self._database.transaction() as connection:
            _require(connection, name)
            connection.execute("DELETE FROM collections WHERE name = ?", (name,))
        self._sink(UsageChanged("collections"))

    def add(self, name: str, model_id: ModelId, role: Role) -> Collection:
        """Let the collection use `model_id` in `role`; twice is the same as once."""
        with self._database.transaction() as connection:
            _require(connection, name)
            connection.execute(
                "INSERT OR IGNORE INTO collection_models (collection, model_id, role, added)"
                " VALUES (?, ?, ?, ?)",
                (name, model_id, role, utc_now().isoformat()),
            )
        return self._changed(name)

    def remove(self, name: str, model_id: ModelId, role: Role | None = None) -> Collection:
        """Take `model_id` out, from every role or only from `role`.

        Raises:
            NotFoundError: when the collection does not use it.
        """
        with self._database.transaction() as connection:
            _require(connection, name)
            gone = connection.execute(
                "DELETE FROM collection_models"
                " WHERE collection = ? AND model_id = ? AND coalesce(?, role) = role",
                (name, model_id, role),
            ).rowcount
            if not gone:
                purpose = f" for {role}" if role else ""
                raise NotFoundError(
                    f"Collection “{name}” does not use {model_id}{purpose}.",
                    hint=f"`modelshelf collections show {name}` lists what it uses.",
                )
        return self._changed(name)

    def _changed(self, name: str) -> Collection:
        self._sink(UsageChanged("collections"))
        return self.get(name)


def _checked_text(text: str) -> str:
    if len(text) > _LONGEST_DESCRIPTION:
        raise InputError(
            "The description is too long.", hint=f"Use up to {_LONGEST_DESCRIPTION:,} characters."
        )
    return text.strip()


def _names(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT name FROM collections")]


def _require(connection: sqlite3.Connection, name: str) -> None:
    names = _names(connection)
    if name not in names:
        raise _unknown(name, names)


def _refuse_taken(connection: sqlite3.Connection, name: str, apart_from: str = "") -> None:
    taken = {known.casefold(): known for known in _names(connection) if known != apart_from}
    if found := taken.get(name.casefold()):
        raise InputError(
            f"There is a collection “{found}” already.", hint="Choose another name for this one."
        )


def _unknown(name: str, names: list[str]) -> NotFoundError:
    near = difflib.get_close_matches(name, names, n=3)
    hint = (
        f"Did you mean {' or '.join(f'“{n}”' for n in near)}?"
        if near
        else "`modelshelf collections list` shows all."
    )
    return NotFoundError(f"There is no collection “{printable(name, 80)}”.", hint=hint)
