"""Where the window gets its shelf from.

Openers block and run in the background; the window is on screen long before they return.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import ExitStack

    from modelshelf.core.catalogue.registry import Registry
    from modelshelf.core.settings import Settings
    from modelshelf.core.shelf import Shelf
    from modelshelf.gui.threads import DownloadThreads


class Opener(Protocol):
    """Opens a shelf over `settings`; the stack closes it again."""

    def __call__(self, settings: Settings, threads: DownloadThreads, stack: ExitStack) -> Shelf:
        """Open it. Raises RegistryError when the registry or the database cannot be used."""
        ...


@dataclass(frozen=True, slots=True)
class OwnWorld:
    """The user's settings, database and stores."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    registry: Registry | None = None

    def __call__(self, settings: Settings, threads: DownloadThreads, stack: ExitStack) -> Shelf:
        """Open the shelf the command line opens too."""
        # Late and in the background: the core takes longer to load than the window to appear.
        from modelshelf.core.shelf import open_shelf  # noqa: PLC0415

        return stack.enter_context(
            open_shelf(
                settings,
                spawn=threads.spawn,
                sink=threads.sink,
                environment=self.environment,
                registry=self.registry,
            )
        )
