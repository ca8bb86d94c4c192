"""Which models a list shows, in which order: filters, search as you type, sorting, counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelshelf.core.model import ModelType, Status


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
    """What a list shall show; the default shows everything in the registry's order.

    With text and the recommended order the best matches come first; any other order is kept.
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
