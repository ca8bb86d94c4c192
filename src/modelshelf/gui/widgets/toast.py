"""Short news at the bottom right: one line, at most one action, gone after six seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPropertyAnimation,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QEnterEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QGraphicsOpacityEffect, QHBoxLayout, QPushButton, QWidget

from modelshelf.core.units import utc_now
from modelshelf.gui.theme import Weight, colour, font, motion_ms, paint_icon, scaled
from modelshelf.gui.widgets.painting import Tone, paint_box, paint_shadow, paint_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

NOTICE_ICONS = {
    Tone.NEUTRAL: "info",
    Tone.ACCENT: "download",
    Tone.GOOD: "check",
    Tone.CAUTION: "triangle-alert",
    Tone.DANGER: "circle-alert",
}
_SHADOW = 12
_MAX_WIDTH = 680
_KEPT = 100


@dataclass(frozen=True, slots=True)
class Notice:
    """One piece of news. `act` is called when its action is pressed; it must not block.

    `subject` says what it is about, a model id for example: on screen it takes the place of what
    was told of the same subject before. Without one it stands for itself.
    """

    text: str
    tone: Tone = Tone.NEUTRAL
    action: str = ""
    act: Callable[[], None] | None = None
    subject: str = ""
    when: datetime = field(default_factory=utc_now)


class _Action(QPushButton):
    """The word to press on a toast."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        words = QFontMetrics(font(13, Weight.SEMIBOLD)).horizontalAdvance(self.text())
        return QSize(words + scaled(16), scaled(28))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink = colour("surface")
        if self.underMouse() or self.hasFocus():
            paint_box(painter, self.rect(), 6, border=ink)
        centred = Qt.AlignmentFlag.AlignHCenter
        paint_text(painter, self.rect(), self.text(), font(13, Weight.SEMIBOLD), ink, centred)


class Toast(QWidget):
    """One notice on screen."""

    gone = Signal()

    def __init__(self, notice: Notice, lifetime_ms: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setAccessibleName(notice.text)
        self._timer = QTimer(self, singleShot=True, interval=lifetime_ms)
        self._timer.timeout.connect(self.leave)
        self._timer.start()
        row = QHBoxLayout(self)
        edge = _SHADOW
        row.setContentsMargins(edge, edge, edge + 8, edge)
        row.addStretch(1)
        self._action: _Action | None = None
        if notice.action:
            self._action = _Action(notice.action, self)
            self._action.clicked.connect(self._run_action)
            row.addWidget(self._action)

    def sizeHint(self) -> QSize:
        """One line, as long as its words up to a limit."""
        words = QFontMetrics(font(14)).horizontalAdvance(self.notice.text)
        width = scaled(16 + 16 + 10 + 16) + words + 2 * _SHADOW
        if self._action is not None:
            width += self._action.sizeHint().width() + 16
        return QSize(min(width, scaled(_MAX_WIDTH)), scaled(40) + 2 * _SHADOW)

    def leave(self) -> None:
        """Go away."""
        self._timer.stop()
        self.gone.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Who points at it is still reading."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Count again."""
        self._timer.start()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint words on the opposite of the theme's ground."""
        painter = QPainter(self)
        card = self.rect().adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)
        paint_shadow(painter, card, 8, _SHADOW)
        paint_box(painter, card, 8, fill=colour("text"))
        ink = colour("surface")
        side, pad = scaled(16), scaled(16)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = card.right() - pad - side if mirrored else card.x() + pad
        place = QRect(x, card.y() + (card.height() - side) // 2, side, side)
        paint_icon(painter, place, NOTICE_ICONS[self.notice.tone], ink)
        first = pad + side + scaled(10)
        last = pad if self._action is None else self._action.width() + 16
        words = card.adjusted(last if mirrored else first, 0, -first if mirrored else -last, 0)
        paint_text(painter, words.adjusted(0, 0, 2, 0), self.notice.text, font(14), ink)

    def _run_action(self) -> None:
        self.leave()
        if self.notice.act is not None:
            self.notice.act()


class ToastArea(QObject):
    """Stacks toasts over `host`, newest lowest, and keeps what was said."""

    told = Signal()

    def __init__(self, host: QWidget, *, lifetime_ms: int = 6000, margin: int = 12) -> None:
        super().__init__(host)
        self._host = host
        self._lifetime_ms = lifetime_ms
        self._margin = margin
        self._toasts: list[Toast] = []
        self._history: list[Notice] = []
        host.installEventFilter(self)

    @property
    def history(self) -> tuple[Notice, ...]:
        """What was told, newest first."""
        return tuple(reversed(self._history))

    @property
    def shown(self) -> tuple[Notice, ...]:
        """What is on screen, oldest first."""
        return tuple(toast.notice for toast in self._toasts)

    def tell(self, notice: Notice) -> None:
        """Show `notice`; three at most are on screen, one of each subject."""
        self._history = [*self._history, notice][-_KEPT:]
        for older in [t for t in self._toasts if notice.subject == t.notice.subject != ""]:
            self._remove(older)
        while len(self._toasts) >= 3:
            self._remove(self._toasts[0])
        toast = Toast(notice, self._lifetime_ms, self._host)
        toast.gone.connect(self._on_gone)
        self._toasts.append(toast)
        # In its place before it is seen: shown elsewhere first, it could think itself pointed at.
        self._arrange()
        toast.show()
        self._fade_in(toast)
        event = QAccessibleAnnouncementEvent(self._host, notice.text)
        QAccessible.updateAccessibility(event)
        self.told.emit()

    def clear(self) -> None:
        """Forget what was told; nothing on screen stays either."""
        for toast in list(self._toasts):
            self._remove(toast)
        self._history = []
        self.told.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the corner when the host changes its size."""
        if event.type() is QEvent.Type.Resize:
            self._arrange()
        return super().eventFilter(watched, event)

    def _on_gone(self) -> None:
        toast = self.sender()
        if isinstance(toast, Toast):
            self._remove(toast)

    def _remove(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._arrange()

    def _arrange(self) -> None:
        bottom = self._host.height() - self._margin + _SHADOW
        for toast in reversed(self._toasts):
            size = toast.sizeHint()
            mirrored = self._host.layoutDirection() == Qt.LayoutDirection.RightToLeft
            left = self._margin - _SHADOW
            right = self._host.width() - size.width() - self._margin + _SHADOW
            toast.setGeometry(QRect(left if mirrored else right, bottom - size.height(), 0, 0))
            toast.resize(size)
            toast.raise_()
            bottom -= size.height() - 2 * _SHADOW + 8

    def _fade_in(self, toast: Toast) -> None:
        duration = motion_ms(160)
        if not duration:
            return
        effect = QGraphicsOpacityEffect(toast)
        toast.setGraphicsEffect(effect)
        fade = QPropertyAnimation(effect, b"opacity", toast)
        fade.setStartValue(0.0)
        fade.setEndValue(1.0)
        fade.setDuration(duration)
        fade.setEasingCurve(QEasingCurve.Type.OutCubic)
        fade.finished.connect(toast.update)
        fade.start(QPropertyAnimation.DeletionPolicy.DeleteWhenStopped)
