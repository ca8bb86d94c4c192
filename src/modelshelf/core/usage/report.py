"""The answer to "who uses this model, and what would deleting it free?", as plain facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelshelf.core.plan import Finding, Weight

if TYPE_CHECKING:
    from modelshelf.core.model import ModelId
    from modelshelf.core.usage.processes import FileUser


@dataclass(frozen=True, slots=True)
class UsageReport:
    """Everything that refers to a model. Sizes in bytes.

    `revision` limits the sizes, and what can stand in the way, to one revision; None means the
    whole model. `estimated_freed` is what the volume really gains. `loaded_in` are running
    programs with one of the files open or mapped. `findings` say it all in sentences, the gravest
    first; `warnings` are the sentences of those that need a yes.
    """

    model_id: ModelId
    revision: str | None
    is_installed: bool
    size_on_disk: int
    estimated_freed: int
    blocked_by_collections: tuple[str, ...]
    user_preferences_count: int
    llm_config_count: int
    is_default_embedding_model: bool
    loaded_in: tuple[FileUser, ...]
    findings: tuple[Finding, ...]
    can_delete: bool

    @property
    def warnings(self) -> tuple[str, ...]:
        """What somebody must agree to before a delete."""
        return tuple(f.sentence for f in self.findings if f.weight is Weight.WARNING)

    @property
    def requires_confirmation(self) -> bool:
        """Whether there is anything to agree to."""
        return any(f.weight is Weight.WARNING for f in self.findings)

    @property
    def blockers(self) -> tuple[Finding, ...]:
        """What forbids a delete."""
        return tuple(f for f in self.findings if f.weight is Weight.BLOCKER)

    def as_json(self) -> dict[str, object]:
        """Return the report as `usage --json` prints it."""
        return {
            "model_id": self.model_id,
            "revision": self.revision,
            "is_installed": self.is_installed,
            "size_on_disk": self.size_on_disk,
            "estimated_freed": self.estimated_freed,
            "blocked_by_collections": list(self.blocked_by_collections),
            "user_preferences_count": self.user_preferences_count,
            "llm_config_count": self.llm_config_count,
            "is_default_embedding_model": self.is_default_embedding_model,
            "loaded_in": [user.as_json() for user in self.loaded_in],
            "warnings": list(self.warnings),
            "can_delete": self.can_delete,
            "requires_confirmation": self.requires_confirmation,
            "findings": [finding.as_json() for finding in self.findings],
        }
