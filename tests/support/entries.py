"""Catalogue entries in every state a card can show, with fixed contents and a fixed clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from modelshelf.core.catalogue.catalogue import CatalogueEntry, Source
from modelshelf.core.errors import ErrorCode, ErrorInfo
from modelshelf.core.jobs import JobRecord, Wanted
from modelshelf.core.model import JobKind, JobState, ModelId, ModelType, Status

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
GB = 10**9


def make_entry(model_id: str = "BAAI/bge-small-en-v1.5", **changes: object) -> CatalogueEntry:
    """A model of the registry that is not here yet."""
    owner, _, name = model_id.rpartition("/")
    plain = CatalogueEntry(
        id=ModelId(model_id),
        name=name,
        owner=owner,
        type=ModelType.EMBEDDING,
        managed=True,
        source=Source.REGISTRY,
        family="bge",
        description="Small and fast English encoder for search",
        licence="mit",
        parameters=33_400_000,
        dimensions=384,
        context=512,
        languages=("en",),
        capabilities=("search",),
        size_bytes=133_500_000,
    )
    return replace(plain, **changes)


def make_job(
    model_id: str = "BAAI/bge-small-en-v1.5",
    state: JobState = JobState.RUNNING,
    *,
    done: int = 3_700_000_000,
    total: int = 8 * GB,
    speed: float = 38_200_000.0,
    error: ErrorInfo | None = None,
    kind: JobKind = JobKind.DOWNLOAD,
    job_id: str = "a1b2c3",
) -> JobRecord:
    """A job as the ledger would have it."""
    return JobRecord(
        id=job_id,
        model_id=ModelId(model_id),
        kind=kind,
        state=state,
        wanted=Wanted.RUN,
        request="{}",
        revision="main",
        store="/models/hub",
        position=1,
        bytes_done=done,
        bytes_total=total,
        bytes_per_second=speed if state is JobState.RUNNING else 0.0,
        bytes_fetched=done,
        bytes_reused=0,
        path="",
        error=error,
        owner=None,
        created=NOW,
        updated=NOW,
    )


def installed(model_id: str = "Qwen/Qwen3-Embedding-0.6B", **changes: object) -> CatalogueEntry:
    """A model that is whole and here."""
    facts: dict[str, object] = {
        "family": "qwen3-embedding",
        "description": "Small and instruction-aware, 1,024 dimensions, 32k context",
        "licence": "apache-2.0",
        "parameters": 596_000_000,
        "size_bytes": 1_190_000_000,
        "installed_bytes": 1_200_000_000,
        "status": Status.INSTALLED,
        "store": Path("/models/hub"),
        "path": Path("/models/hub/models--Qwen--Qwen3-Embedding-0.6B/snapshots/4b1c0de"),
        "last_used": NOW - timedelta(days=1),
    }
    return make_entry(model_id, **(facts | changes))


def entries_by_state() -> dict[str, CatalogueEntry]:
    """One card per state, named after it."""
    lost = ErrorInfo(
        ErrorCode.NETWORK,
        "The connection to the Hub was lost.",
        "Retry continues where it stopped.",
    )
    medium = "Medium size, among the best of the retrieval leaderboards, 2,560 dimensions"
    big = "Qwen/Qwen3-Embedding-4B"
    running = make_job(big)
    return {
        "available": make_entry(),
        "gated": make_entry(
            "google/embeddinggemma-300m",
            gated=True,
            licence="gemma",
            description="Small multilingual encoder for on-device search, 768 dimensions",
            size_bytes=1_210_000_000,
            parameters=303_000_000,
            dimensions=768,
        ),
        "downloading": make_entry(big, description=medium, job=running),
        "paused": make_entry(big, description=medium, job=make_job(big, JobState.PAUSED)),
        "queued": make_entry(
            big, description=medium, job=make_job(big, JobState.QUEUED, done=0, total=0)
        ),
        "installed": installed(),
        "in_use": installed(used_by=("thesis-rag", "notes"), favourite=True),
        "failed": make_entry(
            "BAAI/bge-m3",
            description="Dense, sparse and multi-vector retrieval in one model, 100+ languages",
            job=make_job(
                "BAAI/bge-m3",
                JobState.FAILED,
                done=1_900_000_000,
                total=2_300_000_000,
                error=lost,
            ),
        ),
        "partial": make_entry(status=Status.PARTIAL, partial_bytes=61_000_000),
        "damaged": installed(
            status=Status.DAMAGED,
            damage=("model.safetensors is a link to a file that is gone.",),
        ),
        "deleting": installed(
            job=make_job("Qwen/Qwen3-Embedding-0.6B", kind=JobKind.DELETE, done=0, total=0)
        ),
        "unmanaged": installed(
            "someone/own-finetune",
            managed=False,
            source=Source.DISK,
            description="",
            licence=None,
            parameters=None,
            size_bytes=None,
        ),
    }
