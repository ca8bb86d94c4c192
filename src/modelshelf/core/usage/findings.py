"""What a usage report says, in sentences for people."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING

from modelshelf.core.model import JobKind, JobState, ModelId, Role
from modelshelf.core.plan import Finding, FindingKind, Weight
from modelshelf.core.units import format_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from modelshelf.core.jobs import JobRecord
    from modelshelf.core.settings import Policy
    from modelshelf.core.stores.installed import InstalledRevision
    from modelshelf.core.usage.people import Others, PersonUsage
    from modelshelf.core.usage.preferences import DefaultEmbeddingModel
    from modelshelf.core.usage.processes import FileUser, ProcessScan

_ROLE_NAMES = {
    Role.EMBEDDING: "embedding",
    Role.LLM: "text generation",
    Role.RERANKER: "reranking",
    Role.SPARSE: "sparse search",
    Role.CAPTION: "captions",
}
_DOING = {JobKind.DOWNLOAD: "download", JobKind.DELETE: "deletion"}


def role_name(role: Role) -> str:
    """Return a role as it stands in a sentence: `text generation`."""
    return _ROLE_NAMES[role]


def moment(text: str) -> datetime:
    """Read a time as the database keeps it."""
    return datetime.fromisoformat(text)


def collections_using(person: PersonUsage, model_id: ModelId) -> dict[str, tuple[Role, ...]]:
    """The person's collections that use the model, and in which roles."""
    found = {
        name: tuple(m.role for m in models if m.model_id == model_id)
        for name, models in person.collections.items()
    }
    return {name: roles for name, roles in found.items() if roles}


def collections_of_others(others: Others, model_id: ModelId) -> list[str]:
    """The collections of other people that use the model: `thesis-rag (anna)`."""
    return [
        f"{name} ({person.user})"
        for person in others.people
        for name in collections_using(person, model_id)
    ]


def about_collections(used_in: dict[str, tuple[Role, ...]]) -> list[Finding]:
    """The user's own collections: they block."""
    return [
        Finding(
            FindingKind.COLLECTION,
            Weight.BLOCKER,
            f"Collection “{name}” uses it for {_and(map(role_name, roles))}",
            "Choose another model there first.",
            subject=name,
        )
        for name, roles in used_in.items()
    ]


def about_job(job: JobRecord) -> list[Finding]:
    """A job that holds the model blocks, unless the process that worked on it has died."""
    if job.kind is JobKind.DELETE and not job.is_held:
        return [
            Finding(
                FindingKind.JOB,
                Weight.INFORMATION,
                "An earlier deletion was interrupted",
                "Deleting again finishes it.",
                subject=job.id,
            )
        ]
    if not job.is_held and job.state is not JobState.PAUSED:
        return [
            Finding(
                FindingKind.JOB,
                Weight.WARNING,
                f"A download of it was interrupted (job {job.id})",
                "It is given up, and what is here of it is deleted too.",
                subject=job.id,
            )
        ]
    state = {JobState.QUEUED: "is waiting", JobState.PAUSED: "is paused"}
    reason = {
        JobKind.DOWNLOAD: "Cancel that job first, or let it finish.",
        JobKind.DELETE: "It is gone in a moment.",
    }
    return [
        Finding(
            FindingKind.JOB,
            Weight.BLOCKER,
            f"A {_DOING[job.kind]} of it {state.get(job.state, 'is running')} (job {job.id})",
            reason[job.kind],
            subject=job.id,
        )
    ]


def about_processes(scan: ProcessScan) -> list[Finding]:
    """Programs that have its files open: they block unless forced; not knowing is a warning."""
    found = [
        Finding(
            FindingKind.PROCESS,
            Weight.BLOCKER,
            f"{_program(user)} has its files in use",
            _about_program(user),
            subject=str(user.pid or ""),
            overridable=True,
        )
        for user in scan.users
    ]
    if not scan.is_certain:
        found.append(
            Finding(
                FindingKind.PROCESS,
                Weight.WARNING,
                "Whether other programs use it is not known",
                "This system does not let us look into all of them.",
            )
        )
    return found


def about_policy(policy: Policy) -> list[Finding]:
    """Somebody who is no administrator may not delete; say who may."""
    if policy.problem:
        return [_refused("Nobody may delete here now", policy.problem, str(policy.source))]
    who = f"{_or(policy.admins)} may." if policy.admins else "The policy names nobody who may."
    return [_refused("You may not delete models on this machine", who, str(policy.source))]


def about_folder(folder: Path) -> list[Finding]:
    """A folder that cannot be written."""
    return [_refused("Its folder is not writable for you", f"It is {folder}.", str(folder))]


def about_preferences(roles: Iterable[Role]) -> list[Finding]:
    """Roles whose default it is: a yes resets them."""
    return [
        Finding(
            FindingKind.PREFERENCE,
            Weight.WARNING,
            f"It is your default for {role_name(role)}",
            "The default becomes “none” until you choose another.",
            subject=role.value,
        )
        for role in roles
    ]


def about_tiers(names: Iterable[str]) -> list[Finding]:
    """Tiers that point to it: a yes empties them."""
    return [
        Finding(
            FindingKind.TIER,
            Weight.WARNING,
            f"The tier “{name}” uses it",
            "The tier becomes empty until you choose another.",
            subject=name,
        )
        for name in names
    ]


def about_default(default: DefaultEmbeddingModel, is_default: bool) -> list[Finding]:
    """The default embedding model is named outside the database, so only a person can change it."""
    if not is_default:
        return []
    return [
        Finding(
            FindingKind.DEFAULT_MODEL,
            Weight.WARNING,
            "It is the default embedding model",
            f"Change {default.where}, or it is fetched again when it is needed.",
            subject=default.text,
        )
    ]


def about_people(others: Others, model_id: ModelId) -> list[Finding]:
    """Other people's collections block, their defaults warn, and silence is a warning too."""
    found: list[Finding] = []
    for person in others.people:
        for name, roles in collections_using(person, model_id).items():
            sentence = (
                f"Collection “{name}” of {person.user} uses it for {_and(map(role_name, roles))}"
            )
            reason = f"Ask {person.user} to choose another model there first."
            found.append(_person(Weight.BLOCKER, sentence, reason, person.user))
        uses = [
            f"the default for {role_name(r)}"
            for r, m in person.preferences.items()
            if m == model_id
        ]
        uses += [f"the tier “{tier}”" for tier, m in person.tiers.items() if m == model_id]
        if person.default_embedding_model == model_id:
            uses.append("the default embedding model")
        if uses:
            sentence = f"For {person.user} it is {_and(uses)}"
            reason = f"Tell {person.user} before you delete it."
            found.append(_person(Weight.WARNING, sentence, reason, person.user))
    for user in others.unknown:
        sentence = f"Whether {user} uses it is not known"
        reason = "What was published about it cannot be read."
        found.append(_person(Weight.WARNING, sentence, reason, user))
    return found


def about_pin(pinned: str | None, one: InstalledRevision | None) -> list[Finding]:
    """A revision the user wanted to keep."""
    if pinned is None or (one is not None and pinned != one.commit and pinned not in one.refs):
        return []
    return [
        Finding(
            FindingKind.PREFERENCE,
            Weight.WARNING,
            f"You pinned its revision {pinned[:12]}",
            "The pin stays, and is used when it is downloaded again.",
            subject=pinned,
        )
    ]


def about_bytes(size: int, freed: int) -> list[Finding]:
    """Bytes that stay because something else on the disk has them too."""
    # A file's last block is rarely full, so that the two never agree to the byte.
    kept = size - freed
    if kept <= max(size // 100, 1 << 16):
        return []
    return [
        Finding(
            FindingKind.SHARED_BYTES,
            Weight.INFORMATION,
            f"Deleting it frees {format_bytes(freed)} now",
            f"{format_bytes(kept)} stay: something else on the disk uses the same bytes.",
        )
    ]


def about_copies(stores: Iterable[Path]) -> list[Finding]:
    """The same model in other stores: those stay."""
    return [
        Finding(
            FindingKind.DISK,
            Weight.INFORMATION,
            "Another copy of it stays installed",
            f"It lies in {store}.",
            subject=str(store),
        )
        for store in stores
    ]


def _program(user: FileUser) -> str:
    if user.pid == os.getpid():
        return "This program"
    if not user.pid:
        return "A program of somebody else"
    return f"{user.name or 'A program'} (process {user.pid})"


def _about_program(user: FileUser) -> str:
    if not user.pid:
        return "The system does not tell which one."
    facts = [user.command] if user.command and user.command != user.name else []
    if user.since:
        since = "since" if facts else "Running since"
        facts.append(f"{since} {user.since.astimezone():%d %b %H:%M}")
    if user.user:
        facts.append(f"started by {user.user}" if facts else f"Started by {user.user}")
    return ", ".join(facts)


def _refused(sentence: str, reason: str, subject: str) -> Finding:
    return Finding(FindingKind.PERMISSION, Weight.BLOCKER, sentence, reason, subject=subject)


def _person(weight: Weight, sentence: str, reason: str, user: str) -> Finding:
    return Finding(FindingKind.OTHER_PERSON, weight, sentence, reason, subject=user)


def _and(words: Iterable[str]) -> str:
    return _listed([*words], "and")


def _or(words: Iterable[str]) -> str:
    return _listed([*words], "or")


def _listed(words: list[str], last: str) -> str:
    return (
        " ".join([*words[-1:]]) if len(words) < 2 else f"{', '.join(words[:-1])} {last} {words[-1]}"
    )
