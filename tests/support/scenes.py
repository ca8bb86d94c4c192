"""Frozen facts for whole pages and dialogs: realistic names and numbers, and a fixed clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from modelshelf.core.catalogue.catalogue import CatalogueEntry
from modelshelf.core.downloads.plan import DownloadPlan, PlannedFile
from modelshelf.core.downloads.request import DownloadRequest
from modelshelf.core.downloads.selection import choose
from modelshelf.core.errors import ErrorCode, ErrorInfo
from modelshelf.core.hub.schema import RemoteFile
from modelshelf.core.jobs import JobRecord
from modelshelf.core.machine import Disk
from modelshelf.core.model import JobKind, JobState, ModelId, ModelType, Role
from modelshelf.core.paths import AppPaths
from modelshelf.core.plan import Finding, FindingKind, Weight
from modelshelf.core.settings import Environment, Settings
from modelshelf.core.storage.delete import DeletePlan
from modelshelf.core.stores.installed import InstalledRevision
from modelshelf.core.usage.collections import Collection, CollectionModel
from modelshelf.core.usage.tiers import Tier
from modelshelf.gui.pages.settings import LocationFacts
from tests.support.entries import NOW, entries_by_state, installed, make_entry, make_job

STORE = Path("/home/anna/.cache/huggingface/hub")
HOME = Path("/home")
QWEN = ModelId("Qwen/Qwen3-Embedding-0.6B")
BGE = ModelId("BAAI/bge-m3")

IN_COLLECTION = Finding(
    FindingKind.COLLECTION,
    Weight.BLOCKER,
    "Collection “thesis-rag” uses it for embedding",
    "Choose another model there first.",
    subject="thesis-rag",
)
IN_MEMORY = Finding(
    FindingKind.PROCESS,
    Weight.BLOCKER,
    "python (process 48213) has its files in use",
    "train.py, since 20 Nov 14:02",
    subject="48213",
    overridable=True,
)
RUNNING_JOB = Finding(
    FindingKind.JOB,
    Weight.BLOCKER,
    "A download of it is running (job 7f3a)",
    "Cancel that job first, or let it finish.",
    subject="7f3a",
)
IS_DEFAULT = Finding(
    FindingKind.PREFERENCE,
    Weight.WARNING,
    "It is your default for embedding",
    "The default becomes “none” until you choose another.",
    subject="embedding",
)
IN_TIER = Finding(
    FindingKind.TIER,
    Weight.WARNING,
    "The tier “low” uses it",
    "The tier becomes empty until you choose another.",
    subject="low",
)
SHARED = Finding(
    FindingKind.SHARED_BYTES,
    Weight.INFORMATION,
    "Deleting it frees 0.6 GB now",
    "0.6 GB stay: something else on the disk uses the same bytes.",
)
NOT_ALLOWED = Finding(
    FindingKind.PERMISSION,
    Weight.BLOCKER,
    "You may not delete models on this machine",
    "lena or lab-admins may.",
    subject="/etc/xdg/modelshelf/policy.yaml",
)


def delete_plan(
    *findings: Finding,
    model_id: ModelId = QWEN,
    revision: str | None = None,
    freed_bytes: int = 1_191_586_816,
) -> DeletePlan:
    """A plan with these findings."""
    return DeletePlan(
        model_id=model_id,
        revision=revision,
        store=STORE,
        folder=STORE / f"models--{model_id.replace('/', '--')}",
        names=(),
        size_bytes=1_203_000_000,
        freed_bytes=freed_bytes,
        findings=findings,
        created=NOW,
    )


def revisions() -> tuple[InstalledRevision, ...]:
    """Two snapshots of one model, the newer one named by `main`."""
    newer = InstalledRevision(
        commit="4b1c0de8f9a27d36e5b40c1f8a9d2e7b6c5f4a31",
        refs=("main",),
        files=(),
        size_bytes=1_191_586_816,
        is_complete=True,
        modified=NOW - timedelta(days=2),
    )
    older = replace(
        newer, commit="c0ffee1234567890abcdef1234567890abcdef12", refs=(), size_bytes=1_191_500_000
    )
    return newer, older


LLAMA = ModelId("meta-llama/Llama-3.1-8B-Instruct")
GGUF = ModelId("bartowski/Qwen2.5-7B-Instruct-GGUF")
DISK = Disk(mount=HOME, device=1, total=1_000_000_000_000, free=212_400_000_000)

_LLAMA_FILES = {
    "config.json": 855,
    "generation_config.json": 184,
    "model-00001-of-00004.safetensors": 4_976_698_672,
    "model-00002-of-00004.safetensors": 4_999_802_720,
    "model-00003-of-00004.safetensors": 4_915_916_176,
    "model-00004-of-00004.safetensors": 1_168_138_808,
    "model.safetensors.index.json": 23_950,
    "original/consolidated.00.pth": 16_060_617_592,
    "special_tokens_map.json": 296,
    "tokenizer.json": 9_085_657,
    "tokenizer_config.json": 55_351,
    "LICENSE": 7_627,
}
_GGUF_FILES = {
    "Qwen2.5-7B-Instruct-IQ2_M.gguf": 2_780_000_000,
    "Qwen2.5-7B-Instruct-Q4_K_M.gguf": 4_683_073_536,
    "Qwen2.5-7B-Instruct-Q6_K.gguf": 6_254_199_808,
    "Qwen2.5-7B-Instruct-Q8_0.gguf": 8_098_525_696,
    "README.md": 11_400,
}


def remote_files(model_id: ModelId = LLAMA) -> tuple[RemoteFile, ...]:
    """The files of a repository as the Hub lists them."""
    sizes = _GGUF_FILES if model_id == GGUF else _LLAMA_FILES
    return tuple(
        RemoteFile(path, size, f"{n:040x}", None, None)
        for n, (path, size) in enumerate(sizes.items())
    )


def download_plan(
    request: DownloadRequest | None = None,
    *findings: Finding,
    disk_free: int = DISK.free,
    bytes_here: int = 0,
    is_present: bool = False,
    gated: bool = True,
) -> DownloadPlan:
    """A plan over real file lists, with the files that the core would choose."""
    request = request or DownloadRequest(LLAMA)
    remote = remote_files(request.model_id)
    selection = choose(remote, request)
    total = sum(file.size for file in selection.files)
    here = total if is_present else bytes_here
    return DownloadPlan(
        request=request,
        model_id=request.model_id,
        commit="0e9e39f249a16976918f6564b8830bc894c89659",
        store=STORE,
        folder=STORE / "models--meta-llama--Llama-3.1-8B-Instruct",
        files=tuple(
            PlannedFile(
                file.path,
                file.size,
                file.git_sha1,
                None,
                file.git_sha1,
                file.size if is_present else 0,
                is_present,
            )
            for file in selection.files
        ),
        variants=selection.variants,
        licence="llama3.1",
        gated=gated,
        remote=remote,
        bytes_total=total,
        bytes_here=here,
        bytes_to_fetch=total - here,
        disk_free=disk_free,
        disk_after=disk_free - (total - here),
        findings=findings,
    )


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
