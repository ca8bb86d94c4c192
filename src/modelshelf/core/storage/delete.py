"""Deleting a model or one revision of it: plan, show, execute."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from modelshelf.core.events import Sink
    from modelshelf.core.jobs import Ledger
    from modelshelf.core.model import ModelId
    from modelshelf.core.plan import Finding
    from modelshelf.core.settings import Policy, Settings
    from modelshelf.core.stores.inventory import Inventory
    from modelshelf.core.usage.service import UsageService


class NameKind(StrEnum):
    """What a name on disk is for; in the order in which they are removed."""

    REF = "ref"
    LINK = "link"
    BLOB = "blob"
    PARTIAL = "partial"
    OTHER = "other"
    LOCK = "lock"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class PlannedName:
    """One name to remove: relative to the store, and the inode it must still be then."""

    path: str
    kind: NameKind
    device: int
    inode: int


@dataclass(frozen=True, slots=True)
class DeletePlan:
    """What a deletion would do; executed unchanged or not at all. Sizes in bytes."""

    model_id: ModelId
    revision: str | None
    store: Path
    folder: Path
    names: tuple[PlannedName, ...]
    size_bytes: int
    freed_bytes: int
    findings: tuple[Finding, ...]
    created: datetime

    @property
    def can_execute(self) -> bool:
        """Whether nothing blocks it, not counting what `force` may override."""
        raise NotImplementedError

    @property
    def requires_confirmation(self) -> bool:
        """Whether there are warnings somebody must accept."""
        raise NotImplementedError

    def as_json(self) -> dict[str, Any]:
        """Return the plan as `--json` prints it."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class DeleteResult:
    """What was done. `freed_bytes` is what the disk got back; `notes` are sentences about it."""

    model_id: ModelId
    freed_bytes: int
    notes: tuple[str, ...] = ()


class Deletion:
    """Plans deletions and carries them out, one per model at a time."""

    def __init__(
        self,
        inventory: Inventory,
        usage: UsageService,
        ledger: Ledger,
        policy: Policy,
        settings: Settings,
        sink: Sink,
    ) -> None:
        self._inventory = inventory
        self._usage = usage
        self._ledger = ledger
        self._policy = policy
        self._settings = settings
        self._sink = sink

    def plan(self, model_id: ModelId, revision: str | None = None) -> DeletePlan:
        """Say what would be deleted, what it frees and what speaks against it.

        Raises:
            NotFoundError: when the model, or that revision of it, is not on disk.
        """
        raise NotImplementedError

    def execute(self, plan: DeletePlan, *, confirmed: bool, force: bool = False) -> DeleteResult:
        """Delete exactly what the plan lists. `force` overrides open files, nothing else.

        Raises:
            InUseError, BusyError, PermissionRefusedError: something blocks it.
            ConfirmationNeededError: there are warnings and `confirmed` is False.
            StalePlanError: the disk or the usage changed since the plan was made.
        """
        raise NotImplementedError

    def finish_interrupted(self) -> list[ModelId]:
        """Finish the deletions whose process died; return their models."""
        raise NotImplementedError
