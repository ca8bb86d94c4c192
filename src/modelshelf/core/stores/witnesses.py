"""What proves that the facts of a repo still hold, asked in as few and as cheap calls as it takes.

The proof: the change times of the repo's folder and of each folder below it that holds names
(`blobs`, `refs`, `snapshots` and everything inside a snapshot), of each ref, because other clients
write those in place, of each unfinished file, because it grows in place, and of the folders of
shared blobs it uses. Bytes changed in place inside a finished blob are not seen: to find those is
what verifying is for.

A change within the clock's tick of the last reading leaves the same time behind. So facts read
less than two seconds after a witness moved are not trusted the next time.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from modelshelf.core.stores.layout import SHARED
from modelshelf.core.stores.repo_folder import stamp
from modelshelf.core.stores.repo_reader import RepoReader

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

    from modelshelf.core.stores.installed import InstalledModel

_SETTLED_NS = 2_000_000_000  # the coarsest clock of a file system in use (FAT)
_IS_POSIX = os.name == "posix"
_HAS_DESCRIPTORS = {os.open, os.stat} <= os.supports_dir_fd
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)


@dataclass(frozen=True, slots=True)
class Known:
    """One repo's facts and what proves them: the witnesses by their paths in the repo.

    `shared` names the folders of shared blobs its files lie in; many repos have the same ones.
    `proof` is one number made of the inodes and moments of all of them, in that order; None when
    one had moved too shortly before.
    """

    model: InstalledModel
    witnesses: tuple[str, ...]
    shared: tuple[str, ...]
    proof: int | None


class Look:
    """One look at all repos of a store; a folder of shared blobs is asked once for all of them.

    `start` is what leads to the store from the folder `descriptor`, empty or with `/` at its end.
    """

    def __init__(self, start: str, descriptor: int | None) -> None:
        self._start = start
        self._descriptor = descriptor
        self._shared: dict[str, tuple[int, int]] = {}

    def still_holds(self, name: str, known: Known) -> bool:
        """Whether no witness moved of what is known of the repo in the folder `name`."""
        if known.proof is None:
            return False
        ask, descriptor = os.stat, self._descriptor
        repo = f"{self._start}{name}/"
        states: list[int] = []
        try:
            for path in known.witnesses:
                status = ask(repo + path, dir_fd=descriptor)
                states.append(status.st_ino)
                states.append(status.st_ctime_ns if _IS_POSIX else stamp(status))
            for folder in known.shared:
                states.extend(self._shared_state(folder))
        except OSError:
            return False
        return _proof(states) == known.proof

    def _shared_state(self, folder: str) -> tuple[int, int]:
        if folder not in self._shared:
            path = f"{self._start}{SHARED}/{folder}"
            self._shared[folder] = _state(path, self._descriptor)
        return self._shared[folder]


@contextmanager
def looking_at(store: Path) -> Generator[Look]:
    """Hold the store's folder open meanwhile: names in it are then found without the whole path."""
    descriptor = _opened(store)
    try:
        yield Look(f"{store}/" if descriptor is None else "", descriptor)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def read_repo(store: Path, name: str, now_ns: int) -> Known:
    """Read one repo and note what proves the reading; `now_ns` is the time before it (Unix).

    Raises:
        InputError: when the folder is not named like a model.
    """
    reading = RepoReader(store, name).read()
    states = [(inode, moved) for _, inode, moved in reading.witnesses]
    states += [_state(f"{store}/{SHARED}/{folder}", None) for folder in reading.shared]
    settled_before = now_ns - _SETTLED_NS
    is_settled = all(moved < settled_before for _, moved in states)
    return Known(
        reading.model,
        tuple(path for path, _, _ in reading.witnesses),
        reading.shared,
        _proof(chain.from_iterable(states)) if is_settled else None,
    )


def _opened(store: Path) -> int | None:
    """Return None where the system has no such thing; names are then looked up from the root."""
    if not _HAS_DESCRIPTORS:
        return None
    try:
        return os.open(store, _FOLDER)
    except OSError:
        return None


def _state(path: str, descriptor: int | None) -> tuple[int, int]:
    """Return inode and moment; zeros when it is not there, until it is."""
    try:
        status = os.stat(path, dir_fd=descriptor)
    except OSError:
        return 0, 0
    return status.st_ino, stamp(status)


def _proof(states: Iterable[int]) -> int:
    """Return 64 bits of all the numbers: the same in every process, as no text is among them."""
    return hash(tuple(states))
