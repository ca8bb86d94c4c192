"""Encrypted connections: what is wrong with the certificate is said, and nothing hangs."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.core.hub.conftest import MakeHub, Socketed, Talk

from modelshelf.core.errors import NetworkError
from modelshelf.core.hub import failures
from modelshelf.core.hub.connect import Names
from modelshelf.core.hub.failures import Peer
from modelshelf.core.hub.line import Lines
from modelshelf.core.hub.retry import Budget, Patience
from modelshelf.core.hub.targets import Origin, Targets
from modelshelf.core.model import ModelId

TINY = ModelId("acme/tiny")
_CA = """
[ca]
default_ca = own
[own]
dir = {folder}
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = {names}
basicConstraints = critical,CA:TRUE
[req]
distinguished_name = req
"""


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[..., Path]:
    """Make a self-signed certificate with its key in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("making certificates needs the openssl program")

    def make(names: str = "IP:127.0.0.1", *, begins: str = "20200101", ends: str = "20990101"):
        folder = tmp_path / "ca"
        folder.mkdir()
        (folder / "index").touch()
        (folder / "serial").write_text("01")
        config = folder / "config"
        config.write_text(_CA.format(folder=folder, names=names))
        key, request, made = folder / "key", folder / "request", folder / "made.pem"
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
        out = ("-keyout", str(key), "-out", str(request))
        _openssl("req", *curve, "-nodes", *out, "-subj", "/CN=hub", "-config", str(config))
        dates = ("-startdate", f"{begins}000000Z", "-enddate", f"{ends}000000Z")
        files = ("-keyfile", str(key), "-in", str(request), "-out", str(made), "-notext")
        _openssl("ca", "-config", str(config), "-selfsign", "-batch", *dates, *files)
        made.write_text(made.read_text() + key.read_text())
        return made

    return make


@pytest.fixture
def secured(listen: Callable[[Talk], Socketed]) -> Callable[[Path], str]:
    """Start a server with this certificate that answers one model; return its address."""

    def start(certificate: Path) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        body = b'{"id": "acme/tiny", "sha": "' + b"a" * 40 + b'"}'

        def talk(connection: socket.socket) -> None:
            with context.wrap_socket(connection, server_side=True) as encrypted:
                server.read_request(encrypted)
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
                encrypted.sendall(head.encode() + body)

        server = listen(talk)
        return server.url.replace("http:", "https:")

    return start


def test_a_certificate_that_is_trusted_is_enough(
    certificate: Callable[..., Path],
    secured: Callable[[Path], str],
    make_hub: MakeHub,
    monkeypatch: pytest.MonkeyPatch,
):
    made = certificate()
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    assert make_hub(secured(made)).info(TINY).commit == "a" * 40


def test_a_self_signed_certificate_is_refused(
    certificate: Callable[..., Path], secured: Callable[[Path], str], make_hub: MakeHub
):
    with pytest.raises(NetworkError, match="not signed by an authority") as caught:
        make_hub(secured(certificate())).info(TINY)
    assert "SSL_CERT_FILE" in caught.value.hint


@pytest.mark.parametrize(
    ("names", "dates", "words", "hint"),
    [
        ("DNS:other.example", {}, "belongs to another name", "login"),
        ("IP:127.0.0.1", {"ends": "20210101"}, "has expired", "date and time"),
        ("IP:127.0.0.1", {"begins": "20900101"}, "is not valid yet", "clock"),
    ],
)
def test_a_certificate_at_fault_is_named(
    certificate: Callable[..., Path],
    secured: Callable[[Path], str],
    make_hub: MakeHub,
    monkeypatch: pytest.MonkeyPatch,
    names: str,
    dates: dict[str, str],
    words: str,
    hint: str,
):
    made = certificate(names, **dates)
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    with pytest.raises(NetworkError, match=words) as caught:
        make_hub(secured(made)).info(TINY)
    assert hint in caught.value.hint


def test_a_server_without_encryption_is_said(listen: Callable[[Talk], Socketed], make_hub: MakeHub):
    server = listen(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    with pytest.raises(NetworkError, match="No encrypted connection") as caught:
        make_hub(server.url.replace("http:", "https:")).info(TINY)
    assert "really https" in caught.value.hint


def test_a_server_that_never_encrypts_is_given_up(
    listen: Callable[[Talk], Socketed], make_hub: MakeHub
):
    silent = listen(lambda _: None)
    with pytest.raises(NetworkError, match="did not complete the encrypted connection"):
        make_hub(silent.url.replace("http:", "https:")).info(TINY)


def test_a_server_that_hangs_up_instead_is_said(
    listen: Callable[[Talk], Socketed], make_hub: MakeHub
):
    rude = listen(lambda connection: connection.close())
    with pytest.raises(NetworkError):
        make_hub(rude.url.replace("http:", "https:")).info(TINY)


def test_a_public_hub_is_not_followed_into_the_private_network(monkeypatch: pytest.MonkeyPatch):
    """Checked where the connection is made: a name may resolve differently each time."""
    private = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.9", 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [private])
    lines = Lines(Targets(Origin.of("https://huggingface.co")), Names())
    lines.budget = Budget(Patience())
    with pytest.raises(NetworkError, match="private network"):
        lines.open(Peer("cdn.example", 443))


def test_a_missing_list_of_authorities_is_said(
    make_hub: MakeHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, closed_port: int
):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(NetworkError, match="certificates this machine trusts"):
        make_hub(f"https://127.0.0.1:{closed_port}").info(TINY)


def test_other_reasons_for_distrust_have_a_sentence():
    error = ssl.SSLCertVerificationError("revoked")
    assert "was not accepted" in failures.tls_failed("hub.example", error).message
