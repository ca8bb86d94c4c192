"""A store that several people share: who may delete, whose references count, what is unknown."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.cli.conftest import MODEL

from modelshelf.core.settings import Person


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "usage"
    made.mkdir()
    return made


@pytest.fixture
def policy(installed, folder):
    """Write the administrator's file."""

    def write(text: str = "") -> None:
        file = Path(os.environ["MODELSHELF_HOME"]) / "site" / "policy.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text or f"usage_folder: {folder}\n")

    return write


def publish(folder: Path, user: str, **tree: object) -> None:
    empty = {"collections": {}, "preferences": {}, "tiers": {}, "default_embedding_model": None}
    text = json.dumps({"modelshelf_usage": 1, "user": user, **empty, **tree})
    (folder / f"{user}.json").write_text(text)


def test_who_is_no_administrator_may_browse_but_not_delete(call, policy, installed):
    policy("admins: [somebody-else]\n")
    assert call("list").code == 0
    dry = call("delete", MODEL, "--dry-run", "--json")
    assert dry.code == 0
    assert dry.json["plan"]["can_execute"] is False
    refused = call("delete", MODEL, "--yes", "--force", "--json")
    assert refused.code == 3
    assert refused.json["error"]["code"] == "ERR_PERMISSION"
    assert "somebody-else" in refused.json["error"]["hint"]
    assert installed.exists()


def test_an_administrator_may(call, policy):
    policy(f"admins: [{Person.current().name}]\n")
    assert call("delete", MODEL).code == 0


def test_a_policy_that_is_not_understood_lets_nobody_delete(call, policy, installed):
    policy("admins: everybody\n")
    answer = call("list")
    assert answer.code == 0
    assert "could not be understood" in answer.err
    assert call("delete", MODEL, "--yes", "--json").json["error"]["code"] == "ERR_PERMISSION"
    assert installed.exists()


def test_collections_of_others_block_and_their_defaults_warn(call, policy, folder, installed):
    policy()
    publish(
        folder,
        "alice",
        collections={"her-rag": [{"id": MODEL, "role": "embedding"}]},
        preferences={"embedding": MODEL},
    )
    report = call("usage", MODEL, "--json").json
    assert report["can_delete"] is False
    refused = call("delete", MODEL, "--yes", "--force", "--json")
    assert refused.code == 3
    assert "alice" in refused.json["error"]["message"]
    publish(folder, "alice", preferences={"embedding": MODEL})
    assert call("delete", MODEL, "--json").json["error"]["code"] == "ERR_CONFIRM"
    assert installed.exists()
    assert call("delete", MODEL, "--yes").code == 0


def test_what_cannot_be_read_is_unknown_and_a_warning(call, policy, folder):
    policy()
    (folder / "bob.json").write_text("{broken")
    warnings = call("usage", MODEL, "--json").json["warnings"]
    assert any("bob" in sentence for sentence in warnings)
    assert call("delete", MODEL).code == 3
    assert call("delete", MODEL, "--yes").code == 0


def test_my_own_collections_are_published_at_once(call, policy, folder):
    policy()
    call("collections", "create", "thesis")
    call("collections", "add", "thesis", MODEL, "--role", "embedding")
    mine = json.loads((folder / f"{Person.current().name}.json").read_text())
    assert mine["collections"] == {"thesis": [{"id": MODEL, "role": "embedding"}]}
    call("collections", "add", "thesis", "gpt2", "--role", "llm", "--dry-run")
    assert mine == json.loads((folder / f"{Person.current().name}.json").read_text())


def test_a_usage_folder_that_is_away_is_said_to_who_changes_something(call, policy, folder, caplog):
    policy()
    folder.rmdir()
    answer = call("collections", "create", "thesis")
    assert answer.code == 0
    assert "cannot be told" in answer.err
    caplog.clear()


def test_downloads_may_be_reserved(call, policy, hub):
    hub.put("openai-community/gpt2", {"config.json": b"{}", "model.safetensors": b"w" * 1000})
    policy("admins: [somebody-else]\ndownloads_allowed: false\n")
    answer = call("download", "gpt2", "--json")
    assert answer.code == 3
    assert answer.events[-1]["error"]["code"] == "ERR_PERMISSION"
