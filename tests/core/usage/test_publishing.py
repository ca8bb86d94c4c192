"""What the program of one user tells those of the others, through the whole core."""

import json
from pathlib import Path

import pytest

from modelshelf.core.events import Event, UsageChanged
from modelshelf.core.model import ModelId, Role
from modelshelf.core.settings import Person, Settings
from modelshelf.core.shelf import open_shelf


def spawn(name: str, job: object) -> None:
    raise AssertionError(f"nothing is to run here: {name}")


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    folder = tmp_path / "usage"
    folder.mkdir()
    settings.paths.site_config.mkdir(parents=True)
    settings.paths.policy_file.write_text(f"usage_folder: '{folder}'\n", encoding="utf-8")
    return folder


def test_the_others_see_a_change_as_soon_as_it_is_made(settings: Settings, folder: Path):
    published = folder / f"{Person.current().name}.json"
    heard: list[Event] = []
    with open_shelf(settings, spawn=spawn, sink=heard.append) as shelf:
        assert json.loads(published.read_text())["collections"] == {}
        shelf.collections.create("thesis-rag")
        shelf.collections.add("thesis-rag", ModelId("BAAI/bge-m3"), Role.EMBEDDING)
        shelf.tiers.set("high", ModelId("gpt2"))
        shelf.notes.set_favourite(ModelId("gpt2"), True)
        shown = json.loads(published.read_text())
    assert shown["collections"] == {"thesis-rag": [{"id": "BAAI/bge-m3", "role": "embedding"}]}
    assert shown["tiers"] == {"high": "gpt2"}
    assert "favourite" not in published.read_text()
    assert heard.count(UsageChanged("collections")) == 2


def test_a_folder_that_is_away_keeps_nobody_from_working(
    settings: Settings, folder: Path, caplog: pytest.LogCaptureFixture
):
    folder.rmdir()
    with open_shelf(settings, spawn=spawn) as shelf:
        shelf.collections.create("thesis-rag")
        assert [c.name for c in shelf.collections.all()] == ["thesis-rag"]
    assert "could not be written" in caplog.text
    caplog.clear()
