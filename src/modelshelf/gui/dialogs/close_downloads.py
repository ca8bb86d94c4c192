"""The window closes while downloads run: go on in the tray, pause, or stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from modelshelf.gui.widgets import ModelshelfDialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from modelshelf.core.jobs import JobRecord


class CloseDownloadsDialog(ModelshelfDialog):
    """`decided` carries `tray`, `pause` or `stop` as the setting `downloads.on_close` spells them,
    and whether never to ask again. Cancel and Esc keep the window open."""

    decided = Signal(str, bool)

    def __init__(
        self, jobs: Sequence[JobRecord], parent: QWidget | None = None, *, has_tray: bool = True
    ) -> None:
        super().__init__("Downloads are running", "", parent)

    @classmethod
    def ask(
        cls, parent: QWidget, jobs: Sequence[JobRecord], *, has_tray: bool = True
    ) -> CloseDownloadsDialog:
        """Open the dialog over `parent` and return it, to be connected."""
        dialog = cls(jobs, parent, has_tray=has_tray)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog
