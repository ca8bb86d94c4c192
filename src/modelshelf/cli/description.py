"""One model in words for a person: what it is, what is here of it, who uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelshelf.cli.findings import print_findings
from modelshelf.cli.layout import Column
from modelshelf.core.model import JobState, Status
from modelshelf.core.units import format_ago, format_bytes, format_count, utc_now

if TYPE_CHECKING:
    from modelshelf.cli.output import Output
    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.jobs import JobRecord
    from modelshelf.core.stores.installed import InstalledModel
    from modelshelf.core.usage.report import UsageReport

INTERRUPTED_JOB = "interrupted"


def state_word(job: JobRecord) -> str:
    """Return the state of a job; one that nobody works on any more was interrupted."""
    is_left = job.state in (JobState.QUEUED, JobState.RUNNING) and not job.is_held
    return INTERRUPTED_JOB if is_left else job.state.value


def status_word(entry: CatalogueEntry) -> str:
    """Return where a model stands; while a download is active, how far that is."""
    job = entry.job
    if job is None or not job.state.is_active:
        return entry.status.value
    share = f" {job.bytes_done * 100 // job.bytes_total} %" if job.bytes_total else ""
    return f"{state_word(job)}{share}"


def size_word(entry: CatalogueEntry) -> str:
    """Return what a model weighs on disk, or what it would weigh."""
    if entry.status is Status.AVAILABLE:
        return format_bytes(entry.size_bytes)
    return format_bytes(entry.installed_bytes or entry.partial_bytes)


def describe(
    output: Output, entry: CatalogueEntry, installed: InstalledModel | None, usage: UsageReport
) -> None:
    """Print everything `show` knows."""
    output.line(entry.id, bold=True)
    if entry.description:
        output.line(f"{entry.description}.".replace("..", "."))
    output.line()
    output.facts(_facts(entry, installed))
    for note in installed.damage if installed else ():
        output.warning(note.sentence)
    current = installed.current if installed else None
    if current is not None:
        output.line()
        output.table(
            (Column("File"), Column("Size", is_right=True)),
            [(f.path, "missing" if f.is_missing else format_bytes(f.size)) for f in current.files],
        )
    if usage.findings:
        output.line()
        print_findings(usage.findings, output.line)
    if entry.status is Status.AVAILABLE:
        output.message(f"Download it: modelshelf download {entry.id}")
    elif entry.status is Status.PARTIAL:
        output.message(f"Go on with the download: modelshelf download {entry.id}")


def _facts(entry: CatalogueEntry, installed: InstalledModel | None) -> list[tuple[str, str]]:
    about = "about " if entry.is_size_estimated else ""
    current = installed.current if installed else None
    others = [r for r in installed.revisions if r is not current] if installed else []
    return [
        ("Type", f"{entry.type.value}: {_lower(entry.type.purpose)}"),
        ("Family", entry.family),
        ("Parameters", format_count(entry.parameters) if entry.parameters else "unknown"),
        ("Dimensions", f"{entry.dimensions:,}" if entry.dimensions else ""),
        ("Context", f"{entry.context:,} tokens" if entry.context else ""),
        ("Licence", entry.licence or "unknown"),
        ("Access", "gated: accept the licence on the Hub first" if entry.gated else "open"),
        ("Status", status_word(entry)),
        ("Size", f"{about}{size_word(entry)}"),
        ("Revision", current.commit if current else ""),
        ("Others", ", ".join(f"{r.commit[:12]} ({format_bytes(r.size_bytes)})" for r in others)),
        ("Folder", str(entry.path) if entry.path else ""),
        ("Used by", ", ".join(entry.used_by) or "nobody"),
        ("Last used", format_ago(entry.last_used, utc_now()) if entry.last_used else ""),
    ]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
