"""Models of one's own: added by id or link, detected from their files, edited, removed."""

import json

import pytest

ENCODER = "acme/encoder"
FILES = {
    "config.json": json.dumps({"model_type": "bert", "hidden_size": 384}).encode(),
    "modules.json": json.dumps(
        [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {
                "idx": 1,
                "name": "1",
                "path": "1_Pooling",
                "type": "sentence_transformers.models.Pooling",
            },
        ]
    ).encode(),
    "1_Pooling/config.json": json.dumps(
        {"word_embedding_dimension": 384, "pooling_mode_cls_token": True}
    ).encode(),
    "config_sentence_transformers.json": json.dumps(
        {"prompts": {"query": "query: ", "document": "passage: "}}
    ).encode(),
    "model.safetensors": b"\x08\x00\x00\x00\x00\x00\x00\x00{}      ",
}


@pytest.fixture
def encoder(hub):
    hub.put(ENCODER, FILES)
    return hub


def test_what_is_left_out_is_read_from_the_models_own_files(call, encoder, cache):
    added = call("custom", "add", f"https://huggingface.co/{ENCODER}", "--json")
    assert added.code == 0, added.out
    model = added.json
    assert (model["id"], model["type"], model["dimension"]) == (ENCODER, "embedding", 384)
    assert (model["pooling"], model["asymmetric"]) == ("cls", True)
    assert (model["query_prefix"], model["document_prefix"]) == ("query: ", "passage: ")
    assert call("custom", "list", "--json").json == {"custom_models": [model]}
    assert not cache.exists(), "adding downloads nothing"


def test_what_is_said_counts_more_than_what_is_detected(call, encoder):
    model = call(
        *("custom", "add", ENCODER, "--type", "reranker", "--dimension", "64", "--pooling", "mean"),
        *("--symmetric", "--instruction", "Find", "--json"),
    ).json
    assert (model["type"], model["dimension"], model["pooling"]) == ("reranker", 64, "mean")
    assert (model["asymmetric"], model["instruction"]) == (False, "Find")


def test_a_custom_model_is_managed_and_found_by_its_name(call, encoder, cache):
    call("custom", "add", ENCODER)
    (entry,) = [m for m in call("list", "--json").json["models"] if m["id"] == ENCODER]
    assert (entry["managed"], entry["source"], entry["status"]) == (True, "custom", "available")
    assert call("show", "encoder").code == 0
    assert call("collections", "create", "c").code == 0
    assert call("collections", "add", "c", "encoder", "--role", "embedding").code == 0
    assert call("download", "encoder").code == 0
    assert call("list", "--json").json["cache"]["unmanaged_repos"] == 0


def test_edit_changes_only_what_is_named(call, encoder):
    before = call("custom", "add", ENCODER, "--json").json
    after = call("custom", "edit", "encoder", "--pooling", "last", "--json").json
    assert after == {**before, "pooling": "last"}
    assert (
        call("custom", "edit", ENCODER, "--query-prefix", "", "--json").json["query_prefix"] == ""
    )
    assert call("custom", "edit", ENCODER, "--json").code == 9, "nothing to change"


def test_remove_forgets_the_model_and_leaves_its_files(call, encoder, cache):
    call("custom", "add", ENCODER)
    call("download", ENCODER)
    removed = call("custom", "remove", ENCODER, "--json")
    assert removed.code == 0
    assert removed.json["removed"] is True
    assert call("custom", "list", "--json").json == {"custom_models": []}
    (entry,) = [m for m in call("list", "--json").json["models"] if m["id"] == ENCODER]
    assert (entry["managed"], entry["status"]) == (False, "installed")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "BAAI/bge-small-en-v1.5"), 9),
        (("add", "../../etc"), 9),
        (("add", "nobody/nothing", "--type", "llm"), 4),
        (("add", ENCODER, "--dimension", "0"), 9),
        (("add", ENCODER, "--dimension", "70000"), 9),
        (("add", ENCODER, "--query-prefix", "x" * 3000), 9),
        (("add", "acme/known"), 9),
        (("edit", "acme/known", "--dimension", "-1"), 9),
        (("edit", "acme/unknown", "--pooling", "cls"), 4),
        (("remove", "acme/unknown"), 4),
        (("add", ENCODER, "--dimension", "many"), 2),
        (("add", ENCODER, "--pooling", "sum"), 2),
        (("add", ENCODER, "--type", "animal"), 2),
    ],
)
def test_a_dry_run_refuses_what_the_change_refuses(call, encoder, arguments, code):
    encoder.put("acme/known", FILES)
    assert call("custom", "add", "acme/known", "--type", "llm").code == 0
    before = call("custom", "list", "--json").json
    for more in (("--dry-run",), ()):
        answer = call("custom", *arguments, *more, "--json")
        assert answer.code == code, answer.out
        assert answer.json["error"]["message"]
        assert call("custom", "list", "--json").json == before


def test_a_dry_run_shows_what_would_be_stored(call, encoder):
    plan = call("custom", "add", ENCODER, "--dry-run", "--json").json["plan"]
    stored = call("custom", "add", ENCODER, "--json").json
    assert {**plan, "added": None} == {**stored, "added": None}


def test_a_hub_that_is_away_is_said_and_the_model_added_all_the_same(call, cache, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    answer = call("custom", "add", "acme/far")
    assert answer.code == 0
    assert "could not be asked" in answer.err
    assert "--type" in answer.err, "its type can only be told by the person"
    assert call("custom", "list", "--json").json["custom_models"][0]["type"] == "other"


def test_a_person_reads_what_was_detected(call, encoder):
    answer = call("custom", "add", ENCODER)
    assert f"{ENCODER} is in your list" in answer.err
    for fact in ("embedding", "384", "cls", "'query: '"):
        assert fact in answer.out
    assert ENCODER in call("custom", "list").out
