"""The connections under httpcore: every wait bounded by the budget of the call, every failure
named by the step that failed."""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
import weakref
from typing import TYPE_CHECKING, Any, TypeVar

import httpcore2

from modelshelf.core.cancel import Cancelled
from modelshelf.core.hub import failures
from modelshelf.core.hub.connect import Address, Names, connect_first
from modelshelf.core.hub.failures import Peer
from modelshelf.core.hub.retry import TransientError
from modelshelf.core.hub.targets import address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from modelshelf.core.hub.proxies import Proxy
    from modelshelf.core.hub.retry import Budget
    from modelshelf.core.hub.targets import Targets

_T = TypeVar("_T")


class Lines:
    """Opens connections for all pools of one Hub, and can cut them all.

    httpcore does its work in the thread of the caller, so the budget of the call that runs is
    kept per thread.
    """

    def __init__(self, targets: Targets, names: Names) -> None:
        self._targets = targets
        self._names = names
        self._open: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._local = threading.local()
        self.is_closed = False

    @property
    def budget(self) -> Budget:
        """The budget of the call that runs in this thread."""
        return self._local.budget

    @budget.setter
    def budget(self, budget: Budget) -> None:
        self._local.budget = budget

    def open(self, peer: Peer) -> socket.socket:
        """Look up and connect.

        Raises:
            NetworkError, TransientError, Cancelled: see `connect`.
        """
        addresses = self._addresses(peer)
        if not peer.variable:
            self._targets.check_addresses(peer.host, (address.host for address in addresses))
        opened = connect_first(peer, addresses, self.budget.step, lambda: self.is_closed)
        self.adopt(opened)
        return opened

    def adopt(self, opened: socket.socket) -> None:
        """Let `opened` be cut when everything is.

        Raises:
            Cancelled: when everything has been cut already.
        """
        with self._lock:
            if not self.is_closed:
                self._open.add(opened)
                return
        opened.close()
        raise Cancelled

    def cut(self) -> None:
        """End every wait of every thread at once, with `Cancelled`."""
        with self._lock:
            self.is_closed = True
            opened = list(self._open)
        self._names.close()
        for line in opened:
            _shut(line)

    def _addresses(self, peer: Peer) -> tuple[Address, ...]:
        literal = address_of(peer.host)
        if literal is None:
            return self._names.look_up(peer, self.budget.step)
        family = socket.AF_INET6 if literal.version == 6 else socket.AF_INET
        return (Address(int(family), (peer.host, peer.port)),)


class Backend(httpcore2.NetworkBackend):
    """What one pool of httpcore connects with, directly or through `proxy`."""

    def __init__(self, lines: Lines, proxy: Proxy | None) -> None:
        self._lines = lines
        self._proxy = proxy

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the budget of the call decides
        local_address: str | None = None,  # noqa: ARG002 - none is ever asked for
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002 - nor these
    ) -> httpcore2.NetworkStream:
        """Open a connection to the host of a request, or to the proxy on the way to it."""
        peer = self._proxy.peer if self._proxy else Peer(host.strip("[]"), port)
        return Line(self._lines, self._lines.open(peer), peer)


class Line(httpcore2.NetworkStream):
    """One open connection."""

    def __init__(self, lines: Lines, opened: socket.socket, peer: Peer) -> None:
        self._lines = lines
        self._socket = opened
        self._peer = peer

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - budget
        """Return the next bytes, or none at the end."""
        return self._bounded(lambda: self._socket.recv(max_bytes))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - budget
        """Send all of `buffer`."""
        self._bounded(lambda: self._socket.sendall(buffer))

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the budget of the call decides
    ) -> httpcore2.NetworkStream:
        """Encrypt the connection; `server_hostname` is whose certificate it must be."""
        name = server_hostname or self._peer.host
        seconds = self._lines.budget.step
        self._socket.settimeout(seconds)
        # A timeout bounds each of many reads inside the handshake; the timer bounds all of them.
        raw, too_late = self._socket, threading.Event()
        timer = threading.Timer(seconds, lambda: (too_late.set(), _shut(raw)))
        timer.daemon = True
        timer.start()
        try:
            encrypted = ssl_context.wrap_socket(raw, server_hostname=name)
        except (OSError, ValueError) as error:
            raw.close()
            if self._lines.is_closed:
                raise Cancelled from error
            if too_late.is_set() or isinstance(error, TimeoutError):
                raise failures.tls_silent(name, seconds) from error
            if isinstance(error, ssl.SSLError):
                raise failures.tls_failed(name, error) from error
            raise TransientError(failures.dropped(self._peer, str(error))) from error
        finally:
            timer.cancel()
        self._lines.adopt(encrypted)
        return Line(self._lines, encrypted, self._peer)

    def get_extra_info(self, info: str) -> Any:
        """Tell httpcore whether an idle connection has been closed by the other side."""
        if info != "is_readable":
            return None
        if self._socket.fileno() < 0:
            return True
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            return bool(selector.select(0))

    def _bounded(self, work: Callable[[], _T]) -> _T:
        seconds = self._lines.budget.step
        try:
            self._socket.settimeout(seconds)
            result = work()
        except OSError as error:
            if self._lines.is_closed:
                raise Cancelled from error
            if isinstance(error, TimeoutError):
                raise failures.answer_silent(self._peer, seconds) from error
            raise TransientError(failures.dropped(self._peer, str(error))) from error
        if self._lines.is_closed:
            raise Cancelled
        return result


def _shut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        # It was not connected, or is closed already.
        return
