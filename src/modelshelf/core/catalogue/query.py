"""Which models a list shows, in which order: filters, search as you type, sorting, counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING

from modelshelf.core.catalogue.entry import search_words
from modelshelf.core.model import ModelType, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from modelshelf.core.catalogue.entry import CatalogueEntry


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


class Finder:
    """A list of entries prepared for many queries, as somebody types.

    Remembers each order once it was asked for, and while a text only grows looks again just at
    what matched before. Not for use from several threads at once.
    """

    def __init__(self, entries: Sequence[CatalogueEntry]) -> None:
        self.entries = tuple(entries)
        self._orders: dict[Sort, tuple[CatalogueEntry, ...]] = {}
        self._last: tuple[Query, list[CatalogueEntry]] | None = None

    def select(self, query: Query) -> list[CatalogueEntry]:
        """Return the entries that `query` asks for, in its order."""
        words = query_words(query.text)
        found = self._narrowed(query, words)
        if found is None:
            found = _filtered(self._in_order(query.sort), query)
            found = _with_words(found, words)
        self._last = (query, found)
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

    def _narrowed(self, query: Query, words: list[str]) -> list[CatalogueEntry] | None:
        """Search only in the last answer when `query` asks for the same and more."""
        if self._last is None:
            return None
        last, found = self._last
        before = query_words(last.text)
        if replace(last, text=query.text) != query or not before:
            return None
        if len(words) < len(before) or words[: len(before) - 1] != before[:-1]:
            return None
        if not words[len(before) - 1].startswith(before[-1]):
            return None
        return _with_words(found, words[len(before) - 1 :])

    def _in_order(self, sort: Sort) -> tuple[CatalogueEntry, ...]:
        if sort not in self._orders:
            key = _ORDERS[sort]
            self._orders[sort] = tuple(sorted(self.entries, key=key)) if key else self.entries
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
        # People type llama3.1 for Llama-3.1: the start of a name also matches unseparated.
        whole = word.replace(" ", "")
        found = [e for e in found if word in e.search_text or e.search_compact.startswith(whole)]
    return found


def _ranked(entries: Iterable[CatalogueEntry], words: Sequence[str]) -> list[CatalogueEntry]:
    """Best matches first: a name begins so, a word begins so, it is somewhere inside."""
    steps: list[list[CatalogueEntry]] = [[] for _ in range(2 * len(words) + 1)]
    starts = [(f"\n{word}", f" {word}") for word in words]
    for entry in entries:
        text = entry.search_text
        rank = 0
        for name_start, word_start in starts:
            if name_start not in text:
                rank += 1 if word_start in text else 2
        steps[rank].append(entry)
    return [entry for step in steps for entry in step]


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


def _by_name(entry: CatalogueEntry) -> tuple[str, str]:
    return (entry.name.casefold(), entry.id)


def _by_size(entry: CatalogueEntry) -> tuple[bool, int, str]:
    return (entry.size_bytes is None, -(entry.size_bytes or 0), entry.name.casefold())


def _by_last_use(entry: CatalogueEntry) -> tuple[bool, float, str]:
    moment = entry.last_used.timestamp() if entry.last_used else 0.0
    return (entry.last_used is None, -moment, entry.name.casefold())


_STATUS_ORDER = {
    status: place
    for place, status in enumerate(
        (Status.DAMAGED, Status.PARTIAL, Status.INSTALLED, Status.AVAILABLE)
    )
}


def _by_status(entry: CatalogueEntry) -> tuple[int, str]:
    return (_STATUS_ORDER[entry.status], entry.name.casefold())


_ORDERS: dict[Sort, Callable[[CatalogueEntry], tuple[object, ...]] | None] = {
    Sort.RECOMMENDED: None,
    Sort.NAME: _by_name,
    Sort.SIZE: _by_size,
    Sort.LAST_USED: _by_last_use,
    Sort.STATUS: _by_status,
}
