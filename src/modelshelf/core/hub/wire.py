"""One request to the Hub: bounded in time and size, tried again where that helps, redirected only
to where it may go, and with the token for the Hub alone."""

from __future__ import annotations

import threading
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpcore2
import httpx2

from modelshelf.core.cancel import Cancelled
from modelshelf.core.errors import NetworkError
from modelshelf.core.hub import failures
from modelshelf.core.hub.connect import Names
from modelshelf.core.hub.failures import Peer
from modelshelf.core.hub.line import Backend, Lines
from modelshelf.core.hub.proxies import Proxy, proxy_for
from modelshelf.core.hub.retry import Budget, Patience, TransientError, retry_after
from modelshelf.core.hub.targets import Origin, Targets, joined

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

_MOST_HOPS = 6
_MOST_CONNECTIONS = 32
_IDLE_SECONDS = 30.0
_REDIRECTS = {301, 302, 303, 307, 308}
_SECRET_HEADERS = {"authorization", "cookie", "proxy-authorization"}
# The client library prints what these say; nothing a server sends is printed here.
_DROPPED_HEADERS = {"content-encoding", "transfer-encoding", "content-length", "x-hf-warning"}


@dataclass(frozen=True, slots=True)
class _Hop:
    """One request of a chain of redirects."""

    method: str
    url: str
    origin: Origin
    headers: list[tuple[str, str]]
    limit: int


class Wire:
    """The connections of one Hub. Thread-safe."""

    def __init__(self, hub: Origin, patience: Patience) -> None:
        self.hub = hub
        self.targets = Targets(hub)
        self.names = Names()
        self._patience = patience
        self._lines = Lines(self.targets, self.names)
        self._public: set[str] = set()
        self._closing = threading.Event()
        self._pools: dict[Proxy | None, httpcore2.ConnectionPool] = {}
        self._lock = threading.Lock()

    def send(self, request: httpx2.Request, *, limit: int, leave_hub: bool) -> httpx2.Response:
        """Send `request` and return its whole answer of at most `limit` bytes.

        `leave_hub` says whether a redirect to another server is followed (without the token); if
        not, the redirecting answer itself is returned. 4xx answers are returned, those worth a
        retry are tried again and then raised.

        Raises:
            NetworkError, StalledError, FormatError: which step failed.
            Cancelled: when the Hub was closed meanwhile.
        """
        url = str(request.url)
        origin = self.targets.check_url(url)
        budget = Budget(self._patience)
        for _ in range(_MOST_HOPS):
            hop = _Hop(request.method, url, origin, self._headers(request, origin), limit)
            answer = self._send_patiently(hop, budget)
            place = answer.headers.get("location", "")
            if answer.status_code not in _REDIRECTS or not place:
                return answer
            url = joined(url, place)
            origin = self.targets.check_url(url)
            if origin != self.hub and not leave_hub:
                return answer
        raise failures.redirect_loop(self.hub.host)

    def check_target(self, url: str) -> None:
        """Refuse an address that an answer led to when it is unencrypted or private.

        A name that cannot be looked up here is left to whoever connects.

        Raises:
            NetworkError: when it is refused.
        """
        origin = self.targets.check_url(url)
        known = origin == self.hub or self.targets.may_be_private or origin.host in self._public
        if known or proxy_for(origin) is not None:
            return
        try:
            peer = Peer(origin.host, origin.port)
            addresses = self.names.look_up(peer, self._patience.step)
        except (NetworkError, TransientError):
            return
        self.targets.check_addresses(origin.host, (address.host for address in addresses))
        self._public.add(origin.host)

    def close(self) -> None:
        """Cut all connections; calls that run end with `Cancelled`."""
        self._closing.set()
        self._lines.cut()
        with self._lock:
            pools = list(self._pools.values())
            self._pools.clear()
        for pool in pools:
            pool.close()

    def _headers(self, request: httpx2.Request, origin: Origin) -> list[tuple[str, str]]:
        trusted = origin == self.hub
        kept = [
            (name, value)
            for name, value in request.headers.items()
            if name not in ("host", "accept-encoding", "connection")
            and (trusted or name not in _SECRET_HEADERS)
        ]
        return [*kept, ("host", _host_header(origin)), ("accept-encoding", "identity")]

    def _send_patiently(self, hop: _Hop, budget: Budget) -> httpx2.Response:
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._send_once(hop, budget)
            except TransientError as failure:
                pause = budget.pause_before(attempt, failure.retry_after)
                if pause is None:
                    raise failure.error from failure
                if self._closing.wait(pause):
                    raise Cancelled from failure

    def _send_once(self, hop: _Hop, budget: Budget) -> httpx2.Response:
        proxy = proxy_for(hop.origin)
        peer = proxy.peer if proxy else Peer(hop.origin.host, hop.origin.port)
        self._lines.budget = budget
        seconds = budget.step
        try:
            with self._pool(proxy).stream(
                hop.method, hop.url, headers=hop.headers, extensions={"timeout": {"pool": seconds}}
            ) as raw:
                budget.answer_began()
                headers = _decoded(raw.headers)
                _check_status(raw.status, headers, hop.origin.host, peer)
                content = _bounded_body(raw.iter_stream(), headers, hop)
                return _response(raw.status, headers, content, hop)
        except httpcore2.ProxyError as error:
            raise failures.proxy_refused(peer, str(error)) from error
        except httpcore2.PoolTimeout as error:
            raise failures.answer_silent(peer, seconds) from error
        except httpcore2.RemoteProtocolError as error:
            if "disconnected" in str(error) or "closed connection" in str(error):
                raise TransientError(failures.dropped(peer, str(error))) from error
            raise failures.not_http(peer, str(error)) from error
        except httpcore2.LocalProtocolError as error:
            raise failures.malformed(hop.origin.host) from error

    def _pool(self, proxy: Proxy | None) -> httpcore2.ConnectionPool:
        with self._lock:
            if self._closing.is_set():
                raise Cancelled
            pool = self._pools.get(proxy)
            if pool is None:
                pool = self._pools[proxy] = httpcore2.ConnectionPool(
                    ssl_context=_trust() if self.hub.scheme == "https" else None,
                    proxy=httpcore2.Proxy(proxy.url, auth=proxy.credentials) if proxy else None,
                    max_connections=_MOST_CONNECTIONS,
                    keepalive_expiry=_IDLE_SECONDS,
                    network_backend=Backend(self._lines, proxy),
                )
            return pool


def _check_status(status: int, headers: httpx2.Headers, host: str, peer: Peer) -> None:
    if status == 407:
        raise failures.proxy_refused(peer, "407")
    if status == 511:
        raise failures.web_page(host)
    if status == 429:
        seconds = retry_after(headers)
        raise TransientError(failures.too_many_requests(host, seconds), seconds)
    if status == 408 or status >= 500:
        raise TransientError(failures.server_error(host, status), retry_after(headers))


def _bounded_body(chunks: Iterable[bytes], headers: httpx2.Headers, hop: _Hop) -> bytes:
    host, limit = hop.origin.host, hop.limit
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > limit:
            raise failures.too_large(host, limit)
    if not content or headers.get("content-encoding", "identity") == "identity":
        return bytes(content)
    # A server that compresses although none was asked for.
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        plain = inflater.decompress(content, limit + 1)
    except zlib.error as error:
        raise failures.malformed(host, str(error)) from error
    if len(plain) > limit:
        raise failures.too_large(host, limit)
    return plain


def _response(status: int, headers: httpx2.Headers, content: bytes, hop: _Hop) -> httpx2.Response:
    kept = [(n, v) for n, v in headers.multi_items() if n not in _DROPPED_HEADERS]
    if hop.method == "HEAD" and "content-length" in headers:
        kept.append(("content-length", headers["content-length"]))
    request = httpx2.Request(hop.method, hop.url)
    return httpx2.Response(status, headers=kept, content=content, request=request)


def _decoded(raw: list[tuple[bytes, bytes]]) -> httpx2.Headers:
    return httpx2.Headers(
        [(name.decode("latin-1").lower(), v.decode("latin-1")) for name, v in raw]
    )


def _host_header(origin: Origin) -> str:
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    default = {"http": 80, "https": 443}[origin.scheme]
    return host if origin.port == default else f"{host}:{origin.port}"


def _trust() -> ssl.SSLContext:
    try:
        return httpcore2.default_ssl_context()
    except OSError as error:
        raise failures.trust_unreadable(str(error)) from error
