"""Downloading a model: what it is, which files, whether there is room for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from modelshelf.gui.widgets import ModelshelfDialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.downloads.plan import DownloadPlan
    from modelshelf.core.downloads.selection import Variant
    from modelshelf.core.errors import ErrorInfo
    from modelshelf.core.hub.schema import Access
    from modelshelf.core.machine import Disk


class DownloadDialog(ModelshelfDialog):
    """Opens at once; plans arrive later through `show_plan`.

    `plan_requested` carries a `DownloadRequest`: emitted when an id was typed or a variant chosen,
    and by `start`. `accepted_plan` carries the `DownloadPlan`; the dialog closes with it.
    `token_given` carries a token to store; answer with a new plan. `licence_opened` carries the
    model id whose page on the Hub should be opened.
    """

    plan_requested = Signal(object)
    accepted_plan = Signal(object)
    token_given = Signal(str)
    licence_opened = Signal(str)

    def __init__(
        self,
        model_id: str = "",
        entry: CatalogueEntry | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Download", "", parent, width=720, closable=True)

    @classmethod
    def ask(
        cls, parent: QWidget, model_id: str = "", entry: CatalogueEntry | None = None
    ) -> DownloadDialog:
        """Open the dialog over `parent` and return it; without an id it asks for one."""
        dialog = cls(model_id, entry, parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def start(self) -> None:
        """Ask for the first plan; call it when the signals are connected."""
        raise NotImplementedError

    def show_entry(self, entry: CatalogueEntry) -> None:
        """Say what the catalogue knows of the model in the field."""
        raise NotImplementedError

    def show_plan(
        self, plan: DownloadPlan, disk: Disk | None = None, access: Access | None = None
    ) -> None:
        """Show what the last request would do; an answer to an older request is ignored."""
        raise NotImplementedError

    def show_variants(self, variants: Sequence[Variant], disk: Disk | None = None) -> None:
        """Let the user choose: the repository has several sets of weights and no obvious one."""
        raise NotImplementedError

    def show_error(self, error: ErrorInfo, access: Access | None = None) -> None:
        """Say why there is no plan; with `access`, also how to get it."""
        raise NotImplementedError
