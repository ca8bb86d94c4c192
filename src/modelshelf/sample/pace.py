"""A speed limit that can be changed while bytes flow."""

from __future__ import annotations

import threading
import time

_LARGE_STEP = 1 << 18
_SMALL_STEPS = (512, 65_536)
_STEPS_PER_SECOND = 20


class Pace:
    """How fast bodies are sent: bytes per second in total and per connection; None is no limit."""

    def __init__(self, total: int | None = None, per_connection: int | None = None) -> None:
        self._lock = threading.Lock()
        self._free_at = 0.0
        self._stopped = threading.Event()
        self.total = total
        self.per_connection = per_connection

    def set(self, total: int | None, per_connection: int | None = None) -> None:
        """Change the limits; transfers under way follow within a twentieth of a second."""
        with self._lock:
            self.total = total
            self.per_connection = per_connection
            self._free_at = 0.0

    def stop(self) -> None:
        """Let nobody wait any longer."""
        self._stopped.set()

    def restart(self) -> None:
        """Take up the limits again after `stop`."""
        self._stopped.clear()

    @property
    def is_stopped(self) -> bool:
        """Whether nothing may be sent any more."""
        return self._stopped.is_set()

    def wait(self, event: threading.Event, seconds: float | None = None) -> bool:
        """Wait for `event`, but not beyond `stop`; return whether the event is set."""
        end = None if seconds is None else time.monotonic() + seconds
        while not self._stopped.is_set():
            rest = 0.05 if end is None else min(0.05, end - time.monotonic())
            if event.wait(max(0.0, rest)):
                return True
            if end is not None and time.monotonic() >= end:
                break
        return event.is_set()

    def pause(self, seconds: float) -> None:
        """Let time pass, but not beyond `stop`."""
        self._stopped.wait(seconds)

    def step(self) -> int:
        """Return how many bytes to send at once."""
        rates = [rate for rate in (self.total, self.per_connection) if rate is not None]
        if not rates:
            return _LARGE_STEP
        low, high = _SMALL_STEPS
        return max(low, min(high, min(rates) // _STEPS_PER_SECOND))

    def reserve(self, count: int) -> float:
        """Book `count` bytes of the total; return when they may go (monotonic seconds)."""
        with self._lock:
            if not self.total:
                return 0.0
            self._free_at = max(self._free_at, time.monotonic()) + count / self.total
            return self._free_at


class Meter:
    """The pace of one connection."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._free_at = 0.0

    def step(self) -> int:
        """Return how many bytes to send at once."""
        return self._pace.step()

    def wait_for(self, count: int) -> None:
        """Block until `count` more bytes may be sent."""
        at = self._pace.reserve(count)
        if rate := self._pace.per_connection:
            self._free_at = max(self._free_at, time.monotonic()) + count / rate
            at = max(at, self._free_at)
        delay = at - time.monotonic()
        if delay > 0:
            self._pace.pause(delay)
