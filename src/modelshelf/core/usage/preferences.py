"""Preferences: the model a role gets when nobody names one; and the default embedding model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelshelf.core.errors import InputError
from modelshelf.core.events import UsageChanged
from modelshelf.core.model import ModelId, Role, parse_model_id

if TYPE_CHECKING:
    from modelshelf.core.db.database import Database
    from modelshelf.core.events import Sink
    from modelshelf.core.settings import Settings


class Preferences:
    """The user's default model per role. A change is told to the sink once it is committed."""

    def __init__(self, database: Database, sink: Sink) -> None:
        self._database = database
        self._sink = sink

    def all(self) -> dict[Role, ModelId]:
        """The roles that have a default, with it."""
        rows = self._database.rows("SELECT role, model_id FROM preferences")
        chosen = {Role(row["role"]): ModelId(row["model_id"]) for row in rows}
        return {role: chosen[role] for role in Role if role in chosen}

    def set(self, role: Role, model_id: ModelId) -> None:
        """Make `model_id` the default for `role`."""
        self._database.write(
            "INSERT INTO preferences (role, model_id) VALUES (?, ?)"
            " ON CONFLICT (role) DO UPDATE SET model_id = excluded.model_id",
            (role, model_id),
        )
        self._sink(UsageChanged("preferences"))

    def clear(self, role: Role) -> None:
        """Let `role` have no default."""
        if self._database.write("DELETE FROM preferences WHERE role = ?", (role,)):
            self._sink(UsageChanged("preferences"))

    def forget(self, model_id: ModelId) -> tuple[Role, ...]:
        """Clear every role whose default is `model_id`; return those roles."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "DELETE FROM preferences WHERE model_id = ? RETURNING role", (model_id,)
            ).fetchall()
        if rows:
            self._sink(UsageChanged("preferences"))
        return tuple(sorted(Role(row["role"]) for row in rows))


@dataclass(frozen=True, slots=True)
class DefaultEmbeddingModel:
    """The embedding model used where none is named.

    `model_id` is None when none is set, or when `text` is not a model id. `where` says what a
    person must change to change it.
    """

    model_id: ModelId | None
    text: str
    where: str

    @classmethod
    def of(cls, settings: Settings) -> DefaultEmbeddingModel:
        """Read it: the environment variable decides first, then the setting."""
        text = settings.default_embedding_model.strip()
        where = (
            "the environment variable DEFAULT_EMBEDDING_MODEL"
            if settings.environment.default_embedding_model
            else "the setting defaults.embedding_model"
        )
        try:
            model_id = parse_model_id(text) if text else None
        except InputError:
            model_id = None
        return cls(model_id, text, where)
