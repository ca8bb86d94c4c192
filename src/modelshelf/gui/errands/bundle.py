"""All errands over one open shelf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelshelf.gui.errands.collecting import Collecting
from modelshelf.gui.errands.configuring import Configuring
from modelshelf.gui.errands.deleting import Deleting
from modelshelf.gui.errands.downloading import Downloading
from modelshelf.gui.errands.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.shelf import Shelf
    from modelshelf.gui.errands.errand import Errand
    from modelshelf.gui.threads import Background


@dataclass(frozen=True, slots=True)
class Errands:
    """One of each kind."""

    reading: Reading
    downloading: Downloading
    deleting: Deleting
    collecting: Collecting
    configuring: Configuring

    @classmethod
    def on(
        cls,
        shelf: Shelf,
        background: Background,
        window: QWidget,
        entry_of: Callable[[str], CatalogueEntry | None],
    ) -> Errands:
        """Make them for `shelf`; they live until they are deleted, at the latest with `window`."""
        return cls(
            Reading(shelf, background, window),
            Downloading(shelf, background, window, entry_of),
            Deleting(shelf, background, window),
            Collecting(shelf, background, window),
            Configuring(shelf, background, window),
        )

    @property
    def all(self) -> tuple[Errand, ...]:
        """Every errand, for what they have in common."""
        return (
            self.reading,
            self.downloading,
            self.deleting,
            self.collecting,
            self.configuring,
        )
