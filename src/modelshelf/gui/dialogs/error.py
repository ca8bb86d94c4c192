"""What went wrong: a sentence, what to do, and the details for those who want them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from modelshelf.gui.widgets import ModelshelfDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from modelshelf.core.errors import ErrorInfo


class ErrorDialog(ModelshelfDialog):
    """`acted` is emitted when the offered action is pressed; the dialog closes then."""

    acted = Signal()

    def __init__(
        self,
        error: ErrorInfo,
        parent: QWidget | None = None,
        *,
        title: str = "",
        action: str = "",
        report: str = "",
    ) -> None:
        super().__init__(title or error.message, "", parent, width=520)

    @classmethod
    def tell(
        cls,
        parent: QWidget | None,
        error: ErrorInfo,
        *,
        title: str = "",
        action: str = "",
        report: str = "",
    ) -> ErrorDialog:
        """Open the dialog over `parent` and return it. `report` is what Copy report copies besides."""
        dialog = cls(error, parent, title=title, action=action, report=report)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    @classmethod
    def tell_bug(cls, parent: QWidget | None, traceback: str, *, report: str = "") -> ErrorDialog:
        """Open it for a failure nobody expected."""
        raise NotImplementedError
