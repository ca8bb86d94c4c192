"""How many connections all downloads together may hold, and how patient they are with servers."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelshelf.core.cancel import CancelToken


@dataclass(frozen=True, slots=True)
class Patience:
    """When to give up waiting, in seconds; and how often to try again.

    `attempts` failures in a row, without `progress` bytes between them, end a file. Below
    `slowest` bytes per second over `slow_window` a connection counts as stalled.
    """

    connect: float = 10.0
    stall: float = 20.0
    attempts: int = 6
    first_delay: float = 0.5
    longest_delay: float = 15.0
    longest_retry_after: float = 600.0
    slowest: int = 1024
    slow_window: float = 30.0
    progress: int = 64 << 10

    def delay(self, failures: int, retry_after: float | None) -> float:
        """How long to wait after so many failures in a row; what a server asks for counts."""
        own = min(self.longest_delay, self.first_delay * 2 ** (failures - 1))
        own *= random.uniform(0.75, 1.25)
        return max(own, min(retry_after or 0.0, self.longest_retry_after))


class ConnectionBudget:
    """A fixed number of connections, shared fairly: who has more than its part yields to others."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._changed = threading.Condition()
        self._held: dict[str, int] = {}
        self._waiting: dict[str, int] = {}

    def take(self, job_id: str, cancel: CancelToken) -> None:
        """Wait until `job_id` may open a connection.

        Raises:
            Cancelled: when asked to stop while waiting.
        """
        with cancel.on_cancel(self._wake), self._changed:
            self._waiting[job_id] = self._waiting.get(job_id, 0) + 1
            try:
                while not self._may_take(job_id):
                    cancel.check()
                    self._changed.wait()
                cancel.check()
                self._held[job_id] = self._held.get(job_id, 0) + 1
            finally:
                self._waiting[job_id] -= 1

    def try_take(self, job_id: str) -> bool:
        """Open a connection for `job_id` when that is possible right now."""
        with self._changed:
            if not self._may_take(job_id):
                return False
            self._held[job_id] = self._held.get(job_id, 0) + 1
            return True

    def give_back(self, job_id: str) -> None:
        """Let another one connect."""
        with self._changed:
            left = self._held[job_id] - 1
            if left:
                self._held[job_id] = left
            else:
                del self._held[job_id]
            self._changed.notify_all()

    def _may_take(self, job_id: str) -> bool:
        if sum(self._held.values()) >= self.limit:
            return False
        waiting = {job for job, count in self._waiting.items() if count}
        jobs = self._held.keys() | waiting | {job_id}
        fair = max(1, self.limit // len(jobs))
        return self._held.get(job_id, 0) < fair or not waiting - {job_id}

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


class Truces:
    """Servers that asked for a pause (429, 503 with Retry-After): nobody calls them before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def agree(self, host: str, seconds: float) -> None:
        """Leave `host` alone for so long."""
        with self._lock:
            self._until[host] = max(self._until.get(host, 0.0), time.monotonic() + seconds)

    def remaining(self, host: str) -> float:
        """How long `host` wants to be left alone still, in seconds."""
        with self._lock:
            return max(0.0, self._until.get(host, 0.0) - time.monotonic())
