"""The jobs table: who may work on which model, how far it is, and what others want of it."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from modelshelf.core.errors import BusyError, ErrorCode, ErrorInfo, InputError, NotFoundError
from modelshelf.core.jobs.record import JobRecord, Owner, Wanted
from modelshelf.core.model import JobKind, JobState, ModelId, printable, short_name
from modelshelf.core.units import utc_now

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from modelshelf.core.db.database import Database, Row

_ACTIVE = "('queued', 'running', 'paused')"
_MINE = "owner_host = ? AND owner_pid = ? AND owner_started = ?"


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to a claim: the job, and whether it is the caller's to run.

    `is_mine` is False when another living process runs the same operation: attach and watch.
    """

    job: JobRecord
    is_mine: bool


def why_unrecordable(store: Path) -> str:
    """Return why no job in `store` can be recorded, as a sentence; empty when one can be.

    A name on disk may be any bytes, a record is text, and a job that is finished after a crash
    must find its store by what was recorded.
    """
    try:
        str(store).encode()
    except UnicodeEncodeError:
        return f"The name of the store “{printable(str(store))}” is not valid Unicode."
    return ""


class Ledger:
    """Every method is one short transaction; callable from any thread and any process."""

    def __init__(self, database: Database, owner: Owner | None = None) -> None:
        self._database = database
        self.owner = owner or Owner.this_process()

    def claim(
        self, model_id: ModelId, kind: JobKind, *, request: str, store: Path, revision: str = ""
    ) -> Claim:
        """Become the one job on `model_id`, or learn which one is.

        A job of the same kind is returned: adopted, and queued again, when nobody living owns it;
        as it is when this process owns it already; to be watched when another process does. A new
        job starts `queued`.

        Raises:
            BusyError: when a job of the other kind holds the model; the message names it.
            InputError: when no job in that store can be recorded.
        """
        why_not = why_unrecordable(store)
        if why_not:
            raise InputError(why_not, hint="Rename the folder, or choose another store.")
        if kind is JobKind.DELETE:
            self._database.make_room()
        with self._database.transaction() as connection:
            found = connection.execute(
                f"SELECT * FROM jobs WHERE model_id = ? AND state IN {_ACTIVE}", (model_id,)
            ).fetchone()
            if found is None:
                job_id = secrets.token_hex(6)
                now = utc_now().isoformat()
                connection.execute(
                    """INSERT INTO jobs (id, model_id, kind, state, request, revision, store,
                           position, owner_host, owner_pid, owner_started, created, updated)
                       VALUES (?, ?, ?, 'queued', ?, ?, ?,
                           (SELECT coalesce(max(position), 0) + 1 FROM jobs), ?, ?, ?, ?, ?)""",
                    (job_id, model_id, kind, request, revision, str(store), *self._me(), now, now),
                )
                return Claim(self._read(connection, job_id), True)
            job = _record(found)
            if job.kind is not kind:
                raise _busy(job)
            if job.is_held:
                return Claim(job, job.owner == self.owner)
            self._take(connection, job.id)
            return Claim(self._read(connection, job.id), True)

    def adopt(self, job_id: str) -> JobRecord | None:
        """Become the owner of a job nobody living owns; None when somebody does, or it ended.

        A job this process owns already is returned as it is.
        """
        with self._database.transaction() as connection:
            job = self._read(connection, job_id)
            if not job.state.is_active:
                return None
            if job.is_held:
                return job if job.owner == self.owner else None
            self._take(connection, job_id)
            return self._read(connection, job_id)

    def release_orphans(self) -> list[JobRecord]:
        """Tell the truth about jobs whose owner died: a running one becomes what was wanted of it.

        That is `queued` again unless somebody had asked to pause or to cancel it. A deletion is
        always to be finished: half of it may be done.
        """
        with self._database.transaction() as connection:
            rows = connection.execute("SELECT * FROM jobs WHERE state = 'running'").fetchall()
            orphans = [job for job in map(_record, rows) if job.is_orphaned]
            for job in orphans:
                wish = Wanted.RUN if job.kind is JobKind.DELETE else job.wanted
                self._let_go(connection, job.id, wish.state)
            return [self._read(connection, job.id) for job in orphans]

    def want(self, job_id: str, wanted: Wanted) -> JobRecord:
        """Say what a job shall do. A job nobody runs obeys at once; a running one within 250 ms.

        A job that waited and is paused here has no owner any more: who wants it to run claims or
        adopts it.

        Raises:
            NotFoundError: when there is no such job.
        """
        with self._database.transaction() as connection:
            job = self._read(connection, job_id)
            if not job.state.is_active:
                return job
            connection.execute("UPDATE jobs SET wanted = ? WHERE id = ?", (wanted, job_id))
            runs = job.state is JobState.RUNNING and job.is_held
            if not runs and not (wanted is Wanted.RUN and job.state is JobState.QUEUED):
                self._let_go(connection, job_id, wanted.state)
            return self._read(connection, job_id)

    def start(self, job_id: str) -> Wanted:
        """Mark the job as running here, unless somebody wants otherwise by now; return the wish.

        `CANCEL` is also the answer for a job that has ended meanwhile.

        Raises:
            BusyError: when another living process took the job over.
        """
        with self._database.transaction() as connection:
            job = self._read(connection, job_id)
            if not job.state.is_active:
                return Wanted.CANCEL
            if job.wanted is not Wanted.RUN:
                return job.wanted
            if job.is_held and job.owner != self.owner:
                raise _busy(job)
            connection.execute(
                "UPDATE jobs SET state = 'running', error = NULL, owner_host = ?,"
                " owner_pid = ?, owner_started = ?, updated = ? WHERE id = ?",
                (*self._me(), utc_now().isoformat(), job_id),
            )
            return Wanted.RUN

    def progress(
        self, job_id: str, *, done: int, total: int, per_second: float, fetched: int, reused: int
    ) -> Wanted:
        """Record how far the job is (bytes) and learn what others want of it.

        To be called at least every few seconds, also when no byte moves: it is the heartbeat.
        `PAUSE` (stop, keep everything) is also the answer when the job is no longer this
        process's: it was taken for dead, and another one goes on.
        """
        with self._database.transaction() as connection:
            row = connection.execute(
                "UPDATE jobs SET bytes_done = ?, bytes_total = ?, bytes_per_second = ?,"
                " bytes_fetched = ?, bytes_reused = ?, updated = ?"
                f" WHERE id = ? AND state = 'running' AND {_MINE} RETURNING wanted",
                (
                    *(done, total, per_second, fetched, reused),
                    *(utc_now().isoformat(), job_id, *self._me()),
                ),
            ).fetchone()
        return Wanted(row["wanted"]) if row is not None else Wanted.PAUSE

    def wanted(self, job_id: str) -> Wanted:
        """What others want of the job right now."""
        return self.get(job_id).wanted

    def finish(
        self, job_id: str, state: JobState, *, error: ErrorInfo | None = None, path: str = ""
    ) -> JobRecord:
        """Enter `state` (paused, done, failed or cancelled) and let go of the job.

        Nothing changes when the job has ended already or another process owns it by now.
        """
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE jobs SET state = ?, error = ?, path = ?, bytes_per_second = 0,"
                " owner_host = NULL, owner_pid = NULL, owner_started = NULL, updated = ?"
                f" WHERE id = ? AND state IN {_ACTIVE} AND (owner_pid IS NULL OR {_MINE})",
                (state, _error_text(error), path, utc_now().isoformat(), job_id, *self._me()),
            )
            return self._read(connection, job_id)

    def move(self, job_id: str, position: int) -> None:
        """Put a waiting job at another place in the queue; smaller runs earlier."""
        self._database.write("UPDATE jobs SET position = ? WHERE id = ?", (position, job_id))

    def forget(self, job_id: str) -> None:
        """Remove an ended job from the history."""
        self._database.write(f"DELETE FROM jobs WHERE id = ? AND state NOT IN {_ACTIVE}", (job_id,))

    def get(self, job_id: str) -> JobRecord:
        """Return the job with this id.

        Raises:
            NotFoundError: when there is none.
        """
        row = self._database.row("SELECT * FROM jobs WHERE id = ?", (job_id,))
        if row is None:
            raise _unknown(job_id)
        return _record(row)

    def active(self) -> list[JobRecord]:
        """Jobs that hold a model, in queue order."""
        sql = f"SELECT * FROM jobs WHERE state IN {_ACTIVE} ORDER BY position"
        return [_record(row) for row in self._database.rows(sql)]

    def active_on(self, model_id: ModelId) -> JobRecord | None:
        """The job that holds `model_id`, if any."""
        row = self._database.row(
            f"SELECT * FROM jobs WHERE model_id = ? AND state IN {_ACTIVE}", (model_id,)
        )
        return _record(row) if row is not None else None

    def latest(self) -> dict[ModelId, JobRecord]:
        """The newest job of each model, ended or not: one query for a whole list."""
        # By order of entry, not by time: a clock that once ran ahead must not hide later jobs.
        rows = self._database.rows(
            "SELECT * FROM jobs WHERE rowid IN (SELECT max(rowid) FROM jobs GROUP BY model_id)"
        )
        return {job.model_id: job for job in map(_record, rows)}

    def history(self, limit: int = 200) -> list[JobRecord]:
        """Active jobs in queue order, then ended ones, newest first."""
        ended = self._database.rows(
            f"SELECT * FROM jobs WHERE state NOT IN {_ACTIVE} ORDER BY updated DESC LIMIT ?",
            (limit,),
        )
        return [*self.active(), *map(_record, ended)]

    def _me(self) -> tuple[str, int, float]:
        return (self.owner.host, self.owner.pid, self.owner.started)

    @staticmethod
    def _let_go(connection: sqlite3.Connection, job_id: str, state: JobState) -> None:
        connection.execute(
            "UPDATE jobs SET state = ?, bytes_per_second = 0, owner_host = NULL,"
            " owner_pid = NULL, owner_started = NULL, updated = ? WHERE id = ?",
            (state, utc_now().isoformat(), job_id),
        )

    def _take(self, connection: sqlite3.Connection, job_id: str) -> None:
        connection.execute(
            "UPDATE jobs SET state = 'queued', wanted = 'run', owner_host = ?, owner_pid = ?,"
            " owner_started = ?, updated = ? WHERE id = ?",
            (*self._me(), utc_now().isoformat(), job_id),
        )

    @staticmethod
    def _read(connection: sqlite3.Connection, job_id: str) -> JobRecord:
        row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
        if row is None:
            raise _unknown(job_id)
        return _record(row)


def _busy(job: JobRecord) -> BusyError:
    doing = {JobKind.DOWNLOAD: "being downloaded", JobKind.DELETE: "being deleted"}[job.kind]
    return BusyError(
        f"{short_name(job.model_id)} is {doing} (job {job.id}, {job.state}).",
        hint="Wait for that job, or cancel it first.",
    )


def _unknown(job_id: str) -> NotFoundError:
    return NotFoundError(
        f"There is no job “{job_id}”.", hint="`modelshelf downloads list` shows all."
    )


def _error_text(error: ErrorInfo | None) -> str | None:
    return json.dumps({**error.as_json(), "details": error.details}) if error else None


def _error(text: str | None) -> ErrorInfo | None:
    if not text:
        return None
    tree: dict[str, Any] = json.loads(text)
    return ErrorInfo(ErrorCode(tree["code"]), tree["message"], tree["hint"], tree["details"])


def _record(row: Row) -> JobRecord:
    owner = None
    if row["owner_pid"] is not None:
        owner = Owner(row["owner_host"], row["owner_pid"], row["owner_started"])
    return JobRecord(
        id=row["id"],
        model_id=ModelId(row["model_id"]),
        kind=JobKind(row["kind"]),
        state=JobState(row["state"]),
        wanted=Wanted(row["wanted"]),
        request=row["request"],
        revision=row["revision"],
        store=row["store"],
        position=row["position"],
        bytes_done=row["bytes_done"],
        bytes_total=row["bytes_total"],
        bytes_per_second=row["bytes_per_second"],
        bytes_fetched=row["bytes_fetched"],
        bytes_reused=row["bytes_reused"],
        path=row["path"],
        error=_error(row["error"]),
        owner=owner,
        created=datetime.fromisoformat(row["created"]),
        updated=datetime.fromisoformat(row["updated"]),
    )
