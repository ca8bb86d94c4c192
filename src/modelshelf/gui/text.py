"""All words that are made from facts: states, facts lines, progress, what a card says aloud.

Numbers arrive as numbers and become text here, in the last metre.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from modelshelf.core.errors import ErrorCode
from modelshelf.core.model import ModelType, Role, Status, short_name
from modelshelf.core.units import (
    format_ago,
    format_bytes,
    format_count,
    format_duration,
    format_exact_bytes,
    format_speed,
)
from modelshelf.gui.actions import CardState, state_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.errors import ErrorInfo
    from modelshelf.core.jobs import JobRecord

_LICENCES = {
    "apache-2.0": "Apache-2.0",
    "mit": "MIT",
    "gemma": "Gemma licence",
    "llama2": "Llama 2 licence",
    "llama3": "Llama 3 licence",
    "llama3.1": "Llama 3.1 licence",
    "llama3.2": "Llama 3.2 licence",
    "llama3.3": "Llama 3.3 licence",
    "bsd-3-clause": "BSD-3-Clause",
    "bigscience-bloom-rail-1.0": "BLOOM RAIL 1.0",
    "other": "Own licence",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A few words on a card; `strong` is the part that carries the weight, before or after."""

    strong: str = ""
    rest: str = ""
    lead: str = ""

    @property
    def plain(self) -> str:
        """The words as one text."""
        return f"{self.lead}{self.strong}{self.rest}"


def type_label(kind: ModelType | None) -> str:
    """Return the tab label of a model type; None is all of them."""
    match kind:
        case ModelType.EMBEDDING:
            return _("Embedding")
        case ModelType.LLM:
            return _("LLMs")
        case ModelType.RERANKER:
            return _("Rerankers")
        case ModelType.SPLADE:
            return _("SPLADE")
        case ModelType.CAPTION:
            return _("Captioning")
        case ModelType.OTHER:
            return _("Other")
        case None:
            return _("All")


def type_noun(kind: ModelType) -> str:
    """Return what one model of a type is called."""
    match kind:
        case ModelType.EMBEDDING:
            return _("embedding model")
        case ModelType.LLM:
            return _("language model")
        case ModelType.RERANKER:
            return _("reranker")
        case ModelType.SPLADE:
            return _("SPLADE model")
        case ModelType.CAPTION:
            return _("captioning model")
        case ModelType.OTHER:
            return _("model")


def role_label(role: Role) -> str:
    """Return what a model is used for in a role."""
    match role:
        case Role.EMBEDDING:
            return _("Embedding")
        case Role.LLM:
            return _("Generation")
        case Role.RERANKER:
            return _("Reranking")
        case Role.SPARSE:
            return _("Sparse search")
        case Role.CAPTION:
            return _("Captions")


def purpose(kind: ModelType | None) -> str:
    """Return one line saying what a model type is for."""
    if kind is None:
        return _("Every model in the registry, added by you, or found on this machine")
    return QCoreApplication.translate("ModelType", kind.purpose)


def language_names(codes: Sequence[str], limit: int = 8) -> str:
    """Return languages in words, `limit` of them; codes nobody knows stay as they are."""
    names = [_language(code) for code in codes[:limit]]
    if (more := len(codes) - limit) > 0:
        names.append(_("{count} more").format(count=more))
    return ", ".join(names)


def _language(code: str) -> str:
    language = QLocale.codeToLanguage(code)
    known = language not in (QLocale.Language.AnyLanguage, QLocale.Language.C)
    return QLocale.languageToString(language) if known else code


def status_label(status: Status | None) -> str:
    """Return a status as a filter offers it."""
    match status:
        case Status.INSTALLED:
            return _("Installed")
        case Status.PARTIAL:
            return _("Partly here")
        case Status.AVAILABLE:
            return _("Available")
        case Status.DAMAGED:
            return _("Damaged")
        case None:
            return _("All")


def licence_name(licence: str) -> str:
    """Return a licence as people write it; unknown ones stay as they are."""
    return _LICENCES.get(licence.lower(), licence)


def state_words(state: CardState, entry: CatalogueEntry) -> str:
    """Return the word in the corner of a card."""
    match state:
        case CardState.AVAILABLE:
            return _("Available")
        case CardState.GATED:
            return _("Licence needed")
        case CardState.QUEUED:
            return _("Waiting")
        case CardState.DOWNLOADING:
            return _("Downloading")
        case CardState.PAUSED:
            return _("Paused")
        case CardState.DELETING:
            return _("Deleting")
        case CardState.FAILED:
            error = entry.job.error if entry.job else None
            return failure_word(error.code if error else None)
        case CardState.PARTIAL:
            return _("Partly here")
        case CardState.DAMAGED:
            return _("Damaged")
        case CardState.INSTALLED:
            return _("Installed")
        case CardState.IN_USE:
            return _("In use")


def failure_word(code: ErrorCode | None) -> str:
    """Return two words for what went wrong."""
    match code:
        case ErrorCode.NETWORK:
            return _("Connection lost")
        case ErrorCode.TIMEOUT:
            return _("No data")
        case ErrorCode.DISK_SPACE:
            return _("Disk full")
        case ErrorCode.INTEGRITY:
            return _("Wrong content")
        case ErrorCode.GATED:
            return _("Licence needed")
        case ErrorCode.TOKEN:
            return _("Token refused")
        case ErrorCode.PERMISSION:
            return _("Not permitted")
        case ErrorCode.NOT_FOUND:
            return _("Not on the Hub")
        case _:
            return _("Failed")


def failure_line(error: ErrorInfo | None) -> str:
    """Return what went wrong and what to do, on one line."""
    if error is None:
        return _("It ended without saying why.")
    return f"{error.message} {error.hint}".strip()


def card_line(state: CardState, entry: CatalogueEntry) -> str:
    """Return the sentence that takes the place of facts where a state needs explaining."""
    job = entry.job
    match state:
        case CardState.FAILED if job is not None:
            kept = job.bytes_done
            if kept > 0 and job.bytes_total > 0:
                amount = amount_of(kept, job.bytes_total)
                return _("{amount} are here and verified; nothing has to be fetched twice").format(
                    amount=amount
                )
            return failure_line(job.error)
        case CardState.GATED if job is not None and job.error is not None:
            return failure_line(job.error)
        case CardState.PARTIAL:
            here = format_bytes(entry.partial_bytes or entry.installed_bytes)
            return _("{size} are here; a download continues from them").format(size=here)
        case CardState.DAMAGED:
            first = entry.damage[0] if entry.damage else _("Some of its files are not whole.")
            more = len(entry.damage) - 1
            if more > 0:
                return _("{first} And {count} more.").format(first=first, count=more)
            return first
        case CardState.DELETING:
            return _("Its files are being removed")
        case _:
            return ""


def card_facts(entry: CatalogueEntry, now: datetime) -> tuple[Fact, ...]:
    """Return the facts of a card, the most telling first."""
    facts: list[Fact] = []
    installed = entry.status in (Status.INSTALLED, Status.DAMAGED)
    if installed:
        facts.append(Fact(format_bytes(entry.installed_bytes), _(" on disk")))
        if entry.used_by:
            facts.append(_use_fact(entry.used_by))
    elif entry.size_bytes is not None:
        about = _("about ") if entry.is_size_estimated else ""
        facts.append(Fact(format_bytes(entry.size_bytes), _(" to download"), about))
    else:
        facts.append(Fact(rest=_("Size unknown")))
    if entry.licence:
        facts.append(Fact(rest=licence_name(entry.licence)))
    if not installed and entry.dimensions is not None:
        facts.append(Fact(rest=_("{count} dimensions").format(count=f"{entry.dimensions:,}")))
    if installed and entry.last_used is not None:
        ago = format_ago(entry.last_used, now)
        facts.append(Fact(rest=_("Last used {when}").format(when=ago)))
    if entry.parameters is not None:
        words = _(" parameters")
        facts.append(Fact(rest=format_count(entry.parameters) + words))
    if not entry.managed:
        facts.append(Fact(rest=_("Not in the registry")))
    return tuple(facts)


def collections_of(used_by: Sequence[str]) -> list[str]:
    """Return the collections among the phrases that say who uses a model."""
    others = ("default for ", "default embedding model", "tier ")
    return [phrase for phrase in used_by if not phrase.startswith(others)]


def _use_fact(used_by: Sequence[str]) -> Fact:
    collections = collections_of(used_by)
    if len(collections) == 1:
        return Fact(collections[0], "", _("Used by "))
    if collections:
        words = _("{count} collections").format(count=len(collections))
        return Fact(words, "", _("Used by "))
    return Fact(_sentence(used_by[0]))


def description(entry: CatalogueEntry) -> str:
    """Return one line about a model; never empty."""
    if entry.description:
        return entry.description
    if not entry.managed:
        return _("Found on this machine, {noun}").format(noun=type_noun(entry.type))
    return _("Added by you, {noun}").format(noun=type_noun(entry.type))


def amount_of(done: int, total: int) -> str:
    """Return `3.7 GB of 8.0 GB`."""
    if total <= 0:
        return format_bytes(done)
    return _("{done} of {total}").format(done=format_bytes(done), total=format_bytes(total))


def progress_facts(job: JobRecord) -> tuple[Fact, ...]:
    """Return percent, amount, speed and time left of a job."""
    facts: list[Fact] = []
    if job.bytes_total > 0:
        share = min(100, job.bytes_done * 100 // job.bytes_total)
        facts.append(Fact(f"{share} %"))
        facts.append(Fact(rest=amount_of(job.bytes_done, job.bytes_total)))
    if job.bytes_per_second > 0 and job.eta_seconds is not None:
        facts.append(Fact(rest=format_speed(job.bytes_per_second)))
        left = format_duration(job.eta_seconds)
        facts.append(Fact(rest=_("{time} left").format(time=left)))
    elif not facts:
        facts.append(Fact(rest=_("Waiting for its turn")))
    return tuple(facts)


def card_tip(entry: CatalogueEntry) -> str:
    """Return the exact figures behind a card's rounded ones."""
    lines: list[str] = []
    if entry.installed_bytes:
        lines.append(_("On disk: {size}").format(size=format_exact_bytes(entry.installed_bytes)))
    elif entry.size_bytes is not None and not entry.is_size_estimated:
        lines.append(_("To download: {size}").format(size=format_exact_bytes(entry.size_bytes)))
    if entry.partial_bytes:
        lines.append(_("Unfinished: {size}").format(size=format_exact_bytes(entry.partial_bytes)))
    if entry.used_by:
        lines.append(_("Used by: {names}").format(names=", ".join(entry.used_by)))
    if entry.last_used is not None:
        when = exact_date(entry.last_used)
        lines.append(_("Last used: {when}").format(when=when))
    if entry.store is not None:
        lines.append(_("In {store}").format(store=entry.store))
    return "\n".join(lines)


def relative(moment: datetime | None, now: datetime) -> str:
    """Return how long ago, starting with a capital; empty when it is not known."""
    return _sentence(format_ago(moment, now)) if moment is not None else ""


def exact_date(moment: datetime) -> str:
    """Return a date and time in full, in this machine's zone."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def spoken(entry: CatalogueEntry, now: datetime) -> str:
    """Return a card as a screen reader says it."""
    state = state_of(entry)
    parts = [short_name(entry.id)]
    if entry.owner:
        parts.append(_("by {owner}").format(owner=entry.owner))
    parts.append(state_words(state, entry).lower())
    if state.shows_progress and entry.job is not None:
        parts += [fact.plain for fact in progress_facts(entry.job)]
    elif line := card_line(state, entry):
        parts.append(line)
    else:
        parts += [fact.plain for fact in card_facts(entry, now)]
    if entry.favourite:
        parts.append(_("a favourite"))
    return ", ".join(parts)


def downloads_pill(count: int, bytes_per_second: float) -> str:
    """Return what runs, for the top bar: `2 · 41 MB/s`."""
    if bytes_per_second <= 0:
        return str(count)
    amount, unit = format_bytes(int(bytes_per_second)).split(" ")
    return f"{count} · {round(float(amount))} {unit}/s"


def _sentence(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


def _(text: str) -> str:
    return QCoreApplication.translate("Text", text)
