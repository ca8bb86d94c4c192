"""Bytes over HTTP: one connection, kept open between requests, that can be cut from any thread."""

from __future__ import annotations

import io
import re
import ssl
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from modelshelf.core.downloads.dial import Dialler, tls
from modelshelf.core.errors import IntegrityError, ModelshelfError, NetworkError, StalledError
from modelshelf.core.hub import failures
from modelshelf.core.hub.failures import Peer
from modelshelf.core.hub.retry import TransientError, retry_after

if TYPE_CHECKING:
    from modelshelf.core.cancel import CancelToken
    from modelshelf.core.downloads.connections import Patience
    from modelshelf.core.hub.targets import Origin, Targets

_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_CONTENT_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19})")
_SECRET_HEADERS = ("authorization", "cookie", "proxy-authorization")
_KEPT = "What is here is kept; try again when the network is better."


class TransferFault(Exception):
    """Something went wrong on the way that may go right the next time.

    `error` is what a person is told when it never does; `retry_after` is how many seconds the
    server asked for; `is_network` says that no server answered at all.
    """

    def __init__(
        self,
        error: ModelshelfError,
        *,
        retry_after: float | None = None,
        is_network: bool = False,
    ) -> None:
        super().__init__(error.message)
        self.error = error
        self.retry_after = retry_after
        self.is_network = is_network


class StatusFault(TransferFault):
    """The server answered, but not with the file."""

    def __init__(self, status: int, host: str, seconds: float | None) -> None:
        said = {429: lambda: failures.too_many_requests(host, seconds)}.get(
            status, lambda: failures.server_error(host, status)
        )
        super().__init__(said(), retry_after=seconds)
        self.status = status
        self.host = host


class WrongContent(TransferFault):
    """The server has something else there than the file that was planned."""

    def __init__(self, host: str, found: str) -> None:
        super().__init__(
            IntegrityError(
                f"{host} has another file there than the Hub lists: {found}.",
                hint="Try again later. What is here is kept.",
            )
        )


class Body:
    """The answer to one request, read piece by piece.

    `start` is its first byte in the file; `total` how long the server says the whole file is.
    """

    def __init__(self, response: HTTPResponse, host: str, start: int, total: int | None) -> None:
        self.host = host
        self.start = start
        self.total = total
        self.is_page = response.headers.get_content_type() == "text/html"
        self._response = response
        self._left = None if response.chunked else response.length
        self._has_buffer = True

    def read_into(self, view: memoryview) -> int:
        """Fill the front of `view` with what arrived, waiting for at least a byte; 0 at the end.

        Raises:
            OSError, HTTPException: when the connection breaks or stalls.
        """
        if self._left is None:
            data = self._response.read1(len(view))
            view[: len(data)] = data
            return len(data)
        wanted = view[: min(len(view), self._left)]
        if not wanted:
            return 0
        if self._has_buffer:
            # What came in the same packet as the headers; a longer view would wait for more.
            wanted = wanted[: io.DEFAULT_BUFFER_SIZE]
            self._has_buffer = False
        count = self._response.fp.readinto1(wanted)
        self._left -= count
        return count

    def finish(self) -> bool:
        """End the answer; return whether it was read to its end, so that its connection is free."""
        is_over = self._left == 0 and not self._response.will_close
        self._response.close()
        return is_over


class HttpTransport:
    """One connection at a time, for one worker thread; only `cut` may come from another.

    Addresses and headers are secrets and appear in no message.
    """

    def __init__(self, targets: Targets, patience: Patience, cancel: CancelToken) -> None:
        self._targets = targets
        self._patience = patience
        self._cancel = cancel
        self._dialler = Dialler(targets, patience.connect, cancel)
        self._connection: HTTPConnection | None = None
        self._origin: Origin | None = None

    def get(self, url: str, headers: tuple[tuple[str, str], ...], start: int, end: int) -> Body:
        """Ask for bytes `start` up to `end`; a server that knows no ranges answers from 0.

        Raises:
            TransferFault: when no usable answer came.
            Cancelled: when asked to stop.
        """
        sent = dict(headers)
        for _ in range(_MOST_REDIRECTS + 1):
            origin = self._checked_origin(url)
            response = self._request(origin, url, sent, start, end)
            if response.status not in _REDIRECTS:
                try:
                    return _checked(response, origin.host, start, end)
                except BaseException:
                    self.close()
                    raise
            following = urljoin(url, response.headers.get("Location", ""))
            self.close()
            if self._checked_origin(following) != origin:
                sent = {k: v for k, v in sent.items() if k.lower() not in _SECRET_HEADERS}
            url = following
        raise TransferFault(failures.redirect_loop(self._checked_origin(url).host))

    def finish(self, body: Body) -> None:
        """End an answer, keeping the connection when it can serve another request."""
        if not body.finish():
            self.close()

    def fault_of(self, error: Exception) -> TransferFault:
        """Say which step failed, for an error that reading a body met."""
        return _fault_of(error, self._origin.host if self._origin else "The server")

    def cut(self) -> None:
        """End whatever this transport waits for, at once."""
        self._dialler.cut()

    def close(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        self._dialler.close()

    def _checked_origin(self, url: str) -> Origin:
        try:
            return self._targets.check_url(url)
        except ModelshelfError as error:
            raise TransferFault(error) from None

    def _request(
        self, origin: Origin, url: str, headers: dict[str, str], start: int, end: int
    ) -> HTTPResponse:
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"User-Agent": "modelshelf", **headers}
        sent.update({"Accept-Encoding": "identity", "Range": f"bytes={start}-{end - 1}"})
        while True:
            is_reused = self._connection is not None and self._origin == origin
            try:
                connection = self._connected(origin)
                connection.request("GET", target, headers=sent)
                return connection.getresponse()
            except (OSError, HTTPException, TransientError, ModelshelfError) as error:
                self.close()
                self._cancel.check()
                # A server may close a connection it kept open for us; that is no failure.
                if not is_reused or isinstance(error, TimeoutError):
                    raise _fault_of(error, origin.host) from error

    def _connected(self, origin: Origin) -> HTTPConnection:
        if self._connection is not None and self._origin == origin:
            return self._connection
        self.close()
        sock = self._dialler.open(origin)
        sock.settimeout(self._patience.stall)
        connection: HTTPConnection
        if origin.scheme == "https":
            connection = HTTPSConnection(origin.host, origin.port, context=tls())
        else:
            connection = HTTPConnection(origin.host, origin.port)
        connection.sock = sock
        self._connection, self._origin = connection, origin
        return connection


def _checked(response: HTTPResponse, host: str, start: int, end: int) -> Body:
    """Return the body when it is what was asked for, or the whole file."""
    headers, status = response.headers, response.status
    if status == 416:
        raise WrongContent(host, "it is shorter")
    if status not in (200, 206):
        known = {name.lower(): value for name, value in headers.items()}
        raise StatusFault(status, host, retry_after(known))
    if headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise TransferFault(
            NetworkError(
                f"{host} sent the file in another encoding than the one asked for.",
                hint="Something between here and the Hub changes files. Try another network.",
            )
        )
    if status == 200:
        return Body(response, host, 0, None if response.chunked else response.length)
    match = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", "").strip())
    if match is None or int(match[1]) != start or int(match[2]) >= end:
        raise WrongContent(host, "another part of it came than the one asked for")
    return Body(response, host, start, int(match[3]))


def _fault_of(error: Exception, host: str) -> TransferFault:
    told: ModelshelfError
    match error:
        case TransientError():
            return TransferFault(error.error, retry_after=error.retry_after, is_network=True)
        case ModelshelfError():
            told = error
        case TimeoutError():
            told = StalledError(f"{host} sent nothing for too long.", hint=_KEPT)
        case ssl.SSLError():
            told = failures.tls_failed(host, error)
        case HTTPException() if not isinstance(error, ConnectionError):
            told = failures.not_http(Peer(host, 0), type(error).__name__)
        case _:
            told = NetworkError(
                f"The connection to {host} was lost.", hint=_KEPT, details=type(error).__name__
            )
    return TransferFault(told, is_network=True)
