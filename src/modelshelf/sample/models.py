"""The sample models: made once, the same on every machine, kept in a folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from modelshelf.sample.encoders import ENCODERS
from modelshelf.sample.language_models import LANGUAGE_MODELS
from modelshelf.sample.model import SampleModel, files_below
from modelshelf.sample.qwen import QWEN

if TYPE_CHECKING:
    from collections.abc import Collection

    from modelshelf.sample.recipes import Recipe

_EDITION = "1"
"""Raise this when a recipe makes other bytes: folders of an older edition are not used again."""

RECIPES: tuple[Recipe, ...] = (*ENCODERS, *LANGUAGE_MODELS, *QWEN)

SAMPLE_IDS: tuple[str, ...] = tuple(recipe.model_id for recipe in RECIPES)
"""Every id the sample hub knows."""


def build_models(folder: Path, only: Collection[str] | None = None) -> tuple[SampleModel, ...]:
    """Make the sample models below `folder`, or find them there from the last time.

    `only` restricts it to some ids. Two processes may build at once; the bytes are hashed anew on
    every call, so what a hub announces is what it sends.

    Raises:
        KeyError: when `only` names a model there is no recipe for.
        OSError: when the folder cannot be written, or the disk is full.
    """
    if only is not None:
        unknown = set(only) - set(SAMPLE_IDS)
        if unknown:
            raise KeyError(min(unknown))
    place = folder / f"edition-{_EDITION}"
    place.mkdir(parents=True, exist_ok=True)
    return tuple(
        _build(recipe, place) for recipe in RECIPES if only is None or recipe.model_id in only
    )


def _build(recipe: Recipe, place: Path) -> SampleModel:
    home = place / recipe.model_id.replace("/", "--")
    if not home.is_dir():
        _write(recipe, home)
    first = recipe.states[0]
    model = SampleModel.from_files(
        recipe.model_id,
        files_below(_state_folder(home, 0)),
        gate=recipe.gate,
        consent=recipe.consent,
        aliases=recipe.aliases,
        downloads=recipe.downloads,
        likes=recipe.likes,
    )
    start = model.head
    named = {first.branch: start.sha}
    for index, state in enumerate(recipe.states[1:], start=1):
        changed = files_below(_state_folder(home, index))
        paths = {file.path for file in changed}
        kept = [file for file in model.commits[-1].files if file.path not in paths]
        model = model.with_commit([*kept, *changed], title=state.title, branch=state.branch)
        named[state.branch] = model.commits[-1].sha
    model = replace(model, branches=named)
    for state, commit in zip(recipe.states, model.commits, strict=True):
        if state.tag:
            model = model.with_tag(state.tag, commit.sha)
    return model


def _write(recipe: Recipe, home: Path) -> None:
    """Write all states beside `home`, then give them their name: a folder there is a whole one."""
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=home.parent))
    try:
        for index, state in enumerate(recipe.states):
            folder = _state_folder(draft, index)
            folder.mkdir()
            state.write(folder)
        try:
            os.rename(draft, home)
        except OSError:
            if not home.is_dir():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _state_folder(home: Path, index: int) -> Path:
    return home / str(index)
