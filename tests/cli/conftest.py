"""The command line as a script meets it: arguments in, exit code, stdout and stderr out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support.fake_hub import FakeHub, Fault

from modelshelf.cli.main import modelshelf, run

MODEL = "BAAI/bge-small-en-v1.5"
WEIGHTS = bytes(range(256)) * 8192
FILES = {
    "config.json": json.dumps({"model_type": "bert", "hidden_size": 8}).encode(),
    "README.md": b"# tiny\n",
    "model.safetensors": WEIGHTS,
    "pytorch_model.bin": b"never fetched" * 1000,
}
CHOSEN = ("README.md", "config.json", "model.safetensors")


@dataclass(frozen=True)
class Answer:
    """What one command line gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The JSON lines on stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


Call = Callable[..., Answer]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Run one command line in this process."""

    def call(*arguments: str) -> Answer:
        code = run(modelshelf, arguments)
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return call


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub on this machine that the command line talks to."""
    with FakeHub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


@pytest.fixture
def published(hub: FakeHub) -> FakeHub:
    """The hub with one small model of the registry."""
    hub.put(MODEL, FILES)
    return hub


@pytest.fixture
def installed(call: Call, published: FakeHub, cache: Path) -> Path:
    """The snapshot folder of that model, downloaded."""
    answer = call("download", MODEL, "--quiet")
    assert answer.code == 0, answer.err
    return Path(answer.out.strip())


@pytest.fixture
def stopped(published: FakeHub, cache: Path) -> int:
    """That model with a part of its weights here, after Ctrl-C; how many bytes are here."""
    if sys.platform == "win32":
        pytest.skip("a process is not interrupted that way there")
    gate = threading.Event()
    held = 1_000_000
    published.fail("model.safetensors", Fault(hold=gate, hold_after=held), times=4)
    process = start("download", MODEL, "--json")
    until(process, lambda event: event.get("bytes_done", 0) >= held)
    process.send_signal(signal.SIGINT)
    ended = last_event(process)
    gate.set()
    published.heal()
    assert ended["event"] == "cancelled"
    return int(ended["bytes_done"])


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store downloads go to."""
    folder = tmp_path / "cache" / "hub"
    monkeypatch.setenv("HF_HUB_CACHE", str(folder))
    return folder


def everything_below(folder: Path) -> list[str]:
    """Every path below `folder`, relative to it."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*")) if folder.exists() else []


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Run one command line in a process of its own."""
    given: dict[str, Any] = {
        "args": [sys.executable, "-m", "modelshelf", *arguments],
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
        "env": dict(os.environ),
    }
    return subprocess.Popen(**{**given, **options})


def until(
    process: subprocess.Popen[str], condition: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Read events until `condition` holds; what follows stays in the pipe."""
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        if condition(event):
            return event
    assert process.stderr is not None
    raise AssertionError(f"it never came; stderr: {process.stderr.read()}")


def last_event(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for the end, and return the last event."""
    out, err = process.communicate(timeout=60)
    assert out.strip(), err
    return json.loads(out.splitlines()[-1])
