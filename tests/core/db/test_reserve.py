"""On a disk without a free byte a model can still be deleted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from modelshelf.core.db.database import Database
from modelshelf.core.jobs import Ledger
from modelshelf.core.model import JobKind, JobState, ModelId

MODEL = ModelId("acme/tiny")


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of its own, of 80 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", folder],
        capture_output=True,
        check=False,
    )
    if sys.platform != "linux" or mounted.returncode != 0:
        pytest.skip("file systems cannot be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(folder: Path) -> None:
    with (folder / "filler").open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(os.urandom(size))
            except OSError:
                continue
    assert os.statvfs(folder).f_bavail == 0


def test_a_delete_is_recorded_on_a_full_disk(small_disk: Path) -> None:
    with Database.open(small_disk / "data" / "modelshelf.db") as database:
        ledger = Ledger(database)
        fill(small_disk)
        claim = ledger.claim(MODEL, JobKind.DELETE, request="x" * 50_000, store=small_disk)
        ledger.start(claim.job.id)
        assert ledger.finish(claim.job.id, JobState.DONE).state is JobState.DONE


def test_the_database_opens_on_a_full_disk(small_disk: Path) -> None:
    path = small_disk / "data" / "modelshelf.db"
    Database.open(path).close()
    fill(small_disk)
    with Database.open(path) as database:
        Ledger(database).claim(MODEL, JobKind.DELETE, request="{}", store=small_disk)
    (small_disk / "filler").unlink()
    Database.open(path).close()
    assert (path.parent / "modelshelf.db.reserve").stat().st_size > 0
