"""Where the bytes of a file are, and who gets to know what."""

import socket
from typing import Any
from urllib.request import Request, urlopen

import pytest
from tests.core.hub.conftest import MakeHub
from tests.support.fake_hub import FakeHub, Fault

from modelshelf.core.errors import NetworkError
from modelshelf.core.hub.schema import FileLocation
from modelshelf.core.hub.targets import Origin
from modelshelf.core.hub.wire import Wire
from modelshelf.core.model import ModelId
from modelshelf.sample.model import Consent, Gate
from modelshelf.sample.server import SAMPLE_TOKEN

TINY = ModelId("acme/tiny")
FILES = {"config.json": b"{}", "big.safetensors": b"w" * 5000}


def _bytes_at(location: FileLocation) -> bytes:
    with urlopen(Request(location.url, headers=dict(location.headers))) as answer:
        return answer.read()


@pytest.mark.parametrize("path", sorted(FILES))
def test_the_bytes_are_there(fake: FakeHub, make_hub: MakeHub, path: str):
    model = fake.put(TINY, FILES, gate=Gate.MANUAL, consent=Consent.ACCEPTED)
    location = make_hub(fake.url, SAMPLE_TOKEN).location(TINY, model.head.sha, path)
    file = model.head.find(path)
    assert file is not None
    assert (location.size, location.etag) == (len(FILES[path]), file.etag)
    assert _bytes_at(location) == FILES[path]


def test_another_server_is_named_and_not_asked(fake: FakeHub, make_hub: MakeHub):
    commit = fake.put(TINY, FILES).head.sha
    location = make_hub(fake.url, SAMPLE_TOKEN).location(TINY, commit, "big.safetensors")
    assert location.url.startswith(fake.cdn_url)
    assert location.headers == ()
    assert [(request.origin, request.method) for request in fake.requests] == [("hub", "HEAD")]


def test_the_token_goes_along_only_to_the_hub_itself(fake: FakeHub, make_hub: MakeHub):
    commit = fake.put(TINY, FILES).head.sha
    own = make_hub(fake.url, SAMPLE_TOKEN).location(TINY, commit, "config.json")
    assert own.headers == (("Authorization", f"Bearer {SAMPLE_TOKEN}"),)
    assert make_hub(fake.url).location(TINY, commit, "config.json").headers == ()


def test_a_location_shows_no_secret(fake: FakeHub, make_hub: MakeHub):
    commit = fake.put(TINY, FILES).head.sha
    hub = make_hub(fake.url, SAMPLE_TOKEN)
    for path in FILES:
        shown = repr(hub.location(TINY, commit, path))
        assert SAMPLE_TOKEN not in shown
        assert "Signature" not in shown


def test_an_expired_address_is_replaced_by_asking_again(fake: FakeHub, make_hub: MakeHub):
    commit = fake.put(TINY, FILES).head.sha
    hub = make_hub(fake.url)
    first = hub.location(TINY, commit, "big.safetensors")
    fake.expire_links()
    second = hub.location(TINY, commit, "big.safetensors")
    assert first.url != second.url
    assert _bytes_at(second) == FILES["big.safetensors"]


def test_a_rename_is_followed(fake: FakeHub, make_hub: MakeHub):
    commit = fake.put(TINY, FILES, aliases=("acme/old",)).head.sha
    location = make_hub(fake.url).location(ModelId("acme/old"), commit, "config.json")
    assert _bytes_at(location) == b"{}"


def test_names_with_odd_characters_are_found(fake: FakeHub, make_hub: MakeHub):
    files = {"a b/ü#1?.json": b"1", "100%.bin": b"2"}
    commit = fake.put(TINY, files).head.sha
    hub = make_hub(fake.url)
    for path, content in files.items():
        assert _bytes_at(hub.location(TINY, commit, path)) == content


def test_redirects_in_circles_end(fake: FakeHub, make_hub: MakeHub):
    fake.put(TINY, FILES)
    fake.fail("/*", Fault(redirect_to="/again"), times=99)
    with pytest.raises(NetworkError, match="in circles"):
        make_hub(fake.url).location(TINY, "main", "config.json")


@pytest.mark.parametrize("place", ["ftp://x/y", "https:///", "http://[bad"])
def test_a_place_that_is_none_is_refused(fake: FakeHub, make_hub: MakeHub, place: str):
    fake.put(TINY, FILES)
    fake.fail("/*big.safetensors", Fault(redirect_to=place))
    with pytest.raises(NetworkError, match="no web address"):
        make_hub(fake.url).location(TINY, "main", "big.safetensors")


@pytest.mark.parametrize(
    ("headers", "size", "etag"),
    [
        ({"X-Linked-Size": "5", "X-Linked-Etag": '"abc"'}, 5, "abc"),
        ({"X-Linked-Size": "-5", "X-Linked-Etag": 'W/"abc"'}, None, "abc"),
        ({"X-Linked-Size": "9" * 40, "X-Linked-Etag": '"../../x"'}, None, None),
    ],
)
def test_what_is_said_of_a_file_is_checked(
    fake: FakeHub, make_hub: MakeHub, headers: dict[str, str], size: int | None, etag: str | None
):
    fake.put(TINY, FILES)
    fake.fail("/*big.safetensors", Fault(headers=headers))
    location = make_hub(fake.url).location(TINY, "main", "big.safetensors")
    assert (location.size, location.etag) == (size, etag)


def _resolving_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    asked: list[str] = []

    def resolve(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_a_public_hub_must_not_lead_to_a_name_of_the_private_network(
    monkeypatch: pytest.MonkeyPatch, make_wire: Any
):
    _resolving_to(monkeypatch, "10.0.0.9")
    with pytest.raises(NetworkError, match="private network"):
        make_wire("https://huggingface.co").check_target("https://intranet.example/x")


def test_a_name_once_found_public_is_not_looked_up_again(
    monkeypatch: pytest.MonkeyPatch, make_wire: Any
):
    asked = _resolving_to(monkeypatch, "151.101.1.1")
    wire = make_wire("https://huggingface.co")
    for _ in range(3):
        wire.check_target("https://cdn.example/x")
    assert asked == ["cdn.example"]


def test_a_name_that_cannot_be_looked_up_is_left_to_who_connects(make_wire: Any):
    make_wire("https://huggingface.co").check_target("https://cdn.example/x")


@pytest.fixture
def make_wire(make_hub: MakeHub) -> Any:
    def make(endpoint: str) -> Wire:
        return Wire(Origin.of(endpoint), make_hub(endpoint)._patience)

    return make
