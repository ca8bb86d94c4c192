"""What a person sees of downloads: they come, stop, go on, wait their turn, and lose nothing."""

import errno
import os
import shutil
import sys
import threading
from pathlib import Path

import pytest
from tests.core.downloads.conftest import MIB, MODEL, Rig, noise
from tests.support.fake_hub import FakeHub, Fault

from modelshelf.core.cancel import Cancelled, CancelToken
from modelshelf.core.db.database import Database
from modelshelf.core.downloads import partial
from modelshelf.core.downloads.request import DownloadRequest
from modelshelf.core.errors import BusyError, DiskSpaceError, ErrorCode, PermissionRefusedError
from modelshelf.core.events import FileDone, InventoryChanged, JobChanged
from modelshelf.core.jobs import Ledger, Owner, Wanted
from modelshelf.core.model import JobKind, JobState, ModelId, Status
from modelshelf.core.settings import Policy
from modelshelf.sample.content import SampleFile

WEIGHTS = noise(4 * MIB + 123)
FILES = {"config.json": b"{}", "model.safetensors": WEIGHTS, "empty.txt": b"", "a/b.txt": b"deep"}
OTHER = ModelId("acme/other")


@pytest.fixture(autouse=True)
def published(fake_hub: FakeHub) -> None:
    fake_hub.put(MODEL, FILES)


@pytest.fixture
def gate(fake_hub: FakeHub):
    """Holds the weights back after a part, until it is set."""
    event = threading.Event()
    fake_hub.fail("model.safetensors", Fault(hold=event, hold_after=1_000_000), times=20)
    yield event
    event.set()


def started(rig: Rig, queue, **choice):
    """Add the download and wait until the held part of it is here."""
    job = queue.add(rig.plan(queue, **choice))
    assert rig.wait_for(lambda: any(e.bytes_done >= 1_000_000 for e in rig.progress()))
    return job


def states(rig: Rig) -> list[JobState]:
    return [event.state for event in rig.events if isinstance(event, JobChanged)]


def test_a_download_ends_with_everything_a_script_needs(rig: Rig):
    job = rig.download()
    assert job.state is JobState.DONE
    assert rig.content(job) == FILES
    total = sum(map(len, FILES.values()))
    assert (job.bytes_done, job.bytes_total) == (total, total)
    assert (job.bytes_fetched, job.bytes_reused) == (total, 0)
    assert Path(job.path).name == job.revision
    assert (rig.repo / "refs" / "main").read_text() == job.revision
    installed = rig.inventory.find(MODEL)
    assert installed is not None
    assert installed.status is Status.INSTALLED


def test_the_events_tell_the_whole_story(rig: Rig):
    rig.download()
    assert states(rig) == [JobState.QUEUED, JobState.RUNNING, JobState.DONE]
    done = {event.path for event in rig.events if isinstance(event, FileDone)}
    assert done == set(FILES)
    assert InventoryChanged(frozenset({MODEL})) in rig.events
    counts = [event.bytes_done for event in rig.progress()]
    assert counts == sorted(counts)
    assert counts[-1] == rig.progress()[-1].bytes_total


def test_a_second_download_fetches_nothing(rig: Rig):
    rig.download()
    sent = rig.hub.file_bytes_sent
    again = rig.download()
    assert again.state is JobState.DONE
    assert again.bytes_fetched == 0
    assert again.bytes_reused == again.bytes_total
    assert rig.hub.file_bytes_sent == sent


def test_cancelling_keeps_every_byte_and_the_next_run_fetches_the_rest(rig: Rig, gate):
    queue = rig.queue()
    job = started(rig, queue)
    assert queue.cancel(job.id).state is JobState.CANCELLED
    here = rig.plan(queue).bytes_here
    assert here >= 1_000_000
    gate.set()
    rig.hub.heal()
    before = len(rig.hub.requests_for("model.safetensors"))
    again = queue.wait(queue.retry(job.id).id, CancelToken())
    assert again.state is JobState.DONE
    assert rig.content(again) == FILES
    assert (again.bytes_fetched, again.bytes_reused) == (again.bytes_total - here, here)
    later = rig.hub.requests_for("model.safetensors")[before:]
    assert sum(one.bytes_sent for one in later) == again.bytes_fetched


def test_stopping_before_the_first_byte_leaves_the_disk_as_it_was(rig: Rig):
    held = threading.Event()
    rig.hub.fail(lambda one: bool(one.file) and one.method == "GET", Fault(hold=held), times=20)
    rig.hub.put(MODEL, {"config.json": b"{}", "model.safetensors": WEIGHTS})
    queue = rig.queue()
    job = queue.add(rig.plan(queue))
    assert rig.hub.wait_until(lambda: bool(rig.hub.requests_for("model.safetensors")))
    queue.cancel(job.id)
    assert not rig.repo.exists()
    held.set()


def test_pausing_and_going_on(rig: Rig, gate):
    queue = rig.queue()
    job = started(rig, queue)
    assert queue.pause(job.id).state is JobState.PAUSED
    assert queue.wait(job.id, CancelToken()).state is JobState.PAUSED
    queue.start_waiting()
    assert queue.running == 0, "a paused job stays paused"
    gate.set()
    rig.hub.heal()
    assert queue.wait(queue.resume(job.id).id, CancelToken()).state is JobState.DONE


def test_a_pause_from_another_process_is_obeyed(rig: Rig, gate):
    queue = rig.queue()
    job = started(rig, queue)
    elsewhere = Database.open(rig.database.path)
    try:
        Ledger(elsewhere).want(job.id, Wanted.PAUSE)
    finally:
        elsewhere.close()
    assert queue.wait(job.id, CancelToken()).state is JobState.PAUSED
    assert queue.running == 0


def test_the_same_request_gets_the_running_job(rig: Rig, gate):
    queue = rig.queue()
    job = started(rig, queue)
    assert queue.add(rig.plan(queue)).id == job.id
    with pytest.raises(BusyError, match=job.id):
        queue.add(rig.plan(queue, include=("*.json",)))
    with pytest.raises(BusyError, match=job.id):
        Ledger(rig.database).claim(MODEL, JobKind.DELETE, request="", store=rig.store)
    gate.set()
    assert queue.wait(job.id, CancelToken()).state is JobState.DONE


def test_another_choice_takes_the_place_of_a_paused_one(rig: Rig, gate):
    queue = rig.queue()
    job = started(rig, queue)
    queue.pause(job.id)
    gate.set()
    small = rig.download(queue, include=("*.json",))
    assert small.id != job.id
    assert rig.content(small) == {"config.json": b"{}"}
    assert Ledger(rig.database).get(job.id).state is JobState.CANCELLED
    # The bytes of the first choice are still there for whoever wants them.
    assert rig.plan(queue).bytes_here >= 1_000_000


def test_only_so_many_models_at_once_and_in_order(rig: Rig, gate):
    rig.hub.put(OTHER, {"config.json": b"other"})
    rig.settings = rig.settings.with_value("downloads.parallel", 1)
    queue = rig.queue()
    first = started(rig, queue)
    second = queue.add(queue.plan(DownloadRequest(OTHER)))
    assert second.state is JobState.QUEUED
    assert queue.running == 1
    gate.set()
    assert queue.wait(second.id, CancelToken()).state is JobState.DONE
    assert Ledger(rig.database).get(first.id).state is JobState.DONE


def test_a_waiting_job_can_be_cancelled(rig: Rig, gate):
    rig.hub.put(OTHER, {"config.json": b"other"})
    rig.settings = rig.settings.with_value("downloads.parallel", 1)
    queue = rig.queue()
    first = started(rig, queue)
    second = queue.add(queue.plan(DownloadRequest(OTHER)))
    assert queue.cancel(second.id).state is JobState.CANCELLED
    gate.set()
    assert queue.wait(first.id, CancelToken()).state is JobState.DONE
    assert not (rig.store / "models--acme--other").exists()


def test_waiting_can_be_given_up_without_stopping_the_job(rig: Rig, gate):
    queue = rig.queue()
    job = started(rig, queue)
    impatient = CancelToken()
    impatient.cancel()
    with pytest.raises(Cancelled):
        queue.wait(job.id, impatient)
    gate.set()
    assert queue.wait(job.id, CancelToken()).state is JobState.DONE


@pytest.mark.parametrize(
    ("wanted", "state"),
    [
        (Wanted.RUN, JobState.QUEUED),
        (Wanted.PAUSE, JobState.PAUSED),
        (Wanted.CANCEL, JobState.CANCELLED),
    ],
)
def test_closing_leaves_jobs_as_wanted(rig: Rig, gate, wanted: Wanted, state: JobState):
    rig.hub.put(OTHER, {"config.json": b"other"})
    rig.settings = rig.settings.with_value("downloads.parallel", 1)
    queue = rig.queue()
    job = started(rig, queue)
    waiting = queue.add(queue.plan(DownloadRequest(OTHER)))
    queue.close(wanted)
    ledger = Ledger(rig.database)
    assert [ledger.get(one.id).state for one in (job, waiting)] == [state, state]
    assert ledger.get(job.id).owner is None
    assert queue.running == 0
    gate.set()
    rig.hub.heal()

    later = rig.queue()
    later.start_waiting()
    if wanted is Wanted.RUN:
        assert later.wait(job.id, CancelToken()).state is JobState.DONE
        assert later.wait(waiting.id, CancelToken()).state is JobState.DONE
    else:
        assert later.running == 0


def test_a_job_whose_process_died_goes_on_at_the_next_start(rig: Rig):
    dead = Ledger(rig.database, Owner(Owner.this_process().host, 2**22 + 1, 1.0))
    queue = rig.queue()
    plan = rig.plan(queue)
    claim = dead.claim(
        MODEL,
        JobKind.DOWNLOAD,
        request=plan.request.to_json(),
        store=plan.store,
        revision=plan.commit,
    )
    dead.start(claim.job.id)
    queue.start_waiting()
    job = queue.wait(claim.job.id, CancelToken())
    assert job.state is JobState.DONE
    assert rig.content(job) == FILES


def test_an_adopted_job_stays_with_the_commit_it_began_with(rig: Rig, gate):
    queue = rig.queue()
    job = started(rig, queue)
    queue.close(Wanted.RUN)
    gate.set()
    rig.hub.heal()
    old = rig.hub.put(MODEL, FILES)
    changed = SampleFile.from_bytes("model.safetensors", noise(100, 9))
    rig.hub.add(old.with_commit([changed]))
    assert rig.plan(queue).commit != job.revision
    later = rig.queue()
    later.start_waiting()
    ended = later.wait(job.id, CancelToken())
    assert ended.state is JobState.DONE
    assert ended.revision == job.revision
    assert rig.content(ended) == FILES


def test_a_new_request_takes_the_later_commit_instead_of_the_interrupted_one(rig: Rig, gate):
    queue = rig.queue()
    job = started(rig, queue)
    queue.pause(job.id)
    gate.set()
    rig.hub.heal()
    commit = rig.hub.publish_update(MODEL, {"config.json": b"[]"})
    ended = rig.download(queue)
    assert (ended.revision, Path(ended.path).name) == (commit, commit)
    assert (rig.repo / "refs" / "main").read_text() == commit
    assert ended.bytes_reused >= 1_000_000


def test_a_store_that_goes_away_is_named_and_its_bytes_count_when_it_is_back(rig: Rig, gate):
    queue = rig.queue()
    job = started(rig, queue)
    away = rig.store.rename(rig.store.with_name("away"))
    gate.set()
    ended = queue.wait(job.id, CancelToken())
    assert ended.state is JobState.FAILED
    assert ended.error is not None
    assert f"{rig.store} is no longer there" in ended.error.message
    away.rename(rig.store)
    again = rig.download(queue)
    assert rig.content(again) == FILES
    assert again.bytes_fetched < again.bytes_total


def test_files_removed_by_another_program_are_fetched_again_on_request(rig: Rig, gate):
    queue = rig.queue()
    job = started(rig, queue)
    shutil.rmtree(rig.repo / "blobs")
    gate.set()
    ended = queue.wait(job.id, CancelToken())
    assert ended.state is JobState.FAILED
    assert ended.error is not None
    assert "were removed while it was being downloaded" in ended.error.message
    assert rig.content(rig.download(queue)) == FILES


def test_a_disk_too_small_is_refused_before_the_first_byte(rig: Rig, monkeypatch):
    monkeypatch.setattr(
        "modelshelf.core.downloads.planning.disk_of", lambda _: _Disk(free=1_000_000)
    )
    queue = rig.queue()
    plan = rig.plan(queue)
    assert plan.is_blocked
    assert plan.disk_after < 0
    with pytest.raises(DiskSpaceError, match="missing") as refusal:
        queue.add(plan)
    assert refusal.value.exit_code == 7
    assert not rig.repo.exists()
    assert rig.hub.file_bytes_sent == 0


class _Disk:
    def __init__(self, free: int) -> None:
        self.free = free
        self.device = 1


def test_what_others_still_fetch_counts_as_taken(rig: Rig, gate, monkeypatch):
    rig.hub.put(OTHER, {"model.safetensors": noise(3 * MIB, 5)})
    queue = rig.queue()
    first = started(rig, queue)
    plan = queue.plan(DownloadRequest(OTHER))
    room = (16 << 20) + 3 * MIB + 1000
    monkeypatch.setattr("modelshelf.core.downloads.queue.disk_of", lambda _: _Disk(free=room))
    queue._devices[first.id] = 1
    second = queue.wait(queue.add(plan).id, CancelToken())
    assert second.state is JobState.FAILED
    assert second.error is not None
    assert second.error.code is ErrorCode.DISK_SPACE


def test_a_disk_that_fills_up_keeps_what_came(rig: Rig, monkeypatch):
    room = [1_500_000]
    really = partial.write_at

    def write_at(descriptor: int, data, offset: int) -> None:
        room[0] -= len(data)
        if room[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        really(descriptor, data, offset)

    monkeypatch.setattr(partial, "write_at", write_at)
    queue = rig.queue()
    job = rig.download(queue)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code is ErrorCode.DISK_SPACE
    assert "missing" in job.error.message
    here = rig.plan(queue).bytes_here
    assert here > 1_000_000
    room[0] = 1 << 40
    again = rig.download(queue)
    assert again.state is JobState.DONE
    assert again.bytes_fetched == again.bytes_total - here


def test_bytes_that_could_not_be_flushed_are_not_believed(rig: Rig, monkeypatch):
    really = os.fsync
    failed: list[str] = []

    def fsync(descriptor: int) -> None:
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        if name.endswith(".part") and not failed:
            failed.append(name)
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    queue = rig.queue()
    job = rig.download(queue)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code is ErrorCode.PERMISSION
    assert not Path(failed[0]).exists()
    assert rig.download(queue).state is JobState.DONE


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said_in_the_plan(rig: Rig):
    rig.store.chmod(0o500)
    try:
        queue = rig.queue()
        plan = rig.plan(queue)
        assert plan.is_blocked
        with pytest.raises(PermissionRefusedError):
            queue.add(plan)
    finally:
        rig.store.chmod(0o700)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_store_whose_name_is_no_text_is_refused_in_the_plan(rig: Rig, tmp_path: Path):
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    odd.mkdir()
    queue = rig.queue()
    plan = rig.plan(queue, store=odd)
    assert plan.is_blocked
    with pytest.raises(PermissionRefusedError, match="not valid Unicode"):
        queue.add(plan)
    assert list(odd.iterdir()) == []


def test_a_store_reserved_to_administrators_is_refused_with_the_reason(rig: Rig, tmp_path: Path):
    rules = tmp_path / "policy.yaml"
    policy = Policy(source=rules, admins=("nobody-here",), downloads_allowed=False)
    queue = rig.queue(policy=policy)
    plan = rig.plan(queue)
    assert plan.is_blocked
    with pytest.raises(PermissionRefusedError, match=r"policy\.yaml"):
        queue.add(plan)
    assert not rig.repo.exists()


def test_two_models_share_the_connections(rig: Rig):
    rig.hub.put(OTHER, {"model.safetensors": noise(9 * MIB, 7)})
    rig.settings = rig.settings.with_value("network.connections", 1)
    queue = rig.queue()
    jobs = [queue.add(rig.plan(queue)), queue.add(queue.plan(DownloadRequest(OTHER)))]
    ends = [queue.wait(job.id, CancelToken()).state for job in jobs]
    assert ends == [JobState.DONE, JobState.DONE]


def test_a_blob_that_vanished_while_the_job_waited_is_fetched(rig: Rig):
    queue = rig.queue()
    rig.download(queue)
    plan = rig.plan(queue)
    assert plan.bytes_to_fetch == 0
    for blob in (rig.repo / "blobs").iterdir():
        blob.unlink()
    job = queue.wait(queue.add(plan).id, CancelToken())
    assert job.state is JobState.DONE
    assert rig.content(job) == FILES


def test_a_partial_that_somebody_removes_meanwhile_is_begun_again(rig: Rig, gate):
    queue = rig.queue()
    job = started(rig, queue)
    for part in rig.own.glob("*.part"):
        part.unlink()
    gate.set()
    ended = queue.wait(job.id, CancelToken())
    assert ended.state is JobState.DONE
    assert rig.content(ended) == FILES


def test_a_choice_of_files_stays_partial_until_they_are_all_here(rig: Rig, gate):
    queue = rig.queue()
    job = started(rig, queue)
    queue.pause(job.id)
    rig.inventory.refresh()
    installed = rig.inventory.find(MODEL)
    assert installed is not None
    assert installed.status is Status.PARTIAL
    assert installed.partial_bytes > 0
