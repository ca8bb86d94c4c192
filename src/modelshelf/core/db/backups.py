"""Copies of the database beside it, numbered, so that a wrong clock cannot disorder them."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

from modelshelf.core.db.connection import is_sound
from modelshelf.core.files import adjacent_temporary, flush_folder

if TYPE_CHECKING:
    from pathlib import Path

_KEPT = 7
_A_DAY = 24 * 60 * 60
_NUMBERED = re.compile(r"\.backup-(\d{6,})$")


def backups_of(path: Path) -> list[Path]:
    """The backups of the database `path`, the newest first."""
    numbered = {
        int(match[1]): backup
        for backup in path.parent.glob(f"{path.name}.backup-*")
        if (match := _NUMBERED.search(backup.name))
    }
    return [numbered[number] for number in sorted(numbered, reverse=True)]


def back_up(connection: sqlite3.Connection, path: Path) -> Path:
    """Write a copy of the database, check and flush it, and forget all but the newest seven.

    Raises:
        OSError, sqlite3.Error: when it cannot be written; older backups are then untouched.
    """
    earlier = backups_of(path)
    match = _NUMBERED.search(earlier[0].name) if earlier else None
    final = path.with_name(f"{path.name}.backup-{int(match[1]) + 1 if match else 1:06d}")
    with adjacent_temporary(final) as temporary:
        with closing(sqlite3.connect(temporary)) as target:
            connection.backup(target)
            # A copy has no write-ahead log to keep together with.
            target.execute("PRAGMA journal_mode = DELETE")
            if not is_sound(target):
                raise sqlite3.DatabaseError("the copy is not sound")
        descriptor = os.open(temporary, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, final)
    flush_folder(path.parent)
    for old in backups_of(path)[_KEPT:]:
        old.unlink(missing_ok=True)
    return final


def is_due(path: Path) -> bool:
    """Whether the newest backup is missing or not of the last day (nor from the future)."""
    newest = backups_of(path)
    return not newest or abs(time.time() - newest[0].stat().st_mtime) > _A_DAY


def restore_newest(path: Path) -> Path | None:
    """Put the newest sound backup under the name `path`, which must be free; return which it was.

    The backup itself stays.

    Raises:
        OSError, sqlite3.Error: when the copy cannot be written.
    """
    for backup in backups_of(path):
        try:
            with closing(sqlite3.connect(backup)) as source:
                if not is_sound(source):
                    continue
                with adjacent_temporary(path) as temporary:
                    with closing(sqlite3.connect(temporary)) as target:
                        source.backup(target)
                    os.replace(temporary, path)
        except sqlite3.OperationalError:
            # This one cannot be read; an older one may.
            continue
        return backup
    return None
