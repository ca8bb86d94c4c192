"""An entry as lists and scripts see it."""

from datetime import UTC, datetime
from pathlib import Path

from modelshelf.core.catalogue.entry import CacheSizes, CatalogueEntry, Source
from modelshelf.core.db.database import Database
from modelshelf.core.jobs import Ledger
from modelshelf.core.model import JobKind, ModelId, ModelType, Status


def test_json_holds_what_scripts_rely_on(database: Database, tmp_path: Path):
    job = (
        Ledger(database)
        .claim(ModelId("acme/tiny"), JobKind.DOWNLOAD, request="{}", store=tmp_path)
        .job
    )
    entry = CatalogueEntry(
        id=ModelId("acme/tiny"),
        name="Tiny",
        owner="acme",
        type=ModelType.EMBEDDING,
        managed=True,
        source=Source.CUSTOM,
        status=Status.PARTIAL,
        size_bytes=12,
        installed_bytes=5,
        store=tmp_path,
        path=tmp_path / "snapshot",
        used_by=("thesis-rag",),
        last_used=datetime(2026, 11, 1, tzinfo=UTC),
        job=job,
    )
    tree = entry.as_json()
    assert tree["id"] == "acme/tiny"
    assert (tree["type"], tree["status"]) == ("embedding", "partial")
    assert (tree["size_bytes"], tree["installed_bytes"]) == (12, 5)
    assert (tree["store"], tree["path"]) == (str(tmp_path), str(tmp_path / "snapshot"))
    assert tree["used_by"] == ["thesis-rag"]
    assert tree["gated"] is False
    assert tree["managed"] is True
    assert tree["last_used"] == "2026-11-01T00:00:00+00:00"
    assert tree["job"] == {"id": job.id, "state": "queued", "bytes_done": 0, "bytes_total": 0}


def test_json_says_null_for_what_is_unknown():
    entry = CatalogueEntry(ModelId("gpt2"), "gpt2", "", ModelType.LLM, False, Source.DISK)
    tree = entry.as_json()
    assert [tree[key] for key in ("size_bytes", "store", "path", "job", "licence")] == [None] * 5


def test_cache_sizes_as_scripts_read_them():
    assert CacheSizes(5, 3, 2, 1).as_json() == {
        "total_bytes": 5,
        "managed_bytes": 3,
        "unmanaged_bytes": 2,
        "unmanaged_repos": 1,
    }
