import os
from itertools import pairwise
from pathlib import Path

import pytest

from modelshelf.core.cancel import Cancelled
from modelshelf.core.downloads.journal import JournalHeader, bytes_recorded
from modelshelf.core.downloads.partial import LONGEST_RUN, Partial, Run

MIB = 1 << 20
SIZE = 19 * MIB + 5
HEADER = JournalHeader("acme/tiny", "c" * 40, "w", "b" * 64, SIZE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "own"


def opened(folder: Path) -> Partial:
    return Partial(folder / "b.part", folder / "b.journal", HEADER)


def here(folder: Path) -> int:
    return bytes_recorded(folder / "b.journal", folder / "b.part", HEADER.blob_name, SIZE)


def test_runs_cover_the_file_once(folder: Path):
    partial = opened(folder)
    runs = []
    while (run := partial.take_run()) is not None:
        runs.append(run)
    partial.close()
    assert runs[0].start == 0
    assert runs[-1].end == SIZE
    assert all(a.end == b.start for a, b in pairwise(runs))
    assert all(run.end - run.start <= LONGEST_RUN for run in runs)


def test_a_run_that_broke_goes_on_where_it_stopped(folder: Path):
    partial = opened(folder)
    run = partial.take_run()
    assert run is not None
    partial.write(run.start, memoryview(b"x" * 1_500_000))
    partial.give_back(run)
    # The rest of the slot that holds something, then empty slots.
    assert partial.take_run() == Run(1_500_000, 9 * MIB)
    partial.close()


def test_after_a_kill_less_than_a_journal_step_is_lost(folder: Path):
    partial = opened(folder)
    run = partial.take_run()
    assert run is not None
    for position in range(0, 3_000_000, 100_000):
        partial.write(position, memoryview(b"x" * 100_000))
    # No close and no give_back: the process is gone.
    assert 3_000_000 - here(folder) < 256 << 10
    partial.close()


def test_what_arrived_is_found_again_and_not_asked_for(folder: Path):
    partial = opened(folder)
    run = partial.take_run()
    assert run is not None
    partial.write(0, memoryview(b"x" * 100))
    partial.give_back(run)
    partial.close()
    again = opened(folder)
    assert again.bytes_here == 100
    assert again.take_run() == Run(100, 8 * MIB)
    assert again.read(0, 200)[:101] == b"x" * 100 + b"\0"
    again.close()


def test_closing_records_what_a_late_worker_does_not_give_back(folder: Path):
    partial = opened(folder)
    partial.take_run()
    partial.write(0, memoryview(b"x" * 100))
    partial.close()
    assert here(folder) == 100


def test_bytes_that_are_here_are_never_written_again(folder: Path):
    partial = opened(folder)
    assert partial.write(0, memoryview(b"a" * 10)) == 10
    assert partial.write(0, memoryview(b"b" * 15)) == 5
    assert partial.read(0, 15) == b"a" * 10 + b"b" * 5
    assert partial.bytes_here == 15
    partial.close()


def test_the_frontier_stops_at_the_first_gap(folder: Path):
    partial = opened(folder)
    partial.write(MIB, memoryview(bytes(MIB)))
    assert partial.frontier() == 0
    partial.write(0, memoryview(bytes(MIB)))
    assert partial.frontier() == 2 * MIB
    partial.close()


def test_bytes_that_come_after_the_end_are_refused_and_change_nothing(folder: Path):
    partial = opened(folder)
    run = partial.take_run()
    assert run is not None
    partial.close()
    with pytest.raises(Cancelled):
        partial.write(0, memoryview(b"late"))
    partial.give_back(run)
    assert here(folder) == 0


def test_somebody_removing_the_file_is_noticed(folder: Path):
    partial = opened(folder)
    assert not partial.is_lost
    (folder / "b.part").unlink()
    assert partial.is_lost
    partial.close()


def test_somebody_cutting_the_file_is_noticed(folder: Path):
    partial = opened(folder)
    os.truncate(folder / "b.part", 10)
    assert partial.is_lost
    partial.close()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_place_of_the_partial_is_refused(folder: Path):
    folder.mkdir()
    os.mkfifo(folder / "b.part")
    with pytest.raises(OSError, match="not a regular file"):
        opened(folder)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_in_place_of_the_partial_is_not_followed(folder: Path, tmp_path: Path):
    folder.mkdir()
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (folder / "b.part").symlink_to(victim)
    with pytest.raises(OSError):  # noqa: PT011 - the message is the system's
        opened(folder)
    assert victim.read_bytes() == b"precious"
