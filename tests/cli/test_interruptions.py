"""What a killed, interrupted or watched download looks like from outside, in real processes."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.support.fake_hub import FakeHub, Fault

MODEL = "acme/big"
SIZE = 24_000_000
CONNECTIONS = 4


@pytest.fixture
def published(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> FakeHub:
    block = bytes(range(251)) * 1000
    weights = (block * (SIZE // len(block) + 1))[:SIZE]
    hub.put(MODEL, {"config.json": b'{"model_type": "llama"}', "model.safetensors": weights})
    return hub


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "modelshelf", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )


def first(process: subprocess.Popen[str], wanted: str) -> dict:
    """Read events until the first one of this name; what follows stays in the pipe."""
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == wanted and event.get("bytes_done", 1) > 0:
            return event
    assert process.stderr is not None
    raise AssertionError(f"no {wanted} event; stderr: {process.stderr.read()}")


def last_event(process: subprocess.Popen[str]) -> dict:
    out, err = process.communicate(timeout=60)
    assert out.strip(), err
    return json.loads(out.splitlines()[-1])


@pytest.fixture
def gate(published: FakeHub):
    """Holds every answer that carries weights back after a part, until it is set."""
    event = threading.Event()
    published.fail(
        "model.safetensors", Fault(hold=event, hold_after=1_500_000), times=CONNECTIONS * 4
    )
    yield event
    event.set()


def test_kill_minus_nine_then_the_rest_only(published, gate, cache, monkeypatch):
    subprocess.run(
        [sys.executable, "-m", "modelshelf", "config", "set", "network.connections", "4"],
        check=True,
        capture_output=True,
    )
    killed = start("download", MODEL, "--json")
    first(killed, "progress")
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=30)
    gate.set()
    published.heal()

    finished = start("download", MODEL, "--json")
    done = last_event(finished)
    assert finished.returncode == 0
    assert done["event"] == "done"
    assert (Path(done["path"]) / "model.safetensors").stat().st_size == SIZE
    sent = sum(r.bytes_sent for r in published.requests_for("model.safetensors"))
    # What the system had taken but the killed process never read counts as sent, so the bound of
    # 256 KiB per connection holds for what was received: compare with what the second run asked.
    assert done["bytes_reused"] > 0
    assert done["bytes_fetched"] + done["bytes_reused"] <= SIZE + 23 + CONNECTIONS * 262_144
    assert sent < 2 * SIZE


def test_interrupt_leaves_everything_resumable(published, gate, cache):
    stopped = start("download", MODEL, "--json")
    first(stopped, "progress")
    stopped.send_signal(signal.SIGINT)
    ended = last_event(stopped)
    assert stopped.returncode == 130
    assert ended["event"] == "cancelled"
    assert ended["bytes_done"] > 0
    gate.set()
    published.heal()

    finished = start("download", MODEL, "--json")
    done = last_event(finished)
    assert finished.returncode == 0
    assert done["bytes_reused"] >= ended["bytes_done"] - CONNECTIONS * 262_144


def test_second_request_attaches_and_opposite_is_refused(published, gate, cache, call):
    owner = start("download", MODEL, "--json")
    first(owner, "progress")
    (job,) = call("downloads", "list", "--json").json["downloads"]
    assert job["state"] == "running"

    refused = call("delete", MODEL, "--yes", "--json")
    assert refused.code == 3
    assert job["id"] in refused.json["error"]["message"]

    watcher = start("download", MODEL, "--json")
    first(watcher, "progress")
    gate.set()
    published.heal()
    assert last_event(owner)["event"] == "done"
    done = last_event(watcher)
    assert done["event"] == "done"
    assert watcher.returncode == 0
    asked = [r for r in published.requests_for("model.safetensors") if r.method == "GET"]
    assert sum(r.bytes_sent for r in asked) < 1.2 * SIZE


def test_pause_from_another_terminal(published, gate, cache, call):
    owner = start("download", MODEL, "--json")
    first(owner, "progress")
    assert call("downloads", "pause", MODEL).code == 0
    ended = last_event(owner)
    assert ended["event"] == "cancelled"
    assert ended["state"] == "paused"
    (entry,) = call("list", "--json", "--search", "acme/big").json["models"]
    assert entry["status"] == "partial"
    assert entry["job"]["state"] == "paused"
    gate.set()
    published.heal()
    resumed = call("downloads", "resume", MODEL, "--json")
    assert resumed.code == 0
    assert resumed.events[-1]["event"] == "done"
