"""What the sample hub does on the wire, seen with a plain HTTP client."""

from __future__ import annotations

import hashlib
import http.client
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from modelshelf.sample.model import Consent, Gate, SampleModel
from modelshelf.sample.server import SampleHub
from tests.support.fake_hub import FakeHub, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

WEIGHTS = hashlib.shake_128(b"weights").digest(1_500_000)
FILE = "/acme/tiny/resolve/main/model.safetensors"


class Reply:
    """A response, read to its end."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


def ask(url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> Reply:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, headers=dict(headers or {}))
        return Reply(connection.getresponse())
    finally:
        connection.close()


@pytest.fixture
def hub() -> Iterator[SampleHub]:
    files = {"model.safetensors": WEIGHTS, "config.json": b"0123456789"}
    with SampleHub([SampleModel.from_bytes("acme/tiny", files)]) as hub:
        yield hub


def test_large_files_lie_behind_a_signed_address_on_another_origin(hub: SampleHub) -> None:
    reply = ask(hub.url + FILE, method="HEAD")
    digest = hashlib.sha256(WEIGHTS).hexdigest()
    assert reply.status == 302
    assert reply.headers["X-Linked-Etag"] == f'"{digest}"'
    assert reply.headers["X-Linked-Size"] == str(len(WEIGHTS))
    assert reply.headers["X-Repo-Commit"] == hub.model("acme/tiny").head.sha
    location = reply.headers["Location"]
    assert location.startswith(hub.cdn_url)
    assert hub.cdn_url != hub.url
    assert ask(location).body == WEIGHTS


def test_a_signed_address_is_refused_when_forged_expired_or_sent_with_a_token(
    hub: SampleHub,
) -> None:
    location = ask(hub.url + FILE, method="HEAD").headers["Location"]
    assert ask(location[:-1] + "x").status == 403
    assert ask(location.replace("Expires=1", "Expires=9")).status == 403
    assert ask(location, headers={"Authorization": f"Bearer {hub.token}"}).status == 400
    hub.expire_links()
    assert ask(location).status == 403


@pytest.mark.parametrize(
    ("asked", "status", "body", "content_range"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=5-2", 200, b"0123456789", None),
        ("bytes=x-", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
def test_ranges(
    hub: SampleHub, asked: str, status: int, body: bytes, content_range: str | None
) -> None:
    url = f"{hub.url}/acme/tiny/resolve/main/config.json"
    reply = ask(url, headers={"Range": asked})
    assert (reply.status, reply.body) == (status, body)
    assert reply.headers["Content-Range"] == content_range


def test_a_range_of_an_older_content_gives_everything(hub: SampleHub) -> None:
    url = f"{hub.url}/acme/tiny/resolve/main/config.json"
    etag = ask(url).headers["ETag"]
    assert ask(url, headers={"Range": "bytes=5-", "If-Range": etag}).body == b"56789"
    reply = ask(url, headers={"Range": "bytes=5-", "If-Range": '"other"'})
    assert (reply.status, reply.body) == (200, b"0123456789")


def test_a_connection_carries_many_requests(hub: SampleHub) -> None:
    connection = http.client.HTTPConnection(urlsplit(hub.url).netloc, timeout=10)
    connection.request("HEAD", FILE)
    connection.getresponse().read()
    first = connection.sock
    for _ in range(3):
        connection.request("GET", "/acme/tiny/resolve/main/config.json")
        assert connection.getresponse().read() == b"0123456789"
    assert connection.sock is first
    connection.close()


def test_many_connections_are_served_at_once() -> None:
    gate = threading.Event()
    with FakeHub() as hub:
        hub.put("acme/tiny", {"model.safetensors": WEIGHTS})
        hub.fail("model.safetensors", Fault(hold=gate), times=24)
        location = ask(hub.url + FILE, method="HEAD").headers["Location"]
        with ThreadPoolExecutor(24) as pool:
            replies = [pool.submit(ask, location) for _ in range(24)]
            assert hub.wait_until(lambda: len(hub.requests_for("model.safetensors")) == 24)
            gate.set()
            assert all(reply.result().body == WEIGHTS for reply in replies)


def test_a_file_on_disk_is_sent_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/w.bin").write_bytes(WEIGHTS)
    model = SampleModel.from_folder("acme/disk", tmp_path)
    with SampleHub([model]) as hub:
        url = f"{hub.url}/acme/disk/resolve/main/sub/w.bin"
        location = ask(url, method="HEAD").headers["Location"]
        assert ask(location).body == WEIGHTS
        part = ask(location, headers={"Range": "bytes=1000000-1000009"})
        assert part.body == WEIGHTS[1_000_000:1_000_010]


def test_a_speed_limit_holds_and_can_be_lifted_in_mid_transfer() -> None:
    with FakeHub(bytes_per_second=20_000) as hub:
        hub.put("acme/tiny", {"model.safetensors": WEIGHTS})
        location = ask(hub.url + FILE, method="HEAD").headers["Location"]
        with ThreadPoolExecutor(1) as pool:
            reply = pool.submit(ask, location)
            assert hub.wait_until(lambda: hub.bytes_sent_for("model.safetensors") > 0)
            assert hub.bytes_sent_for("model.safetensors") < len(WEIGHTS) // 2
            hub.set_speed(None)
            assert reply.result().body == WEIGHTS


def test_stopping_ends_transfers_and_starting_brings_the_address_back() -> None:
    with FakeHub(bytes_per_second=10_000) as hub:
        hub.put("acme/tiny", {"model.safetensors": WEIGHTS, "config.json": b"{}"})
        address = hub.url
        location = ask(hub.url + FILE, method="HEAD").headers["Location"]
        with ThreadPoolExecutor(1) as pool:
            reply = pool.submit(ask, location)
            assert hub.wait_until(lambda: hub.bytes_sent_for("model.safetensors") > 0)
            hub.stop()
            with pytest.raises((http.client.HTTPException, OSError)):
                reply.result()
        assert [t.name for t in threading.enumerate() if t.name.startswith("sample-")] == []
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", urlsplit(address).port or 0))
        hub.set_speed(None)
        hub.start()
        assert hub.url == address
        assert ask(f"{hub.url}/acme/tiny/resolve/main/config.json").body == b"{}"


def test_a_port_that_is_taken_is_said_at_once(hub: SampleHub) -> None:
    taken = urlsplit(hub.url).port or 0
    with pytest.raises(OSError, match="in use"):
        SampleHub(port=taken).start()


def test_a_licence_is_accepted_in_the_browser() -> None:
    model = SampleModel.from_bytes("acme/gated", {"config.json": b"{}"}, gate=Gate.AUTO)
    asked = SampleModel.from_bytes("acme/asked", {"config.json": b"{}"}, gate=Gate.MANUAL)
    with SampleHub([model, asked]) as hub:
        token = {"Authorization": f"Bearer {hub.token}"}
        file = f"{hub.url}/acme/gated/resolve/main/config.json"
        assert b"acme/gated" in ask(hub.url + "/").body
        assert b"Agree and access" in ask(f"{hub.url}/acme/gated").body
        assert "not in the authorized list" in ask(file, headers=token).headers["X-Error-Message"]
        assert ask(f"{hub.url}/acme/gated/ask-access", method="POST").status == 303
        assert b"You have access" in ask(f"{hub.url}/acme/gated").body
        assert ask(file, headers=token).body == b"{}"
        assert ask(file).status == 401
        ask(f"{hub.url}/acme/asked/ask-access", method="POST")
        refused = ask(f"{hub.url}/acme/asked/resolve/main/config.json", headers=token)
        assert (refused.status, refused.headers["X-Error-Code"]) == (403, "GatedRepo")
        assert "awaiting a review" in refused.headers["X-Error-Message"]


def test_a_private_model_is_not_there_for_strangers() -> None:
    with FakeHub() as hub:
        hub.put("acme/secret", {"config.json": b"{}"}, is_private=True)
        url = f"{hub.url}/acme/secret/resolve/main/config.json"
        assert ask(url).headers["X-Error-Code"] == "RepoNotFound"
        assert ask(url, headers={"Authorization": f"Bearer {hub.token}"}).body == b"{}"
        hub.revoke(hub.token)
        assert ask(url, headers={"Authorization": f"Bearer {hub.token}"}).status == 401


def test_consent_can_be_withdrawn() -> None:
    with FakeHub() as hub:
        hub.put("acme/g", {"a": b"a"}, gate=Gate.AUTO, consent=Consent.ACCEPTED)
        token = {"Authorization": f"Bearer {hub.token}"}
        url = f"{hub.url}/acme/g/resolve/main/a"
        assert ask(url, headers=token).status == 200
        hub.set_consent("acme/g", Consent.REJECTED)
        assert "rejected" in ask(url, headers=token).headers["X-Error-Message"]


@pytest.mark.parametrize(
    "target",
    [
        "/acme/tiny/resolve/main/../../../../etc/passwd",
        "/acme/tiny/resolve/main/%2e%2e%2fconfig.json",
        "/api/models/acme/tiny/tree/main/..",
        "/api/models/" + "a" * 3000,
        "/api/models/acme/tiny/paths-info/main",
        "/%00%ff",
        "/repos/acme/tiny/" + "0" * 64,
    ],
)
def test_odd_requests_get_an_error_not_a_crash(hub: SampleHub, target: str) -> None:
    for base in (hub.url, hub.cdn_url):
        for method in ("GET", "HEAD", "POST"):
            status = ask(base + target, method=method).status
            assert status in (200, 401, 404), (method, target)
            assert status != 200 or "paths-info" in target
