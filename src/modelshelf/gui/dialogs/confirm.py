"""One question with one consequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from modelshelf.gui.widgets import Kind, ModelshelfDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class ConfirmDialog(ModelshelfDialog):
    """`confirmed` when the user agreed; Enter and Esc both mean no."""

    confirmed = Signal()

    def __init__(
        self, title: str, sentence: str, action: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, sentence, parent, width=440)
        self.add_button(self.tr("Cancel"), default=True).clicked.connect(self.reject)
        self.add_button(action, Kind.DESTRUCTIVE).clicked.connect(self._confirm)

    @classmethod
    def ask(cls, parent: QWidget, title: str, sentence: str, action: str) -> ConfirmDialog:
        """Open the dialog over `parent` and return it, to be connected."""
        dialog = cls(title, sentence, action, parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def _confirm(self) -> None:
        self.accept()
        self.confirmed.emit()
