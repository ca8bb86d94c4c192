"""Running and ended jobs, as rows of `JobRecord` with live progress."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from modelshelf.core.model import JobKind, JobState
from modelshelf.core.units import utc_now
from modelshelf.gui.job_words import spoken_job
from modelshelf.gui.roles import ROW_ROLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from modelshelf.core.events import JobProgress
    from modelshelf.core.jobs import JobRecord

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class JobsModel(QAbstractListModel):
    """Jobs in the order of the ledger: active ones in queue order, then ended ones."""

    def __init__(
        self, parent: QObject | None = None, clock: Callable[[], datetime] = utc_now
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._rows: list[JobRecord] = []
        self._row_of: dict[str, int] = {}

    @property
    def jobs(self) -> tuple[JobRecord, ...]:
        """All rows."""
        return tuple(self._rows)

    @property
    def active(self) -> tuple[JobRecord, ...]:
        """The downloads that wait, run or pause."""
        return tuple(
            job for job in self._rows if job.state.is_active and job.kind is JobKind.DOWNLOAD
        )

    @property
    def bytes_per_second(self) -> float:
        """The speed of all running downloads together."""
        running = (job for job in self._rows if job.state is JobState.RUNNING)
        return sum(job.bytes_per_second for job in running)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """How many jobs are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The model's name, the spoken sentence, or the whole record."""
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        job = self._rows[index.row()]
        if role == ROW_ROLE:
            return job
        if role == Qt.ItemDataRole.DisplayRole:
            return str(job.model_id)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken_job(job, self._clock())
        return None

    def show(self, jobs: Sequence[JobRecord]) -> None:
        """Show exactly `jobs`; the same jobs in the same order keep their rows."""
        if [job.id for job in jobs] == [job.id for job in self._rows]:
            for row, job in enumerate(jobs):
                self._replace(row, job)
            return
        self.beginResetModel()
        self._rows = list(jobs)
        self._row_of = {job.id: row for row, job in enumerate(self._rows)}
        self.endResetModel()

    def apply(self, progress: Iterable[JobProgress]) -> None:
        """Move the bars of shown jobs that still run."""
        for event in progress:
            row = self._row_of.get(event.job_id)
            if row is None or not self._rows[row].state.is_active:
                continue
            moved = replace(
                self._rows[row],
                bytes_done=event.bytes_done,
                bytes_total=event.bytes_total,
                bytes_per_second=event.bytes_per_second,
            )
            self._replace(row, moved)

    def job(self, job_id: str) -> JobRecord | None:
        """The shown record of a job; None when it is not shown."""
        row = self._row_of.get(job_id)
        return None if row is None else self._rows[row]

    def job_at(self, index: _Index) -> JobRecord | None:
        """The record of a row."""
        return self.data(index, ROW_ROLE)

    def _replace(self, row: int, job: JobRecord) -> None:
        if self._rows[row] != job:
            self._rows[row] = job
            place = self.index(row)
            self.dataChanged.emit(place, place)
