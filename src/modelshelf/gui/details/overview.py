"""What a model is and what it weighs here, as rows of facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from modelshelf.core.catalogue.catalogue import Source
from modelshelf.core.units import format_bytes, format_count, format_exact_bytes
from modelshelf.gui import text
from modelshelf.gui.actions import (
    Action,
    action_words,
    can_delete,
    card_actions,
    own_actions,
    state_of,
)
from modelshelf.gui.widgets import (
    Button,
    Facts,
    FlowRow,
    Kind,
    Label,
    Look,
    Pill,
    ProgressBar,
    Rule,
    ScrollColumn,
    Tone,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from modelshelf.core.catalogue.catalogue import CatalogueEntry

_LABELS = 80
_MAIN = (Action.DOWNLOAD, Action.RESUME, Action.RETRY, Action.REPAIR)


class Overview(ScrollColumn):
    """The first tab. `requested` carries an `Action`."""

    requested = Signal(object)

    def __init__(self, clock: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=0)
        self._clock = clock
        self._shown: tuple[Action, ...] = ()
        self._pill = Pill("")
        self._description = Label(look=Look.BODY, wrap=True)
        self._line = Label(look=Look.CAPTION, wrap=True)
        self._bar = ProgressBar(self.tr("Download"))
        self._amount = Label(look=Look.CAPTION)
        self._actions = QWidget()
        self._row = FlowRow(self._actions, least=0)
        self._facts = Facts(label_width=_LABELS)
        self._use = Facts(label_width=_LABELS)
        self._use_title = Label(self.tr("How to use it"), Look.SUBHEADING)
        self._rule = Rule()
        self._links = QWidget()
        links = FlowRow(self._links, least=0)
        for action in (
            Action.OPEN_PAGE,
            Action.OPEN_FOLDER,
            Action.COPY_ID,
            Action.EDIT,
            Action.REMOVE,
        ):
            button = _button(action, None)
            button.setObjectName(action.value)
            button.clicked.connect(self._on_pressed)
            links.addWidget(button)
        pills = QHBoxLayout()
        pills.addWidget(self._pill)
        pills.addStretch(1)
        self.column.setContentsMargins(20, 16, 20, 20)
        self.column.addLayout(pills)
        for widget in (
            self._description,
            self._line,
            self._bar,
            self._amount,
            self._actions,
            Rule(),
            self._facts,
            self._rule,
            self._use_title,
            self._use,
            self._links,
        ):
            self.column.addWidget(widget)
        self.column.addStretch(1)

    def show_entry(self, entry: CatalogueEntry, pill: tuple[Tone, str]) -> None:
        """Show `entry`; `pill` is tone and icon of its state."""
        state = state_of(entry)
        tone, icon = pill
        self._pill.say(text.state_words(state, entry), tone, icon)
        self._description.setText(text.description(entry))
        line = _failure(entry)
        line = line or text.card_line(state, entry)
        self._line.setText(line)
        self._line.setVisible(bool(line))
        job = entry.job
        moves = state.shows_progress and job is not None
        self._bar.setVisible(moves)
        self._amount.setVisible(moves)
        if moves and job is not None:
            self._bar.set_fraction(job.bytes_done, job.bytes_total)
            facts = text.progress_facts(job)
            self._amount.setText("  ·  ".join(fact.plain for fact in facts))
        self._offer(entry)
        self._facts.show_facts(overview_facts(entry, self._clock()), exact_figures(entry))
        how = usage_facts(entry)
        for widget in (self._rule, self._use_title, self._use):
            widget.setVisible(bool(how))
        self._use.show_facts(how)
        own = own_actions(entry)
        self._offer_link(Action.OPEN_FOLDER, entry.path is not None)
        self._offer_link(Action.EDIT, Action.EDIT in own)
        self._offer_link(Action.REMOVE, Action.REMOVE in own)

    def _offer_link(self, action: Action, is_offered: bool) -> None:
        button = self._links.findChild(Button, action.value)
        if button is not None:
            button.setVisible(is_offered)

    def _offer(self, entry: CatalogueEntry) -> None:
        wanted = tuple(a for a in card_actions(entry) if a not in (Action.DETAILS, Action.DELETE))
        wanted += (Action.DELETE,) if can_delete(entry) else ()
        self._actions.setVisible(bool(wanted))
        if wanted == self._shown:
            return
        self._shown = wanted
        while (item := self._row.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for action in wanted:
            button = _button(action, entry)
            button.setObjectName(action.value)
            button.clicked.connect(self._on_pressed)
            self._row.addWidget(button)
            button.show()
        self._row.invalidate()

    def _on_pressed(self) -> None:
        self.requested.emit(Action(self.sender().objectName()))


def overview_facts(entry: CatalogueEntry, now: datetime) -> list[tuple[str, str]]:
    """Return what is known of a model; what is not known stays out."""
    idle = not state_of(entry).shows_progress
    here, unfinished = entry.installed_bytes * idle, entry.partial_bytes * idle
    known: list[tuple[str, str | None]] = [
        (_("Type"), text.type_noun(entry.type).capitalize()),
        (_("Family"), entry.family),
        (_("Licence"), text.licence_name(entry.licence) if entry.licence else None),
        (_("Parameters"), format_count(entry.parameters) if entry.parameters else None),
        (_("Dimensions"), f"{entry.dimensions:,}" if entry.dimensions else None),
        (_("Context"), _tokens(entry.context)),
        (_("Languages"), text.language_names(entry.languages)),
        (_("Capabilities"), ", ".join(entry.capabilities)),
        (_("On disk"), format_bytes(here) if here else None),
        (_("Unfinished"), format_bytes(unfinished) if unfinished else None),
        (_("To download"), _to_download(entry)),
        (_("Last used"), text.relative(entry.last_used, now)),
        (_("Store"), str(entry.store) if entry.store else None),
        (_("Known from"), _source(entry)),
        (_("Tested"), _tested(entry)),
    ]
    return [(label, value) for label, value in known if value]


def exact_figures(entry: CatalogueEntry) -> dict[str, str]:
    """Return tooltips for rounded figures, by label."""
    tips: dict[str, str] = {}
    if entry.languages:
        tips[_("Languages")] = text.language_names(entry.languages, limit=len(entry.languages))
    if entry.parameters:
        tips[_("Parameters")] = f"{entry.parameters:,}"
    if entry.installed_bytes:
        tips[_("On disk")] = format_exact_bytes(entry.installed_bytes)
    if entry.partial_bytes:
        tips[_("Unfinished")] = format_exact_bytes(entry.partial_bytes)
    if entry.last_used:
        tips[_("Last used")] = text.exact_date(entry.last_used)
    return tips


def usage_facts(entry: CatalogueEntry) -> list[tuple[str, str]]:
    """Return how an encoder wants to be asked: pooling, prefixes, instruction."""
    source = entry.custom or entry.registry
    if source is None:
        return []
    known = [
        (_("Pooling"), source.pooling),
        (_("Query prefix"), source.query_prefix),
        (_("Document prefix"), source.document_prefix),
        (_("Instruction"), source.instruction),
    ]
    return [(label, value) for label, value in known if value]


def _failure(entry: CatalogueEntry) -> str:
    if entry.job is None or entry.job.error is None:
        return ""
    return text.failure_line(entry.job.error)


def _tokens(count: int | None) -> str | None:
    return _("{count} tokens").format(count=f"{count:,}") if count else None


def _to_download(entry: CatalogueEntry) -> str | None:
    if entry.installed_bytes or entry.size_bytes is None:
        return None
    size = format_bytes(entry.size_bytes)
    return _("about {size}").format(size=size) if entry.is_size_estimated else size


def _source(entry: CatalogueEntry) -> str:
    match entry.source:
        case Source.REGISTRY:
            return _("The registry")
        case Source.CUSTOM:
            return _("Added by you")
        case Source.DISK:
            return _("Found on this machine")


def _tested(entry: CatalogueEntry) -> str | None:
    if entry.registry is None:
        return None
    tested = entry.registry.tested
    if tested is None:
        return _("Not yet")
    return _("By {who} on {day}").format(who=tested.by, day=f"{tested.on:%Y-%m-%d}")


def _button(action: Action, entry: CatalogueEntry | None) -> Button:
    words = action_words(action, entry)
    kind = Kind.PRIMARY if action in _MAIN else Kind.PLAIN
    return Button(words.text, Kind.DANGER if action is Action.DELETE else kind, words.icon)


def _(words: str) -> str:
    return QCoreApplication.translate("Details", words)
