"""The unmodified official client finds what we download, and shares the store while we do."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from tests.core.downloads.conftest import MIB, MODEL, Rig, noise
from tests.support.fake_hub import FakeHub, Fault

from modelshelf.core.cancel import CancelToken
from modelshelf.core.downloads import publish
from modelshelf.core.downloads.locks import BlobLock
from modelshelf.core.downloads.plan import DownloadPlan
from modelshelf.core.downloads.queue import DownloadQueue
from modelshelf.core.model import JobState
from modelshelf.core.stores import layout

WEIGHTS = noise(2 * MIB + 9)
DIGEST = hashlib.sha256(WEIGHTS).hexdigest()
FILES = {
    "config.json": b'{"model_type": "bert"}',
    "model.safetensors": WEIGHTS,
    "pytorch_model.bin": b"a pickle nobody needs",
}
_FIND = """
from huggingface_hub import hf_hub_download, snapshot_download
print(snapshot_download({model!r}, local_files_only=True))
hf_hub_download({model!r}, "config.json", local_files_only=True)
"""
_SCAN = """
import json
from huggingface_hub import scan_cache_dir
found = scan_cache_dir()
print(json.dumps([[str(w) for w in found.warnings], [r.repo_id for r in found.repos],
                  len(found.incomplete_files)]))
"""


@pytest.fixture(autouse=True)
def published(fake_hub: FakeHub) -> None:
    fake_hub.put(MODEL, FILES)


def python(rig: Rig, code: str, *, offline: bool = True) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "HF_HUB_CACHE": str(rig.store),
        "HF_ENDPOINT": rig.hub.url,
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_OFFLINE": "1" if offline else "0",
    }
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.strip()


def prune(rig: Rig) -> None:
    code = "from huggingface_hub.cli.hf import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "cache", "prune", "--yes", "--cache-dir", str(rig.store)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    answer(process)


def scan(rig: Rig) -> tuple[list[str], list[str], int]:
    warnings, repos, incomplete = json.loads(answer(python(rig, _SCAN)))
    return warnings, repos, incomplete


def test_a_part_of_the_files_is_found_offline_without_a_listing(rig: Rig):
    job = rig.download()
    assert "pytorch_model.bin" not in rig.content(job)
    assert answer(python(rig, _FIND.format(model=MODEL))) == job.path
    assert scan(rig) == ([], [MODEL], 0)


def test_all_of_the_files_are_found_offline_with_their_listing(rig: Rig):
    job = rig.download(everything=True)
    listing = json.loads(layout.tree_path(rig.repo, job.revision).read_text())
    assert (
        listing["files"]["model.safetensors"]["lfs_sha256"] == hashlib.sha256(WEIGHTS).hexdigest()
    )
    assert answer(python(rig, _FIND.format(model=MODEL))) == job.path
    assert scan(rig) == ([], [MODEL], 0)
    # The client believes our listing: it asks the Hub for nothing but the name of the commit.
    asked = len(rig.hub.requests)
    code = f"from huggingface_hub import snapshot_download; snapshot_download({MODEL!r})"
    answer(python(rig, code, offline=False))
    assert not [one for one in rig.hub.requests[asked:] if "/tree/" in one.path or one.file]


def test_a_listing_that_another_client_left_does_not_spoil_a_part_of_the_files(rig: Rig):
    code = (
        "from huggingface_hub import snapshot_download;"
        f"snapshot_download({MODEL!r}, allow_patterns=['*.json'])"
    )
    answer(python(rig, code, offline=False))
    assert list((rig.repo / "trees").iterdir())
    job = rig.download()
    assert job.bytes_reused == len(FILES["config.json"])
    assert answer(python(rig, _FIND.format(model=MODEL))) == job.path


def test_a_download_on_its_way_disturbs_no_scan_and_survives_a_prune(rig: Rig):
    gate = threading.Event()
    rig.hub.fail("model.safetensors", Fault(hold=gate, hold_after=1_000_000), times=5)
    queue = rig.queue()
    job = queue.add(rig.plan(queue))
    assert rig.wait_for(lambda: any(e.bytes_done >= 1_000_000 for e in rig.progress()))
    assert scan(rig) == ([], [MODEL], 0)
    prune(rig)
    gate.set()
    ended = queue.wait(job.id, CancelToken())
    assert ended.state is JobState.DONE
    assert ended.bytes_fetched == len(WEIGHTS) + len(FILES["config.json"])


def test_a_stopped_download_survives_a_prune(rig: Rig):
    gate = threading.Event()
    rig.hub.fail("model.safetensors", Fault(hold=gate, hold_after=1_000_000), times=5)
    queue = rig.queue()
    job = queue.add(rig.plan(queue))
    assert rig.wait_for(lambda: any(e.bytes_done >= 1_000_000 for e in rig.progress()))
    queue.cancel(job.id)
    gate.set()
    before = rig.plan(queue).bytes_here
    prune(rig)
    assert scan(rig) == ([], [MODEL], 0)
    assert rig.plan(queue).bytes_here == before >= 1_000_000


def test_the_official_client_waits_for_us_and_uses_our_blob(rig: Rig):
    gate = threading.Event()
    rig.hub.fail("model.safetensors", Fault(hold=gate, hold_after=1_000_000))
    queue = rig.queue()
    job = queue.add(rig.plan(queue))
    assert rig.wait_for(lambda: any(e.bytes_done >= 1_000_000 for e in rig.progress()))
    asked = len(rig.hub.requests)
    code = (
        "from huggingface_hub import hf_hub_download;"
        f"print(open(hf_hub_download({MODEL!r}, 'model.safetensors'), 'rb').read()[:4].hex())"
    )
    other = python(rig, code, offline=False)

    def has_asked() -> bool:
        return any(one.method == "HEAD" and one.file for one in rig.hub.requests[asked:])

    assert rig.hub.wait_until(has_asked, timeout=30)
    gate.set()
    assert queue.wait(job.id, CancelToken()).state is JobState.DONE
    assert answer(other) == WEIGHTS[:4].hex()
    assert rig.hub.bytes_sent_for("model.safetensors") <= len(WEIGHTS) + (256 << 10)


def test_we_wait_for_another_client_and_use_its_blob(rig: Rig):
    lock = BlobLock(layout.lock_path(rig.store, MODEL, DIGEST))
    assert lock.try_acquire()
    queue = rig.queue()
    job = queue.add(rig.plan(queue))
    config = rig.repo / "blobs" / hashlib.sha1(b"blob 22\0" + FILES["config.json"]).hexdigest()
    assert rig.wait_for(config.exists)
    (rig.repo / "blobs" / DIGEST).write_bytes(WEIGHTS)
    lock.release()
    ended = queue.wait(job.id, CancelToken())
    assert ended.state is JobState.DONE
    assert ended.bytes_fetched == len(FILES["config.json"])
    assert rig.hub.bytes_sent_for("model.safetensors") == 0


def shared_by_others(rig: Rig, queue: DownloadQueue, content: bytes) -> tuple[Path, DownloadPlan]:
    """Lay out bytes as huggingface_hub does for several models, and plan with their Xet hash."""
    xet = "ab" * 32
    shared = rig.store / "blobs" / xet[:2] / xet
    shared.parent.mkdir(parents=True)
    shared.write_bytes(content)
    (rig.store / "blobs" / layout.SHARED_MARKER).write_text(layout.SHARED_VERSION)
    plan = rig.plan(queue)
    remote = tuple(replace(file, xet_hash=xet if file.sha256 else None) for file in plan.remote)
    return shared, queue._planner.again(replace(plan, remote=remote))


def test_bytes_that_another_model_shares_are_linked_not_fetched(rig: Rig):
    queue = rig.queue()
    shared, plan = shared_by_others(rig, queue, WEIGHTS)
    assert plan.bytes_to_fetch == len(FILES["config.json"])
    job = queue.wait(queue.add(plan).id, CancelToken())
    assert job.state is JobState.DONE
    assert rig.hub.bytes_sent_for("model.safetensors") == 0
    assert (rig.repo / "blobs" / DIGEST).samefile(shared)
    assert scan(rig)[0] == []


def test_shared_bytes_that_are_wrong_are_not_taken(rig: Rig):
    queue = rig.queue()
    _, plan = shared_by_others(rig, queue, bytes(len(WEIGHTS)))
    job = queue.wait(queue.add(plan).id, CancelToken())
    assert job.state is JobState.DONE
    assert rig.content(job)["model.safetensors"] == WEIGHTS


@pytest.mark.parametrize("links", ["hard links", "no links at all"])
def test_a_disk_without_symbolic_links(rig: Rig, monkeypatch, links: str):
    def refuse(*args, **kwargs):
        raise OSError("links are not supported here")

    monkeypatch.setattr(os, "symlink", refuse)
    if links == "no links at all":
        monkeypatch.setattr(os, "link", refuse)
    job = rig.download()
    assert job.state is JobState.DONE
    assert all(not path.is_symlink() for path in Path(job.path).rglob("*"))
    assert rig.content(job)["model.safetensors"] == WEIGHTS
    assert answer(python(rig, _FIND.format(model=MODEL))) == job.path
    assert rig.download().bytes_fetched == 0
    on_disk = {
        path.stat().st_ino: path.stat().st_size for path in rig.repo.rglob("*") if path.is_file()
    }
    assert sum(size for size in on_disk.values() if size == len(WEIGHTS)) == len(WEIGHTS)


def test_a_link_that_leads_out_of_the_snapshot_is_not_written_through(rig: Rig, tmp_path: Path):
    rig.hub.put(MODEL, {"config.json": b"{}", "sub/secret.json": b"{}"})
    outside = tmp_path / "outside"
    outside.mkdir()
    queue = rig.queue()
    plan = rig.plan(queue)
    snapshot = layout.snapshot_path(rig.repo, plan.commit)
    snapshot.mkdir(parents=True)
    (snapshot / "sub").symlink_to(outside)
    job = queue.wait(queue.add(plan).id, CancelToken())
    assert job.state is JobState.FAILED
    assert list(outside.iterdir()) == []


def test_the_ref_moves_last(rig: Rig, monkeypatch):
    first = rig.download()
    rig.hub.put(MODEL, {**FILES, "config.json": b'{"model_type": "gpt2"}'})

    def fail(plan: object) -> None:
        raise OSError("the power went out here")

    monkeypatch.setattr(publish, "_write_ref", fail)
    assert rig.download().state is JobState.FAILED
    assert (rig.repo / "refs" / "main").read_text() == first.revision
    assert answer(python(rig, _FIND.format(model=MODEL))) == first.path
    monkeypatch.undo()
