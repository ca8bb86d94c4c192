"""The words for everything that can go wrong on the way to the Hub and back."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from modelshelf.core.errors import (
    FormatError,
    NetworkError,
    OfflineError,
    StalledError,
)
from modelshelf.core.hub.auth import redact
from modelshelf.core.model import printable
from modelshelf.core.units import format_bytes, format_duration

# Numbers of OpenSSL's X509_V_ERR_*, which the ssl module passes on without names.
_NOT_YET_VALID, _EXPIRED = 9, 10
_UNTRUSTED = {18, 19, 20, 21}
_WRONG_NAME = {62, 64}
_LONGEST_WAIT_SAID = 3600


@dataclass(frozen=True, slots=True)
class Peer:
    """Whom a connection goes to. `variable` is set for a proxy: the setting that names it."""

    host: str
    port: int
    variable: str = ""

    @property
    def subject(self) -> str:
        """How a sentence about it begins."""
        if self.variable:
            return f"The proxy {self.host}:{self.port} (from {self.variable})"
        return self.host


def offline() -> OfflineError:
    """Offline by choice: nothing was asked."""
    return OfflineError(
        "Offline mode is on, so the Hub was not asked.",
        hint="Turn network.offline off, or unset HF_HUB_OFFLINE.",
    )


def lookup_failed(peer: Peer, details: str) -> NetworkError:
    """The name server knows no such name, or there is no name server."""
    return NetworkError(
        f"The name of the proxy {peer.host} (from {peer.variable}) could not be looked up."
        if peer.variable
        else f"The name {peer.host} could not be looked up.",
        hint=f"Check {peer.variable}."
        if peer.variable
        else "Check that this machine is online and that its name server (DNS) works.",
        details=details,
    )


def lookup_silent(peer: Peer, seconds: float) -> NetworkError:
    """The name server does not answer."""
    return NetworkError(
        f"The name {peer.host} could not be looked up: the name server did not answer "
        f"within {format_duration(max(1, seconds))}.",
        hint="Check that this machine is online and that its name server (DNS) works.",
    )


def refused(peer: Peer) -> NetworkError:
    """Nobody listens on that port."""
    return NetworkError(
        f"{peer.subject} refused the connection."
        if peer.variable
        else f"{peer.host} refused the connection on port {peer.port}.",
        hint=f"Check whether the proxy runs and {peer.variable} is right."
        if peer.variable
        else "The server may be down. Try again later, or check network.endpoint.",
    )


def unreachable(peer: Peer, details: str) -> NetworkError:
    """No route, or no permission to open a connection."""
    return NetworkError(
        f"{peer.subject} cannot be reached from this network.",
        hint="Check the network cable, Wi-Fi, VPN or firewall.",
        details=details,
    )


def connect_silent(peer: Peer, seconds: float) -> NetworkError:
    """The connection attempt got no answer at all."""
    return NetworkError(
        f"{peer.subject} did not answer the connection within {format_duration(max(1, seconds))}.",
        hint="A firewall may be in the way, or the server is down."
        + (f" Check {peer.variable}." if peer.variable else ""),
    )


def answer_silent(peer: Peer, seconds: float) -> StalledError:
    """Connected, then silence."""
    return StalledError(
        f"{peer.subject} took the connection but sent nothing for "
        f"{format_duration(max(1, seconds))}.",
        hint="Try again later.",
    )


def dropped(peer: Peer, details: str) -> NetworkError:
    """The connection ended in the middle."""
    return NetworkError(
        f"{peer.subject} closed the connection before it had answered.",
        hint="Try again. If it stays so, a firewall or filter may cut the connection.",
        details=details,
    )


def not_http(peer: Peer, details: str) -> NetworkError:
    """Something answers, but not a web server."""
    return NetworkError(
        f"{peer.subject} does not answer as a web server does.",
        hint="Check the address and the port"
        + (f" in {peer.variable}." if peer.variable else " in network.endpoint."),
        details=printable(details),
    )


def tls_failed(host: str, error: ssl.SSLError) -> NetworkError:
    """No encrypted connection: says whether the certificate or something else is at fault."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return NetworkError(
            f"No encrypted connection to {host} could be made (TLS).",
            hint="Check whether the address is really https, and whether a proxy or filter is in "
            "between.",
            details=printable(str(error)),
        )
    code = getattr(error, "verify_code", 0)
    if code == _EXPIRED:
        why = "has expired"
        hint = "Check the date and time of this machine; if they are right, the server is at fault."
    elif code == _NOT_YET_VALID:
        why = "is not valid yet"
        hint = "The clock of this machine is probably wrong. Set its date and time."
    elif code in _WRONG_NAME:
        why = "belongs to another name"
        hint = (
            "Open a web page in a browser: this network may want a login first. "
            "Else check network.endpoint."
        )
    elif code in _UNTRUSTED:
        why = "is not signed by an authority this machine trusts"
        hint = (
            "If a company proxy or a private mirror is in between, name its certificate file "
            "in SSL_CERT_FILE."
        )
    else:
        why = "was not accepted"
        hint = "Check the date and time of this machine, and what is between it and the Hub."
    return NetworkError(
        f"The certificate of {host} {why} (TLS).",
        hint=hint,
        details=printable(getattr(error, "verify_message", "") or str(error)),
    )


def trust_unreadable(details: str) -> NetworkError:
    """The list of authorities this machine trusts cannot be read."""
    return NetworkError(
        "The certificates this machine trusts could not be read.",
        hint="Check the file or folder named in SSL_CERT_FILE or SSL_CERT_DIR.",
        details=printable(details),
    )


def tls_silent(host: str, seconds: float) -> NetworkError:
    """Connected, but the encrypted connection never came about."""
    return NetworkError(
        f"{host} did not complete the encrypted connection (TLS) within "
        f"{format_duration(max(1, seconds))}.",
        hint="A firewall or filter may be in the way.",
    )


def proxy_refused(peer: Peer, answer: str) -> NetworkError:
    """The proxy answered, with a no."""
    if answer.startswith("407"):
        return NetworkError(
            f"{peer.subject} asks for a user name and a password.",
            hint=f"Write them into {peer.variable}: http://user:password@{peer.host}:{peer.port}",
        )
    return NetworkError(
        f"{peer.subject} does not let the connection through: {printable(answer, 80)}.",
        hint=f"Check {peer.variable}, or ask who runs the proxy.",
    )


def proxy_unusable(variable: str, why: str) -> NetworkError:
    """A proxy of a kind, or with an address, that cannot be used."""
    return NetworkError(
        f"The proxy in {variable} cannot be used: {why}.",
        hint="Use an address like http://host:port, or add the Hub to NO_PROXY.",
    )


def web_page(host: str) -> NetworkError:
    """A page for people came where data was expected: a captive portal, a filter, no Hub."""
    return NetworkError(
        f"{host} answered with a web page instead of data: a login page of this network, a "
        "filter, or not a Hub at all.",
        hint="Open any page in a browser and log in to the network, or check network.endpoint.",
    )


def no_hub(host: str, status: int) -> NetworkError:
    """A server that knows nothing of models."""
    return NetworkError(
        f"{host} answers, but not as a Hub does (HTTP {status}).", hint="Check network.endpoint."
    )


def server_error(host: str, status: int) -> NetworkError:
    """The Hub itself has a problem."""
    return NetworkError(
        f"{host} has a problem of its own (HTTP {status}).",
        hint="Try again in a few minutes. Everything on this machine works meanwhile.",
    )


def too_many_requests(host: str, seconds: float | None) -> NetworkError:
    """The Hub asks to slow down."""
    when = (
        f"Try again in {format_duration(max(1, seconds))}."
        if seconds is not None and seconds <= _LONGEST_WAIT_SAID
        else "Try again later."
    )
    return NetworkError(
        f"{host} received too many requests from here and asks to wait.",
        hint=f"{when} With an access token the limits are higher.",
    )


def odd_status(host: str, status: int, said: str) -> NetworkError:
    """An answer that no rule above knows."""
    return NetworkError(
        f"{host} refused the request (HTTP {status}).",
        hint="Check network.endpoint, or try again later.",
        details=server_words(said),
    )


def redirect_loop(host: str) -> NetworkError:
    """Redirects without end."""
    return NetworkError(
        f"{host} redirects in circles.", hint="Check network.endpoint, or try again later."
    )


def redirect_refused(host: str, why: str) -> NetworkError:
    """A redirect to where we do not go."""
    return NetworkError(
        f"{host} redirects to {why}, which is refused.",
        hint="This network may want a login first, or the endpoint is not to be trusted.",
    )


def too_large(host: str, limit: int) -> FormatError:
    """More came than any honest answer has."""
    return FormatError(
        f"The answer of {host} is larger than {format_bytes(limit)} and was refused.",
        hint="Check network.endpoint.",
    )


def malformed(host: str, details: str = "") -> FormatError:
    """The answer came, and is not what a Hub sends."""
    return FormatError(
        f"The answer of {host} could not be read: it is not what a Hub sends.",
        hint="Try again later, or check network.endpoint.",
        details=server_words(details),
    )


def server_words(said: str) -> str:
    """What a server said, fit for a report: bounded, printable, without secrets."""
    return printable(redact(" ".join(said.split())), 300)
