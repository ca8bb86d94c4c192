"""What the unmodified official client downloaded is read as it reads it, and goes for good."""

import os
import subprocess
import sys
from pathlib import Path

from huggingface_hub import scan_cache_dir
from tests.core.storage.conftest import FILES, ONE, TWO, World
from tests.support.caches import names_below
from tests.support.fake_hub import FakeHub

from modelshelf.core.model import Status

_DOWNLOAD = "import sys, huggingface_hub as h; print(h.snapshot_download(sys.argv[1]))"


def download(hub: FakeHub, store: Path, model_id: str) -> None:
    environment = {
        **os.environ,
        "HF_HUB_CACHE": str(store),
        "HF_ENDPOINT": hub.url,
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }
    subprocess.run(
        [sys.executable, "-c", _DOWNLOAD, model_id],
        env=environment,
        check=True,
        capture_output=True,
        timeout=60,
    )


def test_it_is_read_alike_and_deleted_without_a_trace(world: World, store: Path):
    with FakeHub() as hub:
        hub.put(ONE, FILES)
        hub.put(TWO, {"config.json": b"{}"})
        download(hub, store, TWO)
        before = names_below(store)
        download(hub, store, ONE)

    (theirs,) = [repo for repo in scan_cache_dir(store).repos if repo.repo_id == ONE]
    world.inventory.refresh()
    ours = world.inventory.find(ONE)
    assert ours is not None
    assert ours.status is Status.INSTALLED
    assert ours.size_bytes == theirs.size_on_disk
    (revision,) = theirs.revisions
    assert [(r.commit, set(r.refs)) for r in ours.revisions] == [
        (revision.commit_hash, set(revision.refs))
    ]
    assert {(f.path, f.blob) for f in ours.revisions[0].files} == {
        (f.file_path.relative_to(revision.snapshot_path).as_posix(), f.blob_path)
        for f in revision.files
    }

    plan = world.plan()
    assert not plan.findings
    world.deletion.execute(plan, confirmed=False)

    assert names_below(store) == before
    assert scan_cache_dir(store).warnings == []
