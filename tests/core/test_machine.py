import os
import shutil
import sys
from pathlib import Path

import pytest

from modelshelf.core.machine import can_write, disk_of, gpus, memory, nearest_existing


def test_a_folder_still_to_be_made_lies_on_the_disk_of_the_one_above_it(tmp_path: Path):
    there, missing = disk_of(tmp_path), disk_of(tmp_path / "not" / "there" / "yet")
    assert (there.mount, there.device) == (missing.mount, missing.device)
    assert there.device == os.stat(tmp_path).st_dev
    assert os.path.ismount(there.mount)
    assert tmp_path.is_relative_to(there.mount)
    assert 0 < there.free <= there.total == shutil.disk_usage(tmp_path).total


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_lies_where_it_leads(tmp_path: Path):
    (tmp_path / "link").symlink_to("/")
    assert disk_of(tmp_path / "link" / "missing").mount == Path("/")


def test_the_nearest_folder_that_exists(tmp_path: Path):
    assert nearest_existing(tmp_path) == tmp_path
    assert nearest_existing(tmp_path / "a" / "b") == tmp_path
    assert nearest_existing(Path("relative/nowhere")) == Path()


def test_where_one_may_write(tmp_path: Path):
    (tmp_path / "file").write_text("")
    assert can_write(tmp_path)
    assert can_write(tmp_path / "new" / "folder")
    assert not can_write(tmp_path / "file")
    assert not can_write(tmp_path / "file" / "below")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_nothing_can_be_written_through_a_link_that_leads_nowhere(tmp_path: Path):
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    assert not can_write(tmp_path / "link")
    assert not can_write(tmp_path / "link" / "below")


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="this user may look everywhere"
)
def test_a_folder_below_one_that_may_not_be_entered_is_asked_for_in_vain(tmp_path: Path):
    closed = tmp_path / "closed"
    (closed / "inside").mkdir(parents=True)
    closed.chmod(0)
    try:
        assert nearest_existing(closed / "inside") == closed
        assert not can_write(closed / "inside")
    finally:
        closed.chmod(0o700)


def test_memory_is_what_there_is():
    now = memory()
    assert 0 < now.available <= now.total


def test_without_a_driver_there_are_no_gpus_and_no_failure():
    for gpu in gpus():
        assert 0 <= gpu.free <= gpu.total
        assert gpu.name
