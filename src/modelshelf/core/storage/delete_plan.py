"""A deletion as data: shown first, then executed unchanged, and kept until it is finished."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelshelf.core.plan import Finding, Weight
from modelshelf.core.stores.removal import ListedName, NameKind, Removal

if TYPE_CHECKING:
    from datetime import datetime

    from modelshelf.core.model import ModelId


@dataclass(frozen=True, slots=True)
class DeletePlan:
    """What a deletion would do; executed unchanged or not at all. Sizes in bytes.

    `revision` None means the whole model. `names` is everything that would be removed, in order;
    `payloads` are the shared payloads (by hash) that lose a reference. `freed_bytes` is what the
    disk gains, `size_bytes` what the files weigh: they differ when bytes live on elsewhere.
    """

    model_id: ModelId
    revision: str | None
    store: Path
    folder: Path
    names: tuple[ListedName, ...]
    size_bytes: int
    freed_bytes: int
    findings: tuple[Finding, ...]
    created: datetime
    payloads: tuple[str, ...] = ()

    @property
    def blockers(self) -> tuple[Finding, ...]:
        """What forbids it."""
        return tuple(f for f in self.findings if f.weight is Weight.BLOCKER)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What somebody must agree to."""
        return tuple(f for f in self.findings if f.weight is Weight.WARNING)

    @property
    def can_execute(self) -> bool:
        """Whether nothing blocks it."""
        return not self.blockers

    @property
    def can_be_forced(self) -> bool:
        """Whether all that blocks it may be overridden."""
        return all(finding.overridable for finding in self.blockers)

    @property
    def requires_confirmation(self) -> bool:
        """Whether there are warnings somebody must accept."""
        return bool(self.warnings)

    @property
    def removal(self) -> Removal:
        """The names alone, as the disk sees them."""
        return Removal(self.store, self.names, self.payloads)

    def as_json(self) -> dict[str, Any]:
        """Return the plan as `--json` prints it."""
        return {
            "model_id": self.model_id,
            "revision": self.revision,
            "store": str(self.store),
            "folder": str(self.folder),
            "paths": [name.path for name in self.names if name.kind is not NameKind.FOLDER],
            "size_bytes": self.size_bytes,
            "freed_bytes": self.freed_bytes,
            "can_execute": self.can_execute,
            "requires_confirmation": self.requires_confirmation,
            "findings": [finding.as_json() for finding in self.findings],
            "created": self.created.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class DeleteResult:
    """What was done. `freed_bytes` is what the disk got back; `notes` are sentences about it."""

    model_id: ModelId
    freed_bytes: int
    notes: tuple[str, ...] = ()


def intent(removal: Removal, revision: str | None, device: int) -> str:
    """Return the text a deletion job keeps, so that it can be finished after a crash.

    `device` is the number of the store's volume now; another start may give it another one.
    """
    return json.dumps(
        {
            "revision": revision,
            "store": str(removal.store),
            "device": device,
            "names": [
                [name.path, name.kind.value, name.device, name.inode, name.modified]
                for name in removal.names
            ],
            "payloads": removal.payloads,
        }
    )


def read_intent(text: str, device: int) -> tuple[Removal, str | None]:
    """Return the names and the revision that `intent` kept, for a volume numbered `device` now.

    Raises:
        ValueError: when it is not that.
    """
    try:
        tree: dict[str, Any] = json.loads(text)
        then = int(tree["device"])
        names = tuple(
            ListedName(
                str(path),
                NameKind(kind),
                device if int(on) == then else int(on),
                int(inode),
                int(modified),
            )
            for path, kind, on, inode, modified in tree["names"]
        )
        store = Path(tree["store"])
        payloads = tuple(str(name) for name in tree["payloads"])
        revision = tree["revision"]
    except (LookupError, TypeError) as error:
        raise ValueError(str(error)) from error
    return Removal(store, names, payloads), None if revision is None else str(revision)
