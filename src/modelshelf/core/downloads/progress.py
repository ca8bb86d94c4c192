"""How fast bytes come in."""

from __future__ import annotations

import math
import threading

_MEMORY_SECONDS = 3.0


class Meter:
    """Counts what comes over the network for one job; called for every piece, by every worker.

    `news` is set when there may be something to hash.
    """

    def __init__(self) -> None:
        self.news = threading.Event()
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

    def slot_filled(self) -> None:
        """Tell the hashing thread that it may go on."""
        self.news.set()


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
