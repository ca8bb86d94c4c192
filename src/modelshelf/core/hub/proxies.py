"""Which proxy a connection takes, and which setting says so."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from modelshelf.core.hub import failures
from modelshelf.core.hub.failures import Peer

if TYPE_CHECKING:
    from modelshelf.core.hub.targets import Origin


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy and its credentials."""

    peer: Peer
    credentials: tuple[str, str] | None = field(repr=False)

    @property
    def url(self) -> str:
        """Its address without credentials."""
        host = f"[{self.peer.host}]" if ":" in self.peer.host else self.peer.host
        return f"http://{host}:{self.peer.port}"


def proxy_for(origin: Origin) -> Proxy | None:
    """Return the proxy for `origin` as the environment and the system say; None for direct.

    This machine itself is never reached through a proxy.

    Raises:
        NetworkError: when the setting names a proxy of a kind that cannot be used.
    """
    if origin.is_loopback:
        return None
    proxies = getproxies()
    name = origin.scheme if origin.scheme in proxies else "all"
    url = proxies.get(name)
    if not url or proxy_bypass(f"{origin.host}:{origin.port}"):
        return None
    variable = _variable(name)
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port or 80
    except ValueError:
        raise failures.proxy_unusable(variable, "its address is not well formed") from None
    if parts.scheme != "http":
        raise failures.proxy_unusable(variable, f"proxies of the kind {parts.scheme} are not known")
    if not parts.hostname:
        raise failures.proxy_unusable(variable, "its address is not well formed")
    credentials = None
    if parts.username is not None:
        credentials = unquote(parts.username), unquote(parts.password or "")
    return Proxy(Peer(parts.hostname, port, variable), credentials)


def _variable(name: str) -> str:
    for variable in (f"{name}_proxy", f"{name}_proxy".upper()):
        if os.environ.get(variable):
            return variable
    return "the system settings"
