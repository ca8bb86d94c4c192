"""How one entry comes together: who describes the model, and what is true of it right now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelshelf.core.catalogue.entry import CatalogueEntry, Source
from modelshelf.core.model import (
    JobKind,
    JobState,
    ModelId,
    ModelType,
    Status,
    owner_of,
    short_name,
)
from modelshelf.core.stores.installed import FileList

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from modelshelf.core.catalogue.custom_model import CustomModel
    from modelshelf.core.catalogue.facts import RegistryEntry
    from modelshelf.core.jobs.record import JobRecord
    from modelshelf.core.stores.installed import InstalledFile, InstalledModel

# Folders that sentence-transformers writes for exactly one kind of model.
_TYPE_OF_FILE = {
    "1_Pooling/config.json": ModelType.EMBEDDING,
    "1_SpladePooling/config.json": ModelType.SPLADE,
}


@dataclass(frozen=True, slots=True)
class State:
    """What is true of all models right now, each source asked once."""

    installed: Mapping[ModelId, InstalledModel]
    jobs: Mapping[ModelId, JobRecord]
    used_by: Mapping[ModelId, tuple[str, ...]]
    last_used: Mapping[ModelId, datetime]
    favourites: frozenset[ModelId]


@dataclass(frozen=True, slots=True)
class Description:
    """What a model is, by whoever knows it best. `size_bytes` is what a download should weigh."""

    source: Source
    name: str
    type: ModelType
    size_bytes: int | None = None
    registry: RegistryEntry | None = None
    custom: CustomModel | None = None


def described_by_registry(entry: RegistryEntry) -> Description:
    """Describe a curated model."""
    return Description(Source.REGISTRY, entry.name, entry.type, entry.size_bytes, registry=entry)


def described_by_user(model: CustomModel) -> Description:
    """Describe a model the user added."""
    return Description(
        Source.CUSTOM, short_name(model.model_id), model.type, model.size_bytes, custom=model
    )


def described_by_disk(model_id: ModelId, model: InstalledModel | None) -> Description:
    """Describe a model that nobody knows; its type only where its files leave no doubt."""
    kind = ModelType.OTHER
    current = model.current if model else None
    for path in _paths(current.files) if current else ():
        kind = _TYPE_OF_FILE.get(path, kind)
    return Description(Source.DISK, short_name(model_id), kind)


def _paths(files: Sequence[InstalledFile]) -> Iterator[str]:
    if isinstance(files, FileList):
        return (row[0] for row in files.rows)
    return (file.path for file in files)


def joined(model_id: ModelId, description: Description, state: State) -> CatalogueEntry:
    """Join what a model is with what is true of it now."""
    model = state.installed.get(model_id)
    job = _telling(state.jobs.get(model_id), model)
    size, is_estimated = _size(description, model, job)
    registry, custom = description.registry, description.custom
    known = registry or custom
    return CatalogueEntry(
        id=model_id,
        name=description.name,
        owner=owner_of(model_id),
        type=description.type,
        managed=description.source is not Source.DISK,
        source=description.source,
        family=registry.family if registry else "",
        description=registry.description if registry else "",
        licence=known.licence if known else None,
        gated=known.gated if known else False,
        parameters=known.parameters if known else None,
        dimensions=registry.dimensions if registry else custom.dimension if custom else None,
        context=registry.context if registry else custom.max_tokens if custom else None,
        languages=registry.languages if registry else (),
        capabilities=registry.capabilities if registry else (),
        size_bytes=size,
        is_size_estimated=is_estimated,
        installed_bytes=model.size_bytes if model else 0,
        partial_bytes=model.partial_bytes if model else 0,
        status=model.status if model else Status.AVAILABLE,
        store=model.store if model else None,
        path=model.path if model else None,
        used_by=state.used_by.get(model_id, ()),
        last_used=_later(state.last_used.get(model_id), model.last_used if model else None),
        favourite=model_id in state.favourites,
        damage=tuple(note.sentence for note in model.damage) if model else (),
        job=job,
        registry=registry,
        custom=custom,
        aliases=registry.aliases if registry else (),
    )


def _telling(job: JobRecord | None, model: InstalledModel | None) -> JobRecord | None:
    """The newest job while it is active, or failed and the disk does not tell otherwise since."""
    if job is None or job.state.is_active:
        return job
    if job.state is not JobState.FAILED:
        return None
    if job.kind is JobKind.DELETE:
        return job if model is not None else None
    is_whole_since = (
        model is not None and model.status is Status.INSTALLED and model.modified > job.updated
    )
    return None if is_whole_since else job


def _size(
    description: Description, model: InstalledModel | None, job: JobRecord | None
) -> tuple[int | None, bool]:
    """What the model weighs, or would; and whether that is an estimate."""
    if model is not None and model.status is not Status.PARTIAL:
        return model.size_bytes, False
    if job is not None and job.kind is JobKind.DOWNLOAD and job.bytes_total > 0:
        return job.bytes_total, False
    return description.size_bytes, description.size_bytes is not None


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment), default=None)
