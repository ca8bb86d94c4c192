"""Each fault of the fake hub does what its name says."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.support.fake_hub import FakeHub, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = b"0123456789" * 100
LARGE = hashlib.shake_128(b"large").digest(1_200_000)
PATH = "/acme/tiny/resolve/main/small.txt"


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        hub.put("acme/tiny", {"small.txt": SMALL, "large.bin": LARGE})
        yield hub


@pytest.fixture
def connection(hub: FakeHub) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(urlsplit(hub.url).netloc, timeout=10)
    yield connection
    connection.close()


def get(
    connection: http.client.HTTPConnection, path: str = PATH, wanted: str | None = None
) -> http.client.HTTPResponse:
    connection.request("GET", path, headers={"Range": wanted} if wanted else {})
    return connection.getresponse()


def signed(hub: FakeHub) -> str:
    connection = http.client.HTTPConnection(urlsplit(hub.url).netloc, timeout=10)
    connection.request("HEAD", "/acme/tiny/resolve/main/large.bin")
    location = connection.getresponse().headers["Location"]
    connection.close()
    return location


def test_a_fault_is_used_once(hub: FakeHub, connection: http.client.HTTPConnection) -> None:
    hub.fail("small.txt", Fault(status=503, headers={"Retry-After": "7"}))
    first = get(connection)
    assert (first.status, first.headers["Retry-After"], first.read()) == (503, "7", b"")
    assert hub.faults_left == 0
    assert get(connection).read() == SMALL


def test_faults_queue_up_and_can_be_healed(
    hub: FakeHub, connection: http.client.HTTPConnection
) -> None:
    hub.fail("small.txt", Fault(status=500), times=2)
    hub.fail("/acme/*/small.txt", Fault(status=429))
    hub.fail(lambda request: request.method == "HEAD", Fault(status=418))
    statuses: list[int] = []
    for _ in range(4):
        response = get(connection)
        response.read()
        statuses.append(response.status)
    assert statuses == [500, 500, 429, 200]
    assert hub.faults_left == 1
    hub.heal()
    assert hub.faults_left == 0


def test_a_cut_ends_the_body_early(hub: FakeHub, connection: http.client.HTTPConnection) -> None:
    hub.fail("small.txt", Fault(cut_after=300))
    with pytest.raises(http.client.IncompleteRead) as caught:
        get(connection).read()
    assert caught.value.partial == SMALL[:300]
    assert hub.bytes_sent_for("small.txt") == 300


def test_a_reset_is_a_reset(hub: FakeHub, connection: http.client.HTTPConnection) -> None:
    hub.fail("small.txt", Fault(reset_after=300))
    with pytest.raises(ConnectionResetError):
        get(connection).read()


def test_a_range_is_ignored_or_answered_wrongly(
    hub: FakeHub, connection: http.client.HTTPConnection
) -> None:
    hub.fail("small.txt", Fault(ignore_range=True))
    whole = get(connection, wanted="bytes=500-")
    assert (whole.status, whole.read()) == (200, SMALL)
    hub.fail("small.txt", Fault(wrong_range=-100))
    other = get(connection, wanted="bytes=500-599")
    assert (other.status, other.headers["Content-Range"]) == (206, "bytes 400-499/1000")
    assert other.read() == SMALL[400:500]
    assert [one.range for one in hub.requests_for("small.txt")] == ["bytes=500-", "bytes=500-599"]


@pytest.mark.parametrize("where", [None, "bytes=500-"])
def test_one_byte_of_the_file_is_flipped(
    hub: FakeHub, connection: http.client.HTTPConnection, where: str | None
) -> None:
    hub.fail("small.txt", Fault(corrupt_at=700))
    got = get(connection, wanted=where).read()
    start = 500 if where else 0
    wrong = [start + i for i, byte in enumerate(got) if byte != SMALL[start + i]]
    assert wrong == [700]


def test_lies_about_the_length(hub: FakeHub, connection: http.client.HTTPConnection) -> None:
    hub.fail("small.txt", Fault(length_lie=50))
    with pytest.raises(http.client.IncompleteRead):
        get(connection).read()
    connection.close()
    hub.fail("small.txt", Fault(length_lie=-50))
    assert get(connection).read() == SMALL[:-50]


def test_a_body_without_end_and_without_length(
    hub: FakeHub, connection: http.client.HTTPConnection
) -> None:
    hub.fail("small.txt", Fault(endless=True))
    response = get(connection)
    assert response.headers["Content-Length"] is None
    assert response.read(100_000) == SMALL + bytes(99_000)
    response.close()
    connection.close()
    hub.fail("small.txt", Fault(no_length=True))
    assert get(connection).read() == SMALL


def test_a_portal_an_encoding_and_another_etag(
    hub: FakeHub, connection: http.client.HTTPConnection
) -> None:
    hub.fail("small.txt", Fault(portal=True))
    portal = get(connection)
    assert (portal.status, portal.headers["Content-Type"]) == (200, "text/html")
    assert b"Log in" in portal.read()
    hub.fail("small.txt", Fault(gzip=True))
    encoded = get(connection)
    assert encoded.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(encoded.read()) == SMALL
    hub.fail("small.txt", Fault(etag='"other"'))
    renamed = get(connection)
    assert (renamed.headers["ETag"], renamed.read()) == ('"other"', SMALL)
    hub.fail("small.txt", Fault(redirect_to="http://127.0.0.1:1/"))
    moved = get(connection)
    moved.read()
    assert (moved.status, moved.headers["Location"]) == (302, "http://127.0.0.1:1/")


def test_a_hub_holds_its_answer_until_told(
    hub: FakeHub, connection: http.client.HTTPConnection
) -> None:
    gate = threading.Event()
    hub.fail("small.txt", Fault(hold=gate, hold_after=400))
    response = get(connection)
    assert response.read(400) == SMALL[:400]
    assert hub.bytes_sent_for("small.txt") == 400
    assert not hub.requests_for("small.txt")[0].is_over
    gate.set()
    assert response.read() == SMALL[400:]
    assert hub.wait_until(lambda: hub.requests_for("small.txt")[0].is_over)


def test_stopping_does_not_wait_for_a_held_answer() -> None:
    with FakeHub() as hub:
        hub.put("acme/tiny", {"small.txt": SMALL})
        hub.fail("small.txt", Fault(hold=threading.Event()))
        connection = http.client.HTTPConnection(urlsplit(hub.url).netloc, timeout=10)
        connection.request("GET", PATH)
        assert hub.wait_until(lambda: len(hub.requests) == 1)
        hub.stop()
        with pytest.raises((http.client.HTTPException, OSError)):
            connection.getresponse()
        connection.close()


def test_a_drip_arrives_in_small_pieces(
    hub: FakeHub, connection: http.client.HTTPConnection
) -> None:
    hub.fail("small.txt", Fault(drip=400))
    assert get(connection).read() == SMALL


def test_a_hang_up_is_met_at_the_next_request(
    hub: FakeHub, connection: http.client.HTTPConnection
) -> None:
    hub.fail("small.txt", Fault(hang_up=True))
    response = get(connection)
    assert response.read() == SMALL
    assert response.headers["Connection"] is None
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        get(connection)


def test_the_bytes_of_a_large_file_fail_on_their_own_origin(hub: FakeHub) -> None:
    parts = urlsplit(signed(hub))
    hub.fail("large.bin", Fault(cut_after=1000))
    other = http.client.HTTPConnection(parts.netloc, timeout=10)
    with pytest.raises(http.client.IncompleteRead):
        get(other, f"{parts.path}?{parts.query}").read()
    other.close()
    hub.fail("large.bin", Fault(expired=True))
    response = get(other, f"{parts.path}?{parts.query}")
    response.read()
    assert response.status == 403
    assert get(other, f"{parts.path}?{parts.query}").read() == LARGE
    other.close()
    assert [one.origin for one in hub.requests_for("large.bin")] == ["cdn"] * 3
    assert [one.status for one in hub.requests_for("large.bin")] == [200, 403, 200]


def test_the_log_counts_what_was_sent(hub: FakeHub, connection: http.client.HTTPConnection) -> None:
    get(connection).read()
    get(connection, wanted="bytes=0-99").read()
    get(connection, "/api/models/acme/tiny").read()
    assert hub.wait_until(lambda: all(one.is_over for one in hub.requests))
    assert hub.connections == 1
    assert hub.bytes_sent_for("small.txt") == hub.file_bytes_sent == 1100
    assert hub.bytes_sent > 1100
    assert [(one.method, one.path, one.status) for one in hub.requests] == [
        ("GET", PATH, 200),
        ("GET", PATH, 206),
        ("GET", "/api/models/acme/tiny", 200),
    ]
