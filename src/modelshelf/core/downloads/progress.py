"""How fast bytes come in."""

from __future__ import annotations

import math
import threading

_MEMORY_SECONDS = 3.0


class News:
    """Tells several threads that there may be something to do; each keeps count of what it saw."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    def tell(self) -> None:
        """Wake whoever waits."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def wait(self, seen: int) -> int:
        """Wait until there is more than `seen`; return what to wait for the next time."""
        with self._changed:
            self._changed.wait_for(lambda: self._count != seen)
            return self._count


class Meter:
    """Counts what comes over the network for one job; called for every piece, by every worker.

    `to_hash` tells that bytes may be waiting for the hashing threads.
    """

    def __init__(self) -> None:
        self.to_hash = News()
        self._lock = threading.Lock()
        self._fetched = 0

    @property
    def fetched(self) -> int:
        """Bytes received so far, also those that were thrown away."""
        return self._fetched

    def received(self, count: int) -> None:
        """Count bytes that just arrived."""
        with self._lock:
            self._fetched += count


class Speed:
    """A smoothed rate: a mean over the last seconds that forgets exponentially."""

    def __init__(self) -> None:
        self._at: float | None = None
        self._count = 0
        self._weighted = 0.0
        self._weight = 0.0

    def update(self, now: float, count: int) -> float:
        """Take the total `count` at the moment `now` (monotonic); return bytes per second."""
        if self._at is None:
            self._at, self._count = now, count
            return 0.0
        passed = now - self._at
        if passed > 0:
            fading = math.exp(-passed / _MEMORY_SECONDS)
            # Equal weights for equal times, so that the first seconds are not drawn to zero.
            self._weighted = self._weighted * fading + max(0, count - self._count) / passed * (
                1 - fading
            )
            self._weight = self._weight * fading + (1 - fading)
            self._at, self._count = now, count
        return self._weighted / self._weight if self._weight else 0.0


def eta(remaining: int, per_second: float) -> float | None:
    """How long the rest takes, in seconds; None when nobody can know."""
    return remaining / per_second if per_second >= 1 else None
