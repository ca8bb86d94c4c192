"""The models a user added: the table `custom_models`."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

from modelshelf.core.catalogue import detection, fields
from modelshelf.core.catalogue.custom_model import CustomModel, HubCheck
from modelshelf.core.errors import InputError, NotFoundError
from modelshelf.core.events import UsageChanged
from modelshelf.core.formats.config import MAX_PROMPT, POOLINGS, EncoderFacts
from modelshelf.core.model import ModelId, ModelType, parse_model_id, short_name
from modelshelf.core.units import utc_now

if TYPE_CHECKING:
    from modelshelf.core.catalogue.registry import Registry
    from modelshelf.core.db.database import Database
    from modelshelf.core.events import Sink
    from modelshelf.core.hub.client import Hub

__all__ = ["CustomModel", "CustomModels", "HubCheck"]

MAX_DIMENSION = 65_536


class CustomModels:
    """Thread-safe; every change is told to the sink as `UsageChanged("custom_models")`."""

    def __init__(self, database: Database, sink: Sink, registry: Registry) -> None:
        self._database = database
        self._sink = sink
        self._registry = registry

    def all(self) -> tuple[CustomModel, ...]:
        """Every custom model, in the order they were added."""
        rows = self._database.rows("SELECT * FROM custom_models ORDER BY added, model_id")
        return tuple(CustomModel.from_row(row) for row in rows)

    def get(self, model_id: ModelId) -> CustomModel:
        """Return one custom model.

        Raises:
            NotFoundError: when the user's list has none with this id.
        """
        row = self._database.row("SELECT * FROM custom_models WHERE model_id = ?", (model_id,))
        if row is None:
            raise _unknown(model_id)
        return CustomModel.from_row(row)

    def detect(self, hub: Hub, model_id: ModelId) -> CustomModel:
        """Ask the Hub what this model is; store nothing.

        A Hub that cannot be reached, or files that cannot be read, leave facts unknown and say so
        in `notice`. The id is the one the Hub uses now, after renames.

        Raises:
            InputError: when the registry has the model.
            NotFoundError: when the Hub says that there is no such model.
            TokenError: when the token is refused.
        """
        self._refuse_registry_id(model_id)
        found = detection.ask(hub, model_id)
        self._refuse_registry_id(found.model_id)
        check = HubCheck.UNCHECKED
        if found.is_known:
            check = HubCheck.READ if found.facts is not None else HubCheck.KNOWN
        facts = found.facts or EncoderFacts()
        return CustomModel(
            model_id=found.model_id,
            type=found.type,
            dimension=facts.dimension if found.type is ModelType.EMBEDDING else None,
            pooling=facts.pooling,
            asymmetric=facts.query_prefix != facts.document_prefix,
            query_prefix=facts.query_prefix,
            document_prefix=facts.document_prefix,
            check=check,
            max_tokens=facts.max_tokens,
            parameters=found.parameters,
            size_bytes=found.size_bytes,
            licence=found.licence,
            gated=found.gated,
        )

    def check(self, model: CustomModel, *, is_new: bool = True) -> None:
        """Refuse what `add`, or `edit` when it is not new, would refuse; store nothing.

        Raises:
            InputError: naming what is wrong: an id of the registry or of the list, a dimension
                outside 1 to 65,536, an unknown pooling, a prefix that is too long.
            NotFoundError: when a model to edit is not in the list.
        """
        self._check_values(model)
        row = self._database.row(
            "SELECT 1 FROM custom_models WHERE model_id = ?", (model.model_id,)
        )
        if is_new and row is not None:
            raise _double(model.model_id)
        if not is_new and row is None:
            raise _unknown(model.model_id)

    def add(self, model: CustomModel) -> CustomModel:
        """Put a model into the list, and return it as stored.

        Raises:
            InputError: as `check` does.
        """
        self._check_values(model)
        now = utc_now()
        stored = replace(model, added=now)
        try:
            self._database.write(
                "INSERT INTO custom_models (model_id, type, config, added) VALUES (?, ?, ?, ?)",
                (stored.model_id, stored.type.value, stored.config, now.isoformat()),
            )
        except sqlite3.IntegrityError as error:
            raise _double(model.model_id) from error
        self._sink(UsageChanged("custom_models"))
        return stored

    def edit(self, model: CustomModel) -> CustomModel:
        """Replace what is stored of a model but the moment it was added; return it as stored.

        Raises:
            InputError: as `check` does.
            NotFoundError: when the list has none with this id.
        """
        self._check_values(model)
        changed = self._database.write(
            "UPDATE custom_models SET type = ?, config = ? WHERE model_id = ?",
            (model.type.value, model.config, model.model_id),
        )
        if not changed:
            raise _unknown(model.model_id)
        self._sink(UsageChanged("custom_models"))
        return self.get(model.model_id)

    def remove(self, model_id: ModelId) -> None:
        """Take a model out of the list; what is on disk stays.

        Raises:
            NotFoundError: when the list has none with this id.
        """
        if not self._database.write("DELETE FROM custom_models WHERE model_id = ?", (model_id,)):
            raise _unknown(model_id)
        self._sink(UsageChanged("custom_models"))

    def _refuse_registry_id(self, model_id: ModelId) -> None:
        entry = self._registry.resolve(model_id)
        if entry is not None and entry.id.casefold() == model_id.casefold():
            raise InputError(
                f"{entry.id} is in the registry already, so it need not be added.",
                hint=f"Find it in the list as {entry.name}.",
            )

    def _check_values(self, model: CustomModel) -> None:
        parse_model_id(model.model_id)
        self._refuse_registry_id(model.model_id)
        prompt = fields.prompt(MAX_PROMPT)
        for name, value, check in (
            ("dimension", model.dimension, fields.whole(1, MAX_DIMENSION)),
            ("pooling", model.pooling, fields.one_of(POOLINGS)),
            ("query prefix", model.query_prefix, prompt),
            ("document prefix", model.document_prefix, prompt),
            ("instruction", model.instruction, prompt),
        ):
            if value is None:
                continue
            try:
                check(value)
            except fields.Unfit as unfit:
                raise InputError(
                    f"The {name} must be {unfit.wanted}, not {unfit.got or fields.shown(value)}."
                ) from unfit


def _double(model_id: ModelId) -> InputError:
    return InputError(
        f"{short_name(model_id)} is in your list already.", hint="Edit it there, or remove it."
    )


def _unknown(model_id: ModelId) -> NotFoundError:
    return NotFoundError(
        f"{model_id} is not in your list of custom models.",
        hint="`modelshelf custom list` shows all.",
    )
