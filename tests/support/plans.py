"""Plans as the core would make them, for the dialogs that show them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from modelshelf.core.catalogue.custom_model import CustomModel, HubCheck
from modelshelf.core.downloads.plan import DownloadPlan, PlannedFile
from modelshelf.core.downloads.request import DownloadRequest
from modelshelf.core.downloads.selection import choose
from modelshelf.core.hub.schema import RemoteFile
from modelshelf.core.machine import Disk
from modelshelf.core.model import ModelId, ModelType
from modelshelf.core.plan import Finding, FindingKind, Weight
from modelshelf.core.storage.delete import DeletePlan
from modelshelf.core.stores.installed import InstalledRevision
from tests.support.entries import NOW
from tests.support.scenes import DISK, LLAMA, QWEN, STORE


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


GGUF = ModelId("bartowski/Qwen2.5-7B-Instruct-GGUF")

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


def download_plan_without_room() -> tuple[DownloadPlan, Disk]:
    """A plan for a disk that lacks 1.1 GB, and that disk; a part is here already."""
    free = 12_000_000_000
    missing = Finding(
        FindingKind.DISK,
        Weight.BLOCKER,
        "Insufficient disk space: 1.1 GB are missing on /home.",
        "Free some space, or choose a smaller variant.",
    )
    plan = download_plan(None, missing, disk_free=free, bytes_here=3_000_000_000)
    return plan, replace(DISK, free=free)


def gguf_plan(variant: str) -> DownloadPlan:
    """A plan for one quantisation of several."""
    return replace(
        download_plan(DownloadRequest(GGUF, variant=variant), gated=False), licence="apache-2.0"
    )


DETECTED = CustomModel(
    ModelId("intfloat/multilingual-e5-small"),
    ModelType.EMBEDDING,
    dimension=384,
    pooling="mean",
    asymmetric=True,
    query_prefix="query: ",
    document_prefix="passage: ",
    check=HubCheck.READ,
    max_tokens=512,
    parameters=117_653_760,
    size_bytes=487_000_000,
    licence="mit",
)
TRACEBACK = """Traceback (most recent call last):
  File "modelshelf/gui/desk.py", line 214, in _on_added
    self.names[collection.name].append(model)
KeyError: 'thesis-rag'
"""
