"""Asking for a name, and where it helps for a line about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from modelshelf.core.errors import InputError
from modelshelf.core.usage.names import checked_name
from modelshelf.gui.theme import scaled
from modelshelf.gui.widgets import Kind, Labelled, ModelshelfDialog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QWidget

_LONGEST_DESCRIPTION = 2000
_DESCRIPTION_HEIGHT = 84


class NamingDialog(ModelshelfDialog):
    """`named` carries a name that can be used, and the description; the dialog closes with it.

    `what` is the word that the refusals use. `taken` are the names that others have. Without
    `name_label` only the description is asked for, without `description_label` only the name.
    """

    named = Signal(str, str)

    def __init__(
        self,
        title: str,
        action: str,
        parent: QWidget | None = None,
        *,
        subtitle: str = "",
        what: str = "collection",
        name: str = "",
        description: str = "",
        taken: Iterable[str] = (),
        name_label: str = "",
        description_label: str = "",
    ) -> None:
        super().__init__(title, subtitle, parent)
        self._what = what
        self._old_name = name
        self._taken = {one.casefold(): one for one in taken if one != name}
        self._name = QLineEdit(name)
        self._name_field = Labelled(name_label or self.tr("Name"), self._name)
        self._name_field.setVisible(bool(name_label))
        self._description = QPlainTextEdit(description)
        self._description.setTabChangesFocus(True)
        self._description.setFixedHeight(scaled(_DESCRIPTION_HEIGHT))
        label = description_label or self.tr("Description")
        self._description_field = Labelled(label, self._description)
        self._description_field.setVisible(bool(description_label))
        self.body.setSpacing(16)
        self.body.addWidget(self._name_field)
        self.body.addWidget(self._description_field)
        self.add_button(self.tr("Cancel")).clicked.connect(self.reject)
        self._action = self.add_button(action, Kind.PRIMARY, default=True)
        self._action.clicked.connect(self._give)
        self._name.textChanged.connect(self._on_typed)
        self._action.setEnabled(bool(name) or not name_label)
        first = self._name if name_label else self._description
        first.setFocus()
        self._name.selectAll()

    def show_over(self) -> NamingDialog:
        """Open the dialog and return it; it deletes itself when it closes."""
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.open()
        return self

    def _on_typed(self, text: str) -> None:
        self._name_field.refuse("")
        self._action.setEnabled(bool(text.strip()))
        self.fit()

    def _give(self) -> None:
        try:
            name = checked_name(self._name.text() or self._old_name, what=self._what)
        except InputError as error:
            self._refuse(f"{error.message} {error.hint}")
            return
        if found := self._taken.get(name.casefold()):
            words = self.tr("There is one called “{name}” already. Choose another name.")
            self._refuse(words.format(name=found))
            return
        text = self._description.toPlainText().strip()
        if len(text) > _LONGEST_DESCRIPTION:
            words = self.tr("Use up to {count} characters.")
            self._description_field.refuse(words.format(count=f"{_LONGEST_DESCRIPTION:,}"))
            self.fit()
            return
        self.accept()
        self.named.emit(name, text)

    def _refuse(self, sentence: str) -> None:
        self._name_field.refuse(sentence)
        self._name.setFocus()
        self.fit()
