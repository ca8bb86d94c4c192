"""Whatever servers and networks do, a call ends in time with a sentence about it."""

import gzip
import json
import logging
import re
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from tests.core.hub.conftest import SHORT, MakeHub, Socketed, Talk
from tests.support.fake_hub import FakeHub, Fault

from modelshelf.core.cancel import Cancelled
from modelshelf.core.errors import (
    ErrorCode,
    FormatError,
    ModelshelfError,
    NetworkError,
    StalledError,
)
from modelshelf.core.hub.retry import Patience
from modelshelf.core.model import ModelId
from modelshelf.sample.server import SAMPLE_TOKEN

TINY = ModelId("acme/tiny")
INFO = f"/api/models/{TINY}/revision/main"


def _json(value: object, *headers: str) -> bytes:
    body = json.dumps(value).encode()
    head = ["HTTP/1.1 200 OK", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, *headers, "", ""]).encode() + body


@pytest.fixture
def tiny(fake: FakeHub) -> FakeHub:
    fake.put(TINY, {"config.json": b"{}", "model.safetensors": b"w" * 100})
    return fake


def test_a_server_that_never_answers_is_given_up(
    listen: Callable[[Talk], Socketed], make_hub: MakeHub
):
    silent = listen(lambda _: None)
    with pytest.raises(StalledError, match="took the connection but sent nothing") as caught:
        make_hub(silent.url).info(TINY)
    assert caught.value.exit_code == 6


def test_a_server_that_stops_in_the_middle_is_given_up(tiny: FakeHub, make_hub: MakeHub):
    tiny.fail(INFO, Fault(hold=threading.Event(), hold_after=10))
    with pytest.raises(StalledError):
        make_hub(tiny.url).info(TINY)


def test_a_server_that_drips_is_given_up(tiny: FakeHub, make_hub: MakeHub):
    patience = Patience(step=0.25, reach=0.3, body=0.3, pauses=())
    tiny.fail(INFO, Fault(drip=1))
    with pytest.raises(StalledError):
        make_hub(tiny.url, patience=patience).info(TINY)


def test_nobody_listening_is_a_refused_connection(closed_port: int, make_hub: MakeHub):
    with pytest.raises(NetworkError, match=f"refused the connection on port {closed_port}"):
        make_hub(f"http://127.0.0.1:{closed_port}").info(TINY)


def test_a_hub_that_comes_back_meanwhile_is_reached(tiny: FakeHub, make_hub: MakeHub):
    tiny.fail(INFO, Fault(status=503), times=2)
    assert make_hub(tiny.url).info(TINY).model_id == TINY
    assert len(tiny.requests) == 3


def test_a_hub_with_a_problem_is_asked_a_few_times(tiny: FakeHub, make_hub: MakeHub):
    tiny.fail(INFO, Fault(status=502), times=9)
    with pytest.raises(NetworkError, match=r"problem of its own \(HTTP 502\)"):
        make_hub(tiny.url).info(TINY)
    assert len(tiny.requests) == 3


def test_a_cut_connection_is_tried_again(tiny: FakeHub, make_hub: MakeHub):
    tiny.fail(INFO, Fault(cut_after=20))
    tiny.fail(INFO, Fault(reset_after=0))
    assert make_hub(tiny.url).info(TINY).model_id == TINY


def test_a_connection_that_is_always_cut_is_said(tiny: FakeHub, make_hub: MakeHub):
    tiny.fail(INFO, Fault(cut_after=20), times=9)
    with pytest.raises(NetworkError, match="closed the connection before it had answered"):
        make_hub(tiny.url).info(TINY)


def test_an_idle_connection_that_was_closed_does_no_harm(tiny: FakeHub, make_hub: MakeHub):
    tiny.fail(INFO, Fault(hang_up=True), times=2)
    hub = make_hub(tiny.url)
    for _ in range(3):
        assert hub.info(TINY).model_id == TINY


@pytest.mark.parametrize("wait", ["1000000000", "99999999999999999999", "3600.5"])
def test_an_absurd_wait_is_not_waited_for(tiny: FakeHub, make_hub: MakeHub, wait: str):
    tiny.fail(INFO, Fault(status=429, headers={"Retry-After": wait}), times=5)
    with pytest.raises(NetworkError, match="too many requests"):
        make_hub(tiny.url).info(TINY)
    assert len(tiny.requests) <= 3


def test_a_wait_in_reach_is_said(tiny: FakeHub, make_hub: MakeHub):
    later = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
    tiny.fail(INFO, Fault(status=429, headers={"Retry-After": later}))
    with pytest.raises(NetworkError) as caught:
        make_hub(tiny.url).info(TINY)
    assert re.search(r"Try again in (9 min \d+ s|10 min)", caught.value.hint)


def test_a_short_wait_is_waited_for(tiny: FakeHub, make_hub: MakeHub):
    tiny.fail(INFO, Fault(status=429, headers={"Retry-After": "0"}))
    assert make_hub(tiny.url).info(TINY).model_id == TINY


def test_a_login_page_is_called_one(tiny: FakeHub, make_hub: MakeHub):
    tiny.fail("/*", Fault(portal=True), times=9)
    hub = make_hub(tiny.url, SAMPLE_TOKEN)
    asks = (
        lambda: hub.info(TINY),
        lambda: hub.read(TINY, "main", "config.json"),
        lambda: hub.location(TINY, "main", "config.json"),
        lambda: hub.search("x"),
        hub.whoami,
    )
    for ask in asks:
        with pytest.raises(NetworkError, match="web page instead of data"):
            ask()


def test_a_web_server_that_is_no_hub_is_told_apart(
    answering: Callable[[bytes], Socketed], make_hub: MakeHub
):
    page = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n404"
    with pytest.raises(NetworkError, match="not a Hub at all"):
        make_hub(answering(page).url).info(TINY)


def test_a_server_that_knows_no_models_is_no_hub(
    answering: Callable[[bytes], Socketed], make_hub: MakeHub
):
    plain = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno"
    with pytest.raises(NetworkError, match="not as a Hub does"):
        make_hub(answering(plain).url).info(TINY)


def test_a_page_in_a_repo_is_a_file_like_any_other(tiny: FakeHub, make_hub: MakeHub):
    tiny.put(TINY, {"docs/index.html": b"<html>mine</html>"})
    tiny.fail("/*index.html", Fault(headers={"Content-Type": "text/html"}))
    content = make_hub(tiny.url).read(TINY, "main", "docs/index.html")
    assert content == b"<html>mine</html>"
    assert tiny.faults_left == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b'{"id": "acme/tiny"',
        b"\xff\xfe\x00",
        b"[1, 2]",
        b"null",
        b"{}",
        b'{"id": "../../etc", "sha": "' + b"a" * 40 + b'"}',
        b'{"id": "acme/tiny", "sha": "../x"}',
        b'{"id": "acme/tiny", "sha": 5}',
        b'{"id": "acme/tiny", "lastModified": {}}',
        b'{"id": "acme/tiny", "siblings": [7]}',
        b'{"id": "acme/tiny", "safetensors": 7}',
        b'{"a":' * 200_000,
        b"[" * 200_000 + b"]" * 200_000,
        b'{"likes": ' + b"9" * 10_000 + b"}",
    ],
    ids=lambda body: body[:20].decode("latin-1"),
)
def test_what_no_hub_says_is_refused(tiny: FakeHub, make_hub: MakeHub, body: bytes):
    tiny.fail(INFO, Fault(body=body))
    with pytest.raises(FormatError):
        make_hub(tiny.url).info(TINY)


@pytest.mark.parametrize("body", [b"[7]", b'[{"type": "file"}]', b'[{"path": "x"}]', b"7"])
def test_an_odd_list_of_files_is_refused(tiny: FakeHub, make_hub: MakeHub, body: bytes):
    tiny.fail("/api/*/tree/*", Fault(body=body))
    with pytest.raises(FormatError):
        make_hub(tiny.url).files(TINY, "main")


@pytest.mark.parametrize("fault", [Fault(body=bytes(50_000_000)), Fault(endless=True)])
def test_an_answer_without_measure_is_refused(tiny: FakeHub, make_hub: MakeHub, fault: Fault):
    tiny.fail(INFO, fault)
    with pytest.raises(FormatError, match="larger than 10 MB"):
        make_hub(tiny.url, patience=Patience()).info(TINY)


def test_a_compressed_bomb_is_refused(tiny: FakeHub, make_hub: MakeHub):
    tiny.fail(INFO, Fault(gzip=True))
    assert make_hub(tiny.url).info(TINY).model_id == TINY
    bomb = gzip.compress(bytes(50_000_000))
    tiny.fail(INFO, Fault(body=bomb, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(FormatError, match="larger than 10 MB"):
        make_hub(tiny.url).info(TINY)


def test_what_is_no_http_is_said(answering: Callable[[bytes], Socketed], make_hub: MakeHub):
    with pytest.raises(NetworkError, match="does not answer as a web server does"):
        make_hub(answering(b"SSH-2.0-OpenSSH_9.2\r\n\r\n").url).info(TINY)


def test_redirects_in_circles_end(tiny: FakeHub, make_hub: MakeHub):
    tiny.fail("/*", Fault(redirect_to=f"{tiny.url}{INFO}"), times=99)
    with pytest.raises(NetworkError, match="in circles"):
        make_hub(tiny.url).info(TINY)
    assert len(tiny.requests) < 10


def test_a_list_without_end_ends(listen: Callable[[Talk], Socketed], make_hub: MakeHub):
    def talk(connection: socket.socket) -> None:
        while request := server.read_request(connection):
            assert request.startswith(b"GET ")
            connection.sendall(_json([], f'Link: <{server.url}/api/next>; rel="next"'))

    server = listen(talk)
    with pytest.raises(FormatError) as caught:
        make_hub(server.url, patience=Patience()).files(TINY, "main")
    assert caught.value.details == "a list without end"
    assert len(server.received) == 300


@pytest.mark.parametrize("link", ["/relative", "javascript:alert(1)", "http://[bad", "ftp://x/y"])
def test_an_odd_next_page_is_refused(
    answering: Callable[[bytes], Socketed], make_hub: MakeHub, link: str
):
    server = answering(_json([], f'Link: <{link}>; rel="next"'))
    with pytest.raises((FormatError, NetworkError)):
        make_hub(server.url).search("x")


def test_the_token_stays_with_the_hub(
    tiny: FakeHub, answering: Callable[[bytes], Socketed], make_hub: MakeHub
):
    """A redirect and a next page that lead to another server are followed without it."""
    other = answering(_json({"id": TINY, "sha": "a" * 40}))
    tiny.fail(INFO, Fault(redirect_to=f"{other.url}/x"))
    assert make_hub(tiny.url, SAMPLE_TOKEN).info(TINY).commit == "a" * 40
    tiny.fail("/api/models", Fault(headers={"Link": f'<{other.url}/y>; rel="next"'}))
    with pytest.raises(ModelshelfError):
        make_hub(tiny.url, SAMPLE_TOKEN).search("tiny", limit=9)
    assert [r.split()[1] for r in other.received] == [b"/x", b"/y"]
    assert all(b"authorization" not in request.lower() for request in other.received)
    assert all(request.headers["Authorization"] for request in tiny.requests)


def test_a_proxy_in_between_does_not_see_questions_to_this_machine(
    tiny: FakeHub, closed_port: int, make_hub: MakeHub, monkeypatch: pytest.MonkeyPatch
):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port}")
    assert make_hub(tiny.url).info(TINY).model_id == TINY


def test_closing_ends_a_call_that_waits(listen: Callable[[Talk], Socketed], make_hub: MakeHub):
    asked = threading.Event()

    def talk(connection: socket.socket) -> None:
        server.read_request(connection)
        asked.set()

    server = listen(talk)
    hub, ended = make_hub(server.url, patience=Patience(step=60, reach=60)), list[type]()
    thread = threading.Thread(target=lambda: ended.append(type(_failure(lambda: hub.info(TINY)))))
    thread.start()
    assert asked.wait(10)
    hub.close()
    thread.join(10)
    assert ended == [Cancelled]
    with pytest.raises(Cancelled):
        hub.info(TINY)


def test_closing_ends_a_pause_between_attempts(tiny: FakeHub, make_hub: MakeHub):
    tiny.fail(INFO, Fault(status=503), times=99)
    hub, ended = make_hub(tiny.url, patience=Patience(reach=90, pauses=(60,), longest_pause=60)), []
    thread = threading.Thread(target=lambda: ended.append(type(_failure(lambda: hub.info(TINY)))))
    thread.start()
    assert tiny.wait_until(lambda: any(request.is_over for request in tiny.requests))
    hub.close()
    thread.join(10)
    assert ended == [Cancelled]
    assert len(tiny.requests) == 1


def _failure(ask: Callable[[], object]) -> BaseException | None:
    try:
        ask()
    except (ModelshelfError, Cancelled) as error:
        return error
    return None


def test_no_failure_shows_the_token_or_a_signed_address(
    tiny: FakeHub,
    make_hub: MakeHub,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
):
    """Every way a call can fail, with everything it says searched for secrets."""
    caplog.set_level(logging.DEBUG, logger="")
    echo = {"X-Error-Message": f"bad {SAMPLE_TOKEN}", "X-HF-Warning": f"t; {SAMPLE_TOKEN}"}
    hub, told = make_hub(tiny.url, SAMPLE_TOKEN), list[str]()
    commit = tiny.model(TINY).head.sha
    for status in (400, 401, 403, 404, 409, 410, 416, 418, 429, 500, 503):
        body = json.dumps({"error": f"no {SAMPLE_TOKEN}"}).encode()
        tiny.fail("/*", Fault(status=status, headers=echo, body=body), times=99)
        for ask in (
            lambda: hub.info(TINY),
            lambda: hub.files(TINY, commit),
            lambda: hub.read(TINY, commit, "model.safetensors"),
            lambda: hub.location(TINY, commit, "model.safetensors"),
            lambda: hub.search("x"),
            hub.whoami,
        ):
            with pytest.raises(ModelshelfError) as caught:
                ask()
            told += [repr(caught.value), repr(caught.value.info), repr(caught.value.__cause__)]
        tiny.heal()
    tiny.fail(lambda r: r.origin == "cdn", Fault(expired=True))
    with pytest.raises(ModelshelfError) as caught:
        hub.read(TINY, commit, "model.safetensors")
    told += [repr(caught.value.info), repr(hub.location(TINY, commit, "model.safetensors"))]
    ours = [r.getMessage() for r in caplog.records if r.name.startswith(("modelshelf", "hugg"))]
    shown = capfd.readouterr()
    everything = "\n".join([*told, *ours, shown.out, shown.err, repr(hub), repr(vars(hub))])
    assert SAMPLE_TOKEN not in everything
    assert "Signature=" not in everything
    assert shown.err == ""


def test_a_token_of_a_mirror_is_not_repeated_either(tiny: FakeHub, make_hub: MakeHub):
    said = {"X-Error-Message": "the token mirror-secret may not do this"}
    tiny.fail(INFO, Fault(status=403, headers=said))
    with pytest.raises(ModelshelfError) as caught:
        make_hub(tiny.url, "mirror-secret").info(TINY)
    assert "may not do this" in caught.value.details
    assert "mirror-secret" not in repr(caught.value.info)


@pytest.mark.parametrize("status", [400, 402, 403, 405, 409, 418, 451])
def test_every_other_refusal_has_a_sentence(tiny: FakeHub, make_hub: MakeHub, status: int):
    tiny.fail(INFO, Fault(status=status, headers={"X-Error-Message": "no\x07pe"}))
    with pytest.raises(NetworkError, match=f"HTTP {status}") as caught:
        make_hub(tiny.url).info(TINY)
    assert caught.value.code is ErrorCode.NETWORK


def test_the_limits_keep_the_promise_of_fifteen_seconds():
    """A wait in progress when the time is up, and every pause, lie inside `reach`."""
    assert Patience().reach < 15
    assert Patience(step=600).reach < 15
    assert SHORT.reach < Patience().reach
