"""What a killed, interrupted or watched download looks like from outside, in real processes."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import last_event, start, until
from tests.support.fake_hub import FakeHub, Fault

if sys.platform == "win32":
    pytest.skip("processes are not signalled that way there", allow_module_level=True)

MODEL = "acme/big"
CONNECTIONS = 3
KILLS = 2
HELD = 1_300_000
AT_MOST_LOST = 256 << 10
SIZE = CONNECTIONS * (8 << 20)
CONFIG = b'{"model_type": "llama"}'


@pytest.fixture
def big(hub: FakeHub, call) -> FakeHub:
    """A model that takes three runs of eight MiB, and three connections for them."""
    block = bytes(range(251)) * 4096
    weights = (block * (SIZE // len(block) + 1))[:SIZE]
    hub.put(MODEL, {"config.json": CONFIG, "model.safetensors": weights})
    assert call("config", "set", "network.connections", str(CONNECTIONS)).code == 0
    return hub


@pytest.fixture
def gate(big: FakeHub) -> Iterator[threading.Event]:
    """Holds the next answers with weights back after a part, one for each connection.

    An answer that is held sends nothing more, also when its client has died: what the hub counts
    as sent is what a client has received.
    """
    event = threading.Event()
    big.fail("model.safetensors", Fault(hold=event, hold_after=HELD), times=CONNECTIONS)
    yield event
    event.set()


def has_received(count: int):
    return lambda event: event.get("bytes_done", 0) >= count


def test_after_kill_minus_nine_the_server_sends_the_rest_and_hardly_more(big, gate, cache):
    received = 0
    for _ in range(KILLS):
        killed = start("download", MODEL, "--json")
        # Everything that the server sent is in the hands of the process, so nothing is on the way.
        seen = until(killed, has_received(received + CONNECTIONS * HELD))
        killed.send_signal(signal.SIGKILL)
        killed.communicate(timeout=30)
        received = seen["bytes_done"] - CONNECTIONS * AT_MOST_LOST
        big.fail("model.safetensors", Fault(hold=gate, hold_after=HELD), times=CONNECTIONS)
    big.heal()
    sent_before = big.bytes_sent_for("model.safetensors")
    assert sent_before == KILLS * CONNECTIONS * HELD

    finished = start("download", MODEL, "--json")
    done = last_event(finished)
    assert (finished.returncode, done["event"]) == (0, "done")
    whole = (Path(done["path"]) / "model.safetensors").stat().st_size
    assert whole == SIZE
    sent = big.bytes_sent_for("model.safetensors")
    assert sent <= SIZE + KILLS * CONNECTIONS * AT_MOST_LOST
    assert done["bytes_fetched"] == sent - sent_before


def test_what_was_killed_is_not_called_running(big, gate, cache, call):
    killed = start("download", MODEL, "--json")
    until(killed, has_received(CONNECTIONS * HELD))
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=30)
    assert "interrupted" in call("downloads", "list").out
    assert "interrupted" in call("list", "--search", "acme/big").out
    (job,) = call("downloads", "list", "--json").json["downloads"]
    assert job["state"] == "queued"
    refused = call("delete", MODEL, "--json")
    assert refused.code == 3
    assert refused.json["error"]["code"] == "ERR_CONFIRM"
    gate.set()
    big.heal()
    resumed = call("downloads", "resume", job["id"], "--json")
    assert resumed.code == 0
    assert resumed.events[-1]["bytes_reused"] > 0


def test_what_was_killed_can_be_deleted_with_a_yes(big, gate, cache, call):
    killed = start("download", MODEL, "--json")
    until(killed, has_received(CONNECTIONS * HELD))
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=30)
    deleted = call("delete", MODEL, "--yes", "--json")
    assert deleted.code == 0, deleted.out
    assert not list(cache.glob("models--*"))
    (job,) = call("downloads", "list", "--json").json["downloads"]
    assert job["state"] == "cancelled"


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_whatever_ends_it_leaves_everything_resumable(big, gate, cache, name):
    stopped = start("download", MODEL, "--json")
    until(stopped, has_received(CONNECTIONS * HELD))
    stopped.send_signal(getattr(signal, name))
    ended = last_event(stopped)
    assert stopped.returncode == 130
    assert (ended["event"], ended["state"]) == ("cancelled", "cancelled")
    assert ended["bytes_done"] >= CONNECTIONS * HELD
    sent = big.bytes_sent_for("model.safetensors")

    finished = start("download", MODEL, "--json")
    done = last_event(finished)
    assert finished.returncode == 0
    assert done["bytes_reused"] >= CONNECTIONS * HELD, "asked to stop, it loses no byte at all"
    assert done["bytes_reused"] + done["bytes_fetched"] == SIZE + len(CONFIG)
    assert big.bytes_sent_for("model.safetensors") - sent == SIZE - CONNECTIONS * HELD


def test_an_interruption_before_the_hub_has_answered(hub, cache):
    gate = threading.Event()
    hub.fail("/api/models/*", Fault(hold=gate), times=5)
    process = start("download", "acme/slow", "--json")
    assert hub.wait_until(lambda: bool(hub.requests))
    process.send_signal(signal.SIGINT)
    ended = last_event(process)
    gate.set()
    assert process.returncode == 130
    assert ended == {"event": "cancelled"}
    assert not cache.exists()


def test_a_signal_that_is_ignored_stays_so(big, gate, cache):
    process = start("download", MODEL, "--json", preexec_fn=_ignore_hang_ups)
    until(process, has_received(CONNECTIONS * HELD))
    process.send_signal(signal.SIGHUP)
    gate.set()
    assert last_event(process)["event"] == "done"
    assert process.returncode == 0


def _ignore_hang_ups() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def test_a_second_request_attaches_and_the_opposite_is_refused(big, gate, cache, call):
    owner = start("download", MODEL, "--json")
    until(owner, has_received(CONNECTIONS * HELD))
    (job,) = call("downloads", "list", "--json").json["downloads"]
    assert job["state"] == "running"
    (entry,) = [m for m in call("list", "--json").json["models"] if m["id"] == MODEL]
    assert entry["job"].keys() == {"id", "state", "bytes_done", "bytes_total"}
    assert (entry["status"], entry["job"]["id"]) == ("partial", job["id"])

    refused = call("delete", MODEL, "--yes", "--force", "--json")
    assert refused.code == 3
    assert refused.json["error"]["code"] == "ERR_BUSY"
    assert job["id"] in refused.json["error"]["message"]

    watcher = start("download", MODEL, "--json")
    until(watcher, has_received(1))
    gate.set()
    assert last_event(owner)["event"] == "done"
    assert last_event(watcher)["event"] == "done"
    assert watcher.returncode == 0
    assert big.bytes_sent_for("model.safetensors") == SIZE


def test_who_stops_watching_stops_nothing(big, gate, cache):
    owner = start("download", MODEL, "--json")
    until(owner, has_received(CONNECTIONS * HELD))
    watcher = start("download", MODEL, "--json")
    until(watcher, has_received(1))
    watcher.send_signal(signal.SIGINT)
    assert last_event(watcher)["state"] == "running"
    assert watcher.returncode == 130
    gate.set()
    assert last_event(owner)["event"] == "done"


def test_pause_and_resume_from_another_terminal(big, gate, cache, call):
    owner = start("download", MODEL, "--json")
    until(owner, has_received(CONNECTIONS * HELD))
    assert "is paused" in call("downloads", "pause", MODEL).out
    ended = last_event(owner)
    assert (ended["event"], ended["state"]) == ("cancelled", "paused")
    assert owner.returncode == 130
    (entry,) = [m for m in call("list", "--json").json["models"] if m["id"] == MODEL]
    assert (entry["status"], entry["job"]["state"]) == ("partial", "paused")
    resumed = call("downloads", "resume", MODEL, "--json")
    assert resumed.code == 0
    assert resumed.events[-1]["bytes_reused"] >= CONNECTIONS * HELD


def test_cancel_from_another_terminal(big, gate, cache, call):
    owner = start("download", MODEL, "--json")
    until(owner, has_received(1))
    assert call("downloads", "cancel", MODEL, "--json").json["state"] == "cancelled"
    assert last_event(owner)["state"] == "cancelled"
    assert owner.returncode == 130


def test_a_database_that_is_locked_meanwhile_stops_no_download(big, gate, cache):
    owner = start("download", MODEL, "--json")
    until(owner, has_received(CONNECTIONS * HELD))
    database = Path(os.environ["MODELSHELF_HOME"]) / "data" / "modelshelf.db"
    with closing(sqlite3.connect(database, isolation_level=None)) as locking:
        locking.execute("BEGIN IMMEDIATE")
        gate.set()
        until(owner, has_received(SIZE))
        locking.execute("ROLLBACK")
    done = last_event(owner)
    assert done["event"] == "done", json.dumps(done)


def test_the_owner_dies_and_the_watcher_goes_on(big, gate, cache):
    owner = start("download", MODEL, "--json")
    until(owner, has_received(CONNECTIONS * HELD))
    watcher = start("download", MODEL, "--json")
    until(watcher, has_received(1))
    owner.send_signal(signal.SIGKILL)
    owner.communicate(timeout=30)
    done: dict[str, Any] = last_event(watcher)
    assert (watcher.returncode, done["event"]) == (0, "done")
    assert done["bytes_reused"] > 0
