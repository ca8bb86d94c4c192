"""Making the plan of a download: asks the Hub and looks at the disk, changes nothing."""

from __future__ import annotations

import stat
from dataclasses import replace
from typing import TYPE_CHECKING

from modelshelf.core.downloads.journal import bytes_recorded
from modelshelf.core.downloads.plan import DownloadPlan, PlannedFile
from modelshelf.core.downloads.publish import is_snapshot_published
from modelshelf.core.downloads.selection import choose
from modelshelf.core.errors import (
    DiskSpaceError,
    GatedError,
    InputError,
    ModelshelfError,
    PermissionRefusedError,
    TokenError,
)
from modelshelf.core.hub.schema import Access
from modelshelf.core.jobs import why_unrecordable
from modelshelf.core.machine import can_write, disk_of
from modelshelf.core.model import short_name
from modelshelf.core.plan import Finding, FindingKind, Weight
from modelshelf.core.settings.person import Person
from modelshelf.core.stores import layout
from modelshelf.core.units import format_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from modelshelf.core.downloads.request import DownloadRequest
    from modelshelf.core.hub.client import Hub
    from modelshelf.core.hub.schema import RemoteFile, RepoInfo
    from modelshelf.core.settings import Policy, Settings
    from modelshelf.core.stores.inventory import Inventory

RESERVE = 16 << 20
"""Bytes that stay free for names, journals and the database."""


class Planner:
    """Thread-safe; every plan is made from the world as it is at that moment."""

    def __init__(self, hub: Hub, inventory: Inventory, settings: Settings, policy: Policy) -> None:
        self._hub = hub
        self._inventory = inventory
        self._settings = settings
        self._policy = policy

    def plan(self, request: DownloadRequest, commit: str = "") -> DownloadPlan:
        """Plan `request`; with `commit`, for the state of the repo that was planned before.

        Raises:
            GatedError, TokenError: when this account may not have the files.
            VariantNeededError: when a choice is open.
            NotFoundError, NetworkError and the other failures of the Hub.
            InputError: when there is no store to download to.
        """
        info = self._hub.info(request.model_id, commit or request.revision)
        remote = self._hub.files(info.model_id, info.commit)
        selection = choose(remote, request)
        store = self._store(request)
        once = {file.blob_name: file.size for file in selection.files}
        plan = DownloadPlan(
            request=request,
            model_id=info.model_id,
            commit=info.commit,
            store=store,
            folder=layout.repo_folder(store, info.model_id),
            files=(),
            variants=selection.variants,
            licence=info.licence,
            gated=info.gated,
            remote=remote,
            bytes_total=sum(once.values()),
            bytes_here=0,
            bytes_to_fetch=0,
            disk_free=0,
            disk_after=0,
            findings=(),
        )
        plan = self._looked_at(plan, selection.files)
        if info.gated and plan.bytes_to_fetch:
            self._check_access(info)
        return plan

    def again(self, plan: DownloadPlan) -> DownloadPlan:
        """Look at the disk again for a plan that was made some time ago; asks nobody."""
        chosen = {file.path for file in plan.files}
        return self._looked_at(plan, [file for file in plan.remote if file.path in chosen])

    def _looked_at(self, plan: DownloadPlan, chosen: Sequence[RemoteFile]) -> DownloadPlan:
        files = tuple(_planned(plan, file) for file in chosen)
        here = sum({file.blob_name: file.bytes_here for file in files}.values())
        free = disk_of(plan.folder).free
        plan = replace(
            plan,
            files=files,
            bytes_here=here,
            bytes_to_fetch=plan.bytes_total - here,
            disk_free=free,
            disk_after=free - (plan.bytes_total - here),
        )
        return replace(plan, findings=self._findings(plan))

    def _store(self, request: DownloadRequest) -> Path:
        if request.store is not None:
            return request.store
        if not self._settings.stores:
            raise InputError(
                "There is no folder to download to.",
                hint="Set storage.locations, or HF_HUB_CACHE.",
            )
        return self._settings.stores[0]

    def _check_access(self, info: RepoInfo) -> None:
        access = self._hub.access(info.model_id)
        page = f"{self._hub.endpoint}/{info.model_id}"
        name = short_name(info.model_id)
        match access:
            case Access.GRANTED:
                return
            case Access.NO_TOKEN:
                raise GatedError(
                    f"{name} is gated: its licence must be accepted, and a token is needed.",
                    hint=f"Accept the licence at {page} and add an access token.",
                )
            case Access.INVALID_TOKEN:
                raise TokenError(
                    f"{name} is gated, and the Hub does not accept the access token.",
                    hint=f"Make a new one at {self._hub.endpoint}/settings/tokens.",
                )
            case Access.NOT_ACCEPTED:
                raise GatedError(
                    f"{name} is gated, and this account has not accepted its licence.",
                    hint=f"Accept it at {page}, then try again.",
                )
            case Access.PENDING:
                raise GatedError(
                    f"The request for access to {name} is still waiting for an answer.",
                    hint=f"Its authors decide; see {page}.",
                )
            case Access.MISSING_SCOPE:
                raise GatedError(
                    f"The access token may not read {name}: it lacks the permission.",
                    hint="Allow it to read public gated repositories, or make another, at "
                    f"{self._hub.endpoint}/settings/tokens.",
                )

    def _findings(self, plan: DownloadPlan) -> tuple[Finding, ...]:
        found: list[Finding] = []
        if plan.bytes_to_fetch and (short := missing_space(plan.bytes_to_fetch, plan.disk_free)):
            found.append(
                Finding(
                    FindingKind.DISK,
                    Weight.BLOCKER,
                    _space_sentence(plan, short),
                    reason=f"{format_bytes(plan.bytes_to_fetch)} are needed, "
                    f"{format_bytes(plan.disk_free)} are free.",
                    subject=str(plan.store),
                )
            )
        if not is_snapshot_published(plan):
            found.extend(self._forbidden(plan))
        known = self._inventory.find(plan.model_id)
        if known is not None and known.store != plan.store and plan.bytes_to_fetch:
            found.append(
                Finding(
                    FindingKind.SHARED_BYTES,
                    Weight.INFORMATION,
                    f"{short_name(plan.model_id)} is already in {known.store}.",
                    subject=str(known.store),
                )
            )
        return tuple(found)

    def _forbidden(self, plan: DownloadPlan) -> list[Finding]:
        found: list[Finding] = []
        if not (can_write(plan.store) and can_write(plan.folder)):
            found.append(
                Finding(
                    FindingKind.PERMISSION,
                    Weight.BLOCKER,
                    f"{plan.store} cannot be written by this user.",
                    subject=str(plan.store),
                )
            )
        why_not = why_unrecordable(plan.store)
        if why_not:
            found.append(
                Finding(
                    FindingKind.PERMISSION,
                    Weight.BLOCKER,
                    why_not,
                    reason="What is done there could not be recorded.",
                )
            )
        person = Person.current()
        may = self._policy.downloads_allowed or self._policy.is_admin(person.name, person.groups)
        if not may:
            found.append(
                Finding(
                    FindingKind.PERMISSION,
                    Weight.BLOCKER,
                    "Downloads are reserved to administrators here.",
                    reason=f"So says {self._policy.source}.",
                )
            )
        return found


def missing_space(needed: int, free: int) -> int:
    """Return how many bytes are missing on a disk to take `needed` more; 0 when it fits."""
    return max(0, needed + RESERVE - free)


def no_space(plan: DownloadPlan, short: int) -> DiskSpaceError:
    """The refusal of a download that does not fit."""
    return DiskSpaceError(
        _space_sentence(plan, short),
        hint="Free some space, choose a smaller variant or another storage location.",
    )


def refusal(plan: DownloadPlan) -> ModelshelfError:
    """The error a blocked plan means for whoever wants to start it all the same."""
    blocker = next(f for f in plan.findings if f.weight is Weight.BLOCKER)
    if blocker.kind is FindingKind.DISK:
        return no_space(plan, missing_space(plan.bytes_to_fetch, plan.disk_free))
    return PermissionRefusedError(
        f"{blocker.sentence} {blocker.reason}".strip(),
        hint="Choose another storage location, or ask who administrates this one.",
    )


def _space_sentence(plan: DownloadPlan, short: int) -> str:
    return f"{format_bytes(short)} are missing on the disk of {plan.store}."


def _planned(plan: DownloadPlan, file: RemoteFile) -> PlannedFile:
    folder = plan.folder
    blob = layout.blob_path(folder, file.blob_name)
    linked = layout.snapshot_path(folder, plan.commit) / file.path
    is_present = _length(blob) == file.size or _length(linked) == file.size
    shared = None if is_present else _shared(plan.store, file)
    here = file.size if is_present or shared else 0
    if not here:
        here = bytes_recorded(
            layout.journal_path(folder, file.blob_name),
            layout.part_path(folder, file.blob_name),
            file.blob_name,
            file.size,
        )
    return PlannedFile(
        path=file.path,
        size=file.size,
        blob_name=file.blob_name,
        sha256=file.sha256,
        git_sha1=file.git_sha1,
        bytes_here=here,
        is_present=is_present,
        shared=shared,
    )


def _shared(store: Path, file: RemoteFile) -> Path | None:
    """Return the file among the store's shared blobs with the same bytes, if it can be linked."""
    if file.xet_hash is None or not layout.is_xet_hash(file.xet_hash):
        return None
    folder = layout.shared_folder(store)
    path = folder / file.xet_hash[:2] / file.xet_hash
    try:
        marker = (folder / layout.SHARED_MARKER).read_text(encoding="utf-8")
        found = path.lstat()
    except (OSError, ValueError):
        return None
    is_usable = stat.S_ISREG(found.st_mode) and found.st_size == file.size
    return path if is_usable and marker == layout.SHARED_VERSION else None


def _length(path: Path) -> int:
    try:
        found = path.stat()
    except OSError:
        return -1
    return found.st_size if stat.S_ISREG(found.st_mode) else -1
