"""Where a download may be sent, and what it takes along."""

import threading
from collections.abc import Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.core.downloads.conftest import HASTY

from modelshelf.core.cancel import CancelToken
from modelshelf.core.downloads.http_transport import HttpTransport, TransferFault
from modelshelf.core.hub.targets import Origin, Targets

SECRET = (("Authorization", "Bearer hf_secret"),)


class Elsewhere:
    """A server that answers with one status, header and body, and remembers what it was sent."""

    def __init__(self) -> None:
        self.seen: list[Message] = []
        self.status = 206
        self.headers = {"Content-Range": "bytes 0-3/4", "Content-Length": "4"}
        self.body = b"file"
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.seen.append(self.headers)
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def redirect(self, url: str) -> None:
        self.status, self.headers, self.body = 302, {"Location": url, "Content-Length": "0"}, b""

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def servers() -> Iterator[tuple[Elsewhere, Elsewhere]]:
    both = Elsewhere(), Elsewhere()
    yield both
    for server in both:
        server.close()


def transport(hub: str) -> HttpTransport:
    return HttpTransport(Targets(Origin.of(hub)), HASTY, CancelToken())


def fetch(made: HttpTransport, url: str) -> bytes:
    body = made.get(url, SECRET, 0, 4)
    view = memoryview(bytearray(100))
    count = body.read_into(view)
    made.finish(body)
    made.close()
    return bytes(view[:count])


def test_the_token_is_dropped_when_the_port_changes(servers):
    hub, other = servers
    hub.redirect(f"{other.url}/file")
    assert fetch(transport(hub.url), f"{hub.url}/start") == b"file"
    assert hub.seen[0]["Authorization"] == "Bearer hf_secret"
    assert other.seen[0]["Authorization"] is None
    assert other.seen[0]["Range"] == "bytes=0-3"


def test_a_redirect_in_circles_ends(servers):
    hub, _ = servers
    hub.redirect(f"{hub.url}/again")
    with pytest.raises(TransferFault, match="circles"):
        fetch(transport(hub.url), f"{hub.url}/start")
    assert len(hub.seen) < 10


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:9/",
        "https://127.0.0.1:9/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "http://cdn.example/file",
        "file:///etc/passwd",
        "ftp://cdn.example/file",
        "",
    ],
)
def test_a_public_hub_may_not_send_us_into_this_network(target: str):
    with pytest.raises(TransferFault) as refusal:
        transport("https://hub.example").get(target, (), 0, 4)
    assert refusal.value.error.message


def test_one_connection_serves_request_after_request(servers):
    hub, _ = servers
    made = transport(hub.url)
    view = memoryview(bytearray(100))
    for _ in range(3):
        body = made.get(f"{hub.url}/file", SECRET, 0, 4)
        assert body.read_into(view) == 4
        made.finish(body)
    made.close()
    assert len(hub.seen) == 3


def test_a_body_is_never_read_beyond_what_was_asked(servers):
    hub, _ = servers
    hub.headers, hub.body = {"Content-Range": "bytes 0-3/4", "Content-Length": "9"}, b"filefiles"
    made = transport(hub.url)
    body = made.get(f"{hub.url}/file", (), 0, 4)
    view = memoryview(bytearray(4))
    assert body.read_into(view) == 4
    assert bytes(view) == b"file"
    made.finish(body)
    made.close()


def test_cutting_ends_a_read_at_once(servers):
    hub, _ = servers
    hub.headers, hub.body = {"Content-Range": "bytes 0-3/4", "Content-Length": "4"}, b""
    cancel = CancelToken()
    made = HttpTransport(Targets(Origin.of(hub.url)), HASTY, cancel)
    ended = threading.Event()

    def read() -> None:
        body = made.get(f"{hub.url}/file", (), 0, 4)
        started.set()
        with pytest.raises((TransferFault, AssertionError, OSError)):
            assert body.read_into(memoryview(bytearray(4))) > 0
        ended.set()

    started = threading.Event()
    with cancel.on_cancel(made.cut):
        thread = threading.Thread(target=read)
        thread.start()
        assert started.wait(5)
        cancel.cancel()
        assert ended.wait(5)
    thread.join()
    made.close()
