"""A lock file that tells processes which have the same database open from each other."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform != "win32":
    import fcntl

_BETWEEN_TRIES = 0.02


class InUse:
    """Held together while the database is open, alone while a damaged file is replaced.

    Windows needs none of it: it does not rename a file that is open. Where the file system has no
    locks, everybody is taken to be alone.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor: int | None = None
        if sys.platform != "win32":
            file = path.with_name(f"{path.name}.lock")
            self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def share(self, deadline: float) -> bool:
        """Hold it together with the others; False when somebody was alone with it too long.

        `deadline` is a moment of `time.monotonic`.
        """
        waiting = threading.Event()
        while not self._hold(alone=False):
            if time.monotonic() > deadline:
                return False
            waiting.wait(_BETWEEN_TRIES)
        return True

    def try_alone(self) -> bool:
        """Hold it alone, or, when others have the database open, hold nothing and return False."""
        return self._hold(alone=True)

    def release(self) -> None:
        """Let go, for good."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _hold(self, *, alone: bool) -> bool:
        if sys.platform != "win32" and self._descriptor is not None:
            kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
            try:
                fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            except OSError:
                return True
        return True
