"""The one list of models: registry, custom models and what is on disk, joined."""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from modelshelf.core.catalogue.entry import CacheSizes, CatalogueEntry, Source, search_words
from modelshelf.core.catalogue.joining import (
    Description,
    State,
    described_by_disk,
    described_by_registry,
    described_by_user,
    joined,
)
from modelshelf.core.errors import InputError, NotFoundError
from modelshelf.core.model import JobKind, ModelId, ModelType, parse_model_id, printable, short_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelshelf.core.catalogue.custom import CustomModels
    from modelshelf.core.catalogue.registry import Registry
    from modelshelf.core.jobs.ledger import Ledger
    from modelshelf.core.jobs.record import JobRecord
    from modelshelf.core.stores.inventory import Inventory
    from modelshelf.core.usage.notes import Notes
    from modelshelf.core.usage.service import UsageService

__all__ = ["CacheSizes", "Catalogue", "CatalogueEntry", "Source"]

_NEAREST = 3
_OTHERWISE = "Check the spelling. What the Hub has and this list has not can be added by its id."


@dataclass(frozen=True, slots=True)
class _Made:
    """An entry and all that it was made from."""

    sources: tuple[object, ...]
    entry: CatalogueEntry


class Catalogue:
    """Asks its sources anew at every call, so that what it returns is as true as they are.

    An entry whose sources say the same as before is the very object returned before. Thread-safe.
    """

    def __init__(
        self,
        registry: Registry,
        custom: CustomModels,
        inventory: Inventory,
        usage: UsageService,
        notes: Notes,
        ledger: Ledger,
    ) -> None:
        self.registry = registry
        self._custom = custom
        self._inventory = inventory
        self._usage = usage
        self._notes = notes
        self._ledger = ledger
        self._made: dict[ModelId, _Made] = {}

    def entries(self) -> tuple[CatalogueEntry, ...]:
        """Every model that is known or found, each once.

        The registry's come first in its order, then custom ones as they were added, then what
        else is on disk or being downloaded, by name.
        """
        state = self._state()
        known = self._described()
        coming = (i for i, job in state.jobs.items() if _is_on_its_way(job))
        strange = {*state.installed, *coming} - known.keys()
        for model_id in sorted(strange, key=_by_name):
            known[model_id] = described_by_disk(model_id, state.installed.get(model_id))
        before = self._made
        made_now = {i: _made(i, known[i], state, before.get(i)) for i in known}
        self._made = made_now
        return tuple(made.entry for made in made_now.values())

    def get(self, model_id: ModelId) -> CatalogueEntry:
        """Return what is known of one model; an unknown one is available and unmanaged."""
        state = self._state()
        description = self._described().get(model_id)
        if description is None:
            description = described_by_disk(model_id, state.installed.get(model_id))
        return joined(model_id, description, state)

    def resolve(self, text: str, *, allow_unknown: bool = False) -> ModelId:
        """Find the model that a person means: an id in any case, an alias, a name, a Hub link.

        Raises:
            InputError: when `text` is none of them and no id either.
            NotFoundError: when it is an id nobody knows here, with the nearest names as hint;
                with `allow_unknown` such an id is returned as it is.
        """
        others = self._others()
        wanted = text.strip()
        # An id comes before an alias: a `gpt2` on disk stays reachable beside one so nicknamed.
        for model_id in (*self.registry.by_id, *others):
            if model_id == wanted:
                return model_id
        entry = self.registry.resolve(wanted)
        if entry is not None:
            return entry.id
        wanted = wanted.casefold()
        for model_id in others:
            if model_id.casefold() == wanted:
                return model_id
        named = [i for i in others if short_name(i).casefold() == wanted]
        if len(named) == 1:
            return named[0]
        return self._resolve_id(text, others, allow_unknown)

    def suggestion(self, text: str, otherwise: str) -> str:
        """Return a question naming the models nearest to `text`, or `otherwise` for none."""
        return self._did_you_mean(text, self._others(), otherwise)

    def sizes(self) -> CacheSizes:
        """What all stores hold together, unfinished downloads and duplicates included."""
        known = {*self.registry.by_id, *(model.model_id for model in self._custom.all())}
        managed = unmanaged = 0
        strange: set[ModelId] = set()
        for scan in self._inventory.current.stores:
            for model in scan.models:
                size = model.size_bytes + model.partial_bytes
                if model.model_id in known:
                    managed += size
                else:
                    unmanaged += size
                    strange.add(model.model_id)
        return CacheSizes(managed + unmanaged, managed, unmanaged, len(strange))

    def types(self) -> dict[ModelType, int]:
        """How many models of each type `entries` holds."""
        counted = Counter(entry.type for entry in self.entries())
        return {kind: counted[kind] for kind in ModelType}

    def _state(self) -> State:
        return State(
            installed=self._inventory.current.models,
            jobs=self._ledger.latest(),
            used_by=self._usage.used_by(),
            last_used=self._usage.last_used(),
            favourites=self._notes.favourites(),
        )

    def _described(self) -> dict[ModelId, Description]:
        known = {entry.id: described_by_registry(entry) for entry in self.registry.entries}
        for model in self._custom.all():
            known.setdefault(model.model_id, described_by_user(model))
        return known

    def _others(self) -> list[ModelId]:
        """What is known beside the registry."""
        custom = (model.model_id for model in self._custom.all())
        return list(dict.fromkeys((*custom, *self._inventory.current.models)))

    def _resolve_id(self, text: str, others: list[ModelId], allow_unknown: bool) -> ModelId:
        try:
            model_id = parse_model_id(text)
        except InputError as error:
            hint = self._did_you_mean(text, others, error.hint)
            raise InputError(error.message, hint=hint) from error
        if "/" in text and model_id != text.strip():
            return self.resolve(model_id, allow_unknown=allow_unknown)
        if allow_unknown:
            return model_id
        raise NotFoundError(
            f"There is no model “{printable(model_id)}” in the registry, in your list or on disk.",
            hint=self._did_you_mean(model_id, others, _OTHERWISE),
        )

    def _did_you_mean(self, text: str, others: Iterable[ModelId], otherwise: str) -> str:
        """Name the models whose id, alias or name is nearest to `text`."""
        names: dict[str, ModelId] = {}
        for entry in self.registry.entries:
            for name in (entry.id, short_name(entry.id), entry.name, *entry.aliases):
                names.setdefault(search_words(name), entry.id)
        for model_id in others:
            for name in (model_id, short_name(model_id)):
                names.setdefault(search_words(name), model_id)
        near = difflib.get_close_matches(search_words(text[:200]), names, n=9, cutoff=0.6)
        best = list(dict.fromkeys(names[name] for name in near))[:_NEAREST]
        return f"Did you mean {_alternatives(best)}?" if best else otherwise


def _made(model_id: ModelId, description: Description, state: State, before: _Made | None) -> _Made:
    """Return `before` when nothing has changed since: thousands of models rarely change at once."""
    sources = (
        description,
        state.installed.get(model_id),
        state.jobs.get(model_id),
        state.used_by.get(model_id),
        state.last_used.get(model_id),
        model_id in state.favourites,
    )
    if before is not None and before.sources == sources:
        return before
    return _Made(sources, joined(model_id, description, state))


@lru_cache(maxsize=16_384)
def _by_name(model_id: ModelId) -> tuple[str, ModelId]:
    return short_name(model_id).casefold(), model_id


def _alternatives(names: list[ModelId]) -> str:
    return " or ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _is_on_its_way(job: JobRecord) -> bool:
    return job.kind is JobKind.DOWNLOAD and job.state.is_active
