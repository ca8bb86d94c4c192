"""The list of jobs: where pointer and keys become actions on a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent

from modelshelf.core.units import utc_now
from modelshelf.gui.delegates.job_painter import JobRowDelegate, job_layout, job_size
from modelshelf.gui.delegates.painted_list import PaintedList
from modelshelf.gui.job_words import JobAction, job_action_words, job_actions, job_tip
from modelshelf.gui.theme import icon
from modelshelf.gui.widgets.menu import Menu

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtCore import QSize
    from PySide6.QtWidgets import QWidget

    from modelshelf.core.jobs import JobRecord
    from modelshelf.gui.delegates.card_layout import CardLayout
    from modelshelf.gui.models.jobs_model import JobsModel


class JobList(PaintedList):
    """Shows a `JobsModel`; `requested` carries a `JobAction` and the job's id."""

    requested = Signal(object, str)

    def __init__(
        self,
        model: JobsModel,
        parent: QWidget | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(model, parent)
        self._jobs = model
        self.setAccessibleName(self.tr("Downloads"))
        self.setItemDelegate(JobRowDelegate(self.touched, self, clock))

    def layout_of(self, index: QModelIndex) -> CardLayout | None:
        """Return where things are in a row, in the viewport."""
        job = self._jobs.job_at(index)
        if job is None:
            return None
        return job_layout(self.visualRect(index), job, right_to_left=self.is_mirrored)

    def press_button(self, index: QModelIndex, button: int) -> None:
        """Ask for what the button says."""
        job = self._jobs.job_at(index)
        if job is not None and button < len(job_actions(job)):
            self.requested.emit(job_actions(job)[button], job.id)

    def row_size(self, width: int) -> QSize:
        """Return the size of a row."""
        return job_size(width)

    def tip_at(self, point: QPoint) -> str:
        """Return what a tooltip says at a point of the viewport."""
        job = self._jobs.job_at(self.indexAt(point))
        if job is None:
            return ""
        button = self.button_at(point)
        if button is not None:
            return job_action_words(job_actions(job)[button]).text
        return job_tip(job)

    def button_rect(self, job_id: str, action: JobAction) -> QRect | None:
        """Where a painted button is in the viewport, for tours and tests."""
        for row, job in enumerate(self._jobs.jobs):
            layout = self.layout_of(self._jobs.index(row))
            if job.id == job_id and layout is not None and action in job_actions(job):
                return layout.buttons[job_actions(job).index(action)]
        return None

    def show_job(self, job_id: str) -> bool:
        """Bring a job to the front; False when it is not in the list."""
        for row, job in enumerate(self._jobs.jobs):
            if job.id == job_id:
                index = self._jobs.index(row)
                self.setCurrentIndex(index)
                self.scrollTo(index)
                return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does the first action, Delete takes an ended job off the list; arrows move."""
        job = self._jobs.job_at(self.currentIndex())
        if job is not None and (actions := job_actions(job)):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.requested.emit(actions[0], job.id)
                return
            if event.key() == Qt.Key.Key_Delete and JobAction.REMOVE in actions:
                self.requested.emit(JobAction.REMOVE, job.id)
                return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer everything that can be done with the job."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        job = self._jobs.job_at(index)
        if job is None:
            return
        self.setCurrentIndex(index)
        place = self.visualRect(index).center() if by_key else event.pos()
        self.menu_for(job).popup(self.viewport().mapToGlobal(place))

    def menu_for(self, job: JobRecord) -> Menu:
        """Return the context menu of a job; it deletes itself when it closes."""
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        actions = list(job_actions(job))
        if JobAction.SHOW not in actions:
            actions.append(JobAction.SHOW)
        for action in actions:
            words = job_action_words(action)
            item = menu.addAction(icon(words.icon, "secondary"), words.text)
            item.setData((action, job.id))
        menu.triggered.connect(self._take)
        return menu

    def _take(self, item: QAction) -> None:
        action, job_id = item.data()
        self.requested.emit(JobAction(action), job_id)
