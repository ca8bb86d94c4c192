"""The payloads that several repos of one cache share, and the rules for giving one up.

huggingface_hub ≥ 1.33 keeps them at `<cache>/blobs/<2 hex>/<hash>`; a repo's blob is then a
relative link there. `<hash>.refs` lists those links, `<hash>.lock` is held by whoever changes
either. The list is a hint: each entry counts only while its link really points at the payload,
and a list that is missing or unreadable is never a reason to delete.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock, SoftFileLock, Timeout

from modelshelf.core.stores.layout import (
    SHARED,
    SHARED_MARKER,
    SHARED_VERSION,
    is_xet_hash,
    shared_folder,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Generator
    from pathlib import Path

_LOCK_TIMEOUT = 10.0
_MAX_MANIFEST = 16_000_000
_REPO_KINDS = ("models--", "datasets--", "spaces--", "kernels--")  # as huggingface_hub spells them


@dataclass(frozen=True, slots=True)
class SharedPayload:
    """One payload and the store it lies in."""

    store: Path
    name: str

    @property
    def path(self) -> Path:
        """The payload itself."""
        return shared_folder(self.store) / self.name[:2] / self.name

    @property
    def manifest(self) -> Path:
        """The list of the links that refer to it."""
        return self.path.with_name(f"{self.name}.refs")

    @property
    def lock(self) -> Path:
        """What is locked while the payload or its list changes."""
        return self.path.with_name(f"{self.name}.lock")


def is_shared_store(store: Path) -> bool:
    """Whether `store` has shared blobs in the layout this program knows."""
    folder = shared_folder(store)
    marker = folder / SHARED_MARKER
    try:
        return (
            stat.S_ISDIR(folder.lstat().st_mode)
            and stat.S_ISREG(marker.lstat().st_mode)
            and marker.read_bytes()[:16] == SHARED_VERSION.encode()
        )
    except OSError:
        return False


def payload_of(store: Path, blob: Path) -> SharedPayload | None:
    """Return the payload that a repo's blob is a link to; None when it is none of that kind.

    Only the link's own text decides: `../../blobs/<2 hex>/<hash>`. Nothing else is followed.
    """
    try:
        if not stat.S_ISLNK(blob.lstat().st_mode):
            return None
        target = os.readlink(blob)
    except OSError:
        return None
    return _named(store, os.path.normpath(os.path.join(os.path.dirname(blob), target)))


def references(payload: SharedPayload) -> frozenset[str] | None:
    """Return the links that still refer to a payload, relative to the store.

    None when that cannot be known, which must be taken as "somebody does".
    """
    try:
        if not stat.S_ISREG(payload.manifest.lstat().st_mode):
            return None
        with payload.manifest.open("rb") as file:
            text = file.read(_MAX_MANIFEST + 1)
        if len(text) > _MAX_MANIFEST:
            return None
        lines = text.decode().splitlines()
    except (OSError, UnicodeError):
        return None
    found: set[str] = set()
    for line in lines:
        if not _is_blob_name(line):
            continue
        link = payload.store / line
        try:
            if not stat.S_ISLNK(link.lstat().st_mode):
                continue
            target = os.readlink(link)
        except (FileNotFoundError, NotADirectoryError, ValueError):
            continue
        except OSError:
            return None
        where = os.path.normpath(os.path.join(os.path.dirname(link), target))
        if _named(payload.store, where) == payload:
            found.add(line)
    return frozenset(found)


def is_freed_without(payload: SharedPayload, links: Collection[str]) -> bool:
    """Whether nobody is left to refer to the payload once `links` (relative) are gone."""
    remaining = references(payload)
    return remaining is not None and bool(remaining) and remaining.issubset(links)


def sweep(payload: SharedPayload) -> bool:
    """Remove a payload nobody refers to any more, and forget references that are gone.

    Returns whether it was removed; False also when its list proves nothing, or somebody holds its
    lock for long.

    Raises:
        OSError: when the folder of shared blobs cannot be written.
    """
    if not is_shared_store(payload.store):
        return False
    try:
        with _locked(payload):
            remaining = references(payload)
            if remaining is None:
                return False
            if remaining:
                _rewrite(payload, remaining)
                return False
            if not stat.S_ISREG(payload.path.lstat().st_mode):
                return False
            payload.path.unlink()
            payload.manifest.unlink(missing_ok=True)
            return True
    except (FileNotFoundError, Timeout):
        return False


def _named(store: Path, path: str) -> SharedPayload | None:
    folder, name = os.path.split(path)
    if (
        is_xet_hash(name)
        and os.path.basename(folder) == name[:2]
        and os.path.dirname(folder) == os.path.normpath(os.path.join(store, SHARED))
    ):
        return SharedPayload(store, name)
    return None


def _is_blob_name(line: str) -> bool:
    parts = line.split("/")
    return (
        len(parts) == 3
        and parts[0].startswith(_REPO_KINDS)
        and parts[1] == "blobs"
        and parts[2] not in ("", ".", "..")
        and "\x00" not in line
        and "\\" not in line
    )


@contextmanager
def _locked(payload: SharedPayload) -> Generator[None]:
    """Hold the payload's lock as every other client takes it: created here, never through a link.

    Raises:
        Timeout: when somebody holds it for longer than ten seconds.
    """
    path = os.fspath(payload.lock)
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, 0o666)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"the lock is no regular file: {path}")
        if hasattr(os, "fchmod"):
            # Other people who share the cache take the same lock.
            with suppress(OSError):
                os.fchmod(descriptor, 0o666)
    finally:
        os.close(descriptor)
    lock: FileLock | SoftFileLock = FileLock(path, mode=0o666)
    try:
        lock.acquire(timeout=_LOCK_TIMEOUT)
    except NotImplementedError:
        # A file system without locks; the other clients fall back to the same name.
        lock = SoftFileLock(f"{path}.soft", mode=0o666)
        lock.acquire(timeout=_LOCK_TIMEOUT)
    try:
        yield
    finally:
        lock.release()


def _rewrite(payload: SharedPayload, remaining: Collection[str]) -> None:
    temporary = payload.manifest.with_name(f"{payload.manifest.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write("".join(f"{line}\n" for line in sorted(remaining)))
            file.flush()
            os.fsync(file.fileno())
        with suppress(OSError):
            temporary.chmod(0o666)
        os.replace(temporary, payload.manifest)
    finally:
        temporary.unlink(missing_ok=True)
