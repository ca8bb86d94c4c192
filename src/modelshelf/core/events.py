"""What the core tells whoever listens: few, typed, frozen.

A front end passes a `Sink`; the core calls it from any thread and expects it to return at once.
Events with equal `key` replace each other when a front end batches them; what must not be lost
(a change of state) has a key of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelshelf.core.errors import ErrorInfo
    from modelshelf.core.model import JobKind, JobState, ModelId


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is, in bytes; sent at least four times a second while bytes move."""

    job_id: str
    model_id: ModelId
    bytes_done: int
    bytes_total: int
    bytes_per_second: float
    eta_seconds: float | None

    @property
    def key(self) -> Hashable:
        """The last one per job is enough."""
        return ("progress", self.job_id)


@dataclass(frozen=True, slots=True)
class FileDone:
    """One file of a download got its final name: complete, verified and flushed."""

    job_id: str
    model_id: ModelId
    path: str
    size: int

    @property
    def key(self) -> Hashable:
        """Every file counts."""
        return ("file", self.job_id, self.path)


@dataclass(frozen=True, slots=True)
class JobChanged:
    """A job entered a state."""

    job_id: str
    model_id: ModelId
    kind: JobKind
    state: JobState
    error: ErrorInfo | None = None

    @property
    def key(self) -> Hashable:
        """Every state counts."""
        return ("job", self.job_id, self.state)


@dataclass(frozen=True, slots=True)
class InventoryChanged:
    """What is on disk changed; empty means: anything may have."""

    model_ids: frozenset[ModelId] = frozenset()

    @property
    def key(self) -> Hashable:
        """One per set of models."""
        return ("inventory", self.model_ids)


@dataclass(frozen=True, slots=True)
class UsageChanged:
    """Collections, preferences, tiers, custom models or notes changed."""

    what: str

    @property
    def key(self) -> Hashable:
        """One per kind of change."""
        return ("usage", self.what)


@dataclass(frozen=True, slots=True)
class ConnectivityChanged:
    """The Hub became reachable or unreachable; `reason` says which step failed."""

    online: bool
    reason: str = ""

    @property
    def key(self) -> Hashable:
        """The last word counts."""
        return "connectivity"


Event = JobProgress | FileDone | JobChanged | InventoryChanged | UsageChanged | ConnectivityChanged
Sink = Callable[[Event], None]


def ignore(event: Event) -> None:
    """A sink for callers that do not listen."""
