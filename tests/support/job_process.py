"""Another process over the same database, driven line by line through its pipes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any


class JobProcess:
    """A real process with a ledger of its own. `kill` is SIGKILL: it tidies nothing up."""

    def __init__(self, database: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(database)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.pid = self._process.pid

    def send(self, method: str, *arguments: Any, **named: Any) -> None:
        """Call a method of the ledger there, without waiting for the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([method, arguments, named]) + "\n")

    def answer(self) -> Any:
        """The answer to the oldest call that is still open."""
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def call(self, method: str, *arguments: Any, **named: Any) -> Any:
        self.send(method, *arguments, **named)
        return self.answer()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(timeout=10)

    def __enter__(self) -> JobProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate(timeout=10)


def _serve(database: Path) -> None:
    from modelshelf.core.db.database import Database  # noqa: PLC0415 - only in the other process
    from modelshelf.core.errors import ModelshelfError  # noqa: PLC0415
    from modelshelf.core.jobs import Claim, Ledger, Wanted  # noqa: PLC0415
    from modelshelf.core.model import JobKind, JobState, ModelId  # noqa: PLC0415

    opened = Database.open(database)
    ledger = Ledger(opened)

    def claim(model_id: str, kind: str) -> Claim:
        return ledger.claim(ModelId(model_id), JobKind(kind), request="{}", store=Path("/store"))

    calls: dict[str, Any] = {
        "claim": claim,
        "start": ledger.start,
        "want": lambda job, wish: ledger.want(job, Wanted(wish)),
        "finish": lambda job, state: ledger.finish(job, JobState(state)),
        "progress": ledger.progress,
        "adopt": ledger.adopt,
    }
    for line in sys.stdin:
        method, arguments, named = json.loads(line)
        try:
            found = calls[method](*arguments, **named)
            match found:
                case Claim(job, is_mine):
                    answer = {"job": job.id, "mine": is_mine, "state": job.state}
                case Wanted():
                    answer = found.value
                case None:
                    answer = None
                case job:
                    answer = {"job": job.id, "state": job.state}
        except ModelshelfError as error:
            answer = {"error": error.code, "message": error.message}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    opened.close()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
