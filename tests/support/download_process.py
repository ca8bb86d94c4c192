"""A process of its own that downloads one model and tells on its pipe how it goes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any


class DownloadProcess:
    """A real process over the same database and store. `kill` is SIGKILL: it tidies nothing up."""

    def __init__(
        self, database: Path, store: Path, url: str, model_id: str, *, connections: int = 4
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(database), str(store), url, model_id, str(connections)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read what it tells until `condition` holds."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            if condition(told):
                return told
        assert self._process.stderr is not None
        raise AssertionError(f"it ended before: {self._process.stderr.read()}")

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=10)

    def __enter__(self) -> DownloadProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate(timeout=10)


def _serve(database_path: Path, store: Path, url: str, model_id: str, connections: int) -> None:
    import threading  # noqa: PLC0415 - all of these are for the other process only

    from modelshelf.core.cancel import CancelToken  # noqa: PLC0415
    from modelshelf.core.db.database import Database  # noqa: PLC0415
    from modelshelf.core.downloads.queue import DownloadQueue  # noqa: PLC0415
    from modelshelf.core.downloads.request import DownloadRequest  # noqa: PLC0415
    from modelshelf.core.events import Event, JobProgress  # noqa: PLC0415
    from modelshelf.core.hub.client import Hub  # noqa: PLC0415
    from modelshelf.core.jobs import Ledger, Wanted  # noqa: PLC0415
    from modelshelf.core.model import parse_model_id  # noqa: PLC0415
    from modelshelf.core.paths import AppPaths  # noqa: PLC0415
    from modelshelf.core.settings import Environment, Policy, Settings  # noqa: PLC0415
    from modelshelf.core.stores.inventory import Inventory  # noqa: PLC0415

    def say(**facts: object) -> None:
        print(json.dumps(facts), flush=True)  # noqa: T201 - the pipe is the answer

    def tell(event: Event) -> None:
        if isinstance(event, JobProgress):
            say(event="progress", done=event.bytes_done, total=event.bytes_total)

    def spawn(name: str, job: Callable[[], None]) -> None:
        threading.Thread(target=job, name=name).start()

    root = database_path.parent
    settings = Settings(
        AppPaths(root, root, root, root),
        Environment(hub_cache=store),
        {"network.connections": connections},
    )
    database = Database.open(database_path)
    inventory = Inventory(settings, database)
    hub = Hub(url, lambda: None)
    queue = DownloadQueue(Ledger(database), hub, settings, inventory, tell, spawn, Policy())
    job = queue.add(queue.plan(DownloadRequest(parse_model_id(model_id))))
    say(event="job", id=job.id)
    ended = queue.wait(job.id, CancelToken())
    say(
        event="end",
        state=ended.state,
        path=ended.path,
        fetched=ended.bytes_fetched,
        reused=ended.bytes_reused,
        error=ended.error.message if ended.error else None,
    )
    queue.close(Wanted.RUN)
    hub.close()
    database.close()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5]))
