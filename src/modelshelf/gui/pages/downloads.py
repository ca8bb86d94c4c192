"""All jobs: what runs, what waits, what ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from modelshelf.core.model import JobState
from modelshelf.core.units import format_speed, utc_now
from modelshelf.gui.delegates.job_list import JobList
from modelshelf.gui.job_words import JobAction
from modelshelf.gui.widgets import Button, ElidedLabel, EmptyState, Kind, Label, Look

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from modelshelf.gui.models.jobs_model import JobsModel


class DownloadsPage(QWidget):
    """A view of `model`, which the window keeps up to date. Signals carry a job id."""

    pause_requested = Signal(str)
    resume_requested = Signal(str)
    cancel_requested = Signal(str)
    retry_requested = Signal(str)
    remove_requested = Signal(str)
    clear_requested = Signal(list)
    """The ids of all ended jobs."""
    model_opened = Signal(str)
    """A model id: show it on the Models page."""
    models_opened = Signal()
    """Go where models can be found."""

    def __init__(
        self,
        model: JobsModel,
        parent: QWidget | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._jobs = model
        self.list = JobList(model, clock=clock)
        self._summary = ElidedLabel(look=Look.CAPTION)
        self._clear = Button(self.tr("Clear finished"), Kind.PLAIN)
        self._empty = EmptyState(
            "download",
            self.tr("Nothing is being downloaded"),
            self.tr("Downloads show their progress here, and stay until you clear them."),
            self.tr("Browse models"),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        self._lay_out()
        self.list.requested.connect(self._on_requested)
        self._clear.clicked.connect(self._on_clear)
        self._empty.acted.connect(self.models_opened)
        model.modelReset.connect(self._sum_up)
        model.dataChanged.connect(self._sum_up)
        self._sum_up()

    def show_job(self, job_id: str) -> bool:
        """Bring a job to the front; False when it is not in the list."""
        return self.list.show_job(job_id)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(Label(self.tr("Downloads"), Look.TITLE))
        head.addWidget(self._summary, 1, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._clear)
        head.setContentsMargins(0, 0, 12, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 12, 0)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(self._stack, 1)

    def _sum_up(self) -> None:
        jobs = self._jobs.jobs
        running = sum(job.state is JobState.RUNNING for job in jobs)
        waiting = len(self._jobs.active) - running
        parts: list[str] = []
        if running:
            parts.append(self.tr("{count} running").format(count=running))
        if waiting > 0:
            parts.append(self.tr("{count} waiting or paused").format(count=waiting))
        if self._jobs.bytes_per_second > 0:
            parts.append(format_speed(self._jobs.bytes_per_second))
        self._summary.set_full_text(" · ".join(parts))
        self._clear.setVisible(any(not job.state.is_active for job in jobs))
        self._stack.setCurrentWidget(self.list if jobs else self._empty)

    def _on_clear(self) -> None:
        ended = [job.id for job in self._jobs.jobs if not job.state.is_active]
        if ended:
            self.clear_requested.emit(ended)

    def _on_requested(self, action: JobAction, job_id: str) -> None:
        match action:
            case JobAction.PAUSE:
                self.pause_requested.emit(job_id)
            case JobAction.RESUME:
                self.resume_requested.emit(job_id)
            case JobAction.CANCEL:
                self.cancel_requested.emit(job_id)
            case JobAction.RETRY:
                self.retry_requested.emit(job_id)
            case JobAction.REMOVE:
                self.remove_requested.emit(job_id)
            case JobAction.SHOW:
                job = self._jobs.job(job_id)
                if job is not None:
                    self.model_opened.emit(job.model_id)
