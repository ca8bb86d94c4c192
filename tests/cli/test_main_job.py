"""The main job on the command line: browse, download, see who uses it, delete."""

from pathlib import Path

import pytest
from tests.cli.conftest import FILES, MODEL, WEIGHTS, everything_below
from tests.support.file_holder import FileHolder


def test_list_before_anything_is_there(call, cache):
    answer = call("list", "--json", "--type", "embedding")
    assert answer.code == 0
    entry = next(m for m in answer.json["models"] if m["id"] == MODEL)
    assert entry["status"] == "available"
    assert entry["installed_bytes"] == 0
    assert entry["used_by"] == []
    assert entry["job"] is None
    assert entry["managed"] is True
    assert answer.json["cache"]["total_bytes"] == 0
    assert not cache.exists()


def test_download_list_use_delete(call, published, cache):
    before = everything_below(cache.parent)
    done = call("download", "bge-small", "--json")
    assert done.code == 0, done.out
    events = done.events
    assert [e["event"] for e in events if e["event"] != "progress"][:1] == ["plan"]
    last = events[-1]
    assert last["event"] == "done"
    snapshot = Path(last["path"])
    assert (snapshot / "model.safetensors").read_bytes() == WEIGHTS
    assert not (snapshot / "pytorch_model.bin").exists()
    assert last["bytes_reused"] == 0
    assert last["bytes_fetched"] == sum(
        len(FILES[n]) for n in ("config.json", "README.md", "model.safetensors")
    )
    assert {e["path"] for e in events if e["event"] == "file"} == {
        "config.json",
        "README.md",
        "model.safetensors",
    }

    assert call("path", MODEL).out.strip() == str(snapshot)
    (entry,) = call("list", "--json", "--status", "installed").json["models"]
    assert (entry["id"], entry["status"]) == (MODEL, "installed")
    assert entry["path"] == str(snapshot)
    assert call("status", "--json").json["downloaded_models"] == [MODEL]
    shown = call("show", MODEL, "--json").json
    assert shown["revision"] == last["revision"]
    assert {f["path"] for f in shown["files"]} == {
        "config.json",
        "README.md",
        "model.safetensors",
    }

    assert call("collections", "create", "thesis-rag").code == 0
    assert call("collections", "add", "thesis-rag", MODEL, "--role", "embedding").code == 0
    usage = call("usage", MODEL, "--json").json
    assert usage["blocked_by_collections"] == ["thesis-rag"]
    assert usage["can_delete"] is False

    refused = call("delete", MODEL, "--yes", "--force", "--json")
    assert refused.code == 3
    assert refused.json["error"]["code"] == "ERR_IN_USE"
    assert "thesis-rag" in refused.json["error"]["message"]
    assert snapshot.exists()
    dry = call("delete", MODEL, "--dry-run", "--json")
    assert dry.code == 0
    assert dry.json["executed"] is False

    assert call("collections", "remove", "thesis-rag", MODEL).code == 0
    deleted = call("delete", MODEL, "--json")
    assert deleted.code == 0, deleted.out
    assert deleted.json["executed"] is True
    assert deleted.json["plan"]["freed_bytes"] > len(WEIGHTS)
    after = [p for p in everything_below(cache.parent) if p not in ("hub", "hub/.locks")]
    assert after == before


def test_second_download_fetches_nothing(call, published, cache):
    assert call("download", MODEL).code == 0
    sent = published.bytes_sent
    again = call("download", MODEL, "--json")
    assert again.code == 0
    assert again.events[-1]["bytes_fetched"] == 0
    assert published.bytes_sent - sent < 100_000


def test_warnings_need_a_yes(call, published, cache):
    assert call("download", MODEL).code == 0
    assert call("defaults", "set", "embedding", MODEL).code == 0
    refused = call("delete", MODEL, "--json")
    assert refused.code == 3
    assert refused.json["error"]["code"] == "ERR_CONFIRM"
    accepted = call("delete", MODEL, "--yes", "--json")
    assert accepted.code == 0
    assert call("defaults", "list", "--json").json["defaults"]["embedding"] is None


@pytest.mark.parametrize("how", ["open", "mapped"])
def test_an_open_file_blocks_until_forced(call, installed, tmp_path, how):
    weights = installed / "model.safetensors"
    with FileHolder(weights, how, tmp_path) as holder:
        refused = call("delete", MODEL, "--yes", "--json")
        assert refused.code == 3
        assert str(holder.pid) in refused.json["error"]["message"]
        forced = call("delete", MODEL, "--yes", "--force", "--json")
        assert forced.code == 0
    assert not weights.exists()


def test_dry_run_of_a_download_changes_nothing(call, published, cache):
    plan = call("download", MODEL, "--dry-run", "--json").json
    assert plan["bytes_total"] == sum(len(FILES[n]) for n in FILES if n != "pytorch_model.bin")
    assert not cache.exists()
