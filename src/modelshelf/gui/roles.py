"""The data roles of our models: one, which returns the whole row."""

from __future__ import annotations

from PySide6.QtCore import Qt

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The row itself: a frozen fact such as `CatalogueEntry`, `JobRecord` or `FileRow`."""

MODEL_MIME = "application/x-modelshelf-model-id"
"""The kind of data a dragged model carries: its id, as UTF-8."""
