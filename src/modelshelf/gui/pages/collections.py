"""Collections: the user's projects, and which models they use for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.usage.collections import Collection


class CollectionsPage(QWidget):
    """Shows what it is given and says what the user did; roles are `Role`."""

    collection_created = Signal(str, str)
    """Name and description."""
    collection_renamed = Signal(str, str)
    """Old and new name."""
    collection_described = Signal(str, str)
    """Name and description."""
    collection_deleted = Signal(str)
    """Name; the user has confirmed it."""
    model_added = Signal(str, str, object)
    """Collection, model id, role."""
    model_removed = Signal(str, str, object)
    """Collection, model id, role."""
    role_changed = Signal(str, str, object, object)
    """Collection, model id, old role, new role."""
    model_opened = Signal(str)
    """A model id: show it on the Models page."""
    download_requested = Signal(str)
    """A model id that is not on this machine."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def show_collections(self, collections: Sequence[Collection]) -> None:
        """Replace the collections; the one in front stays in front where it still exists."""
        raise NotImplementedError

    def show_entries(self, entries: Sequence[CatalogueEntry]) -> None:
        """Replace what is known of models: names, states, and what can be added."""
        raise NotImplementedError

    def open_collection(self, name: str) -> bool:
        """Bring a collection to the front; False when there is none of this name."""
        raise NotImplementedError
