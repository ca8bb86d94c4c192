"""What the disk itself says against a deletion, beside who uses the model."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from modelshelf.core.jobs import why_unrecordable
from modelshelf.core.model import printable
from modelshelf.core.plan import Finding, FindingKind, Weight
from modelshelf.core.stores.layout import LOCKS, OWN, model_id_of
from modelshelf.core.stores.removal import NameKind, Removal

if TYPE_CHECKING:
    from collections.abc import Iterable

_KNOWN_FOLDERS = ("blobs", "refs", "snapshots", "trees", ".no_exist", OWN)
_NOBODYS_FILES = (".DS_Store", "Thumbs.db", "desktop.ini")
_NAMED_AT_MOST = 3


def about_place(removal: Removal, folder: Path, stores: Iterable[Path]) -> list[Finding]:
    """Refuse what is not plainly a model's own folder in a store of the settings."""
    sentences: list[str] = []
    known = {os.path.realpath(store) for store in stores}
    if os.path.realpath(removal.store) not in known or folder.parent != removal.store:
        sentences.append(f"{folder} is in no store of the settings")
    elif model_id_of(folder.name) is None:
        sentences.append(f"{folder} is named like no model")
    if os.path.islink(folder):
        sentences.append(f"{folder} is a link to another place")
    sentences += [sentence.rstrip(".") for sentence in removal.obstacles]
    if closed := _closed(removal):
        more = "" if len(closed) == 1 else f", nor can {len(closed) - 1} more of its folders"
        sentences.append(f"The folder {min(closed, key=len)} cannot be written{more}")
    return [
        Finding(
            FindingKind.PERMISSION,
            Weight.BLOCKER,
            sentence,
            "Nothing is deleted outside a store, through a link or without the right to.",
        )
        for sentence in dict.fromkeys(sentences)
    ]


def about_record(store: Path) -> list[Finding]:
    """Refuse what could not be finished after a crash, because the store cannot be recorded."""
    why_not = why_unrecordable(store)
    if not why_not:
        return []
    reason = "What is done there could not be recorded; rename the folder first."
    return [Finding(FindingKind.PERMISSION, Weight.BLOCKER, why_not.rstrip("."), reason)]


def about_foreign_files(removal: Removal) -> list[Finding]:
    """Warn of files that no download put there: somebody's own work may be among them."""
    foreign = _foreign(removal)
    if not foreign:
        return []
    shown = ", ".join(printable(Path(path).name) for path in foreign[:_NAMED_AT_MOST])
    more = "" if len(foreign) <= _NAMED_AT_MOST else f" and {len(foreign) - _NAMED_AT_MOST} more"
    files = "A file that was" if len(foreign) == 1 else f"{len(foreign)} files that were"
    return [
        Finding(
            FindingKind.FOREIGN_FILE,
            Weight.WARNING,
            f"{files} not downloaded would be deleted too: {shown}{more}",
            "Move them elsewhere first if they are yours.",
            subject=str(removal.store / foreign[0]),
        )
    ]


def about_writers(is_written_to: bool) -> list[Finding]:
    """Refuse while another program downloads into the model."""
    if not is_written_to:
        return []
    return [
        Finding(
            FindingKind.JOB,
            Weight.BLOCKER,
            "Another program is downloading it right now",
            "Wait until it is done, or stop it there.",
        )
    ]


def without_closed_locks(removal: Removal) -> Removal:
    """Leave out locks this user may not remove: they are empty and in nobody's way."""
    kept = tuple(
        name
        for name in removal.names
        if not name.path.startswith(f"{LOCKS}/")
        or os.access((removal.store / name.path).parent, os.W_OK | os.X_OK)
    )
    return Removal(removal.store, kept, removal.payloads, removal.obstacles)


def _closed(removal: Removal) -> list[str]:
    parents = dict.fromkeys(os.path.dirname(removal.store / name.path) for name in removal.names)
    return [parent for parent in parents if not os.access(parent, os.W_OK | os.X_OK)]


def _foreign(removal: Removal) -> list[str]:
    found: list[str] = []
    files: list[tuple[str, str]] = []
    linked: set[str] = set()
    for name in removal.names:
        parts = name.path.split("/")
        if parts[-1] in _NOBODYS_FILES or len(parts) == 1:
            continue
        if name.kind is NameKind.OTHER and parts[1] not in _KNOWN_FOLDERS:
            found.append(name.path)
        elif name.kind is NameKind.LINK:
            snapshot = "/".join(parts[:3])
            if _is_link(removal.store / name.path):
                linked.add(snapshot)
            else:
                files.append((snapshot, name.path))
    # Where links cannot be made, a snapshot holds the downloaded files themselves.
    return found + [path for snapshot, path in files if snapshot in linked]


def _is_link(path: Path) -> bool:
    try:
        return stat.S_ISLNK(path.lstat().st_mode)
    except OSError:
        return False
