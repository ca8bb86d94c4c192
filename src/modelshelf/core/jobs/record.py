"""One running or finished operation on one model, as the database keeps it."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
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

    @property
    def state(self) -> JobState:
        """The state a job is in when it obeyed and nobody runs it."""
        return _LEFT_AS[self]


_LEFT_AS = {
    Wanted.RUN: JobState.QUEUED,
    Wanted.PAUSE: JobState.PAUSED,
    Wanted.CANCEL: JobState.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that runs a job. `started` tells apart two processes that had the same pid.

    `host` names where the pid means something: on Linux this boot and its pid namespace (a
    container has its own), elsewhere the machine.
    """

    host: str
    pid: int
    started: float

    @classmethod
    def this_process(cls) -> Owner:
        """Describe the calling process."""
        return _this_process(os.getpid())

    @property
    def is_alive(self) -> bool | None:
        """Whether the process still runs; None when that cannot be seen from here."""
        if self.host != _here():
            return None
        return _start_of(self.pid) == self.started


@cache
def _this_process(pid: int) -> Owner:
    return Owner(_here(), pid, _start_of(pid) or 0.0)


@cache
def _here() -> str:
    if sys.platform == "linux":
        with suppress(OSError):
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
            return f"{boot}.{os.stat('/proc/self/ns/pid').st_ino}"
    return socket.gethostname()


def _start_of(pid: int) -> float | None:
    """When the process began, in units of the system's own; None when it does not run."""
    if sys.platform == "linux":
        # Counted from the boot: what psutil computes moves when somebody sets the clock.
        try:
            fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            return None
        return None if fields[0] in (b"Z", b"X") else float(fields[19])
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None


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
        return self.state is JobState.RUNNING and not self.is_held

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
