"""What can be said of a custom model beyond its id: the advanced part of the Add dialog."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from modelshelf.core.model import ModelType
from modelshelf.gui.widgets import CheckBox, Labelled, Pill, Segments, Tone

if TYPE_CHECKING:
    from modelshelf.core.catalogue.custom_model import CustomModel

_LARGEST_DIMENSION = 65_536
_LONGEST_PROMPT = 2000


class _Field(Labelled):
    """A labelled field that says when its value was detected; a touched one keeps its value."""

    def __init__(self, label: str, field: QWidget, hint: str = "") -> None:
        super().__init__(label, field, hint)
        self.is_touched = False
        self._mark = Pill(self.tr("Detected"), Tone.GOOD, "check")
        # Its room is kept, so that nothing moves when values arrive.
        policy = self._mark.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._mark.setSizePolicy(policy)
        self._mark.hide()
        column = self.layout()
        head = QHBoxLayout()
        if isinstance(column, QVBoxLayout) and (item := column.takeAt(0)) is not None:
            head.addItem(item)
            head.addSpacing(8)
            head.addWidget(self._mark)
            head.addStretch(1)
            column.insertLayout(0, head)

    @property
    def is_detected(self) -> bool:
        """Whether the value came from the repository."""
        return self._mark.isVisibleTo(self)

    def mark_detected(self, is_detected: bool) -> None:
        """Say whether the value came from the repository."""
        self._mark.setVisible(is_detected)

    def touch(self) -> None:
        """The user decided this value."""
        self.is_touched = True
        self._mark.hide()


class EncoderFields(QWidget):
    """Dimension, pooling, prefixes and instruction; `changed` when the user touched one."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dimension = QLineEdit()
        self._dimension.setValidator(QIntValidator(1, _LARGEST_DIMENSION, self))
        self._dimension.setPlaceholderText(self.tr("Detected when left empty"))
        self._pooling = Segments(
            self.tr("Pooling"),
            [
                (self.tr("As the model says"), None),
                (self.tr("Mean"), "mean"),
                (self.tr("CLS"), "cls"),
                (self.tr("Last token"), "last"),
            ],
        )
        self._asymmetric = CheckBox(self.tr("Queries and documents get different prefixes"))
        self._query, self._document, self._instruction = QLineEdit(), QLineEdit(), QLineEdit()
        self._query.setPlaceholderText(self.tr("For example “query: ”"))
        self._document.setPlaceholderText(self.tr("For example “passage: ”"))
        for line in (self._query, self._document, self._instruction):
            line.setMaxLength(_LONGEST_PROMPT)
        self.dimension = _Field(self.tr("Dimension"), self._dimension)
        self.pooling = _Field(self.tr("Pooling"), self._pooling)
        self.query = _Field(self.tr("Query prefix"), self._query)
        self.document = _Field(self.tr("Document prefix"), self._document)
        self.instruction = _Field(
            self.tr("Default instruction"),
            self._instruction,
            self.tr("What the model is told when nobody tells it anything else."),
        )
        self._lay_out()
        self._connect()
        self.show_type(ModelType.EMBEDDING)

    def show_type(self, kind: ModelType) -> None:
        """Show what makes sense for a model of this type."""
        is_encoder = kind is ModelType.EMBEDDING
        for widget in (self.dimension, self.pooling, self._asymmetric):
            widget.setVisible(is_encoder)
        self._prefixes.setVisible(is_encoder and self._asymmetric.isChecked())

    def fill(self, model: CustomModel, *, is_detected: bool) -> None:
        """Show the values of `model` in the fields that the user did not touch."""
        if not self.dimension.is_touched:
            self._dimension.setText("" if model.dimension is None else str(model.dimension))
            self.dimension.mark_detected(is_detected and model.dimension is not None)
        if not self.pooling.is_touched:
            self._pooling.choose(model.pooling)
            self.pooling.mark_detected(is_detected and model.pooling is not None)
        if not (self.query.is_touched or self.document.is_touched):
            self._asymmetric.setChecked(model.asymmetric)
            self._prefixes.setVisible(model.asymmetric and self._asymmetric.isVisibleTo(self))
        for field, line, value in (
            (self.query, self._query, model.query_prefix),
            (self.document, self._document, model.document_prefix),
            (self.instruction, self._instruction, model.instruction),
        ):
            if not field.is_touched:
                line.setText(value)
                line.setCursorPosition(0)
                field.mark_detected(is_detected and bool(value))

    def applied_to(self, model: CustomModel) -> CustomModel:
        """Return `model` with what the fields say; fields that do not fit its type say nothing."""
        instruction = self._instruction.text().strip()
        if model.type is not ModelType.EMBEDDING:
            return replace(model, instruction=instruction)
        pooling = self._pooling.value
        is_asymmetric = self._asymmetric.isChecked()
        typed = self._dimension.text()
        return replace(
            model,
            dimension=int(typed) if typed else None,
            pooling=None if pooling is None else str(pooling),
            asymmetric=is_asymmetric,
            query_prefix=self._query.text() if is_asymmetric else "",
            document_prefix=self._document.text() if is_asymmetric else "",
            instruction=instruction,
        )

    def refusal(self) -> str:
        """Return what is wrong with the fields, said beside them too; empty when nothing is."""
        typed = self._dimension.text()
        is_bad = bool(typed) and not self._dimension.hasAcceptableInput()
        limit = f"{_LARGEST_DIMENSION:,}"
        words = self.tr("Use a whole number from 1 to {limit}.").format(limit=limit)
        self.dimension.refuse(words if is_bad else "")
        return words if is_bad else ""

    def _lay_out(self) -> None:
        self._prefixes = QWidget()
        pair = QHBoxLayout(self._prefixes)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(12)
        pair.addWidget(self.query)
        pair.addWidget(self.document)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (
            self.dimension,
            self.pooling,
            self._asymmetric,
            self._prefixes,
            self.instruction,
        ):
            column.addWidget(widget)

    def _connect(self) -> None:
        self._dimension.textEdited.connect(self.dimension.touch)
        self._pooling.chosen.connect(self.pooling.touch)
        self._query.textEdited.connect(self.query.touch)
        self._document.textEdited.connect(self.document.touch)
        self._instruction.textEdited.connect(self.instruction.touch)
        self._asymmetric.clicked.connect(self._on_asymmetric)
        self._dimension.textEdited.connect(self.changed)

    def _on_asymmetric(self, is_asymmetric: bool) -> None:
        self._prefixes.setVisible(is_asymmetric)
        self.query.touch()
        self.document.touch()
        self.changed.emit()
