"""From the creation of the process to the first frame, with 500 models on disk.

Compared with a bare PySide6 window that lists 500 rows. Both run in turn within each round, and
the clock of this process stops when the other one says it was shown; the ratio is the median of
the rounds' ratios. The time until the cards of all 500 models are painted is told beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

REPOS = 500
ROUNDS = 9
BAR = 2.0
_PATIENCE = 60.0
_CONFIG = json.dumps({"model_type": "bert", "hidden_size": 384}).encode()
_COMMANDS = {
    "bare window": ["-m", "benchmarks.window.bare"],
    "first frame": ["-m", "modelshelf", "gui", "--exit-after-first-frame"],
    "all cards": ["-m", "benchmarks.window.cards", str(REPOS)],
}


def build(store: Path, repos: int) -> None:
    """Lay out a cache of small models, as the official client does."""
    for number in range(repos):
        repo = store / f"models--team{number % 20}--model-{number}"
        commit = hashlib.sha1(str(number).encode()).hexdigest()
        snapshot = repo / "snapshots" / commit
        for folder in (repo / "blobs", repo / "refs", snapshot):
            folder.mkdir(parents=True)
        (repo / "refs" / "main").write_text(commit)
        weights = hashlib.sha256(str(number).encode()).digest()
        for name, content in (("config.json", _CONFIG), ("model.safetensors", weights)):
            blob = hashlib.sha256(content).hexdigest()
            (repo / "blobs" / blob).write_bytes(content)
            os.symlink(f"../../blobs/{blob}", snapshot / name)


def environment(root: Path) -> dict[str, str]:
    """A world in which only what `build` made exists."""
    # An installed program has its bytecode; so has Qt's binding in either case.
    gone = ("HF_", "MODELSHELF_", "PYTHONDONTWRITEBYTECODE")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(gone)}
    return {
        **kept,
        "PYTHONPYCACHEPREFIX": str(root / "bytecode"),
        "QT_QPA_PLATFORM": "offscreen",
        "QT_LOGGING_RULES": "*.warning=false",
        "HOME": str(root),
        "MODELSHELF_HOME": str(root / "modelshelf"),
        "HF_HUB_CACHE": str(root / "hub"),
        "HF_HUB_OFFLINE": "1",
    }


def seconds(arguments: list[str], world: dict[str, str]) -> float:
    """Start a program and return how long it took until it said that it was shown."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *arguments], env=world, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        watchdog = threading.Timer(_PATIENCE, process.kill)
        watchdog.start()
        said = process.stdout.readline()
        taken = time.perf_counter() - began
        process.stdout.read()
        watchdog.cancel()
    if process.returncode or not said:
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}")
    return taken


def main() -> int:
    """Print a table; return 1 when the bar is missed."""
    with tempfile.TemporaryDirectory(prefix="modelshelf-bench-") as folder:
        root = Path(folder)
        build(root / "hub", REPOS)
        world = environment(root)
        for command in _COMMANDS.values():
            # Bytecode, the index of the store and the disk's own cache: as at a second start.
            seconds(command, world)
        rounds = [
            {name: seconds(command, world) for name, command in _COMMANDS.items()}
            for _ in range(ROUNDS)
        ]
    print(f"{REPOS} models, {ROUNDS} rounds; bar: first frame at {BAR:g} times the bare window")
    print(f"{'':<14}{'median ms':>10}{'best ms':>9}{'ratio':>7}")
    ratios: dict[str, float] = {}
    for name in _COMMANDS:
        taken = [one[name] * 1000 for one in rounds]
        ratios[name] = statistics.median(one[name] / one["bare window"] for one in rounds)
        print(f"{name:<14}{statistics.median(taken):>10.0f}{min(taken):>9.0f}{ratios[name]:>7.2f}")
    return int(ratios["first frame"] > BAR)


if __name__ == "__main__":
    sys.exit(main())
