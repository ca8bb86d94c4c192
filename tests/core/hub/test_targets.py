"""An answer from outside never leads into the private network or off encryption."""

import pytest

from modelshelf.core.errors import InputError, NetworkError
from modelshelf.core.hub.targets import Origin, Targets

PUBLIC = Origin.of("https://huggingface.co")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://LOCALHOST./x",
        "https://10.0.0.1/x",
        "https://192.168.1.1/x",
        "https://172.16.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://[fe80::1%25eth0]/x",
        "https://[fd00::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://0.0.0.0/x",
        "https://100.64.0.1/x",
        "http://cdn.example/x",
        "ftp://cdn.example/x",
        "https:///x",
        "https://user@cdn.example/x",
        "file:///etc/passwd",
        "https://[bad/x",
    ],
)
def test_a_public_hub_must_not_lead_there(url: str):
    with pytest.raises(NetworkError, match="refused"):
        Targets(PUBLIC).check_url(url)


@pytest.mark.parametrize("url", ["https://cdn-lfs.hf.co/x?sig=1", "https://8.8.8.8/x"])
def test_a_public_hub_may_lead_there(url: str):
    assert Targets(PUBLIC).check_url(url).scheme == "https"


def test_a_name_that_resolves_to_a_private_address_is_refused():
    targets = Targets(PUBLIC)
    targets.check_addresses("cdn.example", ["151.101.1.1", "2a04:4e42::1"])
    with pytest.raises(NetworkError, match="private network"):
        targets.check_addresses("rebind.example", ["151.101.1.1", "10.0.0.7"])


@pytest.mark.parametrize("hub", ["http://127.0.0.1:8080", "http://localhost", "https://10.1.2.3"])
def test_a_private_hub_may_lead_to_private_addresses(hub: str):
    targets = Targets(Origin.of(hub))
    assert targets.may_be_private
    targets.check_addresses("cdn.lab", ["10.0.0.7"])


def test_a_hub_whose_name_is_private_may_too():
    """A mirror of a lab, or a VPN that gives every name a private address."""
    targets = Targets(Origin.of("https://hub.lab"))
    with pytest.raises(NetworkError):
        targets.check_addresses("cdn.lab", ["198.18.0.9"])
    targets.check_addresses("hub.lab", ["198.18.0.7"])
    targets.check_addresses("cdn.lab", ["198.18.0.9"])


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://huggingface.co", True),
        ("http://127.0.0.1:1", True),
        ("http://localhost:1", True),
        ("http://[::1]:1", True),
        ("http://mirror.lab", False),
        ("http://10.0.0.1", False),
        ("http://localhost.example", False),
    ],
)
def test_a_token_goes_only_where_nobody_listens_in(url: str, may: bool):
    assert Origin.of(url).may_see_token is may


def test_origins_are_equal_only_when_all_three_parts_are():
    assert Origin.of("https://Hub.example/a") == Origin.of("https://hub.example:443/b")
    assert Origin.of("https://hub.example") != Origin.of("http://hub.example")
    assert Origin.of("https://hub.example") != Origin.of("https://hub.example:444")


def test_no_password_is_shown_of_an_address_that_is_none():
    with pytest.raises(InputError) as caught:
        Origin.of("https://me:secret@hub.example?token=abc")
    assert "secret" not in caught.value.message
    assert "abc" not in caught.value.message
