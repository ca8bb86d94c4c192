"""One row of the catalogue: what is known of a model, wherever it is known from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from modelshelf.core.model import ModelId, ModelType, Status, short_name

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from modelshelf.core.catalogue.custom_model import CustomModel
    from modelshelf.core.catalogue.facts import RegistryEntry
    from modelshelf.core.jobs.record import JobRecord

_SEPARATORS = re.compile(r"[\s\-_./:]+")


class Source(StrEnum):
    """Where an entry is known from."""

    REGISTRY = "registry"
    CUSTOM = "custom"
    DISK = "disk"


def search_words(text: str) -> str:
    """Return `text` as searches compare it: lower case, every separator a blank."""
    return _SEPARATORS.sub(" ", text.casefold()).strip()


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A model as lists and cards show it. Sizes in bytes, `context` in tokens.

    `size_bytes` is what the model weighs on disk or would weigh (`is_size_estimated`);
    `installed_bytes` is what whole files weigh now, `partial_bytes` what unfinished ones do
    besides. `job` is the active job on the model, or the newest one when that failed. `used_by`
    are short phrases to show.
    """

    id: ModelId
    name: str
    owner: str
    type: ModelType
    managed: bool
    source: Source
    family: str = ""
    description: str = ""
    licence: str | None = None
    gated: bool = False
    parameters: int | None = None
    dimensions: int | None = None
    context: int | None = None
    languages: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    size_bytes: int | None = None
    is_size_estimated: bool = False
    installed_bytes: int = 0
    partial_bytes: int = 0
    status: Status = Status.AVAILABLE
    store: Path | None = None
    path: Path | None = None
    used_by: tuple[str, ...] = ()
    last_used: datetime | None = None
    favourite: bool = False
    damage: tuple[str, ...] = ()
    job: JobRecord | None = None
    registry: RegistryEntry | None = None
    custom: CustomModel | None = None
    aliases: tuple[str, ...] = ()
    search_text: str = field(init=False, repr=False, compare=False)
    search_compact: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        short = search_words(short_name(self.id))
        names = (short, *map(search_words, (self.id, self.name, *self.aliases)))
        team = self.registry.team if self.registry else ""
        rest = (team, self.family, *self.languages, *self.capabilities)
        # A line break starts what people call the model, a blank starts any other word.
        text = "".join(f"\n{name}" for name in dict.fromkeys(names))
        text = " ".join((text, *map(search_words, filter(None, rest))))
        compact = short.replace(" ", "")
        if compact[:2] not in text:
            text += f" {compact[:2]}"
        object.__setattr__(self, "search_text", text)
        object.__setattr__(self, "search_compact", compact)

    def as_json(self) -> dict[str, object]:
        """Return the entry as `list --json` prints it."""
        job = self.job
        return {
            "id": self.id,
            "type": self.type.value,
            "status": self.status.value,
            "size_bytes": self.size_bytes,
            "installed_bytes": self.installed_bytes,
            "store": str(self.store) if self.store else None,
            "used_by": list(self.used_by),
            "gated": self.gated,
            "path": str(self.path) if self.path else None,
            "job": {
                "id": job.id,
                "state": job.state.value,
                "bytes_done": job.bytes_done,
                "bytes_total": job.bytes_total,
            }
            if job
            else None,
            "managed": self.managed,
            "source": self.source.value,
            "name": self.name,
            "owner": self.owner,
            "family": self.family,
            "description": self.description,
            "licence": self.licence,
            "parameters": self.parameters,
            "dimensions": self.dimensions,
            "context": self.context,
            "languages": list(self.languages),
            "capabilities": list(self.capabilities),
            "is_size_estimated": self.is_size_estimated,
            "partial_bytes": self.partial_bytes,
            "last_used": self.last_used.isoformat() if self.last_used else None,
            "favourite": self.favourite,
            "damage": list(self.damage),
        }


@dataclass(frozen=True, slots=True)
class CacheSizes:
    """What all stores hold together, in bytes, and how much of it the catalogue knows."""

    total_bytes: int = 0
    managed_bytes: int = 0
    unmanaged_bytes: int = 0
    unmanaged_repos: int = 0

    def as_json(self) -> dict[str, int]:
        """Return the `cache` object of `list --json`."""
        return {
            "total_bytes": self.total_bytes,
            "managed_bytes": self.managed_bytes,
            "unmanaged_bytes": self.unmanaged_bytes,
            "unmanaged_repos": self.unmanaged_repos,
        }
