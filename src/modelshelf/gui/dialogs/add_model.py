"""Adding a model of one's own to the list, or changing what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from modelshelf.gui.widgets import ModelshelfDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from modelshelf.core.catalogue.custom_model import CustomModel
    from modelshelf.core.errors import ErrorInfo


class AddModelDialog(ModelshelfDialog):
    """With `model` it edits that one; else it asks for an id.

    `check_requested` carries a well-formed model id some time after the last key; answer with
    `show_detected` or `show_check_failed`. `model_added` carries a `CustomModel` and whether to
    download it too, `model_edited` a `CustomModel`. The dialog waits for `accept()` or `refuse`.
    """

    check_requested = Signal(str)
    model_added = Signal(object, bool)
    model_edited = Signal(object)

    def __init__(
        self,
        model: CustomModel | None = None,
        parent: QWidget | None = None,
        *,
        debounce_ms: int = 400,
    ) -> None:
        super().__init__("Add a model", "", parent, width=560, closable=True)

    @classmethod
    def ask(cls, parent: QWidget, model: CustomModel | None = None) -> AddModelDialog:
        """Open the dialog over `parent` and return it, to be connected."""
        dialog = cls(model, parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def show_detected(self, model: CustomModel) -> None:
        """Fill in what the Hub knows; fields that the user touched stay as they are."""
        raise NotImplementedError

    def show_check_failed(self, error: ErrorInfo) -> None:
        """Say what speaks against the id; offline and network errors do not keep it from being added."""
        raise NotImplementedError

    def refuse(self, error: ErrorInfo) -> None:
        """Say why it could not be stored; the dialog stays open."""
        raise NotImplementedError
