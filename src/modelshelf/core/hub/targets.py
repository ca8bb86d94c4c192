"""Who may be talked to, and who may see the token.

An answer from outside (a redirect, the next page of a list) must never lead into the private
network of this machine, and the token goes to the Hub alone.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from modelshelf.core.errors import InputError
from modelshelf.core.hub import failures
from modelshelf.core.hub.auth import redact
from modelshelf.core.model import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a URL: equal origins are the same server."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Origin:
        """Read the origin of `url`.

        Raises:
            InputError: when it is no http or https address.
        """
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            host, port, parts = "", None, urlsplit("")
        if parts.scheme not in _PORTS or not host or parts.username is not None:
            shown = printable(redact(url.partition("?")[0]), 80)
            raise InputError(
                f"“{shown}” cannot be used as the address of a Hub.",
                hint="An address looks like https://huggingface.co; it holds no user name.",
            )
        return cls(parts.scheme, host, port or _PORTS[parts.scheme])

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine itself."""
        address = address_of(self.host)
        return self.host == "localhost" or (address is not None and address.is_loopback)

    @property
    def may_see_token(self) -> bool:
        """Whether a token may travel there without being overheard."""
        return self.scheme == "https" or self.is_loopback


class Targets:
    """Judges addresses by where the Hub itself is. Thread-safe: its one fact only ever turns on.

    A Hub in a private network (a mirror of a lab, the sample hub, a VPN that gives every name a
    private address) may lead to private addresses; a public Hub may not.
    """

    def __init__(self, hub: Origin) -> None:
        self._hub = hub
        address = address_of(hub.host)
        self._hub_is_private = hub.is_loopback or (address is not None and not address.is_global)

    @property
    def may_be_private(self) -> bool:
        """Whether the Hub itself is in the private network, as far as is known."""
        return self._hub_is_private

    def check_addresses(self, host: str, addresses: Iterable[str]) -> None:
        """Refuse a connection to `host` when one of its addresses is private and the Hub is not.

        Raises:
            NetworkError: when it is refused.
        """
        found = [address for text in addresses if (address := address_of(text)) is not None]
        is_private = any(not address.is_global for address in found)
        if host == self._hub.host:
            self._hub_is_private = self._hub_is_private or is_private
        elif is_private and not self._hub_is_private:
            raise failures.redirect_refused(self._hub.host, "an address in the private network")

    def check_url(self, url: str) -> Origin:
        """Return the origin of an address that an answer led to.

        Raises:
            NetworkError: when it is unencrypted while the Hub is not, or literally private.
        """
        try:
            origin = Origin.of(url)
        except InputError:
            why = "something that is no web address"
            raise failures.redirect_refused(self._hub.host, why) from None
        if origin.scheme == "http" and self._hub.scheme == "https":
            raise failures.redirect_refused(self._hub.host, "an unencrypted address")
        self.check_addresses(
            origin.host, ["127.0.0.1"] if origin.host == "localhost" else [origin.host]
        )
        return origin


def joined(base: str, place: str) -> str:
    """Return the address that `place`, seen at `base`, leads to; empty when it is none."""
    try:
        return urljoin(base, place)
    except ValueError:
        return ""


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that `host` is, or None for a name."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
