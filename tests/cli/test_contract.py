"""What scripts rely on: the exact JSON of every command, one document on stdout, codes."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest
from tests.cli.conftest import CHOSEN, MODEL, WEIGHTS, everything_below
from tests.support.caches import add_model

from modelshelf.cli.main import modelshelf
from modelshelf.core.errors import EXIT_CODES, ErrorCode
from modelshelf.core.units import utc_now

TEXT, NUMBER, FLAG, LIST = str, int, bool, list
MAYBE_TEXT, MAYBE_NUMBER = (str, type(None)), (int, float, type(None))

LISTED: dict[str, Any] = {
    "id": TEXT,
    "type": TEXT,
    "status": TEXT,
    "size_bytes": MAYBE_NUMBER,
    "installed_bytes": NUMBER,
    "store": MAYBE_TEXT,
    "used_by": LIST,
    "gated": FLAG,
    "path": MAYBE_TEXT,
    "job": (dict, type(None)),
    "managed": FLAG,
}
CACHE = {
    "total_bytes": NUMBER,
    "managed_bytes": NUMBER,
    "unmanaged_bytes": NUMBER,
    "unmanaged_repos": NUMBER,
}
REPORT = {
    "model_id": TEXT,
    "is_installed": FLAG,
    "size_on_disk": NUMBER,
    "estimated_freed": NUMBER,
    "blocked_by_collections": LIST,
    "user_preferences_count": NUMBER,
    "llm_config_count": NUMBER,
    "is_default_embedding_model": FLAG,
    "loaded_in": LIST,
    "warnings": LIST,
    "can_delete": FLAG,
    "requires_confirmation": FLAG,
}
PROGRESS = {
    "bytes_done": NUMBER,
    "bytes_total": NUMBER,
    "bytes_per_second": NUMBER,
    "eta_seconds": MAYBE_NUMBER,
}
DELETE_PLAN = {
    "model_id": TEXT,
    "store": TEXT,
    "folder": TEXT,
    "paths": LIST,
    "size_bytes": NUMBER,
    "freed_bytes": NUMBER,
    "can_execute": FLAG,
    "requires_confirmation": FLAG,
    "findings": LIST,
}
COLLECTION = {"name": TEXT, "description": TEXT, "models": LIST, "created": TEXT}
JOB = {"id": TEXT, "state": TEXT, "bytes_done": NUMBER, "bytes_total": NUMBER}


def check(tree: dict[str, Any], shape: dict[str, Any]) -> None:
    assert tree.keys() >= shape.keys(), f"missing: {shape.keys() - tree.keys()}"
    wrong = {key: tree[key] for key, kind in shape.items() if not isinstance(tree[key], kind)}
    assert not wrong
    counted = [key for key, kind in shape.items() if kind is NUMBER]
    assert not [key for key in counted if isinstance(tree[key], bool)]


def test_list(call, installed, cache):
    add_model(cache, "stranger/unknown", {"config.json": b"{}", "model.safetensors": b"x" * 5000})
    tree = call("list", "--json").json
    assert tree.keys() == {"models", "cache"}
    for model in tree["models"]:
        check(model, LISTED)
        assert model["status"] in ("installed", "partial", "available", "damaged")
    assert len({model["id"] for model in tree["models"]}) == len(tree["models"])
    check(tree["cache"], CACHE)
    by_id = {model["id"]: model for model in tree["models"]}
    mine = by_id[MODEL]
    assert (mine["status"], mine["managed"]) == ("installed", True)
    assert mine["store"] == str(cache)
    assert mine["path"] == str(installed)
    assert mine["installed_bytes"] >= len(WEIGHTS)
    assert by_id["stranger/unknown"]["managed"] is False
    assert tree["cache"]["unmanaged_repos"] == 1
    assert (
        tree["cache"]["total_bytes"]
        == tree["cache"]["managed_bytes"] + tree["cache"]["unmanaged_bytes"]
    )


@pytest.mark.parametrize("status", ["all", "installed", "available"])
def test_list_by_status(call, installed, status):
    found = {m["status"] for m in call("list", "--status", status, "--json").json["models"]}
    assert found == ({"installed", "available"} if status == "all" else {status})


def test_list_by_type_and_words(call, cache):
    for kind in ("embedding", "llm", "reranker", "splade", "caption"):
        found = call("list", "--type", kind, "--json").json["models"]
        assert found
        assert {model["type"] for model in found} == {kind}
    found = call("list", "--search", "bge small", "--json").json["models"]
    assert MODEL in [model["id"] for model in found]
    assert call("list", "--search", "zzzzzz", "--json").json["models"] == []


def test_show(call, installed):
    tree = call("show", MODEL, "--json").json
    check(tree, LISTED)
    assert tree["revision"] == installed.name
    assert sorted(file["path"] for file in tree["files"]) == sorted(CHOSEN)
    assert [variant["name"] for variant in tree["variants"]] == ["safetensors"]
    check(tree["usage"], REPORT)


def test_show_of_a_model_that_is_not_here(call, cache):
    tree = call("show", MODEL, "--json").json
    assert (tree["status"], tree["revision"], tree["files"]) == ("available", None, [])


def test_status(call, installed, cache):
    tree = call("status", "--json").json
    assert tree.keys() >= {"models_available", "stores", "downloaded_models", "message"}
    assert tree["models_available"] >= 60
    assert {"path": str(cache), "exists": True, "writable": True} in tree["stores"]
    assert tree["downloaded_models"] == [MODEL]
    assert isinstance(tree["message"], str)


def test_status_before_anything_is_there(call, cache):
    tree = call("status", "--json").json
    assert {"path": str(cache), "exists": False, "writable": True} in tree["stores"]
    assert tree["downloaded_models"] == []


def test_path(call, installed):
    assert call("path", MODEL).out == f"{installed}\n"
    assert call("path", "bge-small", "--json").json == {"path": str(installed)}
    assert call("path", MODEL, "--revision", installed.name).out == f"{installed}\n"
    assert call("path", MODEL, "--revision", "v9").code == 4


def test_download_events(call, published, cache):
    answer = call("download", MODEL, "--json")
    events = answer.events
    assert {event["event"] for event in events} <= {"plan", "progress", "file", "done"}
    assert events[0]["event"] == "plan"
    assert events[0]["bytes_to_fetch"] == events[0]["bytes_total"] > len(WEIGHTS)
    for event in (e for e in events if e["event"] == "progress"):
        check(event, PROGRESS)
    assert sorted(e["path"] for e in events if e["event"] == "file") == sorted(CHOSEN)
    done = events[-1]
    assert done["event"] == "done"
    check(done, {"path": TEXT, "revision": TEXT, "bytes_fetched": NUMBER, "bytes_reused": NUMBER})
    assert Path(done["path"]).name == done["revision"]
    assert done["bytes_fetched"] + done["bytes_reused"] == events[0]["bytes_total"]


def test_a_failed_download_ends_with_the_error(call, hub, cache):
    answer = call("download", "nobody/nothing", "--json")
    assert answer.code == 4
    (failed,) = answer.events
    assert failed["event"] == "failed"
    assert failed["error"].keys() == {"code", "message", "hint"}


def test_usage_of_what_is_here_and_what_is_not(call, cache, installed):
    check(call("usage", MODEL, "--json").json, REPORT)
    other = call("usage", "gpt2", "--json")
    assert other.code == 0
    check(other.json, REPORT)
    assert other.json["is_installed"] is False
    assert other.json["estimated_freed"] == 0


def test_delete(call, installed):
    dry = call("delete", MODEL, "--dry-run", "--json")
    assert dry.code == 0
    check(dry.json["plan"], DELETE_PLAN)
    assert dry.json["executed"] is False
    assert installed.exists()
    done = call("delete", MODEL, "--json")
    assert done.code == 0
    check(done.json["plan"], DELETE_PLAN)
    assert done.json["executed"] is True
    assert done.json["plan"]["freed_bytes"] == dry.json["plan"]["freed_bytes"]
    assert done.json["freed_bytes"] == done.json["plan"]["freed_bytes"]


def test_a_blocked_delete_is_planned_with_its_blockers(call, installed):
    call("collections", "create", "thesis")
    call("collections", "add", "thesis", MODEL, "--role", "embedding")
    dry = call("delete", MODEL, "--dry-run", "--json")
    assert dry.code == 0
    assert dry.json["plan"]["can_execute"] is False
    (blocker,) = dry.json["plan"]["findings"]
    assert (blocker["kind"], blocker["weight"]) == ("collection", "blocker")
    assert "thesis" in blocker["sentence"]
    refused = call("delete", MODEL, "--yes", "--force", "--json")
    assert refused.code == 3
    assert refused.json.keys() == {"error"}
    assert installed.exists()


def test_collections(call, cache):
    made = call("collections", "create", "thesis", "--json").json
    check(made, COLLECTION)
    added = call("collections", "add", "thesis", MODEL, "--role", "embedding", "--json").json
    check(added, COLLECTION)
    assert added["models"] == [{"id": MODEL, "role": "embedding"}]
    assert call("collections", "list", "--json").json == {"collections": [added]}
    assert call("collections", "show", "thesis", "--json").json == added
    assert call("collections", "remove", "thesis", MODEL, "--json").json["models"] == []
    gone = call("collections", "delete", "thesis", "--json").json
    check(gone, COLLECTION)
    assert gone["deleted"] is True
    assert call("collections", "list", "--json").json == {"collections": []}


def test_downloads(call, installed):
    (job,) = call("downloads", "list", "--json").json["downloads"]
    check(job, JOB)
    assert job["state"] == "done"
    assert job["model_id"] == MODEL
    check(call("downloads", "pause", MODEL, "--json").json, JOB)


def test_a_model_that_is_being_downloaded_says_so(call, installed, cache):
    (job,) = call("downloads", "list", "--json").json["downloads"]
    (entry,) = call("list", "--json", "--status", "installed").json["models"]
    assert entry["job"] is None, "a finished job is history"
    assert job["state"] == "done"


EVERY_DOCUMENT = [
    ("list",),
    ("show", MODEL),
    ("status",),
    ("path", MODEL),
    ("usage", MODEL),
    ("delete", MODEL, "--dry-run"),
    ("collections", "list"),
    ("collections", "create", "c", "--dry-run"),
    ("defaults", "list"),
    ("defaults", "set", "embedding", MODEL, "--dry-run"),
    ("tiers", "list"),
    ("tiers", "set", "high", "gpt2", "--dry-run"),
    ("custom", "list"),
    ("config", "list"),
    ("config", "get", "network.connections"),
    ("config", "path"),
    ("downloads", "list"),
    ("downloads", "cancel", MODEL, "--dry-run"),
]


def test_stdout_holds_one_document_and_stderr_nothing(call, installed):
    for arguments in EVERY_DOCUMENT:
        answer = call(*arguments, "--json")
        assert answer.code == 0, arguments
        assert isinstance(json.loads(answer.out), dict), arguments
        assert answer.err == "", arguments


def test_for_a_person_results_are_on_stdout(call, installed):
    for arguments in EVERY_DOCUMENT:
        answer = call(*arguments)
        assert answer.code == 0, arguments
        assert "{" not in answer.out, arguments
        is_empty = arguments[1:] == ("list",) and arguments[0] in ("collections", "custom")
        assert bool(answer.out.strip()) is not is_empty, arguments
        if is_empty:
            assert f"modelshelf {arguments[0]}" in answer.err, "an empty list offers the next step"


CHANGES = [
    ("download", "gpt2"),
    ("delete", MODEL, "--yes"),
    ("downloads", "pause", MODEL),
    ("downloads", "cancel", MODEL),
    ("downloads", "resume", MODEL),
    ("downloads", "retry", MODEL),
    ("collections", "create", "new"),
    ("collections", "delete", "old"),
    ("collections", "add", "old", "gpt2", "--role", "llm"),
    ("collections", "remove", "old", "gpt2-medium"),
    ("defaults", "set", "llm", "gpt2"),
    ("defaults", "set", "default-embedding-model", MODEL),
    ("defaults", "clear", "reranker"),
    ("tiers", "set", "high", "gpt2"),
    ("tiers", "clear", "low"),
    ("tiers", "remove", "mine"),
    ("custom", "add", "acme/new", "--type", "llm"),
    ("custom", "edit", "acme/old", "--pooling", "cls"),
    ("custom", "remove", "acme/old"),
    ("config", "set", "network.connections", "3"),
    ("config", "unset", "downloads.parallel"),
]


def test_a_dry_run_prints_a_plan_and_changes_nothing(call, installed, hub, cache):
    for model in ("openai-community/gpt2", "acme/new", "acme/old"):
        hub.put(model, {"config.json": b"{}", "model.safetensors": WEIGHTS})
    for change in (
        ("collections", "create", "old"),
        ("collections", "add", "old", "gpt2-medium", "--role", "llm"),
        ("defaults", "set", "reranker", "BAAI/bge-reranker-base"),
        ("tiers", "set", "low", "gpt2"),
        ("tiers", "set", "mine", "gpt2"),
        ("custom", "add", "acme/old", "--type", "embedding"),
        ("config", "set", "downloads.parallel", "2"),
    ):
        assert call(*change).code == 0
    before = everything_kept(cache)
    for arguments in CHANGES:
        dry = call(*arguments, "--dry-run", "--json")
        assert dry.code == 0, (arguments, dry.out)
        tree = dry.json
        is_plan = tree.get("event") == "plan" or (tree["plan"] and tree["executed"] is False)
        assert is_plan, arguments
        assert call(*arguments, "--dry-run").out, arguments
        assert everything_kept(cache) == before, arguments


def everything_kept(cache: Path) -> list[Any]:
    """What a change could change: rows, settings and files."""
    home = Path(os.environ["MODELSHELF_HOME"])
    with closing(sqlite3.connect(home / "data" / "modelshelf.db")) as database:
        names = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        rows = {
            name: database.execute(f"SELECT * FROM {name}").fetchall()
            for (name,) in names
            if name != "inventory"
        }
    return [rows, (home / "config" / "config.toml").read_text(), everything_below(cache)]


def test_times_are_moments_with_their_zone(call, cache):
    created = call("collections", "create", "c", "--json").json["created"]
    assert created.endswith("+00:00")
    assert created[:10] == utc_now().isoformat()[:10]


def test_every_command_option_and_code_is_written_down():
    page = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
    for name, command in modelshelf.commands.items():
        parts = command.commands if isinstance(command, click.Group) else {}
        assert re.search(rf"`(?:modelshelf )?{name}\b", page), name
        for part, inner in parts.items():
            assert re.search(rf"\b{part}\b", page), f"{name} {part}"
            assert not _options(inner) - _written(page), f"{name} {part}"
        assert not _options(command) - _written(page), name
    for code in ErrorCode:
        assert code is ErrorCode.MEMORY or f"`{code}`" in page, code
    for number in sorted({0, 2, 130, *EXIT_CODES.values()}):
        assert f"\n| {number} |" in page, number


def _options(command: click.Command) -> set[str]:
    return {o for p in command.params for o in (*p.opts, *p.secondary_opts) if o.startswith("--")}


def _written(page: str) -> set[str]:
    return set(re.findall(r"--[a-z][a-z-]*", page))
