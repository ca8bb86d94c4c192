"""What a person remarks about a model: favourite, tags, a note, a pinned revision."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from modelshelf.core.errors import InputError
from modelshelf.core.events import UsageChanged
from modelshelf.core.model import ModelId, parse_revision
from modelshelf.core.usage.names import checked_name

if TYPE_CHECKING:
    from modelshelf.core.db.database import Database, Row
    from modelshelf.core.events import Sink

_LONGEST_NOTE = 20_000


@dataclass(frozen=True, slots=True)
class Note:
    """The remarks about one model. `pinned_revision` is the one the user wants to keep."""

    favourite: bool = False
    tags: tuple[str, ...] = ()
    text: str = ""
    pinned_revision: str | None = None


class Notes:
    """Remarks outlive the files: a model downloaded again finds them. Changes go to the sink."""

    def __init__(self, database: Database, sink: Sink) -> None:
        self._database = database
        self._sink = sink

    def all(self) -> dict[ModelId, Note]:
        """Every model that has a remark."""
        rows = self._database.rows("SELECT * FROM model_notes")
        return {ModelId(row["model_id"]): _note(row) for row in rows}

    def get(self, model_id: ModelId) -> Note:
        """The remarks about `model_id`; an empty note when there are none."""
        row = self._database.row("SELECT * FROM model_notes WHERE model_id = ?", (model_id,))
        return _note(row) if row is not None else Note()

    def favourites(self) -> frozenset[ModelId]:
        """The models with a heart."""
        rows = self._database.rows("SELECT model_id FROM model_notes WHERE favourite")
        return frozenset(ModelId(row["model_id"]) for row in rows)

    def set_favourite(self, model_id: ModelId, favourite: bool) -> None:
        """Give the model a heart, or take it away."""
        self._set(model_id, "favourite", int(favourite))

    def set_tags(self, model_id: ModelId, tags: tuple[str, ...]) -> None:
        """Replace the model's tags; doubles are dropped, the order stays.

        Raises:
            InputError: when a tag cannot be used.
        """
        clean = list(dict.fromkeys(checked_name(tag, what="tag") for tag in tags))
        self._set(model_id, "tags", json.dumps(clean, ensure_ascii=False))

    def set_text(self, model_id: ModelId, text: str) -> None:
        """Replace the free note.

        Raises:
            InputError: when it is longer than 20,000 characters.
        """
        if len(text) > _LONGEST_NOTE:
            raise InputError(
                "The note is too long.", hint=f"Use up to {_LONGEST_NOTE:,} characters."
            )
        self._set(model_id, "note", text)

    def pin(self, model_id: ModelId, revision: str | None) -> None:
        """Keep `revision` of the model; None lets go of it.

        Raises:
            InputError: when it is not a revision.
        """
        self._set(model_id, "pinned_revision", parse_revision(revision) if revision else None)

    def _set(self, model_id: ModelId, column: str, value: object) -> None:
        # `column` is one of the four literals above, never text from outside.
        self._database.write(
            f"INSERT INTO model_notes (model_id, {column}) VALUES (?, ?)"
            f" ON CONFLICT (model_id) DO UPDATE SET {column} = excluded.{column}",
            (model_id, value),
        )
        self._sink(UsageChanged("notes"))


def _note(row: Row) -> Note:
    tags: Any = json.loads(row["tags"])
    return Note(
        favourite=bool(row["favourite"]),
        tags=tuple(str(tag) for tag in cast("list[object]", tags)),
        text=row["note"],
        pinned_revision=row["pinned_revision"],
    )
