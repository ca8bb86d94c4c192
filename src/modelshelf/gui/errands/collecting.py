"""Collections, favourites and models of the user's own: small changes to the database."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal

from modelshelf.core.errors import ModelshelfError
from modelshelf.core.model import ModelId, Role, short_name
from modelshelf.gui.dialogs.add_model import AddModelDialog
from modelshelf.gui.dialogs.confirm import ConfirmDialog
from modelshelf.gui.errands.errand import Errand
from modelshelf.gui.widgets import Notice, Tone

if TYPE_CHECKING:
    from modelshelf.core.catalogue.custom_model import CustomModel


class Collecting(Errand):
    """`model_added` carries the id of a new own model and whether to download it too."""

    model_added = Signal(str, bool)

    def create(self, name: str, description: str) -> None:
        """Make a collection."""
        self.run(lambda: self._shelf.collections.create(name, description))

    def rename(self, old: str, new: str) -> None:
        """Give a collection another name."""
        self.run(lambda: self._shelf.collections.rename(old, new))

    def describe(self, name: str, description: str) -> None:
        """Say what a collection is for."""
        self.run(lambda: self._shelf.collections.describe(name, description))

    def delete(self, name: str) -> None:
        """Remove a collection; its models stay on disk."""
        self.run(lambda: self._shelf.collections.delete(name))

    def add(self, name: str, model_id: str, role: Role) -> None:
        """Put a model into a collection."""
        self.run(lambda: self._shelf.collections.add(name, ModelId(model_id), role))

    def remove(self, name: str, model_id: str, role: Role) -> None:
        """Take a model out of a collection."""
        self.run(lambda: self._shelf.collections.remove(name, ModelId(model_id), role))

    def change_role(self, name: str, model_id: str, old: Role, new: Role) -> None:
        """Use a model of a collection for something else."""

        def change() -> None:
            self._shelf.collections.add(name, ModelId(model_id), new)
            self._shelf.collections.remove(name, ModelId(model_id), old)

        self.run(change)

    def set_favourite(self, model_id: str, favourite: bool) -> None:
        """Mark a model, or take the mark away."""
        self.run(lambda: self._shelf.notes.set_favourite(ModelId(model_id), favourite))

    def open_dialog(self, model: CustomModel | None = None) -> AddModelDialog:
        """Ask for a model of the user's own, or for changes to `model`."""
        dialog = AddModelDialog.ask(self._window, model)
        dialog.check_requested.connect(self._check)
        dialog.model_added.connect(self._store)
        dialog.model_edited.connect(self._edit)
        return dialog

    def ask_removal(self, model: CustomModel, *, has_files: bool) -> ConfirmDialog:
        """Ask whether to take a model of the user's own out of the list."""
        sentence = self.tr("What you entered about it is forgotten.")
        if has_files:
            stays = self.tr("Its files stay on this machine, and the list shows them.")
            sentence = f"{sentence} {stays}"
        title = self.tr("Remove {name} from your list?").format(name=short_name(model.model_id))
        dialog = ConfirmDialog.ask(self._window, title, sentence, self.tr("Remove"))
        dialog.setObjectName(model.model_id)
        dialog.confirmed.connect(self._remove_own)
        return dialog

    def _remove_own(self) -> None:
        model_id = ModelId(self.sender().objectName())

        def removed(_nothing: None) -> None:
            words = self.tr("{name} is no longer in your list").format(name=short_name(model_id))
            self.told.emit(Notice(words, subject=model_id))
            self.changed.emit()

        self.run(lambda: self._shelf.custom.remove(model_id), removed)

    def _check(self, model_id: str) -> None:
        dialog = cast("AddModelDialog", self.sender())

        def refused(error: Exception) -> None:
            self.note(error)
            if isinstance(error, ModelshelfError):
                dialog.show_check_failed(error.info, model_id)
            else:
                self.complain(error)

        custom, hub = self._shelf.custom, self._shelf.hub
        self._background.run(
            lambda: custom.detect(hub, ModelId(model_id)),
            done=partial(dialog.show_detected, asked=model_id),
            failed=refused,
            owner=dialog,
        )

    def _store(self, model: CustomModel, download: bool) -> None:
        dialog = cast("AddModelDialog", self.sender())

        def stored(added: CustomModel) -> None:
            dialog.accept()
            words = self.tr("{name} is in your list").format(name=short_name(added.model_id))
            self.told.emit(Notice(words, Tone.GOOD, subject=added.model_id))
            self.changed.emit()
            self.model_added.emit(added.model_id, download)

        self._background.run(
            lambda: self._shelf.custom.add(model),
            done=stored,
            failed=partial(self._refuse, dialog),
            owner=dialog,
        )

    def _edit(self, model: CustomModel) -> None:
        dialog = cast("AddModelDialog", self.sender())

        def edited(stored: CustomModel) -> None:
            dialog.accept()
            words = self.tr("{name} is changed").format(name=short_name(stored.model_id))
            self.told.emit(Notice(words, Tone.GOOD, subject=stored.model_id))
            self.changed.emit()

        self._background.run(
            lambda: self._shelf.custom.edit(model),
            done=edited,
            failed=partial(self._refuse, dialog),
            owner=dialog,
        )

    def _refuse(self, dialog: AddModelDialog, error: Exception) -> None:
        if isinstance(error, ModelshelfError):
            dialog.refuse(error.info)
        else:
            self.complain(error)
