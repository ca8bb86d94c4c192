"""What the environment decides, held against the constants of huggingface_hub itself."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from modelshelf.core.settings import Environment

# Reads the real module once per row, in one process: starting one for each would take minutes.
_CONSTANTS = """
import importlib, json, os, sys
from huggingface_hub import constants
before = dict(os.environ)
answers = []
for row in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update({**before, **row})
    importlib.reload(constants)
    answers.append([
        os.path.abspath(constants.HF_HUB_CACHE), constants.ENDPOINT, constants.HF_HUB_OFFLINE
    ])
json.dump(answers, sys.stdout)
"""

_FOLDERS = {
    "HF_HUB_CACHE": (None, "/abs/cache", "~/cache", "$BASE/cache", "relative"),
    "HUGGINGFACE_HUB_CACHE": (None, "/legacy"),
    "HF_HOME": (None, "/abs/home", "~/home", "${BASE}/home"),
    "XDG_CACHE_HOME": (None, "/xdg", "~/xdg"),
}
_OFFLINE = {
    "HF_HUB_OFFLINE": (None, "", "0", "1", "on", "Yes", "TRUE", "true ", "2", "no"),
    "TRANSFORMERS_OFFLINE": (None, "", "0", "1", "yes"),
}
_ENDPOINTS = {"HF_ENDPOINT": (None, "https://m.example", "https://m.example/", "http://h:1/p//")}


def rows(table: dict[str, tuple[str | None, ...]]) -> list[dict[str, str]]:
    return [
        {name: value for name, value in zip(table, values, strict=True) if value is not None}
        for values in itertools.product(*table.values())
    ]


def answers_of_the_client(table: list[dict[str, str]]) -> list[tuple[str, str, bool]]:
    names = {*_FOLDERS, *_OFFLINE, *_ENDPOINTS}
    clean = {name: value for name, value in os.environ.items() if name not in names}
    run = subprocess.run(
        [sys.executable, "-c", _CONSTANTS],
        input=json.dumps(table),
        env={**clean, "BASE": "/base"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [tuple(answer) for answer in json.loads(run.stdout)]


def test_every_combination_is_resolved_as_the_client_resolves_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BASE", "/base")
    table = [*rows(_FOLDERS), *rows(_OFFLINE), *rows(_ENDPOINTS)]
    ours: list[tuple[str, str, bool]] = []
    for row in table:
        found = Environment.from_mapping(row, Path("/project"))
        endpoint = found.endpoint or "https://huggingface.co"
        ours.append((os.path.abspath(str(found.hub_cache)), endpoint, found.offline))
    theirs = answers_of_the_client(table)
    assert len(theirs) == 120 + 50 + 4
    different = [row for row, one, other in zip(table, ours, theirs, strict=True) if one != other]
    assert not different


@pytest.mark.parametrize("name", ["HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "MODELS_DIR"])
def test_a_variable_set_to_nothing_is_not_the_folder_one_stands_in(name: str):
    found = Environment.from_mapping({name: ""}, Path("/project"))
    assert found == Environment.from_mapping({}, Path("/project"))
    assert found.hub_cache == Path.home() / ".cache" / "huggingface" / "hub"


def test_ours_beside_them(monkeypatch: pytest.MonkeyPatch):
    found = Environment.from_mapping(
        {"MODELS_DIR": "~/models", "DEFAULT_EMBEDDING_MODEL": "BAAI/bge-m3"}, Path("/project")
    )
    assert found.models_dir == Path.home() / "models"
    assert found.default_embedding_model == "BAAI/bge-m3"
    assert found.project_folder == Path("/project")
