"""A job on screen: one record, painted into one rectangle in the style of the model cards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from modelshelf.core.model import JobState
from modelshelf.core.units import utc_now
from modelshelf.gui.delegates.card_layout import CardLayout, CardMetrics, CardNeeds
from modelshelf.gui.delegates.card_painter import card_metrics
from modelshelf.gui.delegates.card_parts import CardTouch, paint_facts, paint_frame, paint_name
from modelshelf.gui.job_words import (
    JobAction,
    job_action_words,
    job_actions,
    job_facts,
    job_state_word,
    shows_bar,
)
from modelshelf.gui.roles import ROW_ROLE
from modelshelf.gui.theme import colour
from modelshelf.gui.widgets.painting import (
    CONTROL_HEIGHT,
    Face,
    Kind,
    Tone,
    Touch,
    button_size,
    paint_bar,
    paint_button,
    paint_pill,
    pill_size,
)
from modelshelf.gui.widgets.progress import permille

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtGui import QPainter

    from modelshelf.core.jobs import JobRecord

_Index = QModelIndex | QPersistentModelIndex
_PILLS: dict[JobState, tuple[Tone, str]] = {
    JobState.QUEUED: (Tone.NEUTRAL, "clock"),
    JobState.RUNNING: (Tone.ACCENT, ""),
    JobState.PAUSED: (Tone.NEUTRAL, "pause"),
    JobState.DONE: (Tone.GOOD, "check"),
    JobState.FAILED: (Tone.DANGER, "circle-alert"),
    JobState.CANCELLED: (Tone.NEUTRAL, "ban"),
}
_ICON_ALONE = (JobAction.REMOVE,)


class JobRowDelegate(QStyledItemDelegate):
    """Paints one `JobRecord` per row; `touched` tells what the pointer does, as for cards."""

    def __init__(
        self,
        touched: Callable[[], tuple[int | None, int | None, bool]],
        parent: QObject | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._touched = touched
        self._clock = clock

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """As wide as the list, and always equally high."""
        return job_size(option.rect.width())  # pyright: ignore[reportAttributeAccessIssue] - stubs lack QStyleOption's fields

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the row."""
        job = index.data(ROW_ROLE)
        if job is None:
            return
        row, button, is_pressed = self._touched()
        is_hovered = row == index.row()
        is_focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        touch = CardTouch(
            is_selected=is_focused,
            is_hovered=is_hovered,
            button=button if is_hovered else None,
            is_pressed=is_pressed,
        )
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        paint_job(painter, option.rect, job, touch, self._clock(), right_to_left=mirrored)


def job_layout(rect: QRect, job: JobRecord, *, right_to_left: bool = False) -> CardLayout:
    """Return where things are in the row of `job`: for painting and for hit tests alike."""
    needs = CardNeeds(
        pill=pill_size(job_state_word(job), _PILLS[job.state][1]),
        buttons=tuple(_width(face) for face in job_faces(job)),
        has_bar=shows_bar(job),
    )
    return CardLayout.within(rect, needs, _metrics(), right_to_left=right_to_left)


def job_faces(job: JobRecord) -> tuple[Face, ...]:
    """Return the buttons of a row as they look."""
    faces: list[Face] = []
    for action in job_actions(job):
        words = job_action_words(action)
        label = "" if action in _ICON_ALONE else words.text
        kind = Kind.PRIMARY if action in (JobAction.RESUME, JobAction.RETRY) else Kind.PLAIN
        if action is JobAction.RETRY and job.state is JobState.CANCELLED:
            kind = Kind.PLAIN
        icon = "" if action is JobAction.SHOW else words.icon
        faces.append(Face(label, icon, Kind.QUIET if action in _ICON_ALONE else kind))
    return tuple(faces)


def paint_job(
    painter: QPainter,
    rect: QRect,
    job: JobRecord,
    touch: CardTouch,
    now: datetime,
    *,
    right_to_left: bool = False,
) -> None:
    """Paint the row of `job` into `rect`; the gap to the next row is part of it."""
    layout = job_layout(rect, job, right_to_left=right_to_left)
    painter.save()
    painter.setLayoutDirection(
        Qt.LayoutDirection.RightToLeft if right_to_left else Qt.LayoutDirection.LeftToRight
    )
    paint_frame(painter, layout.frame, touch)
    paint_name(painter, layout.title, job.model_id, right_to_left=right_to_left)
    tone, icon = _PILLS[job.state]
    words = job_state_word(job)
    paint_pill(painter, layout.pill, words, tone, icon, right_to_left=right_to_left)
    if shows_bar(job):
        ink = colour("accent" if job.state is JobState.RUNNING else "control")
        share = permille(job.bytes_done, job.bytes_total)
        paint_bar(painter, layout.bar, share, fill=ink, right_to_left=right_to_left)
    paint_facts(painter, layout.facts, job_facts(job, now), right_to_left=right_to_left)
    for place, (action, face) in enumerate(zip(job_actions(job), job_faces(job), strict=True)):
        shown = Face("", job_action_words(action).icon, face.kind) if layout.are_compact else face
        on_it = touch.button == place
        state = Touch(hovered=on_it, pressed=on_it and touch.is_pressed)
        paint_button(painter, layout.buttons[place], shown, state, right_to_left=right_to_left)
    painter.restore()


def job_size(width: int) -> QSize:
    """Return the size of a row in a list `width` px wide."""
    probe = CardLayout.within(QRect(0, 0, width, 0), CardNeeds(QSize(0, 0)), _metrics())
    return QSize(width, _metrics().card - probe.frame.height())


def _metrics() -> CardMetrics:
    # A job has no description: the bar follows the name.
    return replace(card_metrics(), line=0)


def _width(face: Face) -> int:
    return button_size(face).width() if face.text else CONTROL_HEIGHT
