"""Scanning a cache of 2,000 repos and 60,000 files: against the official client, and by the index.

All are measured in turn within each round, and each ratio is the median over the rounds of what
was measured within one: a machine that is busy for a while is so for both sides. A refresh by the
index is measured in this process, and in new ones, as every command starts one; there it is held
against the full scan of the same new process.
"""

from __future__ import annotations

import gc
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from huggingface_hub import scan_cache_dir

from modelshelf.core.db.database import Database
from modelshelf.core.paths import AppPaths
from modelshelf.core.settings import Environment, Settings
from modelshelf.core.stores.hf_cache import scan_store
from modelshelf.core.stores.inventory import Inventory

if TYPE_CHECKING:
    from collections.abc import Callable

REPOS = 2_000
FILES = 30
ROUNDS = 7
FASTER_THAN_CLIENT = 5.0
INDEX_OF_FULL = 0.1

CLIENT = "scan_cache_dir"
FULL = "full scan"
RUNNING = "index, running program"
STARTED = "index, program just started"
FULL_STARTED = "full scan, just started"
ASKED = "has anything changed?"


def build(store: Path) -> None:
    """Lay out the cache as the client does: one revision a repo, every file a link to a blob."""
    for number in range(REPOS):
        repo = store / f"models--team{number % 50}--model-{number}"
        commit = hashlib.sha1(str(number).encode()).hexdigest()
        snapshot = repo / "snapshots" / commit
        for folder in (repo / "blobs", repo / "refs", snapshot):
            folder.mkdir(parents=True)
        (repo / "refs" / "main").write_text(commit)
        for file in range(FILES):
            blob = hashlib.sha256(f"{number}-{file}".encode()).hexdigest()
            (repo / "blobs" / blob).write_bytes(b"x" * (10 + file))
            name = f"file-{file:02}.safetensors" if file else "config.json"
            os.symlink(f"../../blobs/{blob}", snapshot / name)


def seconds(work: Callable[[], object]) -> float:
    """Time one call, with the garbage of others out of the way."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main(arguments: list[str]) -> int:
    """Print a table; return 1 when a bar is missed."""
    if arguments:
        return _just_started(Path(arguments[0]))
    with tempfile.TemporaryDirectory(prefix="modelshelf-bench-") as folder:
        root = Path(folder)
        build(root / "hub")
        with _database(root) as database:
            return _measure(root, database)


def _settings(root: Path) -> Settings:
    paths = AppPaths(root / "config", root / "data", root / "logs", root / "site")
    return Settings(paths, Environment(hub_cache=root / "hub"), {})


def _database(root: Path) -> Database:
    return Database.open(_settings(root).paths.database)


def _just_started(root: Path) -> int:
    """Print how long the first refresh of a process takes, its modules loaded, and a full scan."""
    with _database(root) as database:
        inventory = Inventory(_settings(root), database)
        print(seconds(inventory.refresh), seconds(lambda: scan_store(root / "hub")))
    return 0


def _in_new_process(root: Path) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.stores.scan", str(root)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    by_index, full = done.stdout.split()
    return float(by_index), float(full)


def _measure(root: Path, database: Database) -> int:
    store = root / "hub"
    theirs = scan_cache_dir(store)
    ours = scan_store(store)
    assert len(theirs.repos) == len(ours.models) == REPOS
    assert theirs.size_on_disk == sum(model.size_bytes for model in ours.models)
    del theirs, ours
    inventory = Inventory(_settings(root), database)
    first = seconds(inventory.refresh)
    while inventory.has_changed():
        # The last repos were built a moment ago: their facts settle within two seconds.
        inventory.refresh()
    taken: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, work in (
            (CLIENT, lambda: scan_cache_dir(store)),
            (FULL, lambda: scan_store(store)),
            (RUNNING, inventory.refresh),
            (ASKED, inventory.has_changed),
        ):
            taken.setdefault(name, []).append(seconds(work))
        for name, time_taken in zip((STARTED, FULL_STARTED), _in_new_process(root), strict=True):
            taken.setdefault(name, []).append(time_taken)
    shares = {name: _ratio(taken[name], taken[FULL]) for name in (CLIENT, FULL, RUNNING, ASKED)}
    shares |= {name: _ratio(taken[name], taken[FULL_STARTED]) for name in (STARTED, FULL_STARTED)}
    print(f"{REPOS:,} repos, {REPOS * FILES:,} files, {ROUNDS} rounds")
    print(f"{'':<30} {'best ms':>8} {'median':>8} {'of full scan':>13}")
    for name, times in taken.items():
        middle = statistics.median(times) * 1000
        print(f"{name:<30} {min(times) * 1000:>8.1f} {middle:>8.1f} {shares[name]:>13.3f}")
    print(f"{'first scan, writing the index':<30} {first * 1000:>8.1f}")
    faster = shares[CLIENT]
    print(f"full scan is {faster:.1f} times as fast as scan_cache_dir (bar: {FASTER_THAN_CLIENT})")
    for name in (RUNNING, STARTED):
        print(f"{name}: {shares[name]:.3f} of a full scan (bar: {INDEX_OF_FULL})")
    by_index = max(shares[RUNNING], shares[STARTED])
    return int(faster < FASTER_THAN_CLIENT or by_index > INDEX_OF_FULL)


def _ratio(times: list[float], of: list[float]) -> float:
    return statistics.median(one / other for one, other in zip(times, of, strict=True))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
