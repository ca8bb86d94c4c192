"""A download as it happens: JSON events for scripts, one moving line for a person."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
)

from modelshelf.core.events import Event, FileDone, JobProgress
from modelshelf.core.model import JobState, short_name
from modelshelf.core.units import format_bytes, format_duration, format_speed

if TYPE_CHECKING:
    from collections.abc import Generator

    from modelshelf.cli.output import Output
    from modelshelf.cli.session import Session
    from modelshelf.core.jobs import JobRecord


@contextmanager
def shown(session: Session, job: JobRecord) -> Generator[None]:
    """Show the progress of `job` while the with-block waits for it."""
    if session.output.as_json:
        with session.listening(lambda event: _print_event(session.output, job.id, event)):
            yield
        return
    if session.output.quiet:
        yield
        return
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[pace]}"),
        console=session.output.console,
    )
    with progress:
        task = progress.add_task(short_name(job.model_id), total=job.bytes_total or None, pace="")

        def follow(event: Event) -> None:
            if isinstance(event, JobProgress) and event.job_id == job.id:
                progress.update(
                    task,
                    completed=event.bytes_done,
                    total=event.bytes_total,
                    pace=_pace(event),
                )

        with session.listening(follow):
            yield


def _pace(event: JobProgress) -> str:
    if event.bytes_done >= event.bytes_total:
        return ""
    left = format_duration(event.eta_seconds)
    return f"{format_speed(event.bytes_per_second)}{f', {left} left' if left else ''}"


def _print_event(output: Output, job_id: str, event: Event) -> None:
    if isinstance(event, JobProgress) and event.job_id == job_id:
        output.event(
            {
                "event": "progress",
                "bytes_done": event.bytes_done,
                "bytes_total": event.bytes_total,
                "bytes_per_second": round(event.bytes_per_second),
                "eta_seconds": None if event.eta_seconds is None else round(event.eta_seconds, 1),
            }
        )
    elif isinstance(event, FileDone) and event.job_id == job_id:
        output.event({"event": "file", "path": event.path, "size": event.size})


def announce_end(output: Output, job: JobRecord) -> None:
    """Print how the job ended; the last event with --json."""
    if output.as_json:
        output.event(_last_event(job))
    elif job.state is JobState.DONE:
        output.line(job.path)
        output.message(
            f"{short_name(job.model_id)} is installed: {format_bytes(job.bytes_fetched)} fetched, "
            f"{format_bytes(job.bytes_reused)} were here already."
        )
    elif job.state is JobState.FAILED and job.error:
        output.failure(job.error)
    else:
        output.message(
            f"The download of {short_name(job.model_id)} is {job.state.value}. "
            f"{format_bytes(job.bytes_done)} are kept; the next download goes on from there."
        )


def _last_event(job: JobRecord) -> dict[str, object]:
    match job.state:
        case JobState.DONE:
            return {
                "event": "done",
                "model_id": job.model_id,
                "path": job.path,
                "revision": job.revision,
                "bytes_fetched": job.bytes_fetched,
                "bytes_reused": job.bytes_reused,
            }
        case JobState.FAILED:
            return {"event": "failed", "error": job.error.as_json() if job.error else None}
        case _:
            return {
                "event": "cancelled",
                "state": job.state.value,
                "bytes_done": job.bytes_done,
                "bytes_total": job.bytes_total,
            }
