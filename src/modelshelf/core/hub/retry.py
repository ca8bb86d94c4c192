"""How long a call may take, and what is worth trying again."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelshelf.core.errors import ModelshelfError

_RATE_LIMIT = re.compile(r"\br\s*=\s*0\s*;\s*t\s*=\s*(\d{1,9})\b")


@dataclass(frozen=True, slots=True)
class Patience:
    """The limits of one call, in seconds.

    `step` bounds one wait (a name lookup, a connection, the next bytes), `reach` everything up to
    the first byte of an answer with all retries, `body` the rest of that answer. A command line
    has 15 s to say that there is no Hub: `reach` leaves four of them to start the program. `pauses`
    lie between attempts; a server that asks for a longer pause than `longest_pause` is not waited
    for.
    """

    step: float = 10.0
    reach: float = 11.0
    body: float = 60.0
    pauses: tuple[float, ...] = (0.5, 1.5, 3.0)
    longest_pause: float = 5.0


class Budget:
    """The time one call has left. Belongs to one thread."""

    def __init__(self, patience: Patience, now: Callable[[], float] = time.monotonic) -> None:
        self._patience = patience
        self._now = now
        self._began = now()
        self._ends = self._began + patience.reach

    @property
    def left(self) -> float:
        """Seconds until the call must end; may be negative."""
        return self._ends - self._now()

    @property
    def step(self) -> float:
        """Seconds that the next wait may take; always a little more than nothing."""
        return max(0.001, min(self._patience.step, self.left))

    def answer_began(self) -> None:
        """The other side was reached: the rest of the answer has its own time, given once."""
        self._ends = max(self._ends, self._began + self._patience.reach + self._patience.body)

    def pause_before(self, attempt: int, asked_for: float | None) -> float | None:
        """Return the seconds to wait before attempt number `attempt` (the first retry is 1).

        None means: give up. `asked_for` is what the server wants, if it said so.
        """
        if attempt > len(self._patience.pauses):
            return None
        pause = self._patience.pauses[attempt - 1] if asked_for is None else max(0.0, asked_for)
        too_long = pause > self._patience.longest_pause or pause >= self.left
        return None if too_long else pause


class TransientError(Exception):
    """A failure that may be gone at the next attempt; `error` is what to say if it is not."""

    def __init__(self, error: ModelshelfError, retry_after: float | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.retry_after = retry_after


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds a server asks to wait, from `Retry-After` or `RateLimit`; None if silent.

    `headers` has lower-case names. A date in the past counts as 0.
    """
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,15}(\.\d+)?", value):
        return float(value)
    if value:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
    limit = _RATE_LIMIT.search(headers.get("ratelimit", ""))
    return float(limit.group(1)) if limit else None
