"""Deleting: the dialog opens at once, the plan arrives, the user decides, the plan is executed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal

from modelshelf.core.errors import ModelshelfError
from modelshelf.core.machine import disk_of
from modelshelf.core.model import ModelId, short_name
from modelshelf.core.units import format_bytes
from modelshelf.gui.dialogs.delete import DeleteDialog
from modelshelf.gui.errands.errand import Errand
from modelshelf.gui.widgets import Notice, Tone

if TYPE_CHECKING:
    from pathlib import Path

    from modelshelf.core.storage.delete import DeletePlan, DeleteResult


@dataclass(frozen=True, slots=True)
class _Prepared:
    plan: DeletePlan
    mount: Path | None


class Deleting(Errand):
    """`collection_opened` and `job_opened` say where to go from a refusal."""

    collection_opened = Signal(str)
    job_opened = Signal(str)

    def open_dialog(self, model_id: str, *, is_on_hub: bool = True) -> DeleteDialog:
        """Ask whether to delete a model."""
        found = self._shelf.inventory.find(ModelId(model_id))
        revisions = found.revisions if found is not None else ()
        dialog = DeleteDialog.ask(self._window, ModelId(model_id), revisions, is_on_hub=is_on_hub)
        dialog.plan_requested.connect(self._on_plan_requested)
        dialog.accepted_plan.connect(self.execute)
        dialog.collection_opened.connect(self.collection_opened)
        dialog.job_opened.connect(self.job_opened)
        self._plan_for(dialog, None)
        return dialog

    def execute(self, plan: DeletePlan, force: bool) -> None:
        """Do what the user agreed to."""

        def deleted(result: DeleteResult) -> None:
            name = short_name(result.model_id)
            size = format_bytes(result.freed_bytes)
            words = self.tr("{name} is deleted, {size} are free again")
            told = words.format(name=name, size=size)
            self.told.emit(Notice(told, Tone.GOOD, subject=result.model_id))
            for note in result.notes:
                self.told.emit(Notice(note))
            self.changed.emit()

        def refused(error: Exception) -> None:
            self.changed.emit()
            self.complain(error)

        deletion = self._shelf.deletion
        self.run(lambda: deletion.execute(plan, confirmed=True, force=force), deleted, refused)

    def _on_plan_requested(self, revision: str | None) -> None:
        self._plan_for(cast("DeleteDialog", self.sender()), revision)

    def _plan_for(self, dialog: DeleteDialog, revision: str | None) -> None:
        def prepare() -> _Prepared:
            plan = self._shelf.deletion.plan(dialog.model_id, revision)
            try:
                return _Prepared(plan, disk_of(plan.store).mount)
            except OSError:
                return _Prepared(plan, None)

        def show(prepared: _Prepared) -> None:
            dialog.show_plan(prepared.plan, prepared.mount)

        def refused(error: Exception) -> None:
            if isinstance(error, ModelshelfError):
                dialog.show_error(error.info)
            else:
                self.complain(error)

        self._background.run(prepare, done=show, failed=refused, owner=dialog)
