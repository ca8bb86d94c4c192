"""What a card stands for at this moment, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from modelshelf.core.errors import ErrorCode
from modelshelf.core.model import JobKind, JobState, Status

if TYPE_CHECKING:
    from modelshelf.core.catalogue.catalogue import CatalogueEntry


class CardState(StrEnum):
    """The one thing a card says about its model; what runs comes before what lies on disk."""

    AVAILABLE = "available"
    GATED = "gated"
    QUEUED = "queued"
    DOWNLOADING = "downloading"
    PAUSED = "paused"
    DELETING = "deleting"
    FAILED = "failed"
    PARTIAL = "partial"
    DAMAGED = "damaged"
    INSTALLED = "installed"
    IN_USE = "in_use"

    @property
    def shows_progress(self) -> bool:
        """Whether a bar belongs on the card."""
        return self in (CardState.DOWNLOADING, CardState.PAUSED, CardState.QUEUED)


class Action(StrEnum):
    """What a person can do with a model."""

    DOWNLOAD = "download"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    RETRY = "retry"
    REPAIR = "repair"
    ACCESS = "access"
    DETAILS = "details"
    DELETE = "delete"
    FAVOURITE = "favourite"
    COPY_ID = "copy_id"
    OPEN_PAGE = "open_page"
    OPEN_FOLDER = "open_folder"
    EDIT = "edit"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class ActionWords:
    """How an action is offered: its word and the icon beside it."""

    text: str
    icon: str


def state_of(entry: CatalogueEntry) -> CardState:
    """Return what the card of `entry` says."""
    job = entry.job
    if job is not None and job.state.is_active:
        if job.kind is JobKind.DELETE:
            return CardState.DELETING
        return {
            JobState.QUEUED: CardState.QUEUED,
            JobState.PAUSED: CardState.PAUSED,
        }.get(job.state, CardState.DOWNLOADING)
    if entry.status is Status.DAMAGED:
        return CardState.DAMAGED
    if entry.status is Status.INSTALLED:
        return CardState.IN_USE if entry.used_by else CardState.INSTALLED
    if job is not None and job.state is JobState.FAILED and job.kind is JobKind.DOWNLOAD:
        asks_access = job.error is not None and job.error.code is ErrorCode.GATED
        return CardState.GATED if asks_access else CardState.FAILED
    if entry.status is Status.PARTIAL:
        return CardState.PARTIAL
    return CardState.GATED if entry.gated else CardState.AVAILABLE


_ON_CARD: dict[CardState, tuple[Action, ...]] = {
    CardState.AVAILABLE: (Action.DOWNLOAD,),
    CardState.GATED: (Action.ACCESS, Action.DOWNLOAD),
    CardState.QUEUED: (Action.CANCEL,),
    CardState.DOWNLOADING: (Action.PAUSE, Action.CANCEL),
    CardState.PAUSED: (Action.RESUME, Action.CANCEL),
    CardState.DELETING: (),
    CardState.FAILED: (Action.RETRY,),
    CardState.PARTIAL: (Action.DELETE, Action.RESUME),
    CardState.DAMAGED: (Action.DELETE, Action.REPAIR),
    CardState.INSTALLED: (Action.DETAILS, Action.DELETE),
    CardState.IN_USE: (Action.DETAILS, Action.DELETE),
}
_MAIN: dict[CardState, Action] = {
    CardState.AVAILABLE: Action.DOWNLOAD,
    CardState.GATED: Action.DOWNLOAD,
    CardState.DOWNLOADING: Action.PAUSE,
    CardState.PAUSED: Action.RESUME,
    CardState.FAILED: Action.RETRY,
    CardState.PARTIAL: Action.RESUME,
    CardState.DAMAGED: Action.REPAIR,
}


def card_actions(entry: CatalogueEntry) -> tuple[Action, ...]:
    """Return the buttons of a card, in reading order."""
    return _ON_CARD[state_of(entry)]


def main_action(entry: CatalogueEntry) -> Action:
    """Return what Enter does on a card."""
    return _MAIN.get(state_of(entry), Action.DETAILS)


def menu_actions(entry: CatalogueEntry) -> tuple[Action, ...]:
    """Return everything that can be done with a model, for the context menu."""
    shown = [action for action in card_actions(entry) if action is not Action.DELETE]
    if Action.DETAILS not in shown:
        shown.append(Action.DETAILS)
    shown += [Action.FAVOURITE, Action.COPY_ID, Action.OPEN_PAGE]
    if entry.path is not None:
        shown.append(Action.OPEN_FOLDER)
    shown += own_actions(entry)
    if can_delete(entry):
        shown.append(Action.DELETE)
    return tuple(shown)


def own_actions(entry: CatalogueEntry) -> tuple[Action, ...]:
    """Return what can be done with the place in the list of a model that the user added."""
    return (Action.EDIT, Action.REMOVE) if entry.custom is not None else ()


def can_delete(entry: CatalogueEntry) -> bool:
    """Whether there is anything on disk that a delete could be planned for."""
    idle = entry.job is None or not entry.job.state.is_active
    return idle and (entry.installed_bytes > 0 or entry.partial_bytes > 0)


def action_words(action: Action, entry: CatalogueEntry | None = None) -> ActionWords:
    """Return how `action` is offered for `entry`."""
    match action:
        case Action.DOWNLOAD:
            return ActionWords(_("Download"), "download")
        case Action.PAUSE:
            return ActionWords(_("Pause"), "pause")
        case Action.RESUME:
            return ActionWords(_("Resume"), "play")
        case Action.CANCEL:
            return ActionWords(_("Cancel"), "x")
        case Action.RETRY:
            return ActionWords(_("Retry"), "rotate-cw")
        case Action.REPAIR:
            return ActionWords(_("Repair"), "wrench")
        case Action.ACCESS:
            return ActionWords(_("How to get access"), "key")
        case Action.DETAILS:
            return ActionWords(_("Details"), "info")
        case Action.DELETE:
            return ActionWords(_("Delete…"), "trash-2")
        case Action.FAVOURITE if entry is not None and entry.favourite:
            return ActionWords(_("Remove from favourites"), "heart-filled")
        case Action.FAVOURITE:
            return ActionWords(_("Add to favourites"), "heart")
        case Action.COPY_ID:
            return ActionWords(_("Copy the id"), "copy")
        case Action.OPEN_PAGE:
            return ActionWords(_("Open its page on the Hub"), "external-link")
        case Action.OPEN_FOLDER:
            return ActionWords(_("Open its folder"), "folder-open")
        case Action.EDIT:
            return ActionWords(_("Edit…"), "pencil")
        case Action.REMOVE:
            return ActionWords(_("Remove from my list…"), "minus")


def _(text: str) -> str:
    return QCoreApplication.translate("Action", text)
