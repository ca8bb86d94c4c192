"""One running or finished operation on one model, as the database keeps it."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

import psutil

from modelshelf.core.model import JobKind, JobState, ModelId
from modelshelf.core.units import utc_now

if TYPE_CHECKING:
    from datetime import datetime

    from modelshelf.core.errors import ErrorInfo

_SILENT_AFTER = timedelta(seconds=30)


class Wanted(StrEnum):
    """What somebody, in whichever process, wants a job to do; its owner obeys."""

    RUN = "run"
    PAUSE = "pause"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that runs a job. Pid and start time together are never reused."""

    host: str
    pid: int
    started: float

    @classmethod
    def this_process(cls) -> Owner:
        """Describe the calling process."""
        return _this_process(os.getpid())

    @property
    def is_alive(self) -> bool | None:
        """Whether the process still runs; None when it is on another machine."""
        if self.host != socket.gethostname():
            return None
        try:
            process = psutil.Process(self.pid)
            return (
                abs(process.create_time() - self.started) < 1.0
                and process.status() != psutil.STATUS_ZOMBIE
            )
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True


@cache
def _this_process(pid: int) -> Owner:
    return Owner(socket.gethostname(), pid, psutil.Process(pid).create_time())


@dataclass(frozen=True, slots=True)
class JobRecord:
    """What is known of a job. `request` is the JSON its kind can be planned from again.

    Sizes in bytes; `bytes_done` counts what is here, `bytes_fetched` what this job moved over the
    network, `bytes_reused` what was here before it. `path` is the result of a finished download.
    """

    id: str
    model_id: ModelId
    kind: JobKind
    state: JobState
    wanted: Wanted
    request: str
    revision: str
    store: str
    position: int
    bytes_done: int
    bytes_total: int
    bytes_per_second: float
    bytes_fetched: int
    bytes_reused: int
    path: str
    error: ErrorInfo | None
    owner: Owner | None
    created: datetime
    updated: datetime

    @property
    def is_held(self) -> bool:
        """Whether a living process owns the job. On another machine, a fresh heartbeat is life."""
        if self.owner is None:
            return False
        alive = self.owner.is_alive
        # A clock that was set back would make a heartbeat of the future valid for years.
        return abs(utc_now() - self.updated) < _SILENT_AFTER if alive is None else alive

    @property
    def is_orphaned(self) -> bool:
        """Whether the job claims to be running while its owner is dead."""
        return (
            self.state is JobState.RUNNING
            and self.owner is not None
            and self.owner.is_alive is False
        )

    @property
    def eta_seconds(self) -> float | None:
        """How long the rest takes at the present speed; None when that is unknown."""
        if self.state is not JobState.RUNNING or self.bytes_per_second <= 0:
            return None
        return max(0, self.bytes_total - self.bytes_done) / self.bytes_per_second

    def as_json(self) -> dict[str, object]:
        """Return the job as `--json` prints it."""
        return {
            "id": self.id,
            "model_id": self.model_id,
            "kind": self.kind.value,
            "state": self.state.value,
            "revision": self.revision,
            "store": self.store,
            "bytes_done": self.bytes_done,
            "bytes_total": self.bytes_total,
            "bytes_per_second": round(self.bytes_per_second),
            "eta_seconds": None if self.eta_seconds is None else round(self.eta_seconds),
            "path": self.path or None,
            "error": self.error.as_json() if self.error else None,
            "created": self.created.isoformat(),
            "updated": self.updated.isoformat(),
        }
