"""A queue over a real database and a real store, and a hub that fails on demand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.support.fake_hub import FakeHub

from modelshelf.core.cancel import CancelToken
from modelshelf.core.db.database import Database
from modelshelf.core.downloads.connections import Patience
from modelshelf.core.downloads.plan import DownloadPlan
from modelshelf.core.downloads.queue import DownloadQueue
from modelshelf.core.downloads.request import DownloadRequest
from modelshelf.core.events import Event, JobProgress
from modelshelf.core.hub.client import Hub
from modelshelf.core.jobs import JobRecord, Ledger, Wanted
from modelshelf.core.model import ModelId
from modelshelf.core.settings import Policy, Settings
from modelshelf.core.stores import layout
from modelshelf.core.stores.inventory import Inventory

MODEL = ModelId("acme/tiny")
MIB = 1 << 20

# As patient as in earnest, but in a hurry: no test waits for a clock to pass.
HASTY = Patience(
    connect=5.0,
    stall=5.0,
    attempts=4,
    first_delay=0.001,
    longest_delay=0.01,
    longest_retry_after=0.05,
)


@dataclass
class Rig:
    """Everything a download needs, and what it told while it ran."""

    hub: FakeHub
    client: Hub
    store: Path
    database: Database
    settings: Settings
    inventory: Inventory
    token: list[str | None] = field(default_factory=lambda: [None])
    events: list[Event] = field(default_factory=list)
    queues: list[DownloadQueue] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)
    told: threading.Condition = field(default_factory=threading.Condition)

    def queue(self, patience: Patience = HASTY, policy: Policy | None = None) -> DownloadQueue:
        queue = DownloadQueue(
            Ledger(self.database),
            self.client,
            self.settings,
            self.inventory,
            self.tell,
            self.spawn,
            policy or Policy(),
            patience,
        )
        self.queues.append(queue)
        return queue

    def tell(self, event: Event) -> None:
        with self.told:
            self.events.append(event)
            self.told.notify_all()

    def wait_for(self, condition: Callable[[], bool], timeout: float = 10.0) -> bool:
        """Wait until `condition` holds, looking again at every event."""
        with self.told:
            return self.told.wait_for(condition, timeout)

    def spawn(self, name: str, job: Callable[[], None]) -> None:
        thread = threading.Thread(target=job, name=name)
        self.threads.append(thread)
        thread.start()

    def plan(self, queue: DownloadQueue, **choice) -> DownloadPlan:
        return queue.plan(DownloadRequest(MODEL, **choice))

    def download(self, queue: DownloadQueue | None = None, **choice) -> JobRecord:
        """Plan, start and wait for the end."""
        queue = queue or self.queue()
        job = queue.add(self.plan(queue, **choice))
        return queue.wait(job.id, CancelToken())

    @property
    def repo(self) -> Path:
        return layout.repo_folder(self.store, MODEL)

    @property
    def own(self) -> Path:
        return layout.own_folder(self.repo)

    def progress(self) -> list[JobProgress]:
        return [event for event in self.events if isinstance(event, JobProgress)]

    def content(self, job: JobRecord) -> dict[str, bytes]:
        """What a reader finds in the snapshot."""
        root = Path(job.path)
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def fake_hub() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        yield hub


@pytest.fixture
def rig(fake_hub: FakeHub, store: Path, database: Database, settings: Settings) -> Iterator[Rig]:
    token: list[str | None] = [None]
    client = Hub(fake_hub.url, lambda: token[0])
    made = Rig(
        fake_hub, client, store, database, settings, Inventory(settings, database), token=token
    )
    yield made
    for queue in made.queues:
        queue.close(Wanted.CANCEL)
    for thread in made.threads:
        thread.join(timeout=5)
    client.close()


def noise(size: int, seed: int = 1) -> bytes:
    """Bytes that do not repeat, so that a mix-up of places cannot go unnoticed."""
    import random  # noqa: PLC0415 - used here alone

    return random.Random(seed).randbytes(size)
