"""Deleting a model: what it frees, who speaks against it, and a clear yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from modelshelf.core.model import ModelId, short_name
from modelshelf.gui.widgets import ModelshelfDialog

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from modelshelf.core.errors import ErrorInfo
    from modelshelf.core.storage.delete import DeletePlan
    from modelshelf.core.stores.installed import InstalledRevision


class DeleteDialog(ModelshelfDialog):
    """Opens at once; the plan arrives later through `show_plan`.

    `plan_requested` carries the revision to plan for, None for the whole model; it is emitted when
    the user chooses a revision or tries again, not when the dialog opens. `accepted_plan` carries
    the `DeletePlan` and whether open files are overridden; the dialog closes with it.
    """

    plan_requested = Signal(object)
    accepted_plan = Signal(object, bool)
    collection_opened = Signal(str)
    job_opened = Signal(str)

    def __init__(
        self,
        model_id: ModelId,
        revisions: Sequence[InstalledRevision] = (),
        parent: QWidget | None = None,
        *,
        is_on_hub: bool = True,
    ) -> None:
        super().__init__(f"Delete {short_name(model_id)}?", "", parent)
        self.model_id = model_id

    @classmethod
    def ask(
        cls,
        parent: QWidget,
        model_id: ModelId,
        revisions: Sequence[InstalledRevision] = (),
        *,
        is_on_hub: bool = True,
    ) -> DeleteDialog:
        """Open the dialog over `parent` and return it, to be connected and fed with a plan."""
        dialog = cls(model_id, revisions, parent, is_on_hub=is_on_hub)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def show_plan(self, plan: DeletePlan, disk: Path | None = None) -> None:
        """Say what `plan` would do; `disk` is the mount point of its store, where known."""
        raise NotImplementedError

    def show_error(self, error: ErrorInfo) -> None:
        """Say why no plan could be made, and offer to try again."""
        raise NotImplementedError
