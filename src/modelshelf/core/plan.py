"""What an operation would do, as data: shown first, then executed unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Weight(StrEnum):
    """How much a finding weighs in the decision."""

    BLOCKER = "blocker"
    WARNING = "warning"
    INFORMATION = "information"


class FindingKind(StrEnum):
    """What a finding is about, for icons and for the button beside it."""

    COLLECTION = "collection"
    JOB = "job"
    PROCESS = "process"
    PREFERENCE = "preference"
    TIER = "tier"
    DEFAULT_MODEL = "default_model"
    OTHER_PERSON = "other_person"
    PERMISSION = "permission"
    SHARED_BYTES = "shared_bytes"
    DISK = "disk"
    ACCESS = "access"
    FOREIGN_FILE = "foreign_file"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against, or should be known before, an operation.

    `subject` is what a button beside it opens: a collection's name, a pid, a job id.
    `overridable` blockers yield to `--force`.
    """

    kind: FindingKind
    weight: Weight
    sentence: str
    reason: str = ""
    subject: str = ""
    overridable: bool = False

    @property
    def text(self) -> str:
        """Sentence and reason as one line, each with its full stop."""
        return " ".join(f"{part.rstrip('.')}." for part in (self.sentence, self.reason) if part)

    def as_json(self) -> dict[str, object]:
        """Return the finding as `--json` prints it."""
        return {
            "kind": self.kind.value,
            "weight": self.weight.value,
            "sentence": self.sentence,
            "reason": self.reason,
            "subject": self.subject,
            "overridable": self.overridable,
        }


def heaviest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by weight, blockers first; findings of one weight keep their order."""
    order = list(Weight)
    return sorted(findings, key=lambda finding: order.index(finding.weight))
