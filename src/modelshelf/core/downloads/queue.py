"""Which downloads run, on which threads, and how any process steers any of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelshelf.core.cancel import CancelToken
    from modelshelf.core.downloads.plan import DownloadPlan
    from modelshelf.core.downloads.request import DownloadRequest
    from modelshelf.core.events import Sink
    from modelshelf.core.hub.client import Hub
    from modelshelf.core.jobs import JobRecord, Ledger, Wanted
    from modelshelf.core.settings import Policy, Settings
    from modelshelf.core.stores.inventory import Inventory

Spawn = Callable[[str, Callable[[], None]], None]
"""Runs a job under a name on a thread that the front end owns; returns at once."""


class DownloadQueue:
    """The downloads of this process, over the ledger that all processes share.

    Every method may be called from any thread but a GUI thread.
    """

    def __init__(
        self,
        ledger: Ledger,
        hub: Hub,
        settings: Settings,
        inventory: Inventory,
        sink: Sink,
        spawn: Spawn,
        policy: Policy,
    ) -> None:
        raise NotImplementedError

    def plan(self, request: DownloadRequest) -> DownloadPlan:
        """Say what `request` would do; asks the Hub, changes nothing."""
        raise NotImplementedError

    def add(self, plan: DownloadPlan) -> JobRecord:
        """Start what `plan` says, or join the job that does the same, in whichever process."""
        raise NotImplementedError

    def pause(self, job_id: str) -> JobRecord:
        """Stop a job for now; what is here is kept."""
        raise NotImplementedError

    def resume(self, job_id: str) -> JobRecord:
        """Go on with a paused or interrupted job, here when nobody else runs it."""
        raise NotImplementedError

    def cancel(self, job_id: str) -> JobRecord:
        """End a job; what is here is kept for a later download."""
        raise NotImplementedError

    def retry(self, job_id: str) -> JobRecord:
        """Start an ended job again from what is here."""
        raise NotImplementedError

    def start_waiting(self) -> None:
        """Adopt jobs whose process died, and start what is queued; paused jobs stay paused."""
        raise NotImplementedError

    def wait(self, job_id: str, cancel: CancelToken) -> JobRecord:
        """Block until the job ended or was paused, telling the sink how far it is."""
        raise NotImplementedError

    def stop_own(self, job_id: str) -> JobRecord:
        """Cancel the job when this process runs it, else leave it alone; return how it stands."""
        raise NotImplementedError

    @property
    def running(self) -> int:
        """How many downloads this process runs right now."""
        raise NotImplementedError

    def close(self, wanted: Wanted) -> None:
        """Stop everything this process runs, leaving the jobs as `wanted` says; nothing is lost."""
        raise NotImplementedError
