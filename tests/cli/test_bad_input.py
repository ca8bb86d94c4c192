"""What is wrong, and what it gets: a code, a sentence, the next step, and nothing touched."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from tests.cli.conftest import MODEL, everything_below
from tests.support.fake_hub import FakeHub, Fault

from modelshelf.core.db.database import Database
from modelshelf.core.hub.client import Hub
from modelshelf.core.hub.retry import Patience
from modelshelf.core.machine import Disk
from modelshelf.sample.model import Consent, Gate

GATED = "google/gemma-3-1b-it"
NO_LINKS = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
AS_ROOT = sys.platform == "win32" or os.geteuid() == 0
HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "a/b/c",
    "no\x00nul",
    "//server/share",
    "\\\\server\\share",
    "C:\\Windows",
    "..",
    ".",
    "",
    "a/..",
    "models--a--b",
    "\x1b[31mred",
    "two\nlines",
    "bidi\u202etext",
    "%2e%2e/x",
    "file:///etc/passwd",
    "https://huggingface.co/datasets/x/y",
    "https://huggingface.co/a/../../b",
    "a" * 100_000,
]


def error_of(answer) -> dict:
    """The error of a document, or of the last event."""
    try:
        return answer.json["error"]
    except json.JSONDecodeError:
        return answer.events[-1]["error"]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_id_is_refused_everywhere_and_touches_nothing(call, hub, cache, text):
    for command in ("download", "show", "usage", "path", "delete"):
        answer = call(command, "--json", "--", text)
        assert answer.code == 9, command
        error = error_of(answer)
        assert error["code"] == "ERR_INPUT"
        assert error["hint"]
        assert len(answer.out) < 1000
        assert error["message"].isprintable()
    assert not cache.exists()
    assert hub.requests == []


def test_bytes_that_are_no_text_are_refused(call, cache):
    for arguments in (
        ("show", "\udcff"),
        ("collections", "create", "x", "--description", "\udce4"),
    ):
        answer = call(*arguments, "--json")
        assert answer.code == 9
        assert error_of(answer)["code"] == "ERR_INPUT"


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("show", "BAAI/bge-smoll-en-v1.5"), 4, "ERR_NOT_FOUND"),
        (("usage", "BAAI/bge-smoll-en-v1.5"), 4, "ERR_NOT_FOUND"),
        (("path", "BAAI/bge-smoll-en-v1.5"), 4, "ERR_NOT_FOUND"),
        (("delete", "BAAI/bge-smoll-en-v1.5"), 4, "ERR_NOT_FOUND"),
        (("download", "BAAI/bge-smoll-en-v1.5"), 4, "ERR_NOT_FOUND"),
        (("collections", "add", "c", "bge-smoll-en-v1.5", "--role", "llm"), 4, "ERR_NOT_FOUND"),
    ],
)
def test_a_misspelt_id_gets_the_nearest_names(call, hub, cache, arguments, code, error):
    call("collections", "create", "c")
    answer = call(*arguments, "--json")
    assert answer.code == code
    assert error_of(answer)["code"] == error
    assert MODEL in error_of(answer)["hint"]


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("download", "nobody/nothing"), 4, "ERR_NOT_FOUND"),
        (("download", MODEL, "--revision", "v9"), 4, "ERR_NOT_FOUND"),
        (("download", MODEL, "--revision", "../x"), 9, "ERR_INPUT"),
        (("download", MODEL, "--variant", "Q4_K_M"), 4, "ERR_NOT_FOUND"),
        (("download", MODEL, "--include", "nothing*"), 4, "ERR_NOT_FOUND"),
        (("path", MODEL), 4, "ERR_NOT_FOUND"),
        (("delete", MODEL), 4, "ERR_NOT_FOUND"),
        (("config", "set", "network.connections", "many"), 9, "ERR_INPUT"),
        (("config", "set", "network.connections", "0"), 9, "ERR_INPUT"),
        (("config", "set", "no.such", "1"), 4, "ERR_NOT_FOUND"),
        (("config", "get", "no.such"), 4, "ERR_NOT_FOUND"),
        (("downloads", "pause", "nope"), 4, "ERR_NOT_FOUND"),
        (("downloads", "retry", "nope"), 4, "ERR_NOT_FOUND"),
        (("list", "--type", "animal"), 2, "ERR_INPUT"),
        (("list", "--status", "sleeping"), 2, "ERR_INPUT"),
        (("download",), 2, "ERR_INPUT"),
        (("nonsense",), 2, "ERR_INPUT"),
        (("list", "--nonsense"), 2, "ERR_INPUT"),
        (("collections", "add", "x", MODEL), 2, "ERR_INPUT"),
        (("collections", "x" * 100_000), 2, "ERR_INPUT"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else None,
)
def test_each_mistake_has_its_code(call, published, cache, arguments, code, error):
    answer = call(*arguments, "--json")
    assert answer.code == code, answer.out
    assert error_of(answer)["code"] == error
    assert error_of(answer)["message"]
    assert len(answer.out) < 2000
    assert not cache.exists()


def test_for_a_person_a_failure_is_a_sentence_and_a_hint_on_stderr(call, cache):
    answer = call("show", "BAAI/bge-smoll-en-v1.5")
    assert answer.code == 4
    assert answer.out == ""
    sentence, hint = answer.err.splitlines()
    assert "ERR_NOT_FOUND" in sentence
    assert hint == f"Did you mean {MODEL}, BAAI/bge-base-en-v1.5 or BAAI/bge-large-en-v1.5?"


def test_a_wrong_command_line_shows_how_it_is_meant(call, cache):
    answer = call("list", "--type", "animal")
    assert answer.code == 2
    assert answer.out == ""
    assert "Usage: modelshelf list" in answer.err
    assert "modelshelf list --help" in answer.err


class TestNetwork:
    def test_no_server_is_code_6(self, call, cache, monkeypatch):
        monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
        hasty = partial(Hub, patience=Patience(pauses=()))
        monkeypatch.setattr("modelshelf.core.shelf.Hub", hasty)
        answer = call("download", MODEL, "--json")
        assert answer.code == 6
        assert error_of(answer)["code"] == "ERR_NETWORK"

    def test_no_name_service_is_code_6_and_said_so(self, call, cache, monkeypatch):
        monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
        answer = call("download", MODEL, "--json")
        assert answer.code == 6
        assert "hub.invalid could not be looked up" in error_of(answer)["message"]

    @pytest.mark.parametrize("endpoint", ["nonsense", "ftp://x", "http://[::1", "http://"])
    def test_an_endpoint_that_is_no_address_is_bad_input(self, call, cache, monkeypatch, endpoint):
        monkeypatch.setenv("HF_ENDPOINT", endpoint)
        assert call("list").code == 0
        answer = call("download", MODEL, "--json")
        assert answer.code == 9
        assert error_of(answer)["code"] == "ERR_INPUT"

    def test_offline_is_a_state_in_which_everything_local_works(
        self, call, installed, cache, monkeypatch
    ):
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
        for arguments in (("list",), ("show", MODEL), ("usage", MODEL), ("path", MODEL)):
            assert call(*arguments).code == 0
        assert call("download", "gpt2", "--json").code == 6
        added = call("custom", "add", "acme/offline", "--type", "llm")
        assert added.code == 0
        assert "could not be asked" in added.err
        assert call("delete", MODEL).code == 0


class TestAccess:
    @pytest.fixture
    def gated(self, hub: FakeHub) -> FakeHub:
        hub.put(GATED, {"config.json": b"{}"}, gate=Gate.MANUAL)
        return hub

    def refusal(self, call) -> dict:
        answer = call("download", GATED, "--json")
        assert answer.code == 5
        return error_of(answer)

    def test_without_a_token_it_says_where_to_ask(self, call, gated, cache):
        error = self.refusal(call)
        assert error["code"] == "ERR_GATED"
        assert f"{gated.url}/{GATED}" in error["hint"]
        assert not cache.exists()

    def test_with_a_wrong_token_it_says_where_to_get_one(self, call, gated, cache, monkeypatch):
        monkeypatch.setenv("HF_TOKEN", "hf_" + "x" * 34)
        error = self.refusal(call)
        assert error["code"] == "ERR_TOKEN"
        assert "settings/tokens" in error["hint"]
        assert "xxxx" not in json.dumps(error)

    def test_with_a_token_that_was_not_accepted_yet(self, call, gated, cache, monkeypatch):
        monkeypatch.setenv("HF_TOKEN", gated.token)
        assert "has not accepted" in self.refusal(call)["message"]
        gated.set_consent(GATED, Consent.PENDING)
        assert "still waiting" in self.refusal(call)["message"]
        gated.set_consent(GATED, Consent.ACCEPTED)
        assert call("download", GATED).code == 0


def test_a_full_disk_is_refused_before_the_first_byte(call, published, cache, monkeypatch):
    full = Disk(mount=cache.parent, device=1, total=10**9, free=1000)
    monkeypatch.setattr("modelshelf.core.downloads.planning.disk_of", lambda _path: full)
    answer = call("download", MODEL, "--json")
    assert answer.code == 7
    error = error_of(answer)
    assert error["code"] == "ERR_DISK_SPACE"
    assert "missing" in error["message"]
    assert not cache.exists()
    assert published.file_bytes_sent == 0
    dry = call("download", MODEL, "--dry-run", "--json")
    assert dry.code == 0
    assert dry.json["is_blocked"] is True


def test_several_variants_are_listed_instead_of_guessed(call, hub, cache):
    files = {f"model-{name}.gguf": b"GGUF" + name.encode() for name in ("Q4_K_M", "Q8_0")}
    hub.put("acme/quants", {"config.json": b"{}", **files})
    answer = call("download", "acme/quants", "--json")
    assert answer.code == 3
    assert error_of(answer)["code"] == "ERR_CONFIRM"
    assert "Q4_K_M" in error_of(answer)["message"]
    assert "Q8_0" in error_of(answer)["message"]
    assert call("download", "acme/quants", "--variant", "Q8_0").code == 0


def test_wrong_bytes_are_code_8_and_get_no_name(call, hub, cache):
    hub.put("acme/wrong", {"model.safetensors": b"right" * 1000})
    hub.fail("model.safetensors", Fault(corrupt_at=7), times=20)
    answer = call("download", "acme/wrong", "--json")
    assert answer.code == 8, answer.out
    assert error_of(answer)["code"] == "ERR_INTEGRITY"
    assert not list(cache.rglob("snapshots/*/model.safetensors"))


class TestFolders:
    def test_a_file_in_place_of_the_store_is_said(self, call, published, tmp_path, monkeypatch):
        file = tmp_path / "file"
        file.write_text("mine")
        for store in (file, file / "below"):
            monkeypatch.setenv("HF_HUB_CACHE", str(store))
            assert call("list").code == 0
            answer = call("download", MODEL, "--json")
            assert answer.code == 3
            assert error_of(answer)["code"] == "ERR_PERMISSION"
            (told,) = call("status", "--json").json["stores"]
            assert (told["exists"], told["writable"]) == (False, False)
        assert file.read_text() == "mine"

    @NO_LINKS
    def test_a_link_that_leads_nowhere_is_said(self, call, published, tmp_path, monkeypatch):
        link = tmp_path / "link"
        link.symlink_to(tmp_path / "gone")
        monkeypatch.setenv("HF_HUB_CACHE", str(link))
        assert call("list").code == 0
        assert call("download", MODEL, "--json").code == 3
        assert not (tmp_path / "gone").exists()

    @pytest.mark.skipif(AS_ROOT, reason="this user may write everywhere")
    def test_a_store_without_rights_is_said_and_the_rest_is_usable(self, call, installed, cache):
        cache.chmod(0o555)
        try:
            assert call("list").code == 0
            assert call("path", MODEL).out == f"{installed}\n"
            assert call("delete", MODEL, "--json").code == 3
            cache.chmod(0)
            unreadable = call("list", "--json")
            assert unreadable.code == 0
            assert "cannot be read" in unreadable.err
            assert call("download", "gpt2", "--json").code == 3
        finally:
            cache.chmod(0o755)

    @pytest.mark.skipif(sys.platform == "win32", reason="no folder in use is removed there")
    def test_a_working_folder_that_was_removed(self, installed, tmp_path):
        folder = tmp_path / "gone"
        folder.mkdir()
        program = 'cd "$1" && rmdir "$1" && exec "$2" -m modelshelf path "$3"'
        answer = subprocess.run(
            ["sh", "-c", program, "sh", str(folder), sys.executable, MODEL],
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.stderr == ""
        assert answer.stdout == f"{installed}\n"


class TestDatabase:
    @pytest.fixture
    def database(self, call, cache) -> Path:
        assert call("collections", "create", "kept").code == 0
        return Path(os.environ["MODELSHELF_HOME"]) / "data" / "modelshelf.db"

    def test_a_newer_one_is_left_as_it_is(self, call, database):
        connection = sqlite3.connect(database)
        connection.execute("PRAGMA user_version = 99")
        connection.close()
        before = database.read_bytes()
        answer = call("list", "--json")
        assert answer.code == 9
        assert error_of(answer)["code"] == "ERR_REGISTRY"
        assert "newer" in error_of(answer)["message"]
        assert database.read_bytes() == before

    def test_a_damaged_one_is_set_aside_and_said(self, call, database):
        database.write_bytes(b"not a database at all" * 400)
        answer = call("list", "--json")
        assert answer.code == 0
        assert answer.json["models"]
        assert "damaged" in answer.err
        assert list(database.parent.glob("modelshelf.db.damaged-*"))
        (kept,) = call("collections", "list", "--json").json["collections"]
        assert kept["name"] == "kept", "nothing is lost that was committed"

    def test_a_locked_one_is_said_in_a_sentence(self, call, database, monkeypatch):
        connection = sqlite3.connect(database, isolation_level=None)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        hasty = partial(Database.open, busy_timeout=0.1)
        monkeypatch.setattr("modelshelf.core.shelf.Database.open", hasty)
        try:
            answer = call("collections", "create", "more", "--json")
        finally:
            connection.close()
        assert answer.code == 9
        assert "locked" in error_of(answer)["message"]

    def test_a_home_that_is_a_file(self, call, cache, tmp_path, monkeypatch):
        home = tmp_path / "file"
        home.write_text("mine")
        monkeypatch.setenv("MODELSHELF_HOME", str(home))
        answer = call("collections", "create", "x", "--json")
        assert answer.code == 9
        assert error_of(answer)["code"] == "ERR_REGISTRY"
        assert home.read_text() == "mine"


class TestChangingCache:
    def test_files_that_vanish_are_told_not_crashed_over(self, call, installed, cache):
        assert call("list").code == 0
        weights = (installed / "model.safetensors").resolve()
        weights.unlink()
        (entry,) = call("list", "--search", "bge small", "--json").json["models"][:1]
        assert entry["status"] == "damaged"
        shown = call("show", MODEL)
        assert shown.code == 0
        assert "missing" in shown.out
        assert call("path", MODEL).code == 4

    def test_a_model_removed_by_another_program_is_available_again(self, call, installed, cache):
        assert call("list").code == 0
        for path in sorted(cache.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        (entry,) = call("list", "--search", "bge small", "--json").json["models"][:1]
        assert (entry["status"], entry["path"]) == ("available", None)
        assert call("download", MODEL).code == 0

    def test_odd_things_in_the_cache_hide_nothing(self, call, installed, cache):
        (cache / "models----x").mkdir()
        (cache / "models--a--b").write_text("a file")
        (cache / "models--evil\x1b[31m--x").mkdir()
        answer = call("list")
        assert answer.code == 0
        assert MODEL in answer.out
        assert "\x1b" not in answer.out + answer.err
        assert "named like no model" in answer.err


def test_settings_that_are_not_understood_are_said_and_the_defaults_hold(call, cache):
    file = Path(os.environ["MODELSHELF_HOME"]) / "config" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[network]\nconnections = "many"\n[nope]\na = 1\n')
    answer = call("list", "--json")
    assert answer.code == 0
    assert "network.connections" in answer.err
    assert len(call("config", "list", "--json").json["problems"]) == 2
    file.write_text("broken = [")
    assert call("list").code == 0
    changed = call("config", "set", "network.connections", "3", "--json")
    assert changed.code == 9
    assert file.read_text() == "broken = ["


def test_nothing_in_a_cache_is_touched_by_looking(call, installed, cache):
    before = everything_below(cache)
    for arguments in (("list",), ("show", MODEL), ("status",), ("usage", MODEL), ("path", MODEL)):
        assert call(*arguments).code == 0
    assert everything_below(cache) == before


@pytest.mark.parametrize("group", ["downloads", "collections", "custom", "config"])
def test_a_group_without_a_command_shows_its_help_as_lines(call, group):
    answer = call(group)
    assert answer.code == 2
    assert f"Usage: modelshelf {group} " in answer.err.splitlines()[0]
    assert "Commands:" in answer.err.splitlines()
