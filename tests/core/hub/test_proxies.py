"""Which proxy is taken, and that a failing one is named with the setting that names it."""

import socket
from collections.abc import Callable

import pytest
from tests.core.hub.conftest import MakeHub, Socketed, Talk

from modelshelf.core.errors import NetworkError
from modelshelf.core.hub.proxies import proxy_for
from modelshelf.core.hub.targets import Origin
from modelshelf.core.model import ModelId

TINY = ModelId("acme/tiny")
HUB = Origin("https", "hub.example", 443)


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_a_setting_there_is_none():
    assert proxy_for(HUB) is None


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_the_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv(name, "http://me:p%40ss@proxy.lab:3128/")
    proxy = proxy_for(HUB)
    assert proxy is not None
    assert (proxy.peer.host, proxy.peer.port, proxy.peer.variable) == ("proxy.lab", 3128, name)
    assert proxy.credentials == ("me", "p@ss")
    assert proxy.url == "http://proxy.lab:3128"
    assert "p@ss" not in repr(proxy)


def test_a_proxy_without_a_scheme_is_understood(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTPS_PROXY", "proxy.lab:3128")
    proxy = proxy_for(HUB)
    assert proxy is not None
    assert proxy.url == "http://proxy.lab:3128"


@pytest.mark.parametrize("exception", ["hub.example", ".example", "*"])
def test_exceptions_are_honoured(monkeypatch: pytest.MonkeyPatch, exception: str):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.lab:3128")
    monkeypatch.setenv("NO_PROXY", exception)
    assert proxy_for(HUB) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_is_reached_directly(monkeypatch: pytest.MonkeyPatch, host: str):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.lab:3128")
    assert proxy_for(Origin("https", host, 8080)) is None


@pytest.mark.parametrize(
    "url", ["socks5://proxy.lab:1080", "https://proxy.lab", "http://", "http://x:99999999"]
)
def test_a_proxy_that_cannot_be_used_is_said(
    monkeypatch: pytest.MonkeyPatch, make_hub: MakeHub, url: str
):
    monkeypatch.setenv("HTTPS_PROXY", url)
    with pytest.raises(NetworkError, match="proxy in HTTPS_PROXY cannot be used"):
        make_hub("https://hub.example").info(TINY)


def test_a_proxy_that_does_not_run_is_named(
    monkeypatch: pytest.MonkeyPatch, make_hub: MakeHub, closed_port: int
):
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:secret@127.0.0.1:{closed_port}")
    with pytest.raises(
        NetworkError, match=r"\(from HTTPS_PROXY\) refused the connection"
    ) as caught:
        make_hub("https://hub.example").info(TINY)
    assert "secret" not in repr(caught.value.info)


def test_a_proxy_that_cannot_be_looked_up_is_named(
    monkeypatch: pytest.MonkeyPatch, make_hub: MakeHub
):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.lab:3128")
    with pytest.raises(NetworkError, match=r"name of the proxy proxy\.lab \(from HTTPS_PROXY\)"):
        make_hub("https://hub.example").info(TINY)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (b"407 Proxy Authentication Required", "asks for a user name and a password"),
        (b"403 Forbidden", "does not let the connection through: 403 Forbidden"),
    ],
)
def test_what_a_proxy_answers_is_said(
    monkeypatch: pytest.MonkeyPatch,
    make_hub: MakeHub,
    answering: Callable[[bytes], Socketed],
    status: bytes,
    words: str,
):
    proxy = answering(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    with pytest.raises(NetworkError, match=words):
        make_hub("https://hub.example").info(TINY)
    assert proxy.received[0].startswith(b"CONNECT hub.example:443 ")


def test_a_silent_proxy_is_given_up(
    monkeypatch: pytest.MonkeyPatch, make_hub: MakeHub, listen: Callable[[Talk], Socketed]
):
    monkeypatch.setenv("HTTPS_PROXY", listen(lambda _: None).url)
    with pytest.raises(Exception, match=r"proxy .* \(from HTTPS_PROXY\) took the connection but"):
        make_hub("https://hub.example").info(TINY)


def test_an_answer_comes_through_a_proxy_and_the_token_does_not_go_in(
    monkeypatch: pytest.MonkeyPatch, make_hub: MakeHub, listen: Callable[[Talk], Socketed]
):
    body = b'{"id": "acme/tiny", "sha": "' + b"a" * 40 + b'"}'

    def talk(connection: socket.socket) -> None:
        proxy.read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    proxy = listen(talk)
    monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("//", "//me:secret@"))
    hub = make_hub("http://mirror.example", "hf_" + "t" * 30)
    assert hub.info(TINY).commit == "a" * 40
    (request,) = proxy.received
    assert request.startswith(b"GET http://mirror.example/api/models/acme/tiny/revision/main")
    assert b"proxy-authorization: basic" in request.lower()
    assert b"ttt" not in request
