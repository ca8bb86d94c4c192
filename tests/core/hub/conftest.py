"""Hubs to ask: the fake one of the sample, and bare sockets for what no web server does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from tests.support.fake_hub import FakeHub

from modelshelf.core.hub.client import Hub
from modelshelf.core.hub.retry import Patience

SHORT = Patience(step=0.3, reach=1.0, body=2.0, pauses=(0.01, 0.01), longest_pause=0.05)
MakeHub = Callable[..., Hub]
Talk = Callable[[socket.socket], None]


@pytest.fixture
def fake() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        yield hub


@pytest.fixture
def make_hub() -> Iterator[MakeHub]:
    """Make hubs that lose patience quickly; they are closed at the end."""
    made: list[Hub] = []

    def make(endpoint: str, token: str | None = None, *, patience: Patience = SHORT) -> Hub:
        hub = Hub(endpoint, lambda: token, patience=patience)
        made.append(hub)
        return hub

    yield make
    for hub in made:
        hub.close()


class Socketed:
    """A port where each connection is handed to `talk`; `received` is what was sent there."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self._open: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.received: list[bytes] = []
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._over.is_set():
                connection.close()
                return
            self._open.append(connection)
            try:
                self._talk(connection)
            except OSError:
                continue

    def read_request(self, connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data and (chunk := connection.recv(65_536)):
            data += chunk
        self.received.append(data)
        return data

    def stop(self) -> None:
        self._over.set()
        for connection in self._open:
            connection.close()
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        self._listener.close()


@pytest.fixture
def listen() -> Iterator[Callable[[Talk], Socketed]]:
    started: list[Socketed] = []

    def start(talk: Talk) -> Socketed:
        started.append(Socketed(talk))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def answering(listen: Callable[[Talk], Socketed]) -> Callable[[bytes], Socketed]:
    """Start a port that reads a request, answers these bytes and closes."""

    def start(answer: bytes) -> Socketed:
        def talk(connection: socket.socket) -> None:
            server.read_request(connection)
            connection.sendall(answer)
            connection.shutdown(socket.SHUT_RDWR)

        server = listen(talk)
        return server

    return start


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
