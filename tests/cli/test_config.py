"""Settings on the command line and in the file that a person edits too."""

import os
from pathlib import Path

from modelshelf.core.settings import DECLARED


def file() -> Path:
    return Path(os.environ["MODELSHELF_HOME"]) / "config" / "config.toml"


def test_every_setting_is_listed_with_its_meaning(call, cache):
    answer = call("config", "list")
    for key, declared in DECLARED.items():
        assert key in answer.out
        assert declared.sentence.split()[0] in answer.out
    tree = call("config", "list", "--json").json
    assert tree["settings"].keys() == DECLARED.keys()
    assert tree["stores"] == [str(cache)]
    assert not file().exists(), "looking writes nothing"


def test_a_value_is_set_read_and_unset(call, cache):
    changed = call("config", "set", "network.connections", "4", "--json").json
    assert changed == {"key": "network.connections", "value": 4}
    assert call("config", "get", "network.connections").out == "4\n"
    assert call("config", "set", "network.offline", "yes").out == "true\n"
    assert "connections = 4" in file().read_text()
    back = call("config", "unset", "network.connections", "--json").json
    assert back["value"] == DECLARED["network.connections"].default
    assert "connections" not in file().read_text()


def test_what_a_person_wrote_stays(call, cache):
    file().parent.mkdir(parents=True)
    file().write_text("# mine\n[network]\nconnections = 5 # five\n")
    call("config", "set", "downloads.parallel", "2")
    assert "# mine" in file().read_text()
    assert "connections = 5 # five" in file().read_text()


def test_a_second_store_is_searched_and_the_first_takes_downloads(call, published, cache, tmp_path):
    first = tmp_path / "second disk"
    call("config", "set", "storage.locations", str(first))
    assert call("config", "get", "storage.locations").out == f"{first}\n"
    answer = call("download", "bge-small", "--json")
    assert answer.code == 0
    assert answer.events[-1]["path"].startswith(str(first))
    stores = [store["path"] for store in call("status", "--json").json["stores"]]
    assert stores == [str(first), str(cache)]
    assert call("path", "bge-small").out.startswith(str(first))


def test_folders_are_kept_as_they_are_meant_where_they_were_typed(call, cache, tmp_path):
    typed = os.pathsep.join(["models", "~/more", str(tmp_path / "third")])
    kept = call("config", "set", "storage.locations", typed, "--json").json["value"]
    assert kept == [str(Path.cwd() / "models"), str(Path.home() / "more"), str(tmp_path / "third")]


def test_a_dry_run_checks_the_value_and_writes_nothing(call, cache):
    dry = call("config", "set", "network.connections", "4", "--dry-run", "--json").json
    assert dry == {"plan": {"key": "network.connections", "value": 4}, "executed": False}
    assert call("config", "set", "network.connections", "0", "--dry-run").code == 9
    assert call("config", "unset", "no.such", "--dry-run").code == 4
    assert not file().exists()


def test_the_file_is_where_path_says(call, cache):
    assert call("config", "path").out == f"{file()}\n"
    assert call("config", "path", "--json").json == {"path": str(file())}
