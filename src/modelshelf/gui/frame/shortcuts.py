"""The sheet of keys, behind `?`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt

from modelshelf.gui.widgets import Facts, Kind, ModelshelfDialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget


class ShortcutSheet(ModelshelfDialog):
    """Lists what the keys do."""

    def __init__(self, pages: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(
            QCoreApplication.translate("Shortcuts", "Keys"), parent=parent, width=440, closable=True
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        facts = Facts()
        facts.show_facts(
            [
                ("Ctrl+K", _("Search everything")),
                *((f"Ctrl+{place}", name) for place, name in enumerate(pages, start=1)),
                ("Ctrl+,", _("Settings")),
                ("Ctrl+Tab", _("Next tab")),
                ("↑  ↓", _("Move through the cards")),
                ("Enter", _("The main action of the card")),
                (_("Delete"), _("Ask to delete the model")),
                ("Esc", _("Close the details, or what is in front")),
                ("F5", _("Look at the disk again")),
                ("?", _("This sheet")),
            ]
        )
        self.body.addWidget(facts)
        close = self.add_button(_("Close"), Kind.PRIMARY, default=True)
        close.clicked.connect(self.accept)


def _(text: str) -> str:
    return QCoreApplication.translate("Shortcuts", text)
