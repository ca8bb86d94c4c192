"""How jobs ended, also when the database cannot be told: a full disk takes no record either."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from modelshelf.core.errors import ModelshelfError

if TYPE_CHECKING:
    from modelshelf.core.downloads.job import Outcome
    from modelshelf.core.jobs import JobRecord, Ledger

_log = logging.getLogger(__name__)


class Endings:
    """Records ends; one that the database does not take counts here until it does. Thread-safe."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._kept: dict[str, Outcome] = {}

    def record(self, job: JobRecord, outcome: Outcome) -> JobRecord:
        """Note how a job of this process ended; return how it stands now."""
        try:
            return self._finish(job.id, outcome)
        except ModelshelfError as error:
            _log.info("the end of job %s is not recorded yet: %s", job.id, error.message)
        with self._lock:
            self._kept[job.id] = outcome
        return _ended(job, outcome)

    def catch_up(self) -> None:
        """Tell the database what it did not take before, as far as it does now."""
        with self._lock:
            kept = dict(self._kept)
        for job_id, outcome in kept.items():
            try:
                self._finish(job_id, outcome)
            except ModelshelfError:
                continue
            with self._lock:
                self._kept.pop(job_id, None)

    def applied(self, job: JobRecord) -> JobRecord:
        """Return the truth about a job whose record may be older than its end."""
        with self._lock:
            outcome = self._kept.get(job.id)
        return job if outcome is None else _ended(job, outcome)

    def _finish(self, job_id: str, outcome: Outcome) -> JobRecord:
        return self._ledger.finish(job_id, outcome.state, error=outcome.error, path=outcome.path)


def _ended(job: JobRecord, outcome: Outcome) -> JobRecord:
    return replace(
        job,
        state=outcome.state,
        error=outcome.error,
        path=outcome.path,
        bytes_per_second=0.0,
        owner=None,
    )
