"""All jobs: what runs, what waits, what ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
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

    def __init__(self, model: JobsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def show_job(self, job_id: str) -> bool:
        """Bring a job to the front; False when it is not in the list."""
        raise NotImplementedError
