"""One setting on screen: what it is, the control, and what happened to the last change."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from modelshelf.gui.widgets import Card, Label, Look, Rule, TintedIcon

_SAVED_MS = 3000


class SettingRow(QWidget):
    """Words at the start, the control at the end, a line below for what is wrong or decided."""

    def __init__(
        self, title: str, sentence: str, control: QWidget, *, is_wide: bool = False
    ) -> None:
        super().__init__()
        self.control = control
        if not control.accessibleName():
            control.setAccessibleName(title)
        control.setAccessibleDescription(sentence)
        self._sentence = sentence
        self._saved = Label(self.tr("Saved"), Look.HINT)
        self._tick = TintedIcon("check", "good", side=14)
        self._timer = QTimer(self, singleShot=True, interval=_SAVED_MS)
        self._timer.timeout.connect(self._hide_saved)
        self._note = Label(look=Look.HINT, wrap=True)
        self._note.hide()
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(Label(title))
        head.addSpacing(6)
        head.addWidget(self._tick)
        head.addWidget(self._saved)
        head.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        if sentence:
            words.addWidget(Label(sentence, Look.CAPTION, wrap=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(8)
        if is_wide:
            column.addLayout(words)
            column.addWidget(control)
        else:
            row = QHBoxLayout()
            row.setSpacing(24)
            row.addLayout(words, 1)
            row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
            column.addLayout(row)
        column.addWidget(self._note)
        self._hide_saved()

    @property
    def note(self) -> str:
        """What is said below the setting, or an empty text."""
        return self._note.text()

    def show_saved(self) -> None:
        """Confirm a change for a moment."""
        self._say("", Look.HINT)
        self._tick.show()
        self._saved.show()
        self._timer.start()

    def refuse(self, sentence: str) -> None:
        """Say what is wrong with the last change; an empty sentence takes it back."""
        self._hide_saved()
        self._say(sentence, Look.DANGER)

    def advise(self, sentence: str) -> None:
        """Say something worth knowing about the present value."""
        self._say(sentence, Look.HINT)

    def lock(self, decider: str) -> None:
        """Take the control away because `decider`, an environment variable, decides; an empty
        text gives it back."""
        self.control.setEnabled(not decider)
        words = self.tr("{name} decides this.").format(name=decider) if decider else ""
        self._say(words, Look.HINT)

    def _say(self, sentence: str, look: Look) -> None:
        self._note.setText(sentence)
        self._note.set_look(look)
        self._note.setVisible(bool(sentence))
        self.control.setAccessibleDescription(f"{self._sentence} {sentence}".strip())

    def _hide_saved(self) -> None:
        self._tick.hide()
        self._saved.hide()


class SettingCard(QWidget):
    """A heading, a line about it, and rows on a card with hairlines between."""

    def __init__(self, heading: str, sentence: str = "") -> None:
        super().__init__()
        self._card = Card(padding=0)
        self._card.column.setContentsMargins(16, 4, 16, 4)
        self._card.column.setSpacing(0)
        self.head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(heading, Look.HEADING))
        if sentence:
            words.addWidget(Label(sentence, Look.CAPTION, wrap=True))
        self.head.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(self.head)
        column.addWidget(self._card)

    def add(self, row: QWidget) -> None:
        """Append a row."""
        if self._card.column.count():
            self._card.column.addWidget(Rule())
        self._card.column.addWidget(row)

    def clear(self) -> None:
        """Remove all rows."""
        while (item := self._card.column.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
