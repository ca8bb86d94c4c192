"""Between the GUI thread and all others."""

import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot
from tests.support.inline import Inline

from modelshelf.core.events import JobProgress
from modelshelf.core.model import ModelId
from modelshelf.gui.bridge import EventBridge
from modelshelf.gui.threads import Background, DownloadThread, DownloadThreads


class Desk(QObject):
    """Remembers what came home, and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[object] = []
        self.errors: list[Exception] = []
        self.threads: list[QThread] = []

    def take(self, result: object) -> None:
        self.results.append(result)
        self.threads.append(QThread.currentThread())

    def fail(self, error: Exception) -> None:
        self.errors.append(error)
        self.threads.append(QThread.currentThread())


@pytest.fixture
def background(qtbot: QtBot):
    made = Background()
    yield made
    made.close()


def progress(job: str, done: int) -> JobProgress:
    return JobProgress(job, ModelId("org/model"), done, 10**11, 1.0, None)


def test_a_result_comes_home_to_the_gui_thread(qtbot: QtBot, background: Background) -> None:
    desk = Desk()
    away: list[QThread] = []

    def work() -> int:
        away.append(QThread.currentThread())
        return 2_500_000_000

    background.run(work, done=desk.take, failed=desk.fail, owner=desk)
    qtbot.waitUntil(lambda: bool(desk.results))
    assert desk.results == [2_500_000_000]
    assert desk.threads == [desk.thread()]
    assert away[0] is not desk.thread()


def test_a_failure_comes_home_too(qtbot: QtBot, background: Background) -> None:
    desk = Desk()

    def work() -> None:
        raise ValueError("no")

    background.run(work, done=desk.take, failed=desk.fail, owner=desk)
    qtbot.waitUntil(lambda: bool(desk.errors))
    assert str(desk.errors[0]) == "no"
    assert desk.results == []


def test_what_comes_too_late_for_its_owner_is_dropped(qtbot: QtBot, background: Background) -> None:
    desk, witness = Desk(), Desk()
    gate = threading.Event()
    results = desk.results
    background.run(lambda: gate.wait(5), done=desk.take, failed=desk.fail, owner=desk)
    shiboken6.delete(desk)
    gate.set()
    background.run(lambda: 1, done=witness.take, failed=witness.fail, owner=witness)
    qtbot.waitUntil(lambda: bool(witness.results))
    assert results == []


def test_closing_with_work_pending_drops_it(qtbot: QtBot) -> None:
    background, desk = Background(), Desk()
    gate = threading.Event()
    for _ in range(50):
        background.run(lambda: gate.wait(5), done=desk.take, failed=desk.fail, owner=desk)
    gate.set()
    background.close()
    assert desk.errors == []


def test_inline_work_is_home_at_once(qtbot: QtBot) -> None:
    desk = Desk()
    background = Background(executor=Inline())
    background.run(lambda: "now", done=desk.take, failed=desk.fail, owner=desk)
    assert desk.results == ["now"]


def test_downloads_run_in_qthreads_and_report_through_their_signal(qtbot: QtBot) -> None:
    bridge = EventBridge(interval_ms=0)
    threads = DownloadThreads(bridge)
    kinds: list[type] = []

    def download() -> None:
        kinds.append(type(QThread.currentThread()))
        for done in range(0, 8_000_000_000, 1_000_000_000):
            threads.sink(progress("a", done))

    got: list[JobProgress] = []
    bridge.arrived.connect(got.extend)
    # The queue asks for threads from whatever thread it is in.
    starter = threading.Thread(target=lambda: threads.spawn("download a", download))
    starter.start()
    starter.join()
    qtbot.waitUntil(lambda: bool(got) and got[-1].bytes_done == 7_000_000_000)
    assert kinds == [DownloadThread]
    assert threads.wait()
    qtbot.waitUntil(lambda: threads.running == 0)


def test_of_many_events_only_the_last_per_key_arrives(qtbot: QtBot) -> None:
    bridge = EventBridge(interval_ms=0)
    batches: list[list[JobProgress]] = []
    bridge.arrived.connect(batches.append)

    def shout(job: str) -> None:
        for done in range(5000):
            bridge.post(progress(job, done))

    callers = [threading.Thread(target=shout, args=(name,)) for name in "abcd"]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    bridge.flush()
    last = {event.job_id: event.bytes_done for batch in batches for event in batch}
    assert last == dict.fromkeys("abcd", 4999)
    assert sum(map(len, batches)) < 20_000


def test_a_later_event_is_delivered_later(qtbot: QtBot) -> None:
    bridge = EventBridge()
    batches: list[list[JobProgress]] = []
    bridge.arrived.connect(batches.append)
    bridge.post(progress("a", 1))
    bridge.post(progress("b", 1))
    bridge.post(progress("a", 2))
    bridge.flush()
    assert [(event.job_id, event.bytes_done) for event in batches[0]] == [("b", 1), ("a", 2)]
    with qtbot.assertNotEmitted(bridge.arrived):
        bridge.flush()
