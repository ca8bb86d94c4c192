"""Short news, and their history."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot
from tests.support.speech import found

from modelshelf.gui.widgets import Notice, ToastArea, Tone
from modelshelf.gui.widgets.toast import Toast


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(900, 600)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    # A toast under the pointer stays: somebody reads it.
    qtbot.mouseMove(made, QPoint(5, 5))
    return made


def test_a_toast_goes_away_by_itself_and_stays_in_the_history(qtbot: QtBot, host: QWidget) -> None:
    area = ToastArea(host, lifetime_ms=1)
    notice = Notice("bge-m3 is installed", Tone.GOOD)
    area.tell(notice)
    assert area.shown == (notice,)
    qtbot.waitUntil(lambda: area.shown == ())
    assert area.history == (notice,)


def test_a_toast_under_the_pointer_stays(qtbot: QtBot, host: QWidget) -> None:
    area = ToastArea(host, lifetime_ms=0)
    area.tell(Notice("being read"))
    toast = found(host, Toast)
    toast.enterEvent(QEnterEvent(QPointF(), QPointF(), QPointF()))
    with qtbot.assertNotEmitted(toast.gone):
        area.tell(Notice("another"))
    assert area.shown[0].text == "being read"
    toast.leaveEvent(QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: area.shown == ())


def test_its_action_runs_and_takes_it_away(qtbot: QtBot, host: QWidget) -> None:
    area = ToastArea(host)
    runs: list[str] = []
    area.tell(Notice("Download failed", Tone.DANGER, "Retry", lambda: runs.append("retry")))
    qtbot.mouseClick(found(host, QPushButton), Qt.MouseButton.LeftButton)
    assert runs == ["retry"]
    assert area.shown == ()


def test_three_are_on_screen_at_most_newest_lowest(qtbot: QtBot, host: QWidget) -> None:
    area = ToastArea(host)
    for number in range(5):
        area.tell(Notice(f"news {number}"))
    assert [notice.text for notice in area.shown] == ["news 2", "news 3", "news 4"]
    assert [notice.text for notice in area.history][:2] == ["news 4", "news 3"]
    toasts = [t for t in host.findChildren(Toast) if t.isVisible()]
    heights = [t.y() for t in sorted(toasts, key=lambda toast: toast.notice.text)]
    assert heights == sorted(heights)


@pytest.mark.parametrize(
    "direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft]
)
def test_it_stays_in_the_corner_when_the_window_changes(
    qtbot: QtBot, host: QWidget, direction: Qt.LayoutDirection
) -> None:
    host.setLayoutDirection(direction)
    area = ToastArea(host)
    area.tell(Notice("Downloading gpt2", Tone.ACCENT))
    toast = found(host, Toast)
    for size in ((1200, 800), (500, 400)):
        host.resize(*size)
        assert host.rect().adjusted(-12, -12, 12, 12).contains(toast.geometry())
        at_end = toast.geometry().center().x() > host.width() // 2
        assert at_end is (direction is Qt.LayoutDirection.LeftToRight)


def test_news_of_the_same_subject_takes_the_place_of_the_older(qtbot: QtBot, host: QWidget) -> None:
    area = ToastArea(host)
    for words, subject in (
        ("Asking the Hub about gpt2", "openai-community/gpt2"),
        ("bge-m3 is installed", "BAAI/bge-m3"),
        ("Downloading gpt2", "openai-community/gpt2"),
        ("without a subject", ""),
        ("without a subject either", ""),
    ):
        area.tell(Notice(words, subject=subject))
    shown = [notice.text for notice in area.shown]
    assert shown == ["Downloading gpt2", "without a subject", "without a subject either"]
    assert len(area.history) == 5


def test_clearing_forgets_everything(qtbot: QtBot, host: QWidget) -> None:
    area = ToastArea(host)
    area.tell(Notice("one"))
    area.clear()
    assert area.shown == ()
    assert area.history == ()
