"""How the list of folders becomes the setting."""

from __future__ import annotations

from pathlib import Path

from tests.support.scenes import STORE, settings

from modelshelf.core.settings import Environment
from modelshelf.gui.pages.settings_facts import (
    LocationFacts,
    decider_of,
    with_folder,
    with_folder_moved,
    without_folder,
)

A, B, NEW = Path("/a"), Path("/b"), Path("/new")


def facts(*paths: Path) -> tuple[LocationFacts, ...]:
    return tuple(LocationFacts(path, True, True, None) for path in paths)


def test_a_first_own_folder_does_not_take_over_the_downloads() -> None:
    assert with_folder(settings(), facts(STORE), NEW) == (str(STORE), "/new")


def test_a_further_folder_comes_last() -> None:
    own = settings(storage_locations=("/a",))
    assert with_folder(own, facts(A, STORE), NEW) == ("/a", "/new")


def test_moving_takes_folders_of_the_environment_along_as_far_as_needed() -> None:
    own = settings(storage_locations=("/a",))
    assert with_folder_moved(own, facts(A, STORE, B), STORE, -1) == (str(STORE), "/a")
    assert with_folder_moved(own, facts(A, STORE, B), A, 1) == (str(STORE), "/a")
    assert with_folder_moved(own, facts(A, STORE, B), B, -1) == ("/a", "/b", str(STORE))


def test_moving_beyond_the_ends_changes_nothing() -> None:
    own = settings(storage_locations=("/a", "/b"))
    assert with_folder_moved(own, facts(A, B, STORE), A, -1) == ("/a", "/b")


def test_a_folder_is_forgotten() -> None:
    own = settings(storage_locations=("/a", "/b"))
    assert without_folder(own, A) == ("/b",)


def test_who_names_a_folder_besides_the_settings() -> None:
    project = Path("/home/anna/thesis")
    known = settings(Environment(hub_cache=STORE, models_dir=B, project_folder=project))
    assert decider_of(STORE, known) == "Hugging Face cache"
    assert decider_of(B, known) == "MODELS_DIR"
    assert decider_of(project / "models" / "hub", known) == "This project"
    assert decider_of(A, known) == ""
