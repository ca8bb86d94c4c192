"""Frozen facts for whole pages and dialogs: realistic names and numbers, and a fixed clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from modelshelf.core.catalogue.catalogue import CatalogueEntry
from modelshelf.core.errors import ErrorCode, ErrorInfo
from modelshelf.core.jobs import JobRecord
from modelshelf.core.machine import Disk
from modelshelf.core.model import JobKind, JobState, ModelId, ModelType, Role
from modelshelf.core.paths import AppPaths
from modelshelf.core.settings import Environment, Settings
from modelshelf.core.usage.collections import Collection, CollectionModel
from modelshelf.core.usage.report import UsageReport
from modelshelf.core.usage.tiers import Tier
from modelshelf.gui.models.files_model import FileRow
from modelshelf.gui.pages.settings import LocationFacts
from tests.support.entries import NOW, entries_by_state, installed, make_entry, make_job
from tests.support.findings import IN_COLLECTION, IN_MEMORY, IS_DEFAULT

STORE = Path("/home/anna/.cache/huggingface/hub")
HOME = Path("/home")
QWEN = ModelId("Qwen/Qwen3-Embedding-0.6B")
BGE = ModelId("BAAI/bge-m3")
LLAMA = ModelId("meta-llama/Llama-3.1-8B-Instruct")
DISK = Disk(mount=HOME, device=1, total=1_000_000_000_000, free=212_400_000_000)

CONNECTION_LOST = ErrorInfo(
    ErrorCode.NETWORK,
    "The connection to the Hub was lost.",
    "Retry continues where it stopped.",
    "huggingface.co:443, reading the answer: connection reset by peer",
)


def jobs() -> tuple[JobRecord, ...]:
    """Jobs in every state, in the order of the ledger."""
    return (
        make_job("Qwen/Qwen3-Embedding-4B", job_id="a1"),
        make_job(
            str(LLAMA), done=11_900_000_000, total=16_069_700_000, speed=2_900_000, job_id="a2"
        ),
        make_job(
            "BAAI/bge-reranker-v2-m3",
            JobState.PAUSED,
            done=820_000_000,
            total=2_290_000_000,
            job_id="a3",
        ),
        make_job("naver/splade-v3", JobState.QUEUED, done=0, total=0, job_id="a4"),
        _ended(
            "BAAI/bge-m3",
            JobState.FAILED,
            12,
            "a5",
            done=1_900_000_000,
            total=2_300_000_000,
            error=CONNECTION_LOST,
        ),
        _ended(
            "BAAI/bge-small-en-v1.5", JobState.DONE, 47, "a6", done=133_500_000, total=133_500_000
        ),
        _ended(
            "openai-community/gpt2-medium",
            JobState.CANCELLED,
            1500,
            "a7",
            done=310_000_000,
            total=1_520_000_000,
        ),
        _ended(
            "sentence-transformers/all-MiniLM-L6-v2",
            JobState.DONE,
            4400,
            "a8",
            kind=JobKind.DELETE,
            done=0,
            total=0,
        ),
    )


def _ended(model_id: str, state: JobState, minutes: int, job_id: str, **facts: Any) -> JobRecord:
    job = make_job(model_id, state, job_id=job_id, **facts)
    return replace(job, updated=NOW - timedelta(minutes=minutes))


def catalogue() -> tuple[CatalogueEntry, ...]:
    """What a researcher's list looks like: every type, every state."""
    states = entries_by_state()
    reranker = make_entry(
        "BAAI/bge-reranker-v2-m3",
        type=ModelType.RERANKER,
        family="bge-reranker",
        description="Multilingual cross-encoder that reorders search results",
        licence="apache-2.0",
        parameters=568_000_000,
        dimensions=None,
        context=8192,
        size_bytes=2_290_000_000,
    )
    llm = make_entry(
        str(LLAMA),
        type=ModelType.LLM,
        family="llama-3",
        description="General assistant model with a long context and tool use",
        licence="llama3.1",
        gated=True,
        parameters=8_030_000_000,
        dimensions=None,
        context=131_072,
        size_bytes=16_069_700_000,
    )
    small_llm = installed(
        "Qwen/Qwen2.5-1.5B-Instruct",
        type=ModelType.LLM,
        family="qwen2.5",
        description="Small instruction model for laptops, 32k context",
        dimensions=None,
        context=32_768,
        parameters=1_540_000_000,
        size_bytes=3_090_000_000,
        installed_bytes=3_100_000_000,
        last_used=NOW - timedelta(hours=3),
    )
    sparse = make_entry(
        "naver/splade-v3",
        type=ModelType.SPLADE,
        family="splade",
        description="Sparse word vectors for hybrid search in English",
        licence="cc-by-nc-sa-4.0",
        gated=True,
        parameters=110_000_000,
        dimensions=None,
        size_bytes=438_000_000,
    )
    caption = installed(
        "Salesforce/blip-image-captioning-base",
        type=ModelType.CAPTION,
        family="blip",
        description="Captions of photographs in one sentence",
        licence="bsd-3-clause",
        dimensions=None,
        parameters=247_000_000,
        size_bytes=990_000_000,
        installed_bytes=990_000_000,
        last_used=NOW - timedelta(days=40),
    )
    shown = ("in_use", "downloading", "gated", "failed", "available", "damaged")
    embeddings = [states[name] for name in shown]
    embeddings[0] = replace(
        embeddings[0],
        dimensions=1024,
        context=32_768,
        store=STORE,
        languages=("en", "de", "zh"),
        path=STORE / "models--Qwen--Qwen3-Embedding-0.6B/snapshots/4b1c0de8f9a2",
    )
    embeddings[-1] = replace(
        embeddings[-1],
        id=ModelId("intfloat/e5-base-v2"),
        name="e5-base-v2",
        owner="intfloat",
        description="English encoder with prefixes for queries and passages",
        installed_bytes=438_000_000,
    )
    partial = replace(
        states["partial"],
        id=ModelId("thenlper/gte-base"),
        name="gte-base",
        owner="thenlper",
        description="General text embeddings, 768 dimensions",
        partial_bytes=61_000_000,
    )
    own = states["unmanaged"]
    return (*embeddings, partial, reranker, llm, small_llm, sparse, caption, own)


def collections() -> tuple[Collection, ...]:
    """Three projects: one in full use, one with a model that is not here, one still empty."""

    def uses(*pairs: tuple[str, Role]) -> tuple[CollectionModel, ...]:
        return tuple(CollectionModel(ModelId(model_id), role) for model_id, role in pairs)

    return (
        Collection(
            "notes",
            "Search in my own notes, on the laptop",
            uses((str(QWEN), Role.EMBEDDING)),
            NOW - timedelta(days=70),
        ),
        Collection("reading group", "", (), NOW - timedelta(days=1)),
        Collection(
            "thesis-rag",
            "Retrieval experiments for chapter 4. The numbers in table 4.2 depend on exactly "
            "these models.",
            uses(
                (str(QWEN), Role.EMBEDDING),
                ("intfloat/e5-base-v2", Role.EMBEDDING),
                ("Qwen/Qwen2.5-1.5B-Instruct", Role.LLM),
                ("BAAI/bge-reranker-v2-m3", Role.RERANKER),
                ("lab/private-splade", Role.SPARSE),
            ),
            NOW - timedelta(days=200),
        ),
    )


def settings(environment: Environment | None = None, **values: Any) -> Settings:
    """Settings of a person with a second disk; `values` by key with `_` for the first dot."""
    folder = Path("/home/anna/.config/modelshelf")
    paths = AppPaths(folder, folder, folder, folder)
    base = Settings(paths, environment or Environment(hub_cache=STORE), {})
    for key, value in values.items():
        base = base.with_value(key.replace("_", ".", 1), value)
    return base


def locations() -> tuple[LocationFacts, ...]:
    """The cache on the home disk, a second disk, and one that is not plugged in."""
    second = Disk(Path("/data"), 2, 4_000_000_000_000, 1_730_000_000_000)
    return (
        LocationFacts(STORE, True, True, DISK, 14, 34_100_000_000),
        LocationFacts(Path("/data/models/hub"), True, False, second, 61, 112_400_000_000),
        LocationFacts(Path("/media/anna/archive/hub"), False, True, None),
    )


def tiers() -> tuple[Tier, ...]:
    """The two that always exist and one of the user's own."""
    return (
        Tier("high", LLAMA),
        Tier("low", ModelId("Qwen/Qwen2.5-1.5B-Instruct")),
        Tier("proofreading", None),
    )


PREFERENCES = {Role.EMBEDDING: QWEN, Role.LLM: LLAMA}


def files() -> tuple[FileRow, ...]:
    """What is in the snapshot of one model."""
    return (
        FileRow("1_Pooling/config.json", 312),
        FileRow("README.md", 17_237),
        FileRow("config.json", 727),
        FileRow("config_sentence_transformers.json", 215),
        FileRow("merges.txt", 1_671_853),
        FileRow("model.safetensors", 1_191_586_416),
        FileRow("modules.json", 349),
        FileRow("tokenizer.json", 11_423_705),
        FileRow("tokenizer_config.json", 9_706),
        FileRow("vocab.json", 2_776_833),
    )


def usage() -> UsageReport:
    """Who uses a model: two collections, a default, a running program."""
    return UsageReport(
        model_id=QWEN,
        revision=None,
        is_installed=True,
        size_on_disk=1_203_000_000,
        estimated_freed=1_191_586_816,
        blocked_by_collections=("notes", "thesis-rag"),
        user_preferences_count=1,
        llm_config_count=0,
        is_default_embedding_model=False,
        loaded_in=(),
        findings=(
            replace(
                IN_COLLECTION, sentence="Collection “notes” uses it for embedding", subject="notes"
            ),
            IN_COLLECTION,
            IN_MEMORY,
            IS_DEFAULT,
        ),
        can_delete=False,
    )
