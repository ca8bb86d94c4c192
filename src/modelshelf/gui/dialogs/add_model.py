"""Adding a model of one's own to the list, or changing what is known of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from modelshelf.core.catalogue.custom_model import CustomModel, HubCheck
from modelshelf.core.errors import ErrorCode, InputError
from modelshelf.core.model import ModelId, ModelType, parse_model_id, short_name
from modelshelf.core.units import format_bytes, format_count
from modelshelf.gui import text
from modelshelf.gui.dialogs.add_model_fields import EncoderFields
from modelshelf.gui.widgets import (
    DropDown,
    Kind,
    Label,
    Labelled,
    Look,
    ModelshelfDialog,
    TintedIcon,
)
from modelshelf.gui.widgets.busy import BusyBar
from modelshelf.gui.widgets.fold import Fold

if TYPE_CHECKING:
    from modelshelf.core.errors import ErrorInfo

_UNREACHABLE = (ErrorCode.NETWORK, ErrorCode.TIMEOUT)
_REFUSING = (ErrorCode.INPUT, ErrorCode.NOT_FOUND)


class AddModelDialog(ModelshelfDialog):
    """With `model` it edits that one; else it asks for an id.

    `check_requested` carries a well-formed model id some time after the last key; answer with
    `show_detected` or `show_check_failed`. `model_added` carries a `CustomModel` and whether to
    download it too, `model_edited` a `CustomModel`. The dialog then waits for `accept` or `refuse`.
    Who presses Add before the answer came gets it first: an id that is refused is not added.
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
        super().__init__("", "", parent, width=560, closable=True)
        self._is_edit = model is not None
        self._known: CustomModel | None = model
        self._model_id: ModelId | None = model.model_id if model else None
        self._is_refused = False
        self._is_checking = False
        self._waiting: bool | None = None
        self._is_type_touched = self._is_edit
        self._timer = QTimer(self, singleShot=True, interval=debounce_ms)
        self._id = QLineEdit()
        self._id.setPlaceholderText(self.tr("BAAI/bge-small-en-v1.5, or a link from the Hub"))
        self._field = Labelled(self.tr("Model"), self._id)
        self._busy = BusyBar(self.tr("Asking the Hub"))
        self._verdict = QWidget()
        self._verdict_icon = TintedIcon("info", side=16)
        self._verdict_words = Label(look=Look.CAPTION, wrap=True)
        self._type = DropDown(self.tr("Type"))
        self._purpose = Label(look=Look.HINT, wrap=True)
        self.fold = Fold(self.tr("Advanced options"))
        self.fields = EncoderFields()
        self._fill_body()
        self._add_buttons()
        self._connect()
        self._begin(model)

    @classmethod
    def ask(cls, parent: QWidget, model: CustomModel | None = None) -> AddModelDialog:
        """Open the dialog over `parent` and return it, to be connected."""
        dialog = cls(model, parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def enter(self, text: str) -> None:
        """Put an id or a link into the field and check it at once."""
        self._id.setText(text)
        self._on_typed()
        self._timer.stop()
        self._check()

    def show_detected(self, model: CustomModel, asked: str | None = None) -> None:
        """Fill in what the Hub knows; fields that the user touched stay as they are.

        `asked` is the id the answer is for: an answer to an older question is ignored.
        """
        if self._is_other_question(asked):
            return
        self._known = model
        self._is_refused = False
        self._model_id = model.model_id
        self._id.setText(model.model_id)
        if not self._is_type_touched:
            self._show_type(model.type)
        self.fields.fill(model, is_detected=model.check is HubCheck.READ)
        if model.check is HubCheck.UNCHECKED:
            self._say("cloud-off", "caution", model.notice)
        elif model.check is HubCheck.KNOWN:
            self._say("info", "caution", model.notice)
        else:
            self._say("circle-check", "good", _found_words(model))
        self._arrange()
        self._go_on()

    def show_check_failed(self, error: ErrorInfo, asked: str | None = None) -> None:
        """Say what speaks against the id; a Hub that cannot be asked does not."""
        if self._is_other_question(asked):
            return
        if error.code in _REFUSING:
            self._is_refused = True
            self._field.refuse(f"{error.message} {error.hint}".strip())
            self._say("", "", "")
        elif error.code in _UNREACHABLE:
            notice = self.tr("The Hub could not be asked, so only the form of the id was checked.")
            self._say("cloud-off", "caution", notice)
        else:
            self._say("triangle-alert", "caution", f"{error.message} {error.hint}".strip())
        self._arrange()
        self._go_on()

    def refuse(self, error: ErrorInfo) -> None:
        """Say why it could not be stored; the dialog stays open."""
        words = f"{error.message} {error.hint}".strip()
        if self._is_edit:
            self._say("circle-alert", "danger", words)
        else:
            self._field.refuse(words)
        self._arrange()

    def _fill_body(self) -> None:
        verdict = QHBoxLayout(self._verdict)
        verdict.setContentsMargins(0, 0, 0, 0)
        verdict.setSpacing(8)
        verdict.addWidget(self._verdict_icon, 0, Qt.AlignmentFlag.AlignTop)
        verdict.addWidget(self._verdict_words, 1)
        for kind in ModelType:
            noun = text.type_noun(kind)
            is_other = kind is ModelType.OTHER
            words = text.type_label(kind) if is_other else noun[:1].upper() + noun[1:]
            self._type.addItem(words, kind)
        typed = QWidget()
        column = QVBoxLayout(typed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(Labelled(self.tr("Type"), self._type))
        column.addWidget(self._purpose)
        self.fold.column.addWidget(self.fields)
        self.body.setSpacing(16)
        head = QVBoxLayout()
        head.setSpacing(8)
        for widget in (self._field, self._busy, self._verdict):
            head.addWidget(widget)
        self.body.addLayout(head)
        self.body.addWidget(typed)
        self.body.addWidget(self.fold)

    def _add_buttons(self) -> None:
        self._cancel = self.add_button(self.tr("Cancel"))
        self._add_and_fetch = self.add_button(self.tr("Add and download"))
        words = self.tr("Save") if self._is_edit else self.tr("Add")
        self._add = self.add_button(words, Kind.PRIMARY, default=True)
        self._add_and_fetch.setVisible(not self._is_edit)

    def _connect(self) -> None:
        self._timer.timeout.connect(self._check)
        self._id.textEdited.connect(self._on_typed)
        self._type.activated.connect(self._on_type)
        self.fold.toggled.connect(self.fit)
        self.fields.changed.connect(self._arrange)
        self._cancel.clicked.connect(self.reject)
        self._add.clicked.connect(self._store)
        self._add_and_fetch.clicked.connect(self._store_and_fetch)

    def _begin(self, model: CustomModel | None) -> None:
        self._say("", "", "")
        if model is None:
            subtitle = self.tr("It joins your list. It need not be downloaded.")
            self.set_title(self.tr("Add a model"), subtitle)
            self._show_type(ModelType.EMBEDDING)
            self._id.setFocus()
        else:
            title = self.tr("Edit {name}").format(name=short_name(model.model_id))
            self.set_title(title, model.model_id)
            self._field.hide()
            self._show_type(model.type)
            self.fields.fill(model, is_detected=False)
            self.fold.set_open(True)
        self._arrange()

    def _arrange(self) -> None:
        can_store = self._model_id is not None and not self._is_refused
        can_store = can_store and not self.fields.refusal() and self._waiting is None
        self._add.setEnabled(can_store)
        self._add_and_fetch.setEnabled(can_store)
        self.fit()

    def _say(self, icon: str, tint: str, sentence: str) -> None:
        """Show the verdict of the check, and that it is no longer awaited."""
        self._is_checking = False
        self._busy.hide()
        self._verdict.setVisible(bool(sentence))
        if sentence:
            self._verdict_icon.set_icon(icon, tint)
            self._verdict_words.setText(sentence)
            self._verdict.setAccessibleName(sentence)

    def _is_other_question(self, asked: str | None) -> bool:
        return self._timer.isActive() or (asked is not None and asked != self._model_id)

    def _on_typed(self) -> None:
        self._is_refused = False
        self._waiting = None
        self._model_id = None
        self._known = None
        self._field.refuse("")
        self._say("", "", "")
        with suppress(InputError):
            self._model_id = parse_model_id(self._id.text())
        self._timer.start()
        self._arrange()

    def _check(self) -> None:
        if self._model_id is not None:
            self._is_checking = True
            self._busy.show()
            self.check_requested.emit(self._model_id)
        elif self._id.text().strip():
            words = self.tr("An id looks like BAAI/bge-small-en-v1.5; a link works too.")
            self._field.refuse(words)
        self._arrange()

    def _show_type(self, kind: ModelType) -> None:
        self._type.setCurrentIndex(self._type.findData(kind))
        self._purpose.setText(text.purpose(kind))
        self.fields.show_type(kind)

    @property
    def _kind(self) -> ModelType:
        # Qt keeps the text of the member, not the member.
        return ModelType(self._type.currentData())

    def _on_type(self) -> None:
        self._is_type_touched = True
        self._show_type(self._kind)
        self._arrange()

    def _made(self) -> CustomModel | None:
        if self._model_id is None:
            return None
        base = self._known or CustomModel(self._model_id, self._kind)
        made = replace(base, model_id=self._model_id, type=self._kind)
        return self.fields.applied_to(made)

    def _store(self) -> None:
        self._hand_over(download=False)

    def _store_and_fetch(self) -> None:
        self._hand_over(download=True)

    def _go_on(self) -> None:
        """Do what was pressed while the answer was awaited."""
        wanted, self._waiting = self._waiting, None
        self._arrange()
        if wanted is not None and self._add.isEnabled():
            self._hand_over(download=wanted)

    def _hand_over(self, *, download: bool) -> None:
        made = self._made()
        if made is None:
            return
        if self._timer.isActive() or self._is_checking:
            self._waiting = download
            self._arrange()
            if self._timer.isActive():
                self._timer.stop()
                self._check()
            return
        self._add.setEnabled(False)
        self._add_and_fetch.setEnabled(False)
        if self._is_edit:
            self.model_edited.emit(made)
        else:
            self.model_added.emit(made, download)


def _found_words(model: CustomModel) -> str:
    parts = [_("Found on the Hub")]
    if model.parameters is not None:
        parts.append(_("{count} parameters").format(count=format_count(model.parameters)))
    if model.size_bytes is not None:
        parts.append(_("{size} to download").format(size=format_bytes(model.size_bytes)))
    if model.licence:
        parts.append(text.licence_name(model.licence))
    if model.gated:
        parts.append(_("gated"))
    return " · ".join(parts)


def _(text: str) -> str:
    return QCoreApplication.translate("AddModel", text)
