"""Which models a list shows, in which order: filters, search as you type, sorting, counts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import compress
from operator import add, attrgetter
from typing import TYPE_CHECKING, Any

from modelshelf.core.catalogue.entry import search_words
from modelshelf.core.model import ModelType, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from modelshelf.core.catalogue.entry import CatalogueEntry


_ANSWERS_KEPT = 64


class Sort(StrEnum):
    """The order of a list."""

    RECOMMENDED = "recommended"
    NAME = "name"
    SIZE = "size"
    LAST_USED = "last_used"
    STATUS = "status"


class SizeClass(StrEnum):
    """How much a model weighs, in steps people plan disks with."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    HUGE = "huge"

    @property
    def label(self) -> str:
        """The step in words."""
        return {
            SizeClass.SMALL: "Under 1 GB",
            SizeClass.MEDIUM: "1 to 5 GB",
            SizeClass.LARGE: "5 to 20 GB",
            SizeClass.HUGE: "Over 20 GB",
        }[self]

    @classmethod
    def of(cls, size_bytes: int | None) -> SizeClass | None:
        """Return the class of a size; None when the size is unknown."""
        if size_bytes is None:
            return None
        if size_bytes < 10**9:
            return cls.SMALL
        if size_bytes < 5 * 10**9:
            return cls.MEDIUM
        return cls.LARGE if size_bytes <= 20 * 10**9 else cls.HUGE


@dataclass(frozen=True, slots=True)
class Query:
    """What a list shall show; the default shows everything in the recommended order.

    Every word of `text` must be found, in names, owner, family, languages or capabilities. With
    text and the recommended order the best matches come first; any other order is kept.
    """

    text: str = ""
    type: ModelType | None = None
    status: Status | None = None
    family: str | None = None
    size: SizeClass | None = None
    capability: str | None = None
    favourites_only: bool = False
    sort: Sort = Sort.RECOMMENDED


@dataclass(frozen=True, slots=True)
class Facets:
    """How many models each choice of a filter would show, the other filters as they are.

    Families and capabilities come in descending order of count, then by name.
    """

    types: dict[ModelType, int]
    statuses: dict[Status, int]
    families: dict[str, int]
    capabilities: dict[str, int]
    sizes: dict[SizeClass, int]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What matched a query, before ranking."""

    query: Query
    words: list[str]
    found: list[CatalogueEntry]

    def holds_all_of(self, query: Query, words: list[str]) -> bool:
        """Whether whatever matches `query` is among these: it asks for the same and more."""
        if replace(self.query, text=query.text) != query or len(words) < len(self.words):
            return False
        if not self.words:
            return True
        last = len(self.words) - 1
        return words[:last] == self.words[:last] and words[last].startswith(self.words[last])


class Finder:
    """A list of entries prepared for many queries, as somebody types.

    Remembers each order once it was asked for, and the answers on the way to the present text:
    while it grows only what matched before is looked at again, and taking a key back costs
    nothing. Not for use from several threads at once.
    """

    def __init__(self, entries: Sequence[CatalogueEntry]) -> None:
        self.entries = tuple(entries)
        self._orders: dict[Sort, tuple[CatalogueEntry, ...]] = {}
        self._typed: list[_Answer] = []

    def select(self, query: Query) -> list[CatalogueEntry]:
        """Return the entries that `query` asks for, in its order."""
        words = query_words(query.text)
        found = self._found(query, words)
        if words and query.sort is Sort.RECOMMENDED:
            return _ranked(found, words)
        return list(found)

    def facets(self, query: Query) -> Facets:
        """Count what each choice of each filter would show beside the other filters."""

        def without(**lifted: None) -> list[CatalogueEntry]:
            return self._matching(replace(query, **lifted, sort=Sort.RECOMMENDED))

        shown = without()
        types = without(type=None) if query.type else shown
        statuses = without(status=None) if query.status else shown
        families = without(family=None) if query.family else shown
        capabilities = without(capability=None) if query.capability else shown
        sizes = without(size=None) if query.size else shown
        by_type = Counter(map(attrgetter("type"), types))
        by_status = Counter(map(attrgetter("status"), statuses))
        by_size = Counter(SizeClass.of(entry.size_bytes) for entry in sizes)
        return Facets(
            types={kind: by_type[kind] for kind in ModelType},
            statuses={status: by_status[status] for status in Status},
            families=_by_count(entry.family for entry in families if entry.family),
            capabilities=_by_count(word for entry in capabilities for word in entry.capabilities),
            sizes={size: by_size[size] for size in SizeClass},
        )

    def _matching(self, query: Query) -> list[CatalogueEntry]:
        return _with_words(_filtered(self.entries, query), query_words(query.text))

    def _found(self, query: Query, words: list[str]) -> list[CatalogueEntry]:
        """The matches in the query's order, best looked for among those of a shorter text."""
        while self._typed and not self._typed[-1].holds_all_of(query, words):
            self._typed.pop()
        if not self._typed:
            found = _with_words(_filtered(self._in_order(query.sort), query), words)
        else:
            last = self._typed[-1]
            if last.words == words:
                return last.found
            found = _with_words(last.found, words[max(0, len(last.words) - 1) :])
        self._typed.append(_Answer(query, words, found))
        del self._typed[:-_ANSWERS_KEPT]
        return found

    def _in_order(self, sort: Sort) -> tuple[CatalogueEntry, ...]:
        if sort is Sort.RECOMMENDED:
            return self.entries
        if sort not in self._orders:
            # Sorting keeps equals as they were: what weighs the same stays in order of name.
            before = self.entries if sort is Sort.NAME else self._in_order(Sort.NAME)
            self._orders[sort] = tuple(sorted(before, key=_ORDERS[sort]))
        return self._orders[sort]


def select(entries: Sequence[CatalogueEntry], query: Query) -> list[CatalogueEntry]:
    """Return the entries that `query` asks for, in its order; for many queries keep a `Finder`."""
    return Finder(entries).select(query)


def matches(entry: CatalogueEntry, query: Query) -> bool:
    """Whether a list with this query shows `entry`."""
    return bool(select((entry,), query))


def query_words(text: str) -> list[str]:
    """Split what somebody typed; what has no blank inside, such as `bge-small`, stays together."""
    return [word for word in map(search_words, text.split()) if word]


def _with_words(entries: Iterable[CatalogueEntry], words: Iterable[str]) -> list[CatalogueEntry]:
    found = list(entries)
    for word in words:
        # People type llama3.1 for Llama-3.1: the start of a name also matches unseparated. The
        # first two letters of it are in the text, and the shortest words are the slowest.
        whole = word.replace(" ", "")
        if len(whole) <= 2:
            found = [e for e in found if word in e.search_text]
        else:
            found = [
                e for e in found if word in e.search_text or e.search_compact.startswith(whole)
            ]
    return found


def _ranked(entries: list[CatalogueEntry], words: Sequence[str]) -> list[CatalogueEntry]:
    """Best matches first: a name begins so, a word begins so, it is somewhere inside."""
    ranks = [0] * len(entries)
    for word in words:
        ranks = list(map(add, ranks, _ranks(entries, word)))
    return [
        entry
        for wanted in range(2 * len(words) + 1)
        for entry in compress(entries, map(wanted.__eq__, ranks))
    ]


def _ranks(entries: Iterable[CatalogueEntry], word: str) -> list[int]:
    name, start = f"\n{word}", f" {word}"
    texts = [entry.search_text for entry in entries]
    return [0 if name in text else 1 if start in text else 2 for text in texts]


def _filtered(entries: Sequence[CatalogueEntry], query: Query) -> list[CatalogueEntry]:
    found = list(entries)
    if query.type is not None:
        found = [entry for entry in found if entry.type is query.type]
    if query.status is not None:
        found = [entry for entry in found if entry.status is query.status]
    if query.family is not None:
        found = [entry for entry in found if entry.family == query.family]
    if query.capability is not None:
        found = [entry for entry in found if query.capability in entry.capabilities]
    if query.size is not None:
        found = [entry for entry in found if SizeClass.of(entry.size_bytes) is query.size]
    if query.favourites_only:
        found = [entry for entry in found if entry.favourite]
    return found


def _by_count(words: Iterable[str]) -> dict[str, int]:
    counted = Counter(words)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0].casefold())))


def _by_name(entry: CatalogueEntry) -> list[str | int]:
    """Names in the order people expect: separators are alike, and 4B comes before 32B."""
    parts = _DIGITS.split(search_words(entry.name))
    # Text and digits take turns, so a number only ever meets a number.
    return [int(part) if place % 2 else part for place, part in enumerate(parts)]


def _by_size(entry: CatalogueEntry) -> tuple[bool, int]:
    return (entry.size_bytes is None, -(entry.size_bytes or 0))


def _by_last_use(entry: CatalogueEntry) -> tuple[bool, float]:
    moment = entry.last_used.timestamp() if entry.last_used else 0.0
    return (entry.last_used is None, -moment)


def _by_status(entry: CatalogueEntry) -> int:
    return _STATUS_ORDER[entry.status]


_DIGITS = re.compile(r"([0-9]{1,18})")
_STATUS_ORDER = {
    status: place
    for place, status in enumerate(
        (Status.DAMAGED, Status.PARTIAL, Status.INSTALLED, Status.AVAILABLE)
    )
}
_ORDERS: dict[Sort, Callable[[CatalogueEntry], Any]] = {
    Sort.NAME: _by_name,
    Sort.SIZE: _by_size,
    Sort.LAST_USED: _by_last_use,
    Sort.STATUS: _by_status,
}
