"""Making a connection for bytes so that it can be given up at once: socket, proxy, TLS."""

from __future__ import annotations

import socket
import ssl
from base64 import b64encode
from functools import cache
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING

from modelshelf.core.cancel import Cancelled
from modelshelf.core.hub import failures
from modelshelf.core.hub.connect import Address, Names, connect_first
from modelshelf.core.hub.failures import Peer
from modelshelf.core.hub.proxies import proxy_for
from modelshelf.core.hub.targets import address_of

if TYPE_CHECKING:
    from modelshelf.core.cancel import CancelToken
    from modelshelf.core.hub.proxies import Proxy
    from modelshelf.core.hub.targets import Origin, Targets


class Dialler:
    """Opens connections for one worker; only `cut` may come from another thread."""

    def __init__(self, targets: Targets, seconds: float, cancel: CancelToken) -> None:
        self._targets = targets
        self._seconds = seconds
        self._cancel = cancel
        self._names = Names()
        self._sock: socket.socket | None = None

    def open(self, origin: Origin) -> socket.socket:
        """Connect to `origin`, through the proxy that the environment names for it.

        Raises:
            ModelshelfError, TransientError, OSError, HTTPException: which step failed.
            Cancelled: when asked to stop meanwhile.
        """
        proxy = proxy_for(origin)
        peer = proxy.peer if proxy else Peer(origin.host, origin.port)
        addresses = self._addresses(peer)
        if proxy is None:
            self._targets.check_addresses(peer.host, (address.host for address in addresses))
        sock = connect_first(peer, addresses, self._seconds, lambda: self._cancel.is_cancelled)
        self._keep(sock)
        sock.settimeout(self._seconds)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if proxy is not None:
            _tunnel(sock, origin, proxy)
        if origin.scheme == "https":
            secured = tls().wrap_socket(
                sock, server_hostname=origin.host, do_handshake_on_connect=False
            )
            self._keep(secured)
            secured.do_handshake()
            sock = secured
        return sock

    def cut(self) -> None:
        """End whatever waits for the connection, at once."""
        self._names.close()
        sock = self._sock
        if sock is not None:
            try:
                # Not the method of a TLS socket: that one changes what the reader holds.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                # It was not connected, or is closed already.
                return

    def close(self) -> None:
        """Close the connection, if there is one."""
        sock, self._sock = self._sock, None
        if sock is not None:
            sock.close()

    def _keep(self, sock: socket.socket) -> None:
        self._sock = sock
        # Cancelling cuts the socket it finds; one made after that is seen here.
        if self._cancel.is_cancelled:
            raise Cancelled

    def _addresses(self, peer: Peer) -> tuple[Address, ...]:
        literal = address_of(peer.host)
        if literal is None:
            return self._names.look_up(peer, self._seconds)
        family = socket.AF_INET6 if literal.version == 6 else socket.AF_INET
        return (Address(int(family), (peer.host, peer.port)),)


@cache
def tls() -> ssl.SSLContext:
    """Return the settings for secure connections: the system's certificates, always checked."""
    try:
        return ssl.create_default_context()
    except OSError as error:
        raise failures.trust_unreadable(str(error)) from error


def _tunnel(sock: socket.socket, origin: Origin, proxy: Proxy) -> None:
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    lines = [f"CONNECT {host}:{origin.port} HTTP/1.1", f"Host: {host}:{origin.port}"]
    if proxy.credentials is not None:
        pair = ":".join(proxy.credentials).encode()
        lines.append(f"Proxy-Authorization: Basic {b64encode(pair).decode()}")
    sock.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
    answer = HTTPResponse(sock, method="CONNECT")
    try:
        answer.begin()
        if answer.status != 200:
            raise failures.proxy_refused(proxy.peer, str(answer.status))
    except HTTPException as error:
        raise failures.not_http(proxy.peer, str(error)) from error
    finally:
        answer.close()
