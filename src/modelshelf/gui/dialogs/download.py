"""Downloading a model: what it is, which files, whether there is room for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from modelshelf.core.downloads.request import DownloadRequest
from modelshelf.core.errors import ErrorCode, InputError
from modelshelf.core.hub.schema import Access
from modelshelf.core.model import parse_model_id, short_name
from modelshelf.core.plan import Finding, FindingKind, Weight
from modelshelf.gui.dialogs import download_words as words
from modelshelf.gui.dialogs.access import AccessPanel
from modelshelf.gui.theme import scaled
from modelshelf.gui.widgets import (
    FindingList,
    FlowRow,
    Kind,
    Label,
    Labelled,
    Look,
    ModelshelfDialog,
    Pill,
    ScrollColumn,
)
from modelshelf.gui.widgets.busy import BusyBar
from modelshelf.gui.widgets.options import OptionList
from modelshelf.gui.widgets.stacked_bar import BarPart, StackedBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.downloads.plan import DownloadPlan
    from modelshelf.core.downloads.selection import Variant
    from modelshelf.core.errors import ErrorInfo
    from modelshelf.core.machine import Disk
    from modelshelf.gui.widgets.options import Option

_DEBOUNCE_MS = 400
_DISK_COLUMN = 280
_LONGEST_LIST = 356


class DownloadDialog(ModelshelfDialog):
    """Opens at once; plans arrive later through `show_plan`.

    `plan_requested` carries a `DownloadRequest`: emitted by `start`, when an id was typed, when a
    variant is chosen, and by Try again. `accepted_plan` carries the `DownloadPlan`; the dialog
    closes with it. `token_given` carries a token to store; answer with a new plan.
    `licence_opened` carries the model id whose page on the Hub should be opened.
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
        *,
        debounce_ms: int = _DEBOUNCE_MS,
    ) -> None:
        super().__init__("", "", parent, width=720, closable=True)
        self._request: DownloadRequest | None = None
        self._plan: DownloadPlan | None = None
        self._entry = entry
        self._timer = QTimer(self, singleShot=True, interval=debounce_ms)
        self._id = QLineEdit()
        self._id.setPlaceholderText(self.tr("BAAI/bge-small-en-v1.5, or a link from the Hub"))
        self._field = Labelled(self.tr("Model"), self._id)
        self._pills = QWidget()
        self._pill_row = FlowRow(self._pills, spacing=8, least=0)
        self._busy = BusyBar(self.tr("Asking the Hub"))
        self._options = OptionList(self.tr("What to download"))
        self._scroll = ScrollColumn()
        self._options_column = QWidget()
        self._companions = Label(look=Look.HINT, wrap=True)
        self._disk_column = QWidget()
        self._disk_name = Label(look=Look.CAPTION)
        self._disk_bar = StackedBar(self.tr("Disk"))
        self._disk_words = Label(wrap=True)
        self._kept = Label(look=Look.HINT, wrap=True)
        self._findings = FindingList()
        self._access = AccessPanel()
        self._fill_body()
        self._cancel = self.add_button(self.tr("Cancel"))
        self._retry = self.add_button(self.tr("Try again"))
        self._start = self.add_button(self.tr("Download"), Kind.PRIMARY, default=True)
        self._connect()
        self._field.setVisible(not model_id)
        if model_id:
            self._request = DownloadRequest(parse_model_id(model_id))
        else:
            self._id.setFocus()
        self._name_model()
        self._show_pills(None)
        self._arrange()

    @classmethod
    def ask(
        cls, parent: QWidget, model_id: str = "", entry: CatalogueEntry | None = None
    ) -> DownloadDialog:
        """Open the dialog over `parent` and return it; without an id it asks for one."""
        dialog = cls(model_id, entry, parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    @property
    def request(self) -> DownloadRequest | None:
        """What was asked for last; None while there is no id."""
        return self._request

    def start(self) -> None:
        """Ask for the first plan; call it when the signals are connected."""
        if self._request is not None:
            self._ask(self._request)

    def show_entry(self, entry: CatalogueEntry) -> None:
        """Say what the catalogue knows of the model in the field."""
        if self._request is not None and entry.id == self._request.model_id:
            self._entry = entry
            self._show_pills(None)
            self.fit()

    def show_plan(
        self, plan: DownloadPlan, disk: Disk | None = None, access: Access | None = None
    ) -> None:
        """Show what the last request would do; an answer to an older request is ignored."""
        if not self._is_awaited(plan.request):
            return
        self._plan = plan
        self._offer(words.plan_options(plan), words.chosen_option(plan))
        self._companions.setText(words.companions_line(plan))
        self._companions.setVisible(bool(self._companions.text()))
        self._show_disk(plan, disk)
        self._show_pills(access)
        findings = [f for f in plan.findings if f.kind is not FindingKind.ACCESS or access is None]
        self._findings.show_findings(findings)
        refused = access is not None and access is not Access.GRANTED
        self._access.show_access(access or Access.GRANTED)
        self._start.setText(words.start_words(plan))
        self._start.setEnabled(not (plan.is_blocked or refused or words.is_complete(plan)))
        shown = [self._options_column, self._disk_column]
        if findings:
            shown.append(self._findings)
        if refused:
            shown.append(self._access)
        self._arrange(*shown)

    def show_variants(self, variants: Sequence[Variant]) -> None:
        """Let the user choose: the repository has several sets of weights and no obvious one."""
        self._plan = None
        self._offer(words.variant_options(variants))
        self._companions.hide()
        self._arrange(self._options_column)

    def show_error(self, error: ErrorInfo, access: Access | None = None) -> None:
        """Say why there is no plan; with `access`, also how to get it."""
        self._plan = None
        self._show_pills(access)
        if access is not None and access is not Access.GRANTED:
            self._access.show_access(access)
            self._arrange(self._access, self._retry)
        elif error.code is ErrorCode.INPUT and self._field.isVisibleTo(self):
            self._field.refuse(f"{error.message} {error.hint}".strip())
            self._arrange()
        else:
            kind = FindingKind.ACCESS if error.code is ErrorCode.GATED else FindingKind.FOREIGN_FILE
            finding = Finding(kind, Weight.BLOCKER, error.message, error.hint)
            self._findings.show_findings([finding])
            self._arrange(self._findings, self._retry)

    def _connect(self) -> None:
        self._timer.timeout.connect(self._read_id)
        self._id.textEdited.connect(self._on_typed)
        self._id.returnPressed.connect(self._read_id)
        self._options.chosen.connect(self._on_chosen)
        self._cancel.clicked.connect(self.reject)
        self._retry.clicked.connect(self.start)
        self._start.clicked.connect(self._accept_plan)
        self._access.token_given.connect(self.token_given)
        self._access.page_opened.connect(self._open_page)

    def _fill_body(self) -> None:
        left = QVBoxLayout(self._options_column)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(4)
        left.addWidget(Label(self.tr("What to download"), Look.CAPTION))
        self._scroll.column.addWidget(self._options)
        left.addWidget(self._scroll)
        left.addWidget(self._companions)
        left.addStretch(1)
        right = QVBoxLayout(self._disk_column)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(8)
        for widget in (self._disk_name, self._disk_bar, self._disk_words, self._kept):
            right.addWidget(widget)
        right.addStretch(1)
        self._disk_column.setFixedWidth(_DISK_COLUMN)
        columns = QHBoxLayout()
        columns.setSpacing(32)
        columns.addWidget(self._options_column, 1)
        columns.addWidget(self._disk_column)
        self.body.setSpacing(16)
        for widget in (self._field, self._pills, self._busy):
            self.body.addWidget(widget)
        self.body.addLayout(columns)
        self.body.addWidget(self._findings)
        self.body.addWidget(self._access)

    def _arrange(self, *shown: QWidget) -> None:
        """Show exactly these of the parts that come and go."""
        parts = (
            self._busy,
            self._options_column,
            self._disk_column,
            self._findings,
            self._access,
            self._retry,
        )
        for part in parts:
            part.setVisible(part in shown)
        if self._plan is None:
            self._start.setText(self.tr("Download"))
            self._start.setEnabled(False)
        self._start.setVisible(self._retry not in shown)
        if self._start.isEnabled() and not isinstance(self.focusWidget(), QLineEdit):
            self._start.setFocus()
        self.fit()

    def _offer(self, options: list[Option], value: str | None = None) -> None:
        """Offer `options`; a long list scrolls, so that the dialog fits every screen."""
        self._options.set_options(options, value)
        height = max(0, self._options.sizeHint().height())
        self._scroll.setFixedHeight(min(height, scaled(_LONGEST_LIST)))
        room = 16 if height > scaled(_LONGEST_LIST) else 0
        self._scroll.column.setContentsMargins(0, 0, room, 0)

    def _name_model(self) -> None:
        if self._request is None or self._field.isVisibleTo(self):
            self.set_title(self.tr("Download"))
            return
        model_id = self._request.model_id
        title = self.tr("Download {name}").format(name=short_name(model_id))
        self.set_title(title, model_id)

    def _show_pills(self, access: Access | None) -> None:
        while (item := self._pill_row.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        pills = words.model_pills(self._entry, self._plan, access)
        for text, tone, icon in pills:
            self._pill_row.addWidget(Pill(text, tone, icon, self._pills))
        self._pills.setVisible(bool(pills))

    def _show_disk(self, plan: DownloadPlan, disk: Disk | None) -> None:
        name = self.tr("Disk {mount}").format(mount=disk.mount) if disk else self.tr("Disk")
        self._disk_name.setText(name)
        sentence = words.disk_line(plan)
        is_short = plan.disk_after < 0
        coming = BarPart(plan.bytes_to_fetch, "danger" if is_short else "accent")
        if disk is None:
            self._disk_bar.show_parts((coming,), plan.disk_free, sentence)
        else:
            used = BarPart(disk.total - plan.disk_free, "others")
            self._disk_bar.show_parts((used, coming), disk.total, sentence)
        self._disk_words.setText(sentence)
        self._disk_words.set_look(Look.DANGER if is_short else Look.BODY)
        kept = words.kept_line(plan)
        self._kept.setText(kept)
        self._kept.setVisible(bool(kept))

    def _is_awaited(self, answered: DownloadRequest) -> bool:
        asked = self._request
        if asked is None or asked.model_id != answered.model_id:
            return False
        if asked.everything or answered.everything:
            return asked.everything == answered.everything
        # A request without a variant may be answered with the one that the registry recommends.
        return asked.variant in (None, answered.variant)

    def _ask(self, request: DownloadRequest) -> None:
        is_other_model = self._request is None or request.model_id != self._request.model_id
        self._request = request
        self._plan = None
        keeps_options = bool(self._options.options) and not is_other_model
        if is_other_model:
            self._entry = None
            self._offer([])
            self._show_pills(None)
        shown = [self._busy, self._options_column] if keeps_options else [self._busy]
        self._arrange(*shown)
        self.plan_requested.emit(request)

    def _on_typed(self) -> None:
        self._field.refuse("")
        self._timer.start()

    def _read_id(self) -> None:
        self._timer.stop()
        typed = self._id.text().strip()
        if not typed:
            self._forget()
            return
        try:
            model_id = parse_model_id(typed)
        except InputError as error:
            self._forget()
            self._field.refuse(f"{error.message} {error.hint}")
            self.fit()
            return
        if self._request is None or model_id != self._request.model_id:
            self._ask(DownloadRequest(model_id))

    def _forget(self) -> None:
        self._request = None
        self._plan = None
        self._entry = None
        self._offer([])
        self._show_pills(None)
        self._arrange()

    def _on_chosen(self, value: object) -> None:
        if self._request is None:
            return
        everything = value == words.EVERYTHING
        variant = None if everything or value is None else str(value)
        request = DownloadRequest(self._request.model_id, variant=variant, everything=everything)
        self._ask(request)

    def _accept_plan(self) -> None:
        plan = self._plan
        if plan is not None:
            self.accept()
            self.accepted_plan.emit(plan)

    def _open_page(self) -> None:
        if self._request is not None:
            self.licence_opened.emit(self._request.model_id)
