"""Collections by hand: names, roles, refusals, words."""

import pytest
from tests.cli.conftest import MODEL


@pytest.fixture
def thesis(call, cache):
    assert call("collections", "create", "thesis", "--description", "My thesis").code == 0


def test_a_model_may_have_several_roles(call, thesis):
    for role in ("llm", "embedding"):
        assert call("collections", "add", "thesis", MODEL, "--role", role).code == 0
    shown = call("collections", "show", "thesis")
    assert shown.out.splitlines()[:2] == ["thesis", "My thesis"]
    assert MODEL in shown.out
    one = call("collections", "remove", "thesis", MODEL, "--role", "llm", "--json").json
    assert one["models"] == [{"id": MODEL, "role": "embedding"}]


def test_twice_is_the_same_as_once(call, thesis):
    for _ in range(2):
        answer = call("collections", "add", "thesis", "bge-small", "--role", "embedding", "--json")
        assert answer.code == 0
        assert len(answer.json["models"]) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("create", "thesis"), 9),
        (("create", "Thesis"), 9),
        (("create", ""), 9),
        (("create", "two\nlines"), 9),
        (("create", "x" * 81), 9),
        (("create", "x", "--description", "d" * 3000), 9),
        (("delete", "nope"), 4),
        (("add", "nope", MODEL, "--role", "llm"), 4),
        (("add", "thesis", "nobody/nothing", "--role", "llm"), 4),
        (("remove", "thesis", MODEL), 4),
        (("remove", "thesis", MODEL, "--role", "llm"), 4),
        (("add", "thesis", MODEL), 2),
        (("add", "thesis", MODEL, "--role", "pet"), 2),
    ],
)
def test_a_dry_run_refuses_what_the_change_refuses(call, thesis, arguments, code):
    before = call("collections", "list", "--json").json
    for more in (("--dry-run",), ()):
        answer = call("collections", *arguments, *more, "--json")
        assert answer.code == code, answer.out
        assert answer.json["error"]["message"]
        assert call("collections", "list", "--json").json == before


def test_a_dry_run_shows_what_would_be(call, thesis):
    dry = call("collections", "add", "thesis", MODEL, "--role", "llm", "--dry-run", "--json").json
    assert dry["plan"]["models"] == [{"id": MODEL, "role": "llm"}]
    assert dry["executed"] is False
    spoken = call("collections", "delete", "thesis", "--dry-run")
    assert "would be deleted" in spoken.out
    assert "nothing was changed" in spoken.err


def test_show_of_an_unknown_one_names_the_nearest(call, thesis):
    answer = call("collections", "show", "thesys", "--json")
    assert answer.code == 4
    assert "thesis" in answer.json["error"]["hint"]


def test_the_list_counts_the_models(call, thesis):
    assert "no models" in call("collections", "list").out
    call("collections", "add", "thesis", MODEL, "--role", "llm")
    assert "1 model" in call("collections", "list").out
