"""What is known of each repo beside what proves it, kept in the database.

A program that just started reads all of it. So repos lie many in a row, which is read and parsed
at one stroke, and few enough that little is written again when one of them changes. Revisions are
made into objects when somebody looks at that model, the list of their files even later.
"""

from __future__ import annotations

import json
import os
import zlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from modelshelf.core.model import Status
from modelshelf.core.stores.installed import (
    Damage,
    DamageNote,
    FileList,
    InstalledModel,
    InstalledRevision,
)
from modelshelf.core.stores.made_later import MadeLater
from modelshelf.core.stores.witnesses import Known

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from modelshelf.core.db.database import Database

_VERSION = 1
"""Of what is written here. Checksums start with it: what another version wrote is not taken."""

_PARTS = 64
_STORE_PART = -1
"""The row about the store itself."""

_USUAL = ("", "refs", "refs/main", "blobs", "snapshots")
"""The witnesses nearly every repo begins with: their names are not kept thousands of times."""

_BETWEEN = "//"
"""No name of a ref can have this in it."""

_STATUS = {status.value: status for status in Status}


class Index:
    """The table `inventory`. Losing it costs one full scan."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, store: Path) -> tuple[int, dict[str, Known]]:
        """Return the store's own inode as last seen (0: never) and what is known of its repos.

        What was damaged, or is not of this version, is left out and read from the disk again.
        """
        inode = 0
        found: dict[str, Known] = {}
        for part, checksum, facts, files in self._database.rows(
            "SELECT part, checksum, facts, files FROM inventory WHERE store = ?", (_key(store),)
        ):
            if checksum != _checksum(facts, files):
                continue
            if part == _STORE_PART:
                inode = int(facts)
            else:
                found |= _decoded(store, json.loads(facts), files)
        return inode, found

    def save(
        self, store: Path, inode: int, known: Mapping[str, Known], changed: Collection[str]
    ) -> None:
        """Write what is known now; the repos in `changed` are new, different or gone.

        What another process wrote meanwhile about their neighbours may be lost. Every proof is
        held against the disk, so that costs reading those once more, and shows nothing wrong.
        """
        where = _key(store)
        parts: dict[int, dict[str, Known]] = {_part_of(name): {} for name in changed}
        for name, one in known.items():
            part = parts.get(_part_of(name))
            if part is not None:
                part[name] = one
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO inventory (store, part, checksum, facts, files)"
                " VALUES (?, ?, ?, ?, ?)",
                [
                    (where, number, _checksum(facts, files), facts, files)
                    for number, (facts, files) in (
                        (_STORE_PART, (str(inode), b"")),
                        *((number, _encoded(part)) for number, part in parts.items()),
                    )
                ],
            )


def _key(store: Path) -> str:
    """Return the store's path as the database can hold it, also when it is no valid text."""
    return str(store).encode("utf-8", "backslashreplace").decode()


def _checksum(facts: str, files: bytes) -> int:
    """SQLite sees a damaged page only where its structure is hurt, not what is written there."""
    return zlib.crc32(files, zlib.crc32(facts.encode(), _VERSION))


def _part_of(name: str) -> int:
    return zlib.crc32(os.fsencode(name)) % _PARTS


def _encoded(part: Mapping[str, Known]) -> tuple[str, bytes]:
    """Return the facts, values in a fixed order, and the packed files of all their revisions.

    Every list costs each start more than what is in it, so there are few, and none that is empty.
    """
    repos: list[list[Any]] = []
    files = bytearray()
    for name, known in part.items():
        model = known.model
        is_usual = known.witnesses[: len(_USUAL)] == _USUAL
        revisions: list[Any] = []
        for r in model.revisions:
            start = len(files)
            files += r.files.packed if isinstance(r.files, FileList) else b""
            revisions += (r.commit, _BETWEEN.join(r.refs), start, len(files))
            revisions += (r.size_bytes, r.is_complete, r.modified.isoformat())
        repos.append(
            [
                name,
                is_usual,
                known.witnesses[len(_USUAL) if is_usual else 0 :],
                known.shared or None,
                known.proof,
                model.model_id,
                model.status.value,
                revisions,
                model.size_bytes,
                model.partial_bytes,
                [(note.kind.value, note.path, note.sentence) for note in model.damage] or None,
                model.modified.isoformat(),
                model.last_used.isoformat() if model.last_used else None,
            ]
        )
    return json.dumps(repos, separators=(",", ":")), bytes(files)


class _Revisions(MadeLater[InstalledRevision]):
    __slots__ = ("_files", "_repo", "_rows")

    def __init__(self, repo: str, rows: Sequence[Any], files: bytes) -> None:
        self._made = None
        self._repo = repo
        self._rows = rows
        self._files = files

    def make(self) -> tuple[InstalledRevision, ...]:
        flat = iter(self._rows)
        return tuple(
            InstalledRevision(
                commit,
                tuple(refs.split(_BETWEEN)) if refs else (),
                FileList(f"{self._repo}/blobs", self._files[start:end]),
                size_bytes,
                is_complete,
                datetime.fromisoformat(modified),
            )
            for commit, refs, start, end, size_bytes, is_complete, modified in zip(
                *[flat] * 7, strict=True
            )
        )


def _decoded(store: Path, repos: list[Any], files: bytes) -> dict[str, Known]:
    """Return the repos of one row, which is known to be what was written."""
    root = f"{store}{os.sep}"
    moment = datetime.fromisoformat
    found: dict[str, Known] = {}
    for (
        name,
        is_usual,
        witnesses,
        shared,
        proof,
        model_id,
        status,
        revisions,
        size_bytes,
        partial_bytes,
        damage,
        modified,
        used,
    ) in repos:
        model = InstalledModel(
            model_id,
            store,
            _STATUS[status],
            _Revisions(root + name, revisions, files),
            size_bytes,
            partial_bytes,
            _notes(damage) if damage else (),
            moment(modified),
            moment(used) if used else None,
        )
        before = _USUAL if is_usual else ()
        found[name] = Known(model, (*before, *witnesses), tuple(shared) if shared else (), proof)
    return found


def _notes(damage: list[list[str]]) -> tuple[DamageNote, ...]:
    return tuple(DamageNote(Damage(kind), path, sentence) for kind, path, sentence in damage)
