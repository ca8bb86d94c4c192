"""A sequence whose items are made when somebody looks at them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TypeVar, cast, overload

T = TypeVar("T")


class MadeLater(Sequence[T]):
    """As a tuple to whoever uses it, and equal to one with the same items.

    Two threads that look at once may both make the items; they are equal, and one set is kept.
    """

    __slots__ = ("_made",)

    _made: tuple[T, ...] | None
    """None to begin with."""

    @abstractmethod
    def make(self) -> tuple[T, ...]:
        """Build the items."""

    def _items(self) -> tuple[T, ...]:
        made = self._made
        if made is None:
            made = self._made = self.make()
        return made

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self._items()[index]

    def __len__(self) -> int:
        return len(self._items())

    def __iter__(self) -> Iterator[T]:
        return iter(self._items())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (MadeLater, tuple)):
            return NotImplemented
        return self._items() == tuple(cast("Sequence[object]", other))

    def __hash__(self) -> int:
        return hash(self._items())

    def __repr__(self) -> str:
        return repr(self._items())
