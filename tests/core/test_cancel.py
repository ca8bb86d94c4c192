import socket
import threading

import pytest

from modelshelf.core.cancel import Cancelled, CancelToken


def test_a_token_is_cancelled_once_and_for_all():
    token = CancelToken()
    token.check()
    assert not token.wait(0)
    token.cancel()
    token.cancel()
    assert token.is_cancelled
    assert token.wait(60)
    with pytest.raises(Cancelled):
        token.check()


def test_cancelling_wakes_who_waits_for_the_token():
    token = CancelToken()
    woken: list[bool] = []
    waiting = threading.Thread(target=lambda: woken.append(token.wait(60)))
    waiting.start()
    token.cancel()
    waiting.join(timeout=10)
    assert woken == [True]


def test_closing_what_blocks_ends_it_at_once():
    token = CancelToken()
    ours, theirs = socket.socketpair()
    entered = threading.Event()
    got: list[bytes] = []

    def read() -> None:
        with token.on_cancel(lambda: ours.shutdown(socket.SHUT_RDWR)):
            entered.set()
            got.append(ours.recv(1))

    reader = threading.Thread(target=read)
    reader.start()
    assert entered.wait(10)
    token.cancel()
    reader.join(timeout=10)
    assert got == [b""]
    ours.close()
    theirs.close()


def test_a_callback_runs_once_and_only_while_its_block_does():
    token, calls = CancelToken(), list[str]()
    with token.on_cancel(lambda: calls.append("before")):
        pass
    with token.on_cancel(lambda: calls.append("during")):
        token.cancel()
        token.cancel()
    with token.on_cancel(lambda: calls.append("late")):
        assert calls == ["during", "late"]
    assert calls == ["during", "late"]


def test_one_failing_callback_does_not_keep_the_others_from_running():
    token, calls = CancelToken(), list[str]()

    def fail() -> None:
        calls.append("failing")
        raise OSError("already closed")

    def cancel() -> None:
        with (
            token.on_cancel(lambda: calls.append("first")),
            token.on_cancel(fail),
            token.on_cancel(lambda: calls.append("last")),
        ):
            token.cancel()

    with pytest.raises(OSError, match="already closed"):
        cancel()
    assert calls == ["first", "failing", "last"]
    assert token.is_cancelled
