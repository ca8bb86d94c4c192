"""Lookups and connections end in time, whatever the name server and the network do."""

import errno
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from tests.core.hub.conftest import MakeHub

from modelshelf.core.cancel import Cancelled
from modelshelf.core.errors import NetworkError
from modelshelf.core.hub.connect import Address, Names, connect_first
from modelshelf.core.hub.failures import Peer
from modelshelf.core.hub.retry import Patience, TransientError
from modelshelf.core.model import ModelId

HUB = Peer("hub.example", 443)
Resolver = Callable[..., list[Any]]


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Callable[[Resolver], None]:
    def use(resolver: Resolver) -> None:
        monkeypatch.setattr(socket, "getaddrinfo", resolver)

    return use


def _found(*hosts: str, port: int = 443) -> list[Any]:
    return [
        (
            socket.AF_INET6 if ":" in host else socket.AF_INET,
            socket.SOCK_STREAM,
            6,
            "",
            (host, port, 0, 0) if ":" in host else (host, port),
        )
        for host in hosts
    ]


def test_an_unknown_name_is_said(make_hub: MakeHub):
    with pytest.raises(NetworkError, match=r"hub\.example could not be looked up"):
        make_hub("https://hub.example").info(ModelId("a/b"))


def test_a_silent_name_server_is_given_up(resolve: Callable[[Resolver], None], make_hub: MakeHub):
    hang = threading.Event()

    def answer(*_: object, **__: object) -> list[Any]:
        hang.wait(60)
        return _found("127.0.0.1")

    resolve(answer)
    try:
        with pytest.raises(NetworkError, match="the name server did not answer"):
            make_hub("https://hub.example").info(ModelId("a/b"))
    finally:
        hang.set()


def test_a_name_server_that_fails_is_asked_again(resolve: Callable[[Resolver], None]):
    def fail(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(socket.EAI_AGAIN, "temporary failure")

    resolve(fail)
    with pytest.raises(TransientError) as caught:
        Names().look_up(HUB, 5)
    assert "could not be looked up" in caught.value.error.message


@pytest.mark.parametrize("host", ["x" * 300, "a..b", "\udcff"])
def test_a_name_that_cannot_be_one_is_said(resolve: Callable[[Resolver], None], host: str):
    def encode(name: str, *_: object, **__: object) -> list[Any]:
        name.encode("idna")
        return []

    resolve(encode)
    with pytest.raises(NetworkError, match="could not be looked up"):
        Names().look_up(Peer(host, 443), 5)


def test_questions_for_the_same_name_share_one_lookup(resolve: Callable[[Resolver], None]):
    asked, may_answer, both = list[str](), threading.Event(), threading.Barrier(2, timeout=10)

    def answer(host: str, *_: object, **__: object) -> list[Any]:
        asked.append(host)
        may_answer.wait(10)
        return _found("127.0.0.1")

    resolve(answer)
    names, found = Names(), list[tuple[Address, ...]]()

    def ask() -> None:
        both.wait()
        found.append(names.look_up(HUB, 10))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    with pytest.raises(NetworkError):
        names.look_up(HUB, 0.01)
    may_answer.set()
    for thread in threads:
        thread.join()
    assert [address.host for addresses in found for address in addresses] == ["127.0.0.1"] * 2
    assert len(asked) <= 2


def test_closing_ends_a_lookup(resolve: Callable[[Resolver], None]):
    asked, hang = threading.Event(), threading.Event()

    def answer(*_: object, **__: object) -> list[Any]:
        asked.set()
        hang.wait(60)
        return []

    resolve(answer)
    names, ended = Names(), threading.Event()

    def ask() -> None:
        with pytest.raises(Cancelled):
            names.look_up(HUB, 60)
        ended.set()

    thread = threading.Thread(target=ask)
    thread.start()
    assert asked.wait(10)
    names.close()
    assert ended.wait(10)
    thread.join()
    hang.set()
    with pytest.raises(Cancelled):
        names.look_up(HUB, 60)


def test_families_take_turns(resolve: Callable[[Resolver], None]):
    resolve(lambda *_, **__: _found("::1", "::2", "::3", "10.0.0.1"))
    found = [address.host for address in Names().look_up(HUB, 5)]
    assert found == ["::1", "10.0.0.1", "::2", "::3"]


class _Unanswered:
    """A port whose queue is full: connecting to it gets no answer, as behind a firewall."""

    def __init__(self) -> None:
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port: int = self.listener.getsockname()[1]
        self._waiting: list[socket.socket] = []
        for _ in range(3):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", self.port))
            self._waiting.append(waiting)

    def close(self) -> None:
        for one in [*self._waiting, self.listener]:
            one.close()


@pytest.fixture
def unanswered():
    port = _Unanswered()
    yield Address(int(socket.AF_INET), ("127.0.0.1", port.port))
    port.close()


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield Address(int(socket.AF_INET), server.getsockname())


def _connect(*addresses: Address, seconds: float = 5.0) -> socket.socket:
    return connect_first(HUB, addresses, seconds, lambda: False)


def test_the_first_that_answers_wins_over_one_that_is_silent(
    unanswered: Address, listening: Address
):
    with _connect(unanswered, listening) as won:
        assert won.getpeername() == listening.sockaddr
        assert won.getblocking()


def test_all_silent_together_take_no_longer_than_one(unanswered: Address):
    with pytest.raises(NetworkError, match="did not answer the connection within"):
        _connect(*[unanswered] * 8, seconds=0.4)


def test_closing_ends_a_connection_attempt(unanswered: Address):
    with pytest.raises(Cancelled):
        connect_first(HUB, [unanswered], 60, lambda: True)


def test_no_way_there_is_said_at_once(monkeypatch: pytest.MonkeyPatch):
    def no_way(*_: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", no_way)
    address = Address(int(socket.AF_INET), ("127.0.0.1", 9))
    with pytest.raises(NetworkError, match="cannot be reached from this network") as caught:
        _connect(address, address)
    assert caught.value.details == "ENETUNREACH"


def test_no_address_at_all_is_said():
    with pytest.raises(NetworkError):
        _connect()


def test_a_hub_behind_a_firewall_is_given_up(unanswered: Address, make_hub: MakeHub):
    hub = make_hub(f"http://127.0.0.1:{unanswered.sockaddr[1]}", patience=Patience(step=0.3))
    with pytest.raises(NetworkError, match="did not answer the connection"):
        hub.info(ModelId("a/b"))
