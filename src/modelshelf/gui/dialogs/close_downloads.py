"""The window closes while downloads run: go on in the tray, pause, or stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal

from modelshelf.core.model import short_name
from modelshelf.core.units import format_bytes
from modelshelf.gui.widgets import CheckBox, Kind, ModelshelfDialog
from modelshelf.gui.widgets.options import Option, OptionList

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
        super().__init__(_title(jobs), _subtitle(jobs), parent)
        self._options = OptionList(self.tr("What to do with what runs"))
        options = _options(is_one=len(jobs) == 1)
        if not has_tray:
            options = [option for option in options if option.value != "tray"]
        self._options.set_options(options, options[0].value)
        self.body.addWidget(self._options)
        self._never_again = CheckBox(self.tr("Do not ask again"))
        self.add_left_widget(self._never_again)
        self.add_button(self.tr("Cancel")).clicked.connect(self.reject)
        close = self.add_button(self.tr("Close the window"), Kind.PRIMARY, default=True)
        close.clicked.connect(self._decide)

    @classmethod
    def ask(
        cls, parent: QWidget, jobs: Sequence[JobRecord], *, has_tray: bool = True
    ) -> CloseDownloadsDialog:
        """Open the dialog over `parent` and return it, to be connected."""
        dialog = cls(jobs, parent, has_tray=has_tray)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def _decide(self) -> None:
        choice = str(self._options.value)
        self.accept()
        self.decided.emit(choice, self._never_again.isChecked())


def _title(jobs: Sequence[JobRecord]) -> str:
    if len(jobs) == 1:
        return _("{name} is still downloading").format(name=short_name(jobs[0].model_id))
    return _("{count} downloads are running").format(count=len(jobs))


def _options(*, is_one: bool) -> list[Option]:
    if is_one:
        tray = _("The window closes, the download runs to its end.")
        pause, wait, stop = _("Pause it"), _("It waits until you go on with it."), _("Stop it")
    else:
        tray = _("The window closes, the downloads run to their end.")
        pause, wait = _("Pause them"), _("They wait until you go on with them.")
        stop = _("Stop them")
    kept = _("What is here is kept; a later download continues from it.")
    return [
        Option("tray", _("Go on in the tray"), tray),
        Option("pause", pause, wait),
        Option("stop", stop, kept),
    ]


def _subtitle(jobs: Sequence[JobRecord]) -> str:
    left = sum(max(0, job.bytes_total - job.bytes_done) for job in jobs)
    promise = _("Nothing that is here gets lost, whatever you choose.")
    if not left:
        return promise
    return _("{size} are still to come.").format(size=format_bytes(left)) + f" {promise}"


def _(text: str) -> str:
    return QCoreApplication.translate("CloseDownloads", text)
