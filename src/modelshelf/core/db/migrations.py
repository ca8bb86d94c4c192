"""The schema, one numbered step after the other. A step that shipped is never edited again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

MIGRATIONS: list[Callable[[sqlite3.Connection], None]] = []


def _migration(step: Callable[[sqlite3.Connection], None]) -> Callable[[sqlite3.Connection], None]:
    MIGRATIONS.append(step)
    return step


@_migration
def m001_first_tables(connection: sqlite3.Connection) -> None:
    """Everything the first release keeps. Times are ISO 8601 in UTC, sizes bytes."""
    for statement in (
        """CREATE TABLE collections (
            name TEXT PRIMARY KEY,
            description TEXT NOT NULL DEFAULT '',
            created TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE collection_models (
            collection TEXT NOT NULL REFERENCES collections(name)
                ON DELETE CASCADE ON UPDATE CASCADE,
            model_id TEXT NOT NULL,
            role TEXT NOT NULL,
            added TEXT NOT NULL,
            PRIMARY KEY (collection, model_id, role)
        ) STRICT""",
        "CREATE INDEX collection_models_by_model ON collection_models(model_id)",
        "CREATE TABLE preferences (role TEXT PRIMARY KEY, model_id TEXT NOT NULL) STRICT",
        """CREATE TABLE llm_tiers (
            tier TEXT PRIMARY KEY,
            model_id TEXT,
            position INTEGER NOT NULL DEFAULT 0
        ) STRICT""",
        """CREATE TABLE custom_models (
            model_id TEXT PRIMARY KEY,
            type TEXT NOT NULL,
            config TEXT NOT NULL,
            added TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE model_notes (
            model_id TEXT PRIMARY KEY,
            favourite INTEGER NOT NULL DEFAULT 0,
            tags TEXT NOT NULL DEFAULT '[]',
            note TEXT NOT NULL DEFAULT '',
            pinned_revision TEXT
        ) STRICT""",
        """CREATE TABLE usage_events (
            id INTEGER PRIMARY KEY,
            model_id TEXT NOT NULL,
            what TEXT NOT NULL,
            moment TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX usage_events_by_model ON usage_events(model_id, moment)",
        """CREATE TABLE jobs (
            id TEXT PRIMARY KEY,
            model_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            wanted TEXT NOT NULL DEFAULT 'run',
            request TEXT NOT NULL,
            revision TEXT NOT NULL DEFAULT '',
            store TEXT NOT NULL DEFAULT '',
            position INTEGER NOT NULL,
            bytes_done INTEGER NOT NULL DEFAULT 0,
            bytes_total INTEGER NOT NULL DEFAULT 0,
            bytes_per_second REAL NOT NULL DEFAULT 0,
            bytes_fetched INTEGER NOT NULL DEFAULT 0,
            bytes_reused INTEGER NOT NULL DEFAULT 0,
            path TEXT NOT NULL DEFAULT '',
            error TEXT,
            owner_host TEXT,
            owner_pid INTEGER,
            owner_started REAL,
            created TEXT NOT NULL,
            updated TEXT NOT NULL
        ) STRICT""",
        # The lease: at most one active job per model, whoever asks, in whichever process.
        """CREATE UNIQUE INDEX jobs_one_active ON jobs(model_id)
            WHERE state IN ('queued', 'running', 'paused')""",
        """CREATE TABLE download_parts (
            path TEXT PRIMARY KEY,
            model_id TEXT NOT NULL,
            store TEXT NOT NULL,
            size INTEGER NOT NULL,
            bytes_here INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE inventory (
            store TEXT NOT NULL,
            part INTEGER NOT NULL,
            checksum INTEGER NOT NULL,
            facts TEXT NOT NULL,
            files BLOB NOT NULL,
            PRIMARY KEY (store, part)
        ) STRICT""",
    ):
        connection.execute(statement)
