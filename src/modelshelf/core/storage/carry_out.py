"""Taking listed names off the disk, so that a crash at any moment only leaks space.

Refs go first: from then on no program finds a revision. Links go before what they point to, so
nothing of ours is ever a broken link. Shared payloads are given up by their own protocol.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelshelf.core.errors import BusyError, InUseError, ModelshelfError, PermissionRefusedError
from modelshelf.core.storage.anchor import Anchor, Outcome
from modelshelf.core.storage.locks import all_locks
from modelshelf.core.stores.installed import allocated
from modelshelf.core.stores.removal import ListedName, NameKind, Removal
from modelshelf.core.stores.shared_blobs import SharedPayload, sweep

if TYPE_CHECKING:
    from collections.abc import Iterable

_CONTENT = (NameKind.BLOB, NameKind.LINK, NameKind.PARTIAL)
_LOCKED_ELSEWHERE = (errno.EBUSY, errno.ETXTBSY)


@dataclass(slots=True)
class Progress:
    """What has happened so far; bytes. `left` are names that were not what the plan listed."""

    content: int = 0
    around: int = 0
    removed: int = 0
    left: list[str] = field(default_factory=list[str])

    @property
    def freed_bytes(self) -> int:
        """What the disk got back; nothing when only links and folders went, as plans count."""
        return self.content + self.around if self.content else 0


def carry_out(removal: Removal) -> Progress:
    """Remove the names. What is gone already is fine; what changed is left and told.

    Raises:
        BusyError: when another program writes into the model; nothing was removed.
        PermissionRefusedError, InUseError: when the system refuses; what was removed stays so.
    """
    done = Progress()
    ordinary = [n for n in removal.names if n.kind not in (NameKind.LOCK, NameKind.FOLDER)]
    locks = [n for n in removal.names if n.kind is NameKind.LOCK]
    folders = [n for n in removal.names if n.kind is NameKind.FOLDER]
    try:
        with Anchor(removal.store) as anchor:
            with all_locks(removal) as is_free:
                if not is_free:
                    raise BusyError(
                        "Another program is downloading this model right now.",
                        hint="Wait until it is done, or stop it there.",
                    )
                _remove(anchor, ordinary, done)
                for name in removal.payloads:
                    _give_up(SharedPayload(removal.store, name), done)
                if os.name != "nt":
                    _remove(anchor, locks, done)
            if os.name == "nt":
                _remove(anchor, locks, done)
            _remove(anchor, folders, done)
    except OSError as error:
        raise _explained(error) from error
    return done


def _remove(anchor: Anchor, names: Iterable[ListedName], done: Progress) -> None:
    for name in names:
        outcome, status = anchor.remove(name)
        if outcome in (Outcome.CHANGED, Outcome.NOT_EMPTY):
            done.left.append(name.path)
        if status is None:
            continue
        done.removed += 1
        is_folder = stat.S_ISDIR(status.st_mode)
        if is_folder or status.st_nlink == 1:
            is_content = name.kind in _CONTENT and stat.S_ISREG(status.st_mode)
            _count(done, status, is_content)


def _give_up(payload: SharedPayload, done: Progress) -> None:
    before: list[os.stat_result] = []
    for path in (payload.path, payload.manifest):
        with suppress(OSError):
            before.append(path.lstat())
    try:
        is_swept = sweep(payload)
    except OSError:
        # It stays, and whoever cleans the shared store finds it; our own reference is gone.
        done.left.append(payload.path.relative_to(payload.store).as_posix())
        return
    if is_swept:
        for position, status in enumerate(before):
            if status.st_nlink == 1:
                _count(done, status, position == 0)


def _count(done: Progress, status: os.stat_result, is_content: bool) -> None:
    if is_content:
        done.content += allocated(status)
    else:
        done.around += allocated(status)


def _explained(error: OSError) -> ModelshelfError:
    where = error.filename or "a file"
    reason = error.strerror or str(error)
    is_held = error.errno in _LOCKED_ELSEWHERE or getattr(error, "winerror", 0) == 32
    if is_held:
        return InUseError(
            f"{where} is held by another program: {reason}.",
            hint="Close that program, then delete again: it goes on where it stopped.",
        )
    return PermissionRefusedError(
        f"{where} could not be removed: {reason}.",
        hint="Check the rights of the folder and whether the disk is read-only, then delete again.",
    )
