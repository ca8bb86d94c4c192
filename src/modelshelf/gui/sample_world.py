"""A world to try everything in: a sample hub, with a cache and a database in a temporary place."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from modelshelf.core.catalogue.registry import Registry, load_registry
from modelshelf.core.paths import AppPaths, shipped
from modelshelf.core.settings import Environment, Settings
from modelshelf.gui.opening import OwnWorld
from modelshelf.sample.models import SAMPLE_IDS, build_models
from modelshelf.sample.server import SampleHub

if TYPE_CHECKING:
    from contextlib import ExitStack

    from modelshelf.core.shelf import Shelf
    from modelshelf.gui.threads import DownloadThreads

_SPEED = 1_500_000


class SampleWorld:
    """A sample hub with a cache and a database of its own; nothing of it outlives the program.

    `make_hub` makes another kind of sample hub, as one that keeps a log.
    """

    def __init__(self, make_hub: type[SampleHub] = SampleHub) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="modelshelf-sample-")
        self._root = Path(self._folder.name)
        self._make_hub = make_hub
        self._hub: SampleHub | None = None

    @property
    def settings(self) -> Settings:
        """Settings that touch nothing outside the temporary place."""
        root = self._root / "home"
        paths = AppPaths(root / "config", root / "data", root / "logs", root / "site")
        return Settings(paths, Environment(hub_cache=self._root / "hub"), {})

    @property
    def hub(self) -> SampleHub | None:
        """The hub; None until the shelf was opened."""
        return self._hub

    @property
    def token(self) -> str:
        """The token that opens the gated samples, once the hub runs."""
        return self._hub.token if self._hub is not None else ""

    def __call__(self, settings: Settings, threads: DownloadThreads, stack: ExitStack) -> Shelf:
        """Make the models, start the hub, and open a shelf over both."""
        if self._hub is None:
            models = build_models(self._root / "models")
            self._hub = self._make_hub(models, bytes_per_second=_SPEED).start()
        environment = replace(settings.environment, endpoint=self._hub.url)
        world = {"HF_HOME": str(self._root / "huggingface")}
        registry = _served_first(load_registry(shipped("registry.yaml")))
        own = OwnWorld(world, registry)
        return own(replace(settings, environment=environment), threads, stack)

    def close(self) -> None:
        """Stop the hub and remove everything."""
        if self._hub is not None:
            self._hub.stop()
        self._folder.cleanup()


def _served_first(registry: Registry) -> Registry:
    """Put what the sample hub can give before what it only knows by name."""
    return Registry(sorted(registry.entries, key=lambda entry: entry.id not in SAMPLE_IDS))
