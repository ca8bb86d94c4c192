"""The lock every client takes while it writes a blob, shared with huggingface_hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from filelock import FileLock, SoftFileLock, Timeout

if TYPE_CHECKING:
    from pathlib import Path

_MODE = 0o664  # as huggingface_hub: people who share a cache share its locks


class BlobLock:
    """Held from the first byte of a blob until it has its final name.

    huggingface_hub waits for it and then uses our blob; we wait for it and then use theirs. A
    process that dies lets go of it. May be released by another thread than took it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock: FileLock | SoftFileLock = FileLock(path, mode=_MODE, thread_local=False)

    def try_acquire(self) -> bool:
        """Take the lock if nobody has it.

        Raises:
            OSError: when the folder of locks cannot be written.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            return False
        except NotImplementedError:
            # A file system without such locks; huggingface_hub falls back in the same way.
            self._lock = SoftFileLock(self._path, mode=_MODE, thread_local=False)
            return self.try_acquire()
        return True

    def release(self) -> None:
        """Let others write the blob."""
        self._lock.release()
