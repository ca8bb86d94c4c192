"""`list`, `show`, `status` and `path`: what there is and where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelshelf.cli.description import describe, size_word, status_word
from modelshelf.cli.layout import Column
from modelshelf.cli.session import Session, command
from modelshelf.core.catalogue.query import Query, select
from modelshelf.core.downloads.selection import variants_of
from modelshelf.core.errors import NotFoundError
from modelshelf.core.model import ModelType, Status, printable, short_name
from modelshelf.core.units import format_bytes

if TYPE_CHECKING:
    from modelshelf.core.catalogue.catalogue import CacheSizes
    from modelshelf.core.stores.installed import InstalledModel, InstalledRevision, StoreScan

STATUSES = ("all", "installed", "available", "partial", "damaged")


@click.command(name="list")
@click.option(
    "--type", "type_", type=click.Choice([t.value for t in ModelType]), help="Only this type."
)
@click.option("--status", type=click.Choice(STATUSES), default="all", help="Only these.")
@click.option("--search", default="", help="Words to look for in names, families and more.")
@command
def list_models(session: Session, type_: str | None, status: str, search: str) -> None:
    """List the registry, your own models, and all on disk."""
    query = Query(
        text=search,
        type=ModelType(type_) if type_ else None,
        status=None if status == "all" else Status(status),
    )
    with session.shelf(tell_oddities=True) as shelf:
        entries = select(shelf.catalogue.entries(), query)
        sizes = shelf.catalogue.sizes()
    tree = {"models": [entry.as_json() for entry in entries], "cache": sizes.as_json()}

    def human() -> None:
        session.output.table(
            (
                Column("Model", spills=True),
                Column("Type", leaves=2),
                Column("Status"),
                Column("Size", is_right=True),
                Column("Used by", shrinks=True, leaves=1),
            ),
            [
                (e.id, e.type.value, status_word(e), size_word(e), ", ".join(e.used_by))
                for e in entries
            ],
        )
        if not entries:
            session.output.message("No model matches. `modelshelf list` shows all.")
        session.output.message(_disk_sentence(sizes), dim=True)

    session.show(tree, human)


@click.command()
@click.argument("model")
@command
def show(session: Session, model: str) -> None:
    """Show one model: facts, files, revisions, who uses it."""
    with session.shelf() as shelf:
        entry = shelf.catalogue.get(shelf.catalogue.resolve(model))
        installed = shelf.inventory.find(entry.id)
        report = shelf.usage.report(entry.id)
    tree = {
        **entry.as_json(),
        **_installation(installed),
        "variants": _variants(installed),
        "usage": report.as_json(),
    }

    def human() -> None:
        describe(session.output, entry, installed, report)

    session.show(tree, human)


@click.command()
@command
def status(session: Session) -> None:
    """Say which stores are searched and what is downloaded."""
    with session.shelf(tell_oddities=True) as shelf:
        entries = shelf.catalogue.entries()
        stores = shelf.inventory.current.stores
        sizes = shelf.catalogue.sizes()
    downloaded = [e for e in entries if e.status is Status.INSTALLED]
    known = sum(e.managed for e in entries)
    count = "1 model is" if len(downloaded) == 1 else f"{len(downloaded)} models are"
    message = f"{count} installed ({format_bytes(sizes.total_bytes)}); {known} are known."
    tree: dict[str, object] = {
        "models_available": known,
        "stores": [
            {"path": str(s.path), "exists": s.exists, "writable": s.writable} for s in stores
        ],
        "downloaded_models": [e.id for e in downloaded],
        "message": message,
    }

    def human() -> None:
        output = session.output
        output.line(message)
        output.table(
            (Column("Store"), Column("State")),
            [(str(s.path), _store_state(s, is_first=s is stores[0])) for s in stores],
        )
        output.table(
            (Column("Model"), Column("Size", is_right=True)),
            [(entry.id, size_word(entry)) for entry in downloaded],
        )
        if not downloaded:
            output.message("Download one: modelshelf download bge-small")

    session.show(tree, human)


@click.command()
@click.argument("model")
@click.option("--revision", help="A branch, tag or commit; else the current one.")
@command
def path(session: Session, model: str, revision: str | None) -> None:
    """Print the folder of an installed model.

    Made for scripts: MODEL=$(modelshelf path ID)
    """
    with session.shelf() as shelf:
        model_id = shelf.catalogue.resolve(model)
        folder = _snapshot_folder(shelf.inventory.find(model_id), revision)
    if folder is None:
        raise NotFoundError(
            f"{short_name(model_id)} is not installed"
            + (f" in the revision {printable(revision, 80)}." if revision else "."),
            hint=f"Download it: modelshelf download {model_id}",
        )
    session.show({"path": folder}, lambda: session.output.path(folder))


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


def _disk_sentence(sizes: CacheSizes) -> str:
    count = sizes.unmanaged_repos
    others = "1 other download" if count == 1 else f"{count or ''} other downloads".strip()
    return (
        f"{format_bytes(sizes.managed_bytes)} by registry models, "
        f"{format_bytes(sizes.unmanaged_bytes)} by {others}"
    )


def _store_state(store: StoreScan, *, is_first: bool) -> str:
    if not store.writable:
        return "read-only" if store.exists else "cannot be used"
    state = "writable" if store.exists else "not there yet"
    return f"{state}, takes downloads" if is_first else state
