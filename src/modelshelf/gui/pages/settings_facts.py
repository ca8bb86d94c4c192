"""What the settings page shows beside the settings themselves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelshelf.core.hub.auth import TokenSource
    from modelshelf.core.machine import Disk
    from modelshelf.core.settings import Settings


@dataclass(frozen=True, slots=True)
class LocationFacts:
    """One folder of `Settings.stores`, looked at. `disk` is None where it does not answer."""

    path: Path
    exists: bool
    is_writable: bool
    disk: Disk | None
    models: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """The access token without the token. `account` is whose it is, where the Hub was asked;
    `problem` is a sentence when it does not work."""

    source: TokenSource
    account: str = ""
    problem: str = ""


def configured_folders(settings: Settings) -> tuple[Path, ...]:
    """Return the folders that the settings file names, in its order."""
    entries = cast("tuple[str, ...]", settings["storage.locations"])
    return tuple(Path(entry).expanduser().absolute() for entry in entries)


def decider_of(path: Path, settings: Settings) -> str:
    """Return what makes `path` a store besides the settings file; an empty text for nothing."""
    environment = settings.environment
    if path == environment.models_dir:
        return "MODELS_DIR"
    if path == environment.hub_cache:
        return "Hugging Face cache"
    project = environment.project_folder
    if project is not None and path == project / "models" / "hub":
        return "This project"
    return ""


def with_folder(
    settings: Settings, shown: Sequence[LocationFacts], folder: Path
) -> tuple[str, ...]:
    """Return the setting with `folder` added last; where downloads go stays as it is."""
    configured = configured_folders(settings)
    first = configured or tuple(facts.path for facts in shown[:1])
    return _texts((*first, folder))


def without_folder(settings: Settings, folder: Path) -> tuple[str, ...]:
    """Return the setting without `folder`."""
    return _texts(tuple(path for path in configured_folders(settings) if path != folder))


def with_folder_moved(
    settings: Settings, shown: Sequence[LocationFacts], folder: Path, step: int
) -> tuple[str, ...]:
    """Return the setting that has `folder` `step` places further down; -1 moves it up.

    Folders that only the environment names join the setting as far as the order needs it.
    """
    order = [facts.path for facts in shown]
    place = order.index(folder)
    other = max(0, min(len(order) - 1, place + step))
    order[place], order[other] = order[other], order[place]
    configured = set(configured_folders(settings))
    last = max(n for n, path in enumerate(order) if path in configured or n <= max(place, other))
    return _texts(tuple(order[: last + 1]))


def _texts(paths: Sequence[Path]) -> tuple[str, ...]:
    return tuple(str(path) for path in dict.fromkeys(paths))
