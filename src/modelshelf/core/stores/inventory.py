"""All stores together, and an index that makes an unchanged store cheap to look at again."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from modelshelf.core.errors import RegistryError
from modelshelf.core.machine import can_write
from modelshelf.core.model import ModelId
from modelshelf.core.stores.hf_cache import list_repos
from modelshelf.core.stores.index import Index
from modelshelf.core.stores.installed import InstalledModel, StoreScan
from modelshelf.core.stores.layout import repo_name
from modelshelf.core.stores.witnesses import Known, looking_at, read_repo
from modelshelf.core.units import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from modelshelf.core.cancel import CancelToken
    from modelshelf.core.db.database import Database
    from modelshelf.core.settings import Settings

Models = Mapping[ModelId, InstalledModel]
_NO_MODELS: Models = MappingProxyType({})
_NO_DUPLICATES: Mapping[ModelId, tuple[InstalledModel, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class InventorySnapshot:
    """What is on disk in all stores.

    `models` holds each model once, from the first store that has it; `duplicates` the same model
    in later stores. `changed` names what differs from the snapshot before. `problems` are
    sentences about the index itself; those about a store are in its scan.
    """

    stores: tuple[StoreScan, ...] = ()
    models: Models = field(default_factory=lambda: _NO_MODELS)
    duplicates: Mapping[ModelId, tuple[InstalledModel, ...]] = field(
        default_factory=lambda: _NO_DUPLICATES
    )
    changed: frozenset[ModelId] = frozenset()
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _Shelf:
    """What this process knows of one store."""

    inode: int
    known: dict[str, Known]
    scan: StoreScan | None = None


@dataclass(slots=True)
class _Findings:
    """What a look at one store brought up, for the index."""

    inode: int = 0
    changed: dict[str, Known] = field(default_factory=dict[str, Known])
    gone: list[str] = field(default_factory=list[str])


class Inventory:
    """Thread-safe. The index is kept in the database, and rebuilt when it is lost.

    `settings` may be replaced when the user changes them; the next refresh heeds it.
    """

    def __init__(
        self, settings: Settings, database: Database, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.settings = settings
        self._index = Index(database)
        self._clock = clock
        self._lock = threading.Lock()
        self._shelves: dict[Path, _Shelf] = {}
        self._current = InventorySnapshot()

    @property
    def current(self) -> InventorySnapshot:
        """The last refresh; empty before the first. Never blocks."""
        return self._current

    def find(self, model_id: ModelId) -> InstalledModel | None:
        """The model as of the last refresh. Never blocks."""
        return self._current.models.get(model_id)

    def refresh(self, cancel: CancelToken | None = None) -> InventorySnapshot:
        """Look at every store again; only what changed is read.

        Raises:
            Cancelled: when somebody asked to stop; what was known before stays.
        """
        with self._lock:
            return self._look(cancel, frozenset())

    def rescan(self, model_id: ModelId) -> None:
        """Read one model again in every store, after something was done to it."""
        with self._lock:
            self._look(None, frozenset((repo_name(model_id),)))

    def has_changed(self) -> bool:
        """Whether a refresh would find something new; cheap enough to ask every few seconds."""
        with self._lock:
            stores = self._stores()
            if [scan.path for scan in self._current.stores] != stores:
                return True
            return any(self._moved(self._shelves[store]) for store in stores)

    def _moved(self, shelf: _Shelf) -> bool:
        scan = shelf.scan
        if scan is None:
            return True
        try:
            names, _ = list_repos(scan.path, shelf.known)
        except (FileNotFoundError, NotADirectoryError):
            return scan.exists
        except OSError:
            return bool(scan.models)
        if scan.remembered:
            # An empty folder may be where the missing disk is mounted.
            return bool(names)
        if not scan.exists:
            return True
        if set(names) != shelf.known.keys():
            return True
        with looking_at(scan.path) as look:
            return not all(look.still_holds(name, known) for name, known in shelf.known.items())

    def _look(self, cancel: CancelToken | None, forced: frozenset[str]) -> InventorySnapshot:
        problems: list[str] = []
        scans: list[StoreScan] = []
        for store in self._stores():
            shelf = self._shelves.get(store)
            if shelf is None:
                shelf = self._shelves[store] = self._remembered(store, problems)
            findings = _Findings(shelf.inode)
            shelf.scan = self._scan(store, shelf, findings, cancel, forced)
            scans.append(shelf.scan)
            self._keep(store, shelf, findings, problems)
        self._current = _joined(tuple(scans), self._current.models, tuple(problems))
        return self._current

    def _stores(self) -> list[Path]:
        """The configured stores; one that is another under a second name is left out."""
        found: dict[tuple[int, int] | str, Path] = {}
        for store in self.settings.stores:
            try:
                status = os.stat(store)
            except OSError:
                found.setdefault(os.path.realpath(store), store)
                continue
            found.setdefault((status.st_dev, status.st_ino), store)
        return list(found.values())

    def _remembered(self, store: Path, problems: list[str]) -> _Shelf:
        try:
            return _Shelf(*self._index.load(store))
        except RegistryError as error:
            problems.append(error.message)
            return _Shelf(0, {})

    def _scan(
        self,
        store: Path,
        shelf: _Shelf,
        findings: _Findings,
        cancel: CancelToken | None,
        forced: frozenset[str],
    ) -> StoreScan:
        try:
            inode = os.stat(store).st_ino
            names, problems = list_repos(store, shelf.known)
        except (FileNotFoundError, NotADirectoryError):
            return _unplugged(store, shelf)
        except OSError as error:
            sentence = f"The store {store} cannot be read: {error.strerror}."
            remembered = tuple(known.model for known in shelf.known.values())
            return StoreScan(store, True, False, problems=(sentence,), remembered=remembered)
        if not names and shelf.known and inode != shelf.inode:
            # An empty folder under the same name: where a disk is mounted when it is there.
            return _unplugged(store, shelf)
        findings.inode = inode
        now_ns = int(self._clock().timestamp() * 1e9)
        vanished: set[str] = set()
        with looking_at(store) as look:
            for name in names:
                known = shelf.known.get(name)
                if known is None or name in forced or not look.still_holds(name, known):
                    if cancel is not None:
                        cancel.check()
                    fresh = read_repo(store, name, now_ns)
                    if fresh.witnesses:
                        findings.changed[name] = fresh
                    else:
                        vanished.add(name)
        if _inode(store) != inode:
            # It was unplugged meanwhile: what was read of it proves nothing.
            findings.changed.clear()
            findings.inode = shelf.inode
            return _unplugged(store, shelf)
        here = [name for name in names if name not in vanished] if vanished else names
        findings.gone.extend(shelf.known.keys() - set(here))
        known = {**shelf.known, **findings.changed}
        models = tuple(known[name].model for name in here)
        return StoreScan(store, True, can_write(store), models, problems)

    def _keep(self, store: Path, shelf: _Shelf, findings: _Findings, problems: list[str]) -> None:
        if not (findings.changed or findings.gone or findings.inode != shelf.inode):
            return
        shelf.known.update(findings.changed)
        for name in findings.gone:
            del shelf.known[name]
        shelf.inode = findings.inode
        try:
            self._index.save(
                store, findings.inode, shelf.known, (*findings.changed, *findings.gone)
            )
        except RegistryError as error:
            # Without the index the next start scans everything: slower, not wrong.
            problems.append(error.message)


def _inode(store: Path) -> int:
    try:
        return os.stat(store).st_ino
    except OSError:
        return 0


def _unplugged(store: Path, shelf: _Shelf) -> StoreScan:
    remembered = tuple(known.model for known in shelf.known.values())
    if not remembered:
        return StoreScan(store, exists=False, writable=can_write(store))
    sentence = f"The store {store} is not connected; {len(remembered)} models were there last time."
    return StoreScan(store, False, False, problems=(sentence,), remembered=remembered)


def _joined(
    scans: tuple[StoreScan, ...], before: Models, problems: tuple[str, ...]
) -> InventorySnapshot:
    models: dict[ModelId, InstalledModel] = {}
    duplicates: dict[ModelId, tuple[InstalledModel, ...]] = {}
    for scan in scans:
        for model in scan.models:
            first = models.setdefault(model.model_id, model)
            if first is not model:
                duplicates[model.model_id] = (*duplicates.get(model.model_id, ()), model)
    changed = models.keys() ^ before.keys()
    for model_id in models.keys() & before.keys():
        model, old = models[model_id], before[model_id]
        if model is not old and model != old:
            changed.add(model_id)
    return InventorySnapshot(
        scans,
        MappingProxyType(models),
        MappingProxyType(duplicates),
        frozenset(changed),
        problems,
    )
