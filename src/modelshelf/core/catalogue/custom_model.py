"""One model that a user added, and its row in the database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from modelshelf.core.errors import FormatError
from modelshelf.core.formats.config import POOLINGS, parse_json_object
from modelshelf.core.model import ModelId, ModelType

if TYPE_CHECKING:
    from modelshelf.core.db.database import Row


class HubCheck(StrEnum):
    """How far the Hub was asked about a custom model."""

    UNCHECKED = "unchecked"
    KNOWN = "known"
    READ = "read"


@dataclass(frozen=True, slots=True)
class CustomModel:
    """A model that a user added. None means: not known, or not given.

    `asymmetric` models embed queries and documents with different prefixes. `size_bytes` is what a
    download takes, as the Hub had it. `added` is set when the model is stored.
    """

    model_id: ModelId
    type: ModelType
    dimension: int | None = None
    pooling: str | None = None
    asymmetric: bool = False
    query_prefix: str = ""
    document_prefix: str = ""
    instruction: str = ""
    added: datetime | None = None
    check: HubCheck = HubCheck.UNCHECKED
    max_tokens: int | None = None
    parameters: int | None = None
    size_bytes: int | None = None
    licence: str | None = None
    gated: bool = False

    @property
    def notice(self) -> str:
        """What a person should know about the check; empty when all was read."""
        return {
            HubCheck.UNCHECKED: "The Hub could not be asked, so only the form of the id was "
            "checked.",
            HubCheck.KNOWN: "The Hub knows this model, but its files could not be read, so nothing "
            "was detected.",
            HubCheck.READ: "",
        }[self.check]

    def as_json(self) -> dict[str, object]:
        """Return the model as `custom … --json` prints it."""
        return {
            "id": self.model_id,
            "type": self.type.value,
            **_settings(self),
            "added": self.added.isoformat() if self.added else None,
        }

    @property
    def config(self) -> str:
        """What the column `config` holds: everything but the id, the type and the moment."""
        return json.dumps(_settings(self), ensure_ascii=False)

    @classmethod
    def from_row(cls, row: Row) -> CustomModel:
        """Read a row; a value that somebody edited into nonsense becomes unknown, never a crash."""
        try:
            tree = parse_json_object(str(row["config"]).encode(), what="A custom model")
        except FormatError:
            tree = {}
        types, checks = {t.value: t for t in ModelType}, {c.value: c for c in HubCheck}
        return cls(
            model_id=ModelId(row["model_id"]),
            type=types.get(row["type"], ModelType.OTHER),
            dimension=_number(tree, "dimension"),
            pooling=_text(tree, "pooling") if _text(tree, "pooling") in POOLINGS else None,
            asymmetric=tree.get("asymmetric") is True,
            query_prefix=_text(tree, "query_prefix"),
            document_prefix=_text(tree, "document_prefix"),
            instruction=_text(tree, "instruction"),
            added=_moment(row["added"]),
            check=checks.get(_text(tree, "check"), HubCheck.UNCHECKED),
            max_tokens=_number(tree, "max_tokens"),
            parameters=_number(tree, "parameters"),
            size_bytes=_number(tree, "size_bytes"),
            licence=_text(tree, "licence") or None,
            gated=tree.get("gated") is True,
        )


def _settings(model: CustomModel) -> dict[str, object]:
    return {
        "dimension": model.dimension,
        "pooling": model.pooling,
        "asymmetric": model.asymmetric,
        "query_prefix": model.query_prefix,
        "document_prefix": model.document_prefix,
        "instruction": model.instruction,
        "check": model.check.value,
        "max_tokens": model.max_tokens,
        "parameters": model.parameters,
        "size_bytes": model.size_bytes,
        "licence": model.licence,
        "gated": model.gated,
    }


def _number(tree: dict[str, Any], key: str) -> int | None:
    value = tree.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _text(tree: dict[str, Any], key: str) -> str:
    value = tree.get(key)
    return value if isinstance(value, str) else ""


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
