"""A little room kept beside the database, so that a full disk can still be cleared.

Deleting a model writes a few rows first. On a disk without a free byte that would fail, and with
it the one thing that helps.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SIZE = 1 << 20
_SCARCE = 1 << 18
_PLENTY = 1 << 26


class Reserve:
    """One file of a mebibyte that is given up when the disk is full, and laid in again later."""

    def __init__(self, database: Path) -> None:
        self._file = database.with_name(f"{database.name}.reserve")

    def lay_in(self) -> None:
        """Keep the room, where the disk has plenty; never a reason to fail."""
        with suppress(OSError):
            if not self._file.exists() and self._free() > _PLENTY:
                # Written, not only sized: a sparse file would keep no room at all.
                self._file.write_bytes(os.urandom(_SIZE))

    def give_up(self) -> None:
        """Free the room when the disk has next to none left."""
        with suppress(OSError):
            if self._free() < _SCARCE:
                self._file.unlink()

    def _free(self) -> int:
        return shutil.disk_usage(self._file.parent).free
