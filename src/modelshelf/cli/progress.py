"""A download as it happens: JSON events for scripts, one moving line for a person."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelshelf.cli.layout import GAP, clipped, display_width
from modelshelf.core.events import Event, FileDone, JobProgress
from modelshelf.core.model import JobState, short_name
from modelshelf.core.units import format_bytes, format_duration, format_speed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from modelshelf.cli.output import Output
    from modelshelf.cli.session import Session
    from modelshelf.core.cancel import CancelToken
    from modelshelf.core.jobs import JobRecord

_BAR = range(8, 31)
_SHORTEST_NAME = 16


@contextmanager
def shown(session: Session, job: JobRecord, cancel: CancelToken) -> Generator[None]:
    """Show the progress of `job` while the with-block waits for it.

    When nobody reads the output any more, `cancel` is set and what happened is raised at the end.
    """
    output = session.output
    failures: list[Exception] = []

    def follow(event: Event) -> None:
        try:
            show(event)
        except Exception as error:  # the core that tells must not fail by who listens
            failures.append(error)
            cancel.cancel()

    show = _events(output, job) if output.as_json else _line(output, job)
    try:
        with session.listening(follow):
            yield
    finally:
        if failures:
            raise failures[0]
        output.status("")


def announce_end(output: Output, job: JobRecord) -> None:
    """Print how the job ended; the last event with --json."""
    if output.as_json:
        output.event(_last_event(job))
    elif job.state is JobState.DONE:
        output.path(job.path)
        output.message(_done_sentence(job))
    elif job.state is JobState.FAILED and job.error:
        output.failure(job.error)
    elif job.state in (JobState.RUNNING, JobState.QUEUED):
        output.message(f"The download of {short_name(job.model_id)} goes on elsewhere.")
    else:
        stopped = "paused" if job.state is JobState.PAUSED else "stopped"
        output.message(
            f"The download of {short_name(job.model_id)} is {stopped}. "
            f"{format_bytes(job.bytes_done)} are kept; the next download goes on from there."
        )


def progress_line(event: JobProgress, width: int, name: str = "") -> str:
    """Return how far a download is in at most `width` cells; what matters least goes first."""
    name = name or short_name(event.model_id)
    if not event.bytes_total:
        return clipped(f"{name}  starting", width)
    total = format_bytes(event.bytes_total)
    left = format_duration(event.eta_seconds)
    is_moving = event.bytes_done < event.bytes_total
    figures = [
        f"{event.bytes_done * 100 // event.bytes_total:>3} %",
        f"{format_bytes(event.bytes_done):>{len(total)}} of {total}",
        _pace(event) if is_moving else "checking the files",
        f"{left} left" if left and is_moving else "",
    ]
    figures = [figure for figure in figures if figure]
    while len(figures) > 1 and _SHORTEST_NAME + GAP + _width(figures) > width:
        figures.pop()
    room = width - _width(figures) - GAP
    bar = room - GAP - display_width(name)
    if bar not in _BAR and room - GAP - _BAR.start >= _SHORTEST_NAME:
        bar = max(_BAR.start, min(bar, _BAR.stop - 1))
        name = clipped(name, room - GAP - bar)
    if bar >= _BAR.start:
        full = bar * event.bytes_done // event.bytes_total
        figures.insert(0, "━" * full + "─" * (bar - full))
    return (" " * GAP).join([clipped(name, max(0, room)), *figures])


def _pace(event: JobProgress) -> str:
    return f"{format_speed(event.bytes_per_second):>9}" if event.bytes_per_second >= 1 else ""


def _width(parts: list[str]) -> int:
    return sum(map(display_width, parts)) + GAP * (len(parts) - 1)


def _line(output: Output, job: JobRecord) -> Callable[[Event], None]:
    def show(event: Event) -> None:
        if isinstance(event, JobProgress) and event.job_id == job.id:
            output.status(progress_line(event, (output.message_width or 80) - 3))

    return show


def _events(output: Output, job: JobRecord) -> Callable[[Event], None]:
    def show(event: Event) -> None:
        if isinstance(event, JobProgress) and event.job_id == job.id:
            output.event(
                {
                    "event": "progress",
                    "bytes_done": event.bytes_done,
                    "bytes_total": event.bytes_total,
                    "bytes_per_second": round(event.bytes_per_second),
                    "eta_seconds": None
                    if event.eta_seconds is None
                    else round(event.eta_seconds, 1),
                }
            )
        elif isinstance(event, FileDone) and event.job_id == job.id:
            output.event({"event": "file", "path": event.path, "size": event.size})

    return show


def _done_sentence(job: JobRecord) -> str:
    name = short_name(job.model_id)
    if not job.bytes_fetched:
        return f"{name} is installed; everything was here already."
    reused = f", {format_bytes(job.bytes_reused)} were here already" if job.bytes_reused else ""
    return f"{name} is installed: {format_bytes(job.bytes_fetched)} fetched{reused}."


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
