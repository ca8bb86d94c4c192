import threading

import pytest

from modelshelf.core.cancel import Cancelled, CancelToken
from modelshelf.core.downloads.connections import ConnectionBudget, Patience, Truces


def test_one_job_alone_may_have_them_all():
    budget = ConnectionBudget(4)
    assert [budget.try_take("a") for _ in range(5)] == [True] * 4 + [False]


def test_who_has_more_than_its_part_yields_to_who_waits():
    budget = ConnectionBudget(4)
    cancel = CancelToken()
    for _ in range(4):
        budget.take("a", cancel)
    got = threading.Semaphore(0)

    def join() -> None:
        budget.take("b", cancel)
        got.release()

    threads = [threading.Thread(target=join) for _ in range(2)]
    for thread in threads:
        thread.start()
    budget.give_back("a")
    assert got.acquire(timeout=5)
    budget.give_back("a")
    assert got.acquire(timeout=5)
    for thread in threads:
        thread.join()
    assert not budget.try_take("a")
    budget.give_back("b")
    assert budget.try_take("a"), "nobody waits, so nothing lies idle"


def test_waiting_for_a_connection_ends_when_cancelled():
    budget = ConnectionBudget(1)
    budget.take("a", CancelToken())
    cancel = CancelToken()
    ended = threading.Event()

    def wait() -> None:
        with pytest.raises(Cancelled):
            budget.take("b", cancel)
        ended.set()

    thread = threading.Thread(target=wait)
    thread.start()
    cancel.cancel()
    assert ended.wait(5)
    thread.join()
    budget.give_back("a")
    assert budget.try_take("a"), "who gave up waiting holds nothing"


def test_delays_grow_and_end_at_a_limit():
    patience = Patience(first_delay=1.0, longest_delay=8.0, longest_retry_after=100.0)
    assert 0.75 <= patience.delay(1, None) <= 1.25
    assert 3.0 <= patience.delay(3, None) <= 5.0
    assert patience.delay(30, None) <= 10.0
    assert patience.delay(1, 60.0) == 60.0
    assert patience.delay(1, 1e9) == 100.0


def test_a_server_that_asked_for_a_pause_gets_it_and_others_do_not():
    truces = Truces()
    truces.agree("busy.example", 50.0)
    truces.agree("busy.example", 1.0)
    assert 40.0 < truces.remaining("busy.example") <= 50.0
    assert truces.remaining("other.example") == 0.0
