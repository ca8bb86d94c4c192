"""The facts of each repo beside the witnesses that prove them still true, kept in the database.

What proves it: the change times of the repo's folder and of each folder below it that holds
names (`blobs`, `refs`, `snapshots` and everything inside a snapshot), of each ref, because other
clients write those in place, of each unfinished file, because it grows in place, and of the
folders of shared blobs it uses. Bytes changed in place inside a finished blob are not seen: to
find those is what verifying is for.

A change within the clock's tick of the last reading leaves the same time behind. So facts read
less than two seconds after a witness moved are not trusted the next time.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from modelshelf.core.model import ModelId, Status
from modelshelf.core.stores.installed import (
    Damage,
    DamageNote,
    FileList,
    InstalledModel,
    InstalledRevision,
)
from modelshelf.core.stores.layout import SHARED
from modelshelf.core.stores.repo_folder import Witness, moment, stamp
from modelshelf.core.stores.repo_reader import RepoReader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from modelshelf.core.db.database import Database, Row

_VERSION = 1
_SETTLED_NS = 2_000_000_000  # the coarsest clock of a file system in use (FAT)
_STORE_ROW = ""


Seen = dict[str, tuple[int, int] | None]
"""Folders of shared blobs that were looked at already during one refresh."""


@dataclass(frozen=True, slots=True)
class Known:
    """One repo's facts and their witnesses: path, inode, moment; path, inode, moment; and so on.

    Paths are absolute. `shared` are the folders of shared blobs its files lie in; many repos have
    the same ones.
    """

    model: InstalledModel
    witnesses: Sequence[Any]
    shared: Sequence[Any]
    is_settled: bool

    def still_holds(self, seen: Seen) -> bool:
        """Whether no witness moved; shared folders are looked at once for all repos."""
        if not self.is_settled:
            return False
        look = os.stat
        is_windows = os.name == "nt"
        flat = iter(self.witnesses)
        for path, inode, moved in zip(flat, flat, flat, strict=False):
            try:
                status = look(path)
            except OSError:
                return False
            now = stamp(status) if is_windows else status.st_ctime_ns
            if now != moved or status.st_ino != inode:
                return False
        flat = iter(self.shared)
        for path, inode, moved in zip(flat, flat, flat, strict=False):
            if path not in seen:
                seen[path] = _state(path)
            if seen[path] != (inode, moved):
                return False
        return True


def _state(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_ino, stamp(status)


def read_repo(store: Path, name: str, now_ns: int) -> Known:
    """Read one repo and note what proves the reading; `now_ns` is the time before it (Unix).

    Raises:
        InputError: when the folder is not named like a model.
    """
    reading = RepoReader(store, name).read()
    root = os.path.join(os.fspath(store), name)
    witnesses = [
        (f"{root}/{path}" if path else root, inode, moved)
        for path, inode, moved in reading.witnesses
    ]
    shared: list[Witness] = []
    for folder in reading.shared:
        path = os.path.join(os.fspath(store), SHARED, folder)
        inode, moved = _state(path) or (0, 0)
        shared.append((path, inode, moved))
    settled_before = now_ns - _SETTLED_NS
    is_settled = all(moved < settled_before for _, _, moved in (*witnesses, *shared))
    return Known(reading.model, tuple(chain(*witnesses)), tuple(chain(*shared)), is_settled)


class Index:
    """The table `inventory`. Losing it costs one full scan."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, store: Path) -> tuple[int, dict[str, Known]]:
        """Return the store's own inode as last seen (0: never) and what is known of its repos.

        Entries that cannot be understood are left out, and will be read from the disk again.
        """
        rows = self._database.rows(
            "SELECT folder, fingerprint, facts FROM inventory WHERE store = ?", (_key(store),)
        )
        inode = 0
        repos: list[Row] = []
        for row in rows:
            if row["folder"] == _STORE_ROW:
                inode = int(row["fingerprint"]) if row["fingerprint"].isdigit() else 0
            else:
                repos.append(row)
        try:
            return inode, _decoded_all(store, repos)
        except (ValueError, TypeError, LookupError):
            return inode, {}

    def save(self, store: Path, inode: int, changed: dict[str, Known], gone: Sequence[str]) -> None:
        """Write what was read and forget what is gone, all at once."""
        where = _key(store)
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM inventory WHERE store = ? AND folder = ?",
                [(where, name) for name in gone],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO inventory (store, folder, fingerprint, facts)"
                " VALUES (?, ?, ?, ?)",
                [
                    (where, _STORE_ROW, str(inode), ""),
                    *((where, name, *_encoded(known)) for name, known in changed.items()),
                ],
            )


def _key(store: Path) -> str:
    """Return the store's path as the database can hold it, also when it is no valid text."""
    return str(store).encode("utf-8", "backslashreplace").decode()


def _encoded(known: Known) -> tuple[str, str]:
    """Return fingerprint and facts. The facts are one line of summary, then one per revision."""
    model = known.model
    summary: dict[str, Any] = {
        "version": _VERSION,
        "id": model.model_id,
        "status": model.status.value,
        "size": model.size_bytes,
        "partial": model.partial_bytes,
        "modified": model.modified.timestamp(),
        "used": model.last_used.timestamp() if model.last_used else None,
        "damage": [[note.kind.value, note.path, note.sentence] for note in model.damage],
        "revisions": [
            [r.commit, r.refs, r.size_bytes, r.is_complete, r.modified.timestamp()]
            for r in model.revisions
        ],
    }
    lines = [json.dumps(summary)]
    for revision in model.revisions:
        files = revision.files
        rows = files.rows if isinstance(files, FileList) else ()
        lines.append(json.dumps(rows, separators=(",", ":")))
    return json.dumps([known.is_settled, known.witnesses, known.shared]), "\n".join(lines)


def _decoded_all(store: Path, rows: list[Row]) -> dict[str, Known]:
    """Parse all rows with two calls of the parser instead of two for each."""
    names: list[str] = [row["folder"] for row in rows]
    facts: list[tuple[str, str, str]] = [row["facts"].partition("\n") for row in rows]
    summaries = json.loads("[" + ",".join(head for head, _, _ in facts) + "]")
    proofs = json.loads("[" + ",".join(row["fingerprint"] for row in rows) + "]")
    found: dict[str, Known] = {}
    for name, (_, _, files), summary, proof in zip(names, facts, summaries, proofs, strict=True):
        if summary["version"] == _VERSION:
            found[name] = _decoded(store, name, files.split("\n"), summary, proof)
    return found


def _decoded(
    store: Path, name: str, files: list[str], summary: dict[str, Any], proof: list[Any]
) -> Known:
    blobs = f"{store}{os.sep}{name}/blobs"
    used = summary["used"]
    model = InstalledModel(
        model_id=ModelId(summary["id"]),
        store=store,
        folder=store / name,
        status=Status(summary["status"]),
        revisions=tuple(
            InstalledRevision(
                commit, tuple(refs), FileList(blobs, rows), size, is_complete, moment(modified)
            )
            for (commit, refs, size, is_complete, modified), rows in zip(
                summary["revisions"], files, strict=False
            )
        ),
        size_bytes=summary["size"],
        partial_bytes=summary["partial"],
        damage=tuple(
            DamageNote(Damage(kind), path, sentence) for kind, path, sentence in summary["damage"]
        ),
        modified=moment(summary["modified"]),
        last_used=None if used is None else moment(used),
    )
    return Known(model, proof[1], proof[2], proof[0])
