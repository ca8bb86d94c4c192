"""How long the window stands still at most, with 5,000 models and four downloads of 80 MB/s.

The hub runs in a process of its own. Meanwhile the list is scrolled and filtered. Other programs
can make any window wait, so it is run again, five times at most, until the bar holds. Beside it
stands how the same person fares without downloads, and the share of the time in which the window's
thread was ready but no processor was free: above a few percent, the machine was busy otherwise.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.window.start import build, environment

MODELS = 5_000
BYTES_PER_SECOND = 80_000_000
SECONDS = 10.0
MOST_RUNS = 5
BAR_MS = 50.0
IDS = (
    "Qwen/Qwen3-4B",
    "Qwen/Qwen3-Embedding-4B",
    "openai-community/gpt2-medium",
    "EleutherAI/pythia-410m",
)


def measure(root: Path, ids: tuple[str, ...]) -> dict[str, Any]:
    """Run the program once, with these downloads, and return what it says."""
    for model_id in IDS:
        shutil.rmtree(root / "hub" / f"models--{model_id.replace('/', '--')}", ignore_errors=True)
    size = round(BYTES_PER_SECOND / max(1, len(ids)) * (SECONDS + 10))
    command = ["-m", "benchmarks.window.hub", str(root), str(size), str(BYTES_PER_SECOND), *IDS]
    world = environment(root)
    del world["HF_HUB_OFFLINE"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, *command], **pipes) as hub:
        assert hub.stdout is not None
        world["HF_ENDPOINT"] = hub.stdout.readline().strip()
        try:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.window.busy", str(SECONDS), *ids],
                env=world,
                stdout=subprocess.PIPE,
                text=True,
                timeout=180,
                check=True,
            )
        finally:
            hub.communicate("")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    """Print a table; return 1 when the bar is missed."""
    with tempfile.TemporaryDirectory(prefix="modelshelf-bench-") as folder:
        root = Path(folder)
        build(root / "hub", MODELS)
        config = root / "modelshelf" / "config"
        config.mkdir(parents=True)
        (config / "config.toml").write_text(f"[downloads]\nparallel = {len(IDS)}\n")
        print(f"{MODELS:,} models, {len(IDS)} downloads of {BYTES_PER_SECOND / 1e6:.0f} MB/s")
        print(f"{'':<14}{'longest ms':>11}{'99 % below':>11}{'waited':>8}{'MB/s':>7}{'running':>9}")
        _told("no downloads", measure(root, ()))
        best = math.inf
        for number in range(1, MOST_RUNS + 1):
            best = min(best, _told(f"run {number}", measure(root, IDS))["longest_ms"])
            if best < BAR_MS:
                break
    print(f"longest gap in the best run: {best:.0f} ms (bar: {BAR_MS:.0f} ms)")
    return int(best >= BAR_MS)


def _told(name: str, run: dict[str, Any]) -> dict[str, Any]:
    print(
        f"{name:<14}{run['longest_ms']:>11.1f}{run['p99_ms']:>11.1f}{run['waited']:>8.0%}"
        f"{run['bytes_per_second'] / 1e6:>7.1f}{run['running']:>9}",
        flush=True,
    )
    return run


if __name__ == "__main__":
    sys.exit(main())
