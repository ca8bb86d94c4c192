"""The words of the domain as types: what a model, a role, a status and a job are."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NewType
from urllib.parse import unquote, urlsplit

from modelshelf.core.errors import InputError

ModelId = NewType("ModelId", str)
"""A validated repo id: `BAAI/bge-small-en-v1.5`, or a single legacy segment such as `gpt2`."""

_SEGMENT = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_MAX_ID = 96
_MAX_REVISION = 255
_HUB_PREFIXES = ("huggingface.co/", "www.huggingface.co/", "hf.co/")
_PAGES_OF_A_MODEL = frozenset(
    {"tree", "resolve", "blob", "discussions", "commits", "commit", "raw", "edit"}
)
_NOT_MODELS = frozenset({"datasets", "spaces", "docs", "collections", "papers"})


class ModelType(StrEnum):
    """What a model is made for."""

    EMBEDDING = "embedding"
    LLM = "llm"
    RERANKER = "reranker"
    SPLADE = "splade"
    CAPTION = "caption"
    OTHER = "other"

    @property
    def purpose(self) -> str:
        """One line for people who meet the type for the first time."""
        return _PURPOSES[self]


_PURPOSES = {
    ModelType.EMBEDDING: "Turns documents and queries into vectors for search",
    ModelType.LLM: "Generates text: answers, summaries, code",
    ModelType.RERANKER: "Puts search results into a better order",
    ModelType.SPLADE: "Makes sparse word vectors for hybrid search",
    ModelType.CAPTION: "Writes captions for pictures",
    ModelType.OTHER: "Does something else",
}


class Role(StrEnum):
    """What a model is for in a collection or as a preference."""

    EMBEDDING = "embedding"
    LLM = "llm"
    RERANKER = "reranker"
    SPARSE = "sparse"
    CAPTION = "caption"


ROLE_OF_TYPE: dict[ModelType, Role] = {
    ModelType.EMBEDDING: Role.EMBEDDING,
    ModelType.LLM: Role.LLM,
    ModelType.RERANKER: Role.RERANKER,
    ModelType.SPLADE: Role.SPARSE,
    ModelType.CAPTION: Role.CAPTION,
}


class Status(StrEnum):
    """How much of a model is on this machine."""

    INSTALLED = "installed"
    PARTIAL = "partial"
    AVAILABLE = "available"
    DAMAGED = "damaged"


class JobKind(StrEnum):
    """What a job does to its model."""

    DOWNLOAD = "download"
    DELETE = "delete"


class JobState(StrEnum):
    """Where a job stands. The first three are *active*: they hold the model."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_active(self) -> bool:
        """Whether the job still holds its model."""
        return self in (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)


def parse_model_id(text: str) -> ModelId:
    """Read a repo id or a pasted Hub URL.

    The rules are the Hub's: one or two segments of letters, digits, `-`, `_`, `.`; no segment
    starts or ends with `-` or `.`; no `--`, no `..`, no `.git` ending; at most 96 characters.

    Raises:
        InputError: when `text` is neither; nothing of it is ever used as a path before this.
    """
    candidate = text.strip()
    if "://" in candidate or candidate.lower().startswith(_HUB_PREFIXES):
        candidate = _id_in_url(candidate)
    segments = candidate.split("/")
    well_formed = (
        len(segments) in (1, 2)
        and len(candidate) <= _MAX_ID
        and all(_SEGMENT.fullmatch(segment) for segment in segments)
        and "--" not in candidate
        and ".." not in candidate
        and not candidate.endswith(".git")
    )
    if not well_formed:
        shown = text if len(text) <= 80 else text[:77] + "…"
        raise InputError(
            f"“{printable(shown)}” is not a model id.",
            hint="An id looks like BAAI/bge-small-en-v1.5; a link from the Hub works too.",
        )
    return ModelId(candidate)


def _id_in_url(text: str) -> str:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        # A bracket in the host name, among others.
        return text
    if parts.scheme not in ("http", "https"):
        return text
    segments = [unquote(part) for part in parts.path.split("/") if part]
    if segments and segments[0] == "models":
        segments = segments[1:]
    if segments and segments[0] in _NOT_MODELS:
        return text
    # With an owner in front, as nearly all have, or without (gpt2/tree/main). Two segments are an
    # id, whatever they say.
    for owner in (2, 1):
        if len(segments) > 2 and segments[owner] in _PAGES_OF_A_MODEL:
            return "/".join(segments[:owner])
    return "/".join(segments)


def is_commit(revision: str) -> bool:
    """Whether `revision` is a full commit hash, which never moves."""
    return _COMMIT.fullmatch(revision) is not None


def parse_revision(text: str) -> str:
    """Read a branch, tag, pull request ref or commit.

    Raises:
        InputError: when `text` could not be one, or could name a path outside the repo.
    """
    bad = (
        len(text.encode("utf-8", "surrogatepass")) > _MAX_REVISION
        or not text.isprintable()
        or re.search(r"[ ~^:?*\[\\<>|\"]|\.\.|@\{", text) is not None
        or any(
            not part or part.startswith(".") or part.endswith((".", ".lock"))
            for part in text.split("/")
        )
    )
    if bad:
        raise InputError(
            f"“{printable(text, 80)}” is not a revision.",
            hint="Use a branch, a tag or a commit, for example main.",
        )
    return text


def short_name(model_id: str) -> str:
    """Return the part after the owner: `bge-small-en-v1.5`."""
    return model_id.rsplit("/", 1)[-1]


def owner_of(model_id: str) -> str:
    """Return the owner, or an empty string for a legacy id without one."""
    return model_id.rpartition("/")[0]


def printable(text: str, limit: int = 256) -> str:
    """Return `text` safe to show: control and direction characters escaped, length bounded."""
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
