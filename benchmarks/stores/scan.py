"""Scanning a cache of 2,000 repos and 60,000 files: against the official client, and by the index.

All are measured in turn within each round, and ratios are those of the least disturbed runs: what
else a busy machine does can only add to a time.
"""

from __future__ import annotations

import gc
import hashlib
import os
import statistics
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


def main() -> int:
    """Print a table; return 1 when a bar is missed."""
    with tempfile.TemporaryDirectory(prefix="modelshelf-bench-") as folder:
        root = Path(folder)
        store = root / "hub"
        build(store)
        paths = AppPaths(root / "config", root / "data", root / "logs", root / "site")
        settings = Settings(paths, Environment(hub_cache=store), {})
        database = Database.open(paths.database)
        try:
            return _measure(store, settings, database)
        finally:
            database.close()


def _measure(store: Path, settings: Settings, database: Database) -> int:
    theirs = scan_cache_dir(store)
    ours = scan_store(store)
    assert len(theirs.repos) == len(ours.models) == REPOS
    assert theirs.size_on_disk == sum(model.size_bytes for model in ours.models)
    del theirs, ours
    inventory = Inventory(settings, database)
    first = seconds(inventory.refresh)
    while inventory.has_changed():
        # The last repos were built a moment ago: their facts settle within two seconds.
        inventory.refresh()
    taken: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, work in (
            ("scan_cache_dir", lambda: scan_cache_dir(store)),
            ("full scan", lambda: scan_store(store)),
            ("index, running program", inventory.refresh),
            ("index, program just started", Inventory(settings, database).refresh),
            ("has anything changed?", inventory.has_changed),
        ):
            taken.setdefault(name, []).append(seconds(work))
    best = {name: min(times) for name, times in taken.items()}
    full = best["full scan"]
    print(f"{REPOS:,} repos, {REPOS * FILES:,} files, {ROUNDS} rounds")
    print(f"{'':<30} {'best ms':>8} {'median':>8} {'of full scan':>13}")
    for name, times in taken.items():
        middle = statistics.median(times) * 1000
        print(f"{name:<30} {best[name] * 1000:>8.1f} {middle:>8.1f} {best[name] / full:>13.3f}")
    print(f"{'first scan, writing the index':<30} {first * 1000:>8.1f}")
    faster, share = best["scan_cache_dir"] / full, best["index, running program"] / full
    print(f"full scan is {faster:.1f} times as fast as scan_cache_dir (bar: {FASTER_THAN_CLIENT})")
    print(f"a refresh by the index takes {share:.3f} of a full scan (bar: {INDEX_OF_FULL})")
    return int(faster < FASTER_THAN_CLIENT or share > INDEX_OF_FULL)


if __name__ == "__main__":
    sys.exit(main())
