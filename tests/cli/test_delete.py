"""What `delete` takes and leaves: all revisions, partials, one revision alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import FILES, MODEL, WEIGHTS, everything_below
from tests.support.caches import add_model


@pytest.fixture
def updated(call, published, installed) -> tuple[Path, Path]:
    """Two revisions: the old snapshot, the new one that main names."""
    published.publish_update(MODEL, {"model.safetensors": WEIGHTS[::-1]})
    done = call("download", MODEL, "--json").events[-1]
    return installed, Path(done["path"])


def test_all_revisions_go(call, updated, cache):
    old, new = updated
    assert old != new
    deleted = call("delete", MODEL, "--json")
    assert deleted.code == 0
    assert deleted.json["freed_bytes"] > 2 * len(WEIGHTS)
    assert not [p for p in everything_below(cache) if p.startswith("models--")]


def test_one_revision_can_go_alone(call, updated, cache):
    old, new = updated
    shown = call("show", MODEL, "--json").json
    assert {r["commit"] for r in shown["revisions"]} == {old.name, new.name}
    dry = call("delete", MODEL, "--revision", old.name, "--dry-run", "--json").json["plan"]
    assert dry["revision"] == old.name
    assert len(WEIGHTS) <= dry["freed_bytes"] < 2 * len(WEIGHTS)
    deleted = call("delete", MODEL, "--revision", old.name)
    assert deleted.code == 0
    assert old.name[:12] in deleted.out
    assert not old.exists()
    assert (new / "model.safetensors").read_bytes() == WEIGHTS[::-1]
    assert (new / "config.json").read_bytes() == FILES["config.json"]
    assert call("path", MODEL).out == f"{new}\n"


def test_an_unknown_revision_is_code_4(call, installed):
    answer = call("delete", MODEL, "--revision", "v9", "--json")
    assert answer.code == 4
    assert installed.exists()


def test_partials_go_too(call, stopped, cache):
    (entry,) = call("list", "--search", "bge small", "--json").json["models"][:1]
    assert entry["status"] == "partial"
    assert entry["partial_bytes"] >= 1_000_000
    assert call("path", MODEL).code == 4
    deleted = call("delete", MODEL, "--json")
    assert deleted.code == 0, deleted.out
    assert not [p for p in everything_below(cache) if p.startswith("models--")]


def test_an_unmanaged_model_is_deleted_by_its_id(call, cache):
    add_model(cache, "stranger/unknown", {"model.safetensors": b"x" * 5000})
    assert call("delete", "stranger/unknown").code == 0
    assert not (cache / "models--stranger--unknown").exists()


def test_a_neighbour_is_not_touched(call, installed, cache):
    add_model(cache, "BAAI/bge-small-en", {"model.safetensors": b"x" * 5000})
    before = everything_below(cache / "models--BAAI--bge-small-en")
    assert call("delete", MODEL).code == 0
    assert everything_below(cache / "models--BAAI--bge-small-en") == before


def test_twice_is_code_4(call, installed):
    assert call("delete", MODEL).code == 0
    assert call("delete", MODEL).code == 4


def test_quiet_prints_the_result_alone(call, installed):
    answer = call("delete", MODEL, "--quiet")
    assert answer.code == 0
    assert answer.err == ""
    assert "free again" in answer.out
