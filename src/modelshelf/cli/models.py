"""`list`, `show`, `status` and `path`: what there is and where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelshelf.cli.session import Session, command, print_json_or
from modelshelf.core.catalogue.query import Query, select
from modelshelf.core.downloads.selection import variants_of
from modelshelf.core.errors import NotFoundError
from modelshelf.core.model import ModelType, Status, short_name
from modelshelf.core.units import format_ago, format_bytes, format_count, utc_now

if TYPE_CHECKING:
    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.stores.hf_cache import InstalledModel, InstalledRevision

STATUSES = ("all", "installed", "available", "partial", "damaged")


@click.command(name="list")
@click.option(
    "--type", "type_", type=click.Choice([t.value for t in ModelType]), help="Only this type."
)
@click.option("--status", type=click.Choice(STATUSES), default="all", help="Only these.")
@click.option("--search", default="", help="Words to look for in names, families and more.")
@command
def list_models(session: Session, type_: str | None, status: str, search: str) -> None:
    """List the models of the registry, your own, and what else is on disk."""
    query = Query(
        text=search,
        type=ModelType(type_) if type_ else None,
        status=None if status == "all" else Status(status),
    )
    with session.shelf() as shelf:
        entries = select(shelf.catalogue.entries(), query)
        sizes = shelf.catalogue.sizes()
    tree = {"models": [entry.as_json() for entry in entries], "cache": sizes.as_json()}

    def human() -> None:
        session.output.table(
            ("Model", "Type", "Status", "Size", "Used by"),
            [(e.id, e.type.value, _status(e), _size(e), ", ".join(e.used_by)) for e in entries],
            right=frozenset({"Size"}),
        )
        session.output.message(
            f"{format_bytes(sizes.managed_bytes)} by registry models, "
            f"{format_bytes(sizes.unmanaged_bytes)} by other downloads"
        )

    print_json_or(session.output, tree, human)


@click.command()
@click.argument("model")
@command
def show(session: Session, model: str) -> None:
    """Show one model: facts, files, revision and who uses it."""
    with session.shelf() as shelf:
        entry = shelf.catalogue.get(shelf.catalogue.resolve(model))
        installed = shelf.inventory.find(entry.id)
        tree = {**entry.as_json(), **_installation(installed), "variants": _variants(installed)}
        tree["usage"] = shelf.usage.report(entry.id).as_json()

    def human() -> None:
        _describe(session, entry, installed)

    print_json_or(session.output, tree, human)


@click.command()
@command
def status(session: Session) -> None:
    """Say how many models there are, which stores are searched and what is downloaded."""
    with session.shelf() as shelf:
        entries = shelf.catalogue.entries()
        stores = shelf.inventory.current.stores
        sizes = shelf.catalogue.sizes()
    downloaded = [e.id for e in entries if e.status is Status.INSTALLED]
    message = (
        f"{len(downloaded)} models are installed ({format_bytes(sizes.total_bytes)}); "
        f"{sum(e.managed for e in entries)} are known."
    )
    tree: dict[str, object] = {
        "models_available": sum(e.managed for e in entries),
        "stores": [
            {"path": str(s.path), "exists": s.exists, "writable": s.writable} for s in stores
        ],
        "downloaded_models": downloaded,
        "message": message,
    }

    def human() -> None:
        session.output.line(message)
        for store in stores:
            state = "writable" if store.writable else "read-only"
            session.output.line(f"{store.path}  {state if store.exists else 'not there yet'}")
        for model in downloaded:
            session.output.line(f"  {model}")

    print_json_or(session.output, tree, human)


@click.command()
@click.argument("model")
@click.option("--revision", help="A branch, tag or commit; else the current one.")
@command
def path(session: Session, model: str, revision: str | None) -> None:
    """Print the folder of an installed model, for scripts: MODEL=$(modelshelf path ID)."""
    with session.shelf() as shelf:
        model_id = shelf.catalogue.resolve(model, allow_unknown=True)
        folder = _snapshot_folder(shelf.inventory.find(model_id), revision)
    if folder is None:
        raise NotFoundError(
            f"{short_name(model_id)} is not installed"
            + (f" in the revision {revision}." if revision else "."),
            hint=f"Download it: modelshelf download {model_id}",
        )
    print_json_or(session.output, {"path": folder}, lambda: session.output.line(folder))


def _snapshot_folder(installed: InstalledModel | None, revision: str | None) -> str | None:
    if installed is None:
        return None
    if revision is None:
        current = installed.current
        usable = current is not None and current.is_complete
        return str(installed.path) if usable and installed.path else None
    for candidate in installed.revisions:
        if candidate.is_complete and (candidate.commit == revision or revision in candidate.refs):
            return str(installed.folder / "snapshots" / candidate.commit)
    return None


def _installation(installed: InstalledModel | None) -> dict[str, object]:
    current = installed.current if installed else None
    return {
        "revision": current.commit if current else None,
        "files": _files(current),
        "revisions": [
            {
                "commit": revision.commit,
                "refs": list(revision.refs),
                "size_bytes": revision.size_bytes,
                "is_complete": revision.is_complete,
            }
            for revision in (installed.revisions if installed else ())
        ],
        "damage": [note.sentence for note in installed.damage] if installed else [],
    }


def _files(revision: InstalledRevision | None) -> list[dict[str, object]]:
    return [
        {"path": f.path, "size": f.size, "is_missing": f.is_missing}
        for f in (revision.files if revision else ())
    ]


def _variants(installed: InstalledModel | None) -> list[dict[str, object]]:
    """The variants on disk; those of the Hub are told by `download --dry-run`."""
    current = installed.current if installed else None
    sizes = {file.path: file.size for file in current.files} if current else {}
    return [
        {"name": v.name, "size_bytes": v.size_bytes, "files": list(v.files)}
        for v in variants_of(sizes)
    ]


def _status(entry: CatalogueEntry) -> str:
    if entry.job is not None and entry.job.state.is_active:
        total = entry.job.bytes_total
        share = f" {entry.job.bytes_done * 100 // total} %" if total else ""
        return f"{entry.job.state.value}{share}"
    return entry.status.value


def _size(entry: CatalogueEntry) -> str:
    if entry.status is Status.AVAILABLE:
        return format_bytes(entry.size_bytes)
    return format_bytes(entry.installed_bytes or entry.partial_bytes)


def _describe(session: Session, entry: CatalogueEntry, installed: InstalledModel | None) -> None:
    facts = [
        ("Model", entry.id),
        ("Type", f"{entry.type.value}: {entry.type.purpose}"),
        ("Family", entry.family),
        ("Description", entry.description),
        ("Parameters", format_count(entry.parameters) if entry.parameters else "unknown"),
        ("Dimensions", f"{entry.dimensions:,}" if entry.dimensions else ""),
        ("Context", f"{entry.context:,} tokens" if entry.context else ""),
        ("Licence", entry.licence or "unknown"),
        ("Access", "gated: accept the licence on the Hub first" if entry.gated else "open"),
        ("Status", _status(entry)),
        ("Size", _size(entry)),
        ("Folder", str(entry.path) if entry.path else ""),
        ("Used by", ", ".join(entry.used_by) or "nobody"),
        ("Last used", format_ago(entry.last_used, utc_now()) if entry.last_used else ""),
    ]
    for label, value in facts:
        if value:
            session.output.line(f"{label + ':':<13} {value}")
    for note in installed.damage if installed else ():
        session.output.warning(note.sentence)
    current = installed.current if installed else None
    if current is not None:
        session.output.line(f"{'Revision:':<13} {current.commit}")
        session.output.table(
            ("File", "Size"),
            [(f.path, format_bytes(f.size)) for f in current.files],
            right=frozenset({"Size"}),
        )
