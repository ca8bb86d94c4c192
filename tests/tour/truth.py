"""What is true, by the disk and the database and not by what the window says."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from modelshelf.core.model import ModelId
from modelshelf.core.stores.layout import (
    PART_SUFFIX,
    own_folder,
    ref_path,
    repo_folder,
    snapshot_path,
)
from modelshelf.sample.model import SampleModel
from tests.support.caches import names_below


class Truth:
    """Looks at one store and one database, each time anew."""

    def __init__(self, store: Path, database: Path) -> None:
        self.store = store
        self.database = database

    def names(self) -> set[str]:
        """Every name in the store."""
        return names_below(self.store)

    def file_bytes(self) -> int:
        """What all files of the store take on the disk, each inode once."""
        blocks: dict[tuple[int, int], int] = {}
        for parent, _, files in os.walk(self.store):
            for name in files:
                status = os.lstat(os.path.join(parent, name))
                blocks[status.st_dev, status.st_ino] = status.st_blocks * 512
        return sum(blocks.values())

    def unfinished_bytes(self, model_id: str) -> int:
        """What unfinished files of a model take on the disk."""
        folder = own_folder(repo_folder(self.store, ModelId(model_id)))
        return sum(part.stat().st_blocks * 512 for part in folder.glob(f"*{PART_SUFFIX}"))

    def commit(self, model_id: str) -> str:
        """The commit that `main` stands for; empty where the model is not whole."""
        ref = ref_path(repo_folder(self.store, ModelId(model_id)), "main")
        return ref.read_text() if ref.exists() else ""

    def snapshot(self, model_id: str) -> Path:
        """The folder with the model's files."""
        return snapshot_path(repo_folder(self.store, ModelId(model_id)), self.commit(model_id))

    def wrong_files(self, model: SampleModel) -> list[str]:
        """The files that are not byte for byte what the hub has; other weight formats aside."""
        folder = self.snapshot(model.model_id)
        return [
            file.path
            for file in model.head.files
            if not file.path.endswith(".bin")
            and not (
                (folder / file.path).is_file() and (folder / file.path).read_bytes() == file.read()
            )
        ]

    def jobs(self, model_id: str) -> list[dict[str, Any]]:
        """The jobs of a model, newest first."""
        return self._rows("SELECT * FROM jobs WHERE model_id = ? ORDER BY rowid DESC", model_id)

    def job(self, model_id: str) -> dict[str, Any]:
        """The newest job of a model."""
        jobs = self.jobs(model_id)
        assert jobs, f"the database has no job on {model_id}"
        return jobs[0]

    def collections(self) -> dict[str, set[tuple[str, str]]]:
        """Every collection with its models and their roles."""
        found: dict[str, set[tuple[str, str]]] = {
            row["name"]: set() for row in self._rows("SELECT name FROM collections")
        }
        for row in self._rows("SELECT collection, model_id, role FROM collection_models"):
            found[row["collection"]].add((row["model_id"], row["role"]))
        return found

    def _rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        uri = f"{self.database.as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=5)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]
