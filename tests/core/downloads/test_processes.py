"""Several processes on one model: one downloads, the others watch, and any may be killed."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.core.downloads.conftest import MIB, MODEL, Rig, noise
from tests.support.download_process import DownloadProcess
from tests.support.fake_hub import FakeHub, Fault

from modelshelf.core.cancel import CancelToken
from modelshelf.core.jobs import Ledger
from modelshelf.core.model import JobState

CONNECTIONS = 3
HELD = 1_100_000
WEIGHTS = noise(3 * 8 * MIB)


@pytest.fixture
def gate(fake_hub: FakeHub) -> Iterator[threading.Event]:
    """Holds every stretch of the weights back after a part, until it is set."""
    fake_hub.put(MODEL, {"model.safetensors": WEIGHTS})
    event = threading.Event()
    fake_hub.fail("model.safetensors", Fault(hold=event, hold_after=HELD), times=CONNECTIONS)
    yield event
    event.set()


def start(rig: Rig) -> DownloadProcess:
    path = rig.database.path
    return DownloadProcess(path, rig.store, rig.hub.url, MODEL, connections=CONNECTIONS)


def all_is_held(told: dict[str, Any]) -> bool:
    return told["event"] == "progress" and told["done"] >= CONNECTIONS * HELD


def is_end(told: dict[str, Any]) -> bool:
    return told["event"] == "end"


def test_after_kill_minus_nine_only_the_rest_is_fetched(rig: Rig, gate: threading.Event):
    with start(rig) as killed:
        killed.until(all_is_held)
        killed.kill()
    received = CONNECTIONS * HELD
    gate.set()
    asked = len(rig.hub.requests)
    with start(rig) as second:
        end = second.until(is_end)
    assert end["state"] == "done", end["error"]
    assert (Path(end["path"]) / "model.safetensors").read_bytes() == WEIGHTS
    sent = sum(one.bytes_sent for one in rig.hub.requests[asked:] if one.file)
    assert received + sent <= len(WEIGHTS) + CONNECTIONS * (256 << 10)
    assert end["fetched"] == sent
    assert end["fetched"] + end["reused"] == len(WEIGHTS)


def test_a_second_process_watches_and_ends_with_the_result(rig: Rig, gate: threading.Event):
    with start(rig) as owner, start(rig) as watcher:
        mine = owner.until(lambda told: told["event"] == "job")
        owner.until(all_is_held)
        theirs = watcher.until(lambda told: told["event"] == "job")
        watcher.until(all_is_held)
        gate.set()
        ends = [process.until(is_end) for process in (owner, watcher)]
    assert mine["id"] == theirs["id"]
    assert [end["state"] for end in ends] == ["done", "done"]
    assert ends[0]["path"] == ends[1]["path"]
    assert rig.hub.bytes_sent_for("model.safetensors") == len(WEIGHTS)


def test_who_watches_goes_on_when_the_owner_is_killed(rig: Rig, gate: threading.Event):
    with start(rig) as owner:
        job_id = owner.until(lambda told: told["event"] == "job")["id"]
        owner.until(all_is_held)
        queue = rig.queue()
        ended = []
        watcher = threading.Thread(
            target=lambda: ended.append(queue.wait(job_id, CancelToken())), name="watcher"
        )
        watcher.start()
        assert rig.wait_for(lambda: any(e.bytes_done >= HELD for e in rig.progress()))
        owner.kill()
        gate.set()
        watcher.join(timeout=30)
    assert ended[0].state is JobState.DONE
    assert rig.content(ended[0]) == {"model.safetensors": WEIGHTS}


def test_a_pause_reaches_the_process_that_downloads(rig: Rig, gate: threading.Event):
    with start(rig) as owner:
        job_id = owner.until(lambda told: told["event"] == "job")["id"]
        owner.until(all_is_held)
        queue = rig.queue()
        assert queue.stop_own(job_id).state is JobState.RUNNING, "not ours to stop"
        assert queue.pause(job_id).state is JobState.PAUSED
        assert owner.until(is_end)["state"] == "paused"
    assert Ledger(rig.database).get(job_id).bytes_done >= CONNECTIONS * HELD
    gate.set()
    rig.hub.heal()
    ended = queue.wait(queue.resume(job_id).id, CancelToken())
    assert ended.state is JobState.DONE
    assert ended.bytes_reused >= CONNECTIONS * HELD
