"""Which model is meant when none is named."""

import pytest
from tests.cli.conftest import MODEL


def test_defaults_are_set_listed_and_cleared(call, cache):
    assert set(call("defaults", "list", "--json").json["defaults"].values()) == {None}
    after = call("defaults", "set", "embedding", "bge-small", "--json").json
    assert after["defaults"]["embedding"] == MODEL
    assert call("defaults", "list", "--json").json == after
    assert MODEL in call("defaults", "list").out
    assert call("defaults", "clear", "embedding", "--json").json["defaults"]["embedding"] is None


def test_the_default_embedding_model_is_a_setting(call, cache, monkeypatch):
    after = call("defaults", "set", "default-embedding-model", MODEL, "--json").json
    assert after["default_embedding_model"] == MODEL
    assert call("config", "get", "defaults.embedding_model").out == f"{MODEL}\n"
    assert call("usage", MODEL, "--json").json["is_default_embedding_model"] is True
    monkeypatch.setenv("DEFAULT_EMBEDDING_MODEL", "acme/other")
    told = call("defaults", "set", "default-embedding-model", MODEL, "--json")
    assert told.json["default_embedding_model"] == "acme/other"
    assert "DEFAULT_EMBEDDING_MODEL" in told.err, "the variable decides, and that is said"
    monkeypatch.delenv("DEFAULT_EMBEDDING_MODEL")
    cleared = call("defaults", "clear", "default-embedding-model", "--json").json
    assert cleared["default_embedding_model"] is None


def test_tiers_are_set_emptied_and_removed(call, cache):
    assert call("tiers", "list", "--json").json["tiers"] == [
        {"tier": "high", "model_id": None},
        {"tier": "low", "model_id": None},
    ]
    call("tiers", "set", "high", "gpt2")
    after = call("tiers", "set", "mine", MODEL, "--json").json["tiers"]
    assert {"tier": "mine", "model_id": MODEL} in after
    assert {"tier": "high", "model_id": "openai-community/gpt2"} in after
    assert call("usage", MODEL, "--json").json["llm_config_count"] == 1
    assert "mine" in call("tiers", "list").out
    emptied = call("tiers", "clear", "mine", "--json").json["tiers"]
    assert {"tier": "mine", "model_id": None} in emptied
    assert len(call("tiers", "remove", "mine", "--json").json["tiers"]) == 2


def test_deleting_resets_what_pointed_to_the_model_and_says_so(call, installed):
    call("defaults", "set", "embedding", MODEL)
    call("tiers", "set", "high", MODEL)
    assert call("delete", MODEL, "--json").json["error"]["code"] == "ERR_CONFIRM"
    deleted = call("delete", MODEL, "--yes", "--json").json
    assert len(deleted["notes"]) == 2
    assert call("defaults", "list", "--json").json["defaults"]["embedding"] is None
    assert call("tiers", "list", "--json").json["tiers"][0]["model_id"] is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("defaults", "set", "embedding", "nobody/nothing"), 4),
        (("defaults", "set", "embedding", "../x"), 9),
        (("defaults", "set", "pet", MODEL), 2),
        (("defaults", "clear", "pet"), 2),
        (("tiers", "set", "high", "nobody/nothing"), 4),
        (("tiers", "set", "", "gpt2"), 9),
        (("tiers", "set", "x" * 81, "gpt2"), 9),
        (("tiers", "clear", "nope"), 4),
        (("tiers", "remove", "nope"), 4),
        (("tiers", "remove", "high"), 9),
    ],
)
def test_a_dry_run_refuses_what_the_change_refuses(call, cache, arguments, code):
    for more in (("--dry-run",), ()):
        answer = call(*arguments, *more, "--json")
        assert answer.code == code, answer.out
        assert answer.json["error"]["message"]


def test_a_dry_run_shows_what_would_be(call, cache):
    plan = call("tiers", "set", "high", "gpt2", "--dry-run", "--json").json["plan"]
    assert plan["tiers"][0]["model_id"] == "openai-community/gpt2"
    plan = call("defaults", "set", "llm", "gpt2", "--dry-run", "--json").json["plan"]
    assert plan["defaults"]["llm"] == "openai-community/gpt2"
    assert call("defaults", "list", "--json").json["defaults"]["llm"] is None
