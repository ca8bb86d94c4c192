"""Every call that changes the disk fails in turn, and no run after it suffers."""

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.core.downloads.conftest import MODEL, Rig

from modelshelf.core.model import JobState
from modelshelf.core.stores import layout

FILES = {"config.json": b"{}", "sub/model.safetensors": bytes(range(256)) * 20}
CALLS = ("open", "replace", "fsync", "symlink", "unlink", "mkdir", "rmdir", "ftruncate", "pwrite")


class Saboteur:
    """Lets the call number `turn` that touches the store fail; `for_ever` all after it too."""

    def __init__(self, store: Path, turn: int, *, for_ever: bool) -> None:
        self._store = str(store)
        self._left = turn
        self._for_ever = for_ever
        self.has_struck = False

    def wrap(self, call: Callable[..., object]) -> Callable[..., object]:
        def wrapped(target, *args, **kwargs):
            if self._is_ours(target):
                self._left -= 1
                if self._left == 0 or (self._left < 0 and self._for_ever):
                    self.has_struck = True
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
            return call(target, *args, **kwargs)

        return wrapped

    def _is_ours(self, target: Any) -> bool:
        if isinstance(target, int):
            target = os.readlink(f"/proc/self/fd/{target}")
        return str(target).startswith((self._store, "../"))


def check_invariants(rig: Rig) -> None:
    """What must hold at any instant: final names mean whole, a ref means a whole snapshot."""
    if not rig.repo.exists():
        return
    for blob in (rig.repo / "blobs").glob("*"):
        content = blob.read_bytes()
        git = hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()
        assert blob.name in (hashlib.sha256(content).hexdigest(), git)
    ref = rig.repo / "refs" / "main"
    if ref.exists():
        snapshot = layout.snapshot_path(rig.repo, ref.read_text())
        assert {str(p.relative_to(snapshot)) for p in snapshot.rglob("*") if p.is_file()} == {
            *FILES
        }


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs names of open files")
@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "for ever"])
def test_every_call_fails_in_turn(rig: Rig, monkeypatch, for_ever: bool):
    rig.hub.put(MODEL, FILES)
    queue = rig.queue()
    ended: list[JobState] = []
    for turn in range(1, 200):
        saboteur = Saboteur(rig.store, turn, for_ever=for_ever)
        with monkeypatch.context() as patch:
            for name in CALLS:
                patch.setattr(os, name, saboteur.wrap(getattr(os, name)))
            job = rig.download(queue)
        if not saboteur.has_struck:
            assert job.state is JobState.DONE
            break
        ended.append(job.state)
        check_invariants(rig)
        again = rig.download(queue)
        assert again.state is JobState.DONE, f"call {turn}: {again.error}"
        assert rig.content(again) == FILES
        left = list(rig.own.iterdir()) if rig.own.exists() else []
        assert not left, f"call {turn} left {left}"
        for path in sorted(rig.repo.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        rig.repo.rmdir()
    assert 20 < len(ended) < 199, "every call was met"
    assert JobState.FAILED in ended
