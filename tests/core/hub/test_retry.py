"""Retries stay within the time that was promised."""

from datetime import UTC, datetime

import pytest

from modelshelf.core.hub.retry import Budget, Patience, retry_after


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("attempt_seconds", [0.0, 0.7, 3.0, 10.0])
def test_waits_and_pauses_together_stay_below_fifteen_seconds(attempt_seconds: float):
    clock = Clock()
    budget, attempt = Budget(Patience(), clock), 0
    while True:
        attempt += 1
        clock.now += min(attempt_seconds, budget.step)
        pause = budget.pause_before(attempt, None)
        if pause is None:
            break
        clock.now += pause
    assert clock.now - 100.0 < 15
    assert attempt <= 4


def test_a_step_never_outlives_the_call():
    clock = Clock()
    budget = Budget(Patience(step=10, reach=12), clock)
    assert budget.step == 10
    clock.now += 11
    assert budget.step == pytest.approx(1)
    clock.now += 11
    assert 0 < budget.step < 0.1


def test_an_answer_gets_time_of_its_own_but_only_once():
    clock = Clock()
    budget = Budget(Patience(reach=12, body=60), clock)
    clock.now += 11
    budget.answer_began()
    assert budget.left == pytest.approx(61)
    clock.now += 60
    budget.answer_began()
    assert budget.left == pytest.approx(1)


def test_what_a_server_asks_for_is_waited_for_only_when_it_is_short():
    budget = Budget(Patience(longest_pause=5), Clock())
    assert budget.pause_before(1, 2.0) == 2.0
    assert budget.pause_before(1, -3.0) == 0.0
    assert budget.pause_before(1, 6.0) is None
    assert budget.pause_before(1, 1e12) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT"}, 30.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 99999 07:28:00 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"ratelimit": '"api";r=0;t=55'}, 55.0),
        ({"ratelimit": '"api";r=10;t=55'}, None),
    ],
)
def test_the_wait_a_server_asks_for_is_read(headers: dict[str, str], seconds: float | None):
    assert retry_after(headers, datetime(2026, 10, 21, 7, 28, tzinfo=UTC)) == seconds
