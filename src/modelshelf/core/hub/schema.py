"""What the Hub says, as facts of ours. The one place that knows the Hub's field names.

A field that is missing or of an odd type becomes None; only what names bytes on disk is strict:
ids, commits, hashes and file names are checked or the answer is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from modelshelf.core.model import ModelId

_SHA1 = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_TEXT = 512
_MOST_TAGS = 1000


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a repo at a commit. `path` may become a path below a folder of ours."""

    path: str
    size: int
    git_sha1: str
    sha256: str | None
    xet_hash: str | None

    @property
    def blob_name(self) -> str:
        """The name of its blob in a Hugging Face cache, which is the hash it must have."""
        return self.sha256 or self.git_sha1


@dataclass(frozen=True, slots=True)
class RepoInfo:
    """A model as the Hub describes it at one commit; what it does not say is None."""

    model_id: ModelId
    commit: str
    gated: bool
    private: bool
    licence: str | None
    pipeline_tag: str | None
    library: str | None
    tags: tuple[str, ...]
    downloads: int | None
    likes: int | None
    last_modified: datetime | None
    parameters: int | None
    size_bytes: int | None


@dataclass(frozen=True, slots=True)
class HubModel:
    """One hit of a search."""

    model_id: ModelId
    downloads: int | None
    likes: int | None
    pipeline_tag: str | None
    gated: bool
    last_modified: datetime | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a token belongs to, and what it may do: `read`, `write`, `fineGrained`."""

    name: str
    scope: str


class Access(StrEnum):
    """Whether this account may download a model, and if not, why."""

    GRANTED = "granted"
    NO_TOKEN = "no_token"
    INVALID_TOKEN = "invalid_token"
    NOT_ACCEPTED = "not_accepted"
    PENDING = "pending"
    MISSING_SCOPE = "missing_scope"


@dataclass(frozen=True, slots=True)
class FileLocation:
    """Where the bytes of a file are. The URL may be signed and is then a secret that expires."""

    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    size: int | None
    etag: str | None
