"""A download ends for whoever waits for it, even when the database takes no record of that."""

import threading

import pytest
from tests.core.downloads.conftest import MIB, MODEL, Rig, noise
from tests.support.fake_hub import FakeHub, Fault

from modelshelf.core.cancel import CancelToken
from modelshelf.core.errors import ErrorCode
from modelshelf.core.events import JobChanged
from modelshelf.core.model import JobState

FILES = {"config.json": b"{}", "model.safetensors": noise(2 * MIB)}


@pytest.fixture(autouse=True)
def published(fake_hub: FakeHub) -> None:
    fake_hub.put(MODEL, FILES)


def refuse_writes(rig: Rig, refuse: bool) -> None:
    rig.database.rows(f"PRAGMA query_only = {'ON' if refuse else 'OFF'}")


def begun(rig: Rig, fault: Fault):
    """Start a download whose database is shut while the weights are held back."""
    rig.hub.fail("model.safetensors", fault, times=20)
    queue = rig.queue()
    job = queue.add(rig.plan(queue))
    assert rig.wait_for(lambda: any(e.bytes_done >= 1_000_000 for e in rig.progress()))
    refuse_writes(rig, True)
    return queue, job


def test_a_finished_download_is_told_and_recorded_later(rig: Rig):
    gate = threading.Event()
    queue, job = begun(rig, Fault(hold=gate, hold_after=1_000_000))
    gate.set()
    ended = queue.wait(job.id, CancelToken())
    assert ended.state is JobState.DONE
    assert rig.content(ended) == FILES
    assert [e.state for e in rig.events if isinstance(e, JobChanged)][-1] is JobState.DONE
    refuse_writes(rig, False)
    queue.start_waiting()
    assert queue.wait(job.id, CancelToken()).state is JobState.DONE
    assert rig.database.rows("SELECT state FROM jobs")[0]["state"] == "done"


def test_a_failed_download_can_be_tried_again_when_there_is_room(rig: Rig):
    gate = threading.Event()
    queue, job = begun(rig, Fault(hold=gate, hold_after=1_000_000))
    rig.hub.stop()
    gate.set()
    ended = queue.wait(job.id, CancelToken())
    assert ended.state is JobState.FAILED
    assert ended.error is not None
    assert ended.error.code is ErrorCode.NETWORK
    refuse_writes(rig, False)
    rig.hub.heal()
    rig.hub.start()
    again = queue.retry(job.id)
    assert again.id != job.id
    assert queue.wait(again.id, CancelToken()).state is JobState.DONE


def test_a_download_that_cannot_even_be_marked_as_running_fails_with_the_reason(
    rig: Rig, monkeypatch
):
    spawn, held = rig.spawn, []
    monkeypatch.setattr(rig, "spawn", lambda _name, job: held.append(job))
    queue = rig.queue()
    job = queue.add(rig.plan(queue))
    refuse_writes(rig, True)
    spawn("download", held[0])
    ended = queue.wait(job.id, CancelToken())
    assert ended.state is JobState.FAILED
    assert ended.error is not None
    assert ended.error.code is ErrorCode.REGISTRY
