"""The row of filters over the model list: what is typed and chosen becomes a `Query`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from modelshelf.core.catalogue.query import Query, SizeClass, Sort
from modelshelf.core.model import ModelType, Status
from modelshelf.gui import text
from modelshelf.gui.widgets import ChoiceButton, FlowRow, SearchField

if TYPE_CHECKING:
    from modelshelf.core.catalogue.query import Facets


@dataclass(frozen=True, slots=True)
class FilterState:
    """What is remembered of the filters between two starts, as plain text."""

    status: str = ""
    family: str = ""
    size: str = ""
    capability: str = ""
    sort: str = Sort.RECOMMENDED.value


class ModelFilters(QWidget):
    """Emits `changed` when the list should be asked anew."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField(self.tr("Filter this list"))
        self.search.textChanged.connect(self.changed)
        self._status = self._choice(self.tr("Status"))
        self._family = self._choice(self.tr("Family"))
        self._size = self._choice(self.tr("Size"))
        self._capability = self._choice(self.tr("Capability"))
        self._sort = self._choice(self.tr("Sort"))
        self._sort.set_choices(
            [
                ("", Sort.RECOMMENDED),
                (self.tr("Name"), Sort.NAME),
                (self.tr("Size"), Sort.SIZE),
                (self.tr("Last use"), Sort.LAST_USED),
                (self.tr("Status"), Sort.STATUS),
            ]
        )
        row = FlowRow(self)
        row.addWidget(self.search)
        for button in self._choices():
            row.addWidget(button)
        self._known: Facets | None = None

    @property
    def is_narrowing(self) -> bool:
        """Whether any filter hides something."""
        filters = self._choices()[:-1]
        return bool(self.search.text().strip()) or any(f.is_narrowing for f in filters)

    def query(self, kind: ModelType | None) -> Query:
        """Return what is asked for within a model type."""
        return Query(
            text=self.search.text(),
            type=kind,
            status=cast("Status | None", self._status.value),
            family=cast("str | None", self._family.value),
            size=cast("SizeClass | None", self._size.value),
            capability=cast("str | None", self._capability.value),
            sort=cast("Sort", self._sort.value),
        )

    def offer(self, facets: Facets) -> None:
        """Offer what would show something, with counts; what is in force stays on offer."""
        if facets == self._known:
            return
        self._known = facets
        every = [("", None)]
        statuses = [
            (_counted(text.status_label(status), count), status)
            for status, count in facets.statuses.items()
            if count or status == self._status.value
        ]
        sizes = [
            (_counted(size.label, count), size)
            for size, count in facets.sizes.items()
            if count or size == self._size.value
        ]
        self._status.set_choices([*every, *statuses])
        self._size.set_choices([*every, *sizes])
        self._family.set_choices([*every, *_words(facets.families, self._family.value)])
        offered = _words(facets.capabilities, self._capability.value)
        self._capability.set_choices([*every, *offered])

    def clear(self) -> None:
        """Hide nothing any more; the order stays."""
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        for button in self._choices()[:-1]:
            button.choose(None)
        self.changed.emit()

    def state(self) -> FilterState:
        """Return what to remember; what was typed is not kept."""
        return FilterState(
            *(str(button.value) if button.value else "" for button in self._choices())
        )

    def restore(self, state: FilterState) -> None:
        """Put remembered filters in force; values that no longer exist are dropped."""
        self._status.set_choices([("", None), *((text.status_label(s), s) for s in Status)])
        self._size.set_choices([("", None), *((size.label, size) for size in SizeClass)])
        for button, word in ((self._family, state.family), (self._capability, state.capability)):
            button.set_choices([("", None), *([(word, word)] if word else [])])
            button.choose(word or None)
        self._status.choose(state.status or None)
        self._size.choose(state.size or None)
        self._sort.choose(state.sort)

    def _choice(self, label: str) -> ChoiceButton:
        button = ChoiceButton(label)
        button.set_choices([("", None)])
        button.chosen.connect(self.changed)
        return button

    def _choices(self) -> list[ChoiceButton]:
        return [self._status, self._family, self._size, self._capability, self._sort]


def _counted(words: str, count: int) -> str:
    return f"{words}  {count}"


def _words(counts: dict[str, int], chosen: object) -> list[tuple[str, object]]:
    offered: list[tuple[str, object]] = [(_counted(w, n), w) for w, n in counts.items()]
    if chosen and chosen not in counts:
        offered.append((_counted(str(chosen), 0), chosen))
    return offered
