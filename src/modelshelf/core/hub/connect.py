"""Name lookups and connections that end in time, whatever the network does."""

from __future__ import annotations

import errno
import selectors
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelshelf.core.cancel import Cancelled
from modelshelf.core.hub import failures
from modelshelf.core.hub.retry import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelshelf.core.hub.failures import Peer

_STAGGER = 0.25
_NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EACCES, errno.EPERM}
_REFUSED = {errno.ECONNREFUSED, errno.ECONNRESET}


@dataclass(frozen=True, slots=True)
class Address:
    """One way to a peer, as a name lookup gave it."""

    family: int
    sockaddr: tuple[str | int | bytes, ...]

    @property
    def host(self) -> str:
        """The numeric address."""
        return str(self.sockaddr[0])


@dataclass(slots=True)
class _Lookup:
    done: threading.Event = field(default_factory=threading.Event)
    addresses: tuple[Address, ...] = ()
    error: OSError | None = None


class Names:
    """Looks names up with a limit in time.

    The system's own call cannot be interrupted, so it runs in a thread of its own, which is
    abandoned when it does not end. Callers who ask for the same name meanwhile share it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: dict[tuple[str, int], _Lookup] = {}
        self._closed = False

    def look_up(self, peer: Peer, seconds: float) -> tuple[Address, ...]:
        """Return the addresses of `peer`, in the order to try them.

        Raises:
            NetworkError: when the name server does not answer in time.
            TransientError: when it could not be asked, or does not know the name.
            Cancelled: when this was closed.
        """
        key = (peer.host, peer.port)
        with self._lock:
            if self._closed:
                raise Cancelled
            lookup = self._pending.get(key)
            if lookup is None:
                lookup = self._pending[key] = _Lookup()
                thread = threading.Thread(
                    target=self._ask, args=(key, lookup), name=f"lookup {peer.host}", daemon=True
                )
                thread.start()
        answered = lookup.done.wait(seconds)
        if self._closed:
            raise Cancelled
        if not answered:
            raise failures.lookup_silent(peer, seconds)
        if lookup.error is not None:
            error = failures.lookup_failed(peer, str(lookup.error))
            if isinstance(lookup.error, socket.gaierror) and lookup.error.errno == socket.EAI_AGAIN:
                raise TransientError(error) from lookup.error
            raise error from lookup.error
        return lookup.addresses

    def close(self) -> None:
        """End every wait."""
        with self._lock:
            self._closed = True
            pending = list(self._pending.values())
        for lookup in pending:
            lookup.done.set()

    def _ask(self, key: tuple[str, int], lookup: _Lookup) -> None:
        try:
            found = socket.getaddrinfo(*key, type=socket.SOCK_STREAM)
            lookup.addresses = _interleaved(
                [Address(int(family), sockaddr) for family, _, _, _, sockaddr in found]
            )
        except (OSError, UnicodeError) as error:
            lookup.error = error if isinstance(error, OSError) else OSError(str(error))
        finally:
            with self._lock:
                self._pending.pop(key, None)
            lookup.done.set()


def connect_first(
    peer: Peer, addresses: Sequence[Address], seconds: float, is_closed: Callable[[], bool]
) -> socket.socket:
    """Connect to whichever address answers first, starting one more every quarter of a second.

    So a dead IPv6 route costs no time, and a host with many addresses no more than `seconds`.

    Raises:
        NetworkError: when none answers in time, or there is no way to it.
        TransientError: when the connection is refused.
        Cancelled: when `is_closed` says so meanwhile.
    """
    ends = time.monotonic() + seconds
    race = _Race()
    waiting = list(addresses)
    try:
        while waiting or race.is_running:
            if is_closed():
                raise Cancelled
            if waiting:
                race.start(waiting.pop(0))
            left = ends - time.monotonic()
            if left <= 0:
                break
            if (winner := race.wait(min(_STAGGER, left))) is not None:
                return winner
    finally:
        race.close()
    raise _why_none(peer, race.errors, seconds)


class _Race:
    """Connection attempts running side by side."""

    def __init__(self) -> None:
        self.errors: list[int] = []
        self._selector = selectors.DefaultSelector()
        self._running: set[socket.socket] = set()

    @property
    def is_running(self) -> bool:
        return bool(self._running)

    def start(self, address: Address) -> None:
        try:
            attempt = socket.socket(address.family, socket.SOCK_STREAM)
        except OSError as error:
            self.errors.append(error.errno or 0)
            return
        attempt.setblocking(False)
        try:
            attempt.connect(address.sockaddr)
        except BlockingIOError:
            pass
        except OSError as error:
            attempt.close()
            self.errors.append(error.errno or 0)
            return
        self._running.add(attempt)
        self._selector.register(attempt, selectors.EVENT_WRITE)

    def wait(self, seconds: float) -> socket.socket | None:
        """Return a connected socket as soon as there is one, or None after `seconds` at most."""
        if not self._running:
            return None
        for key, _ in self._selector.select(seconds):
            attempt = key.fileobj
            assert isinstance(attempt, socket.socket)
            self._selector.unregister(attempt)
            self._running.discard(attempt)
            code = attempt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code == 0:
                attempt.setblocking(True)
                attempt.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return attempt
            attempt.close()
            self.errors.append(code)
        return None

    def close(self) -> None:
        for attempt in self._running:
            attempt.close()
        self._running.clear()
        self._selector.close()


def _why_none(peer: Peer, errors: list[int], seconds: float) -> Exception:
    if _REFUSED & set(errors):
        return TransientError(failures.refused(peer))
    if not errors:
        return failures.connect_silent(peer, seconds)
    names = sorted({errno.errorcode.get(code, str(code)) for code in errors})
    error = failures.unreachable(peer, ", ".join(names))
    return error if set(errors) <= _NO_WAY else TransientError(error)


def _interleaved(addresses: list[Address]) -> tuple[Address, ...]:
    """Take turns between the families, the first one first (RFC 8305)."""
    first = [a for a in addresses if a.family == addresses[0].family]
    others = [a for a in addresses if a.family != addresses[0].family]
    ordered: list[Address] = []
    for index in range(max(len(first), len(others))):
        ordered += first[index : index + 1] + others[index : index + 1]
    return tuple(ordered)
