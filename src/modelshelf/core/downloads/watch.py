"""Telling this process about a job that another one runs, from what the database says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelshelf.core.downloads.progress import eta
from modelshelf.core.events import InventoryChanged, JobChanged, JobProgress
from modelshelf.core.model import JobState

if TYPE_CHECKING:
    from modelshelf.core.events import Sink
    from modelshelf.core.jobs import JobRecord


class Watch:
    """Sends the events of one job as its owner would, when its record has changed."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._seen: JobRecord | None = None

    def look(self, job: JobRecord) -> None:
        """Take the present record of the job."""
        before, self._seen = self._seen, job
        if before is not None and before.state is not job.state:
            self._sink(JobChanged(job.id, job.model_id, job.kind, job.state, job.error))
            if job.state is JobState.DONE:
                self._sink(InventoryChanged(frozenset({job.model_id})))
        if before is None or before.updated != job.updated:
            self._sink(
                JobProgress(
                    job_id=job.id,
                    model_id=job.model_id,
                    bytes_done=job.bytes_done,
                    bytes_total=job.bytes_total,
                    bytes_per_second=job.bytes_per_second,
                    eta_seconds=eta(job.bytes_total - job.bytes_done, job.bytes_per_second),
                )
            )
