"""What the Hub says, as facts of ours. The one place that knows the Hub's field names.

A field that is missing or of an odd type becomes None; only what names bytes on disk is strict:
ids, commits, hashes and file names are checked or the answer is refused.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from modelshelf.core.errors import FormatError, InputError
from modelshelf.core.model import ModelId, is_commit, parse_model_id, printable
from modelshelf.core.paths import safe_relative

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from huggingface_hub import ModelInfo
    from huggingface_hub.hf_api import RepoFile

_SHA1 = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_TEXT = 256
_MOST_TAGS = 1000
_LARGEST_NUMBER = 2**62


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


def repo_info(found: ModelInfo) -> RepoInfo:
    """Read what the Hub says about one model.

    Raises:
        FormatError: when it names no model or no commit.
    """
    commit = found.sha
    if not isinstance(commit, str) or not is_commit(commit):
        raise FormatError("The Hub did not say which commit this is.", hint="Try again later.")
    tags = _texts(found.tags)
    return RepoInfo(
        model_id=_model_id(found.id),
        commit=commit,
        gated=_is_gated(found.gated),
        private=found.private is True,
        licence=_licence(found.card_data, tags),
        pipeline_tag=_text(found.pipeline_tag),
        library=_text(found.library_name),
        tags=tags,
        downloads=_number(found.downloads),
        likes=_number(found.likes),
        last_modified=_moment(found.last_modified),
        parameters=_parameters(found),
        size_bytes=_size(found.siblings),
    )


def hub_models(found: Iterable[ModelInfo]) -> tuple[HubModel, ...]:
    """Read the hits of a search; one that names no model is left out."""
    hits: dict[ModelId, HubModel] = {}
    for hit in found:
        try:
            model_id = _model_id(hit.id)
        except FormatError:
            continue
        hits.setdefault(
            model_id,
            HubModel(
                model_id=model_id,
                downloads=_number(hit.downloads),
                likes=_number(hit.likes),
                pipeline_tag=_text(hit.pipeline_tag),
                gated=_is_gated(hit.gated),
                last_modified=_moment(hit.last_modified),
                tags=_texts(hit.tags),
            ),
        )
    return tuple(hits.values())


def remote_files(model_id: ModelId, found: Iterable[RepoFile]) -> tuple[RemoteFile, ...]:
    """Read the files of a repo, in the order of their paths.

    Raises:
        InputError: when a name could leave the folder of the model.
        FormatError: when two names would be one on a disk that ignores capitals, or a size or
            hash is not one.
    """
    files = sorted((_remote_file(model_id, one) for one in found), key=lambda file: file.path)
    _refuse_collisions(model_id, files)
    return tuple(files)


def account(said: Mapping[str, Any]) -> Account:
    """Read whom a token belongs to.

    Raises:
        FormatError: when no name is given.
    """
    name = _text(said.get("name"))
    if name is None:
        raise FormatError("The Hub did not say whom the token belongs to.", hint="Try again later.")
    token = _table(_table(said.get("auth")).get("accessToken"))
    return Account(name, _text(token.get("role")) or "unknown")


def _remote_file(model_id: ModelId, found: RepoFile) -> RemoteFile:
    # The client library promises a text, and passes on what the Hub sent.
    path = cast("object", found.path)
    if not isinstance(path, str):
        raise _odd_file(model_id, "a name that is no text")
    safe_relative(path)
    size = _number(found.lfs.size if found.lfs else found.size)
    git_sha1 = found.blob_id
    sha256 = found.lfs.sha256 if found.lfs else None
    if size is None:
        raise _odd_file(model_id, f"no size for {path}")
    if not _is_hash(git_sha1, _SHA1) or not (sha256 is None or _is_hash(sha256, _SHA256)):
        raise _odd_file(model_id, f"no hash for {path}")
    xet_hash = found.xet_hash if _is_hash(found.xet_hash, _SHA256) else None
    return RemoteFile(path, size, git_sha1, sha256, xet_hash)


def _refuse_collisions(model_id: ModelId, files: list[RemoteFile]) -> None:
    """Refuse what could not lie side by side on every disk: names are compared without capitals,
    and a file may not have the name of another one's folder."""
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    for file in files:
        key = unicodedata.normalize("NFKC", file.path).casefold()
        if other := seen.get(key):
            raise _collision(model_id, other, file.path)
        seen[key] = file.path
        while "/" in key:
            key = key.rpartition("/")[0]
            folders.setdefault(key, file.path)
    for key, path in seen.items():
        if inside := folders.get(key):
            raise _collision(model_id, path, inside)


def _collision(model_id: ModelId, one: str, other: str) -> FormatError:
    return FormatError(
        f"{model_id} holds “{printable(one, 80)}” and “{printable(other, 80)}”, which are one name "
        "on some systems.",
        hint="Nothing was written. Report the model to the Hub if it should be usable.",
    )


def _odd_file(model_id: ModelId, what: str) -> FormatError:
    return FormatError(
        f"The list of files of {model_id} could not be read: {printable(what, 120)}.",
        hint="Try again later, or check network.endpoint.",
    )


def _model_id(value: object) -> ModelId:
    try:
        return parse_model_id(value if isinstance(value, str) else "")
    except InputError:
        raise FormatError("The Hub answered without a model id.", hint="Try again later.") from None


def _is_hash(value: object, shape: re.Pattern[str]) -> bool:
    return isinstance(value, str) and shape.fullmatch(value) is not None


def _is_gated(value: object) -> bool:
    return value is True or (isinstance(value, str) and value not in ("", "false"))


def _licence(card: object, tags: tuple[str, ...]) -> str | None:
    licence, name = _text(getattr(card, "license", None)), getattr(card, "license_name", None)
    if licence in (None, "other"):
        licence = _text(name) or licence
    if licence is None:
        named = (tag.partition(":")[2] for tag in tags if tag.startswith("license:"))
        licence = next(named, None)
    return licence


def _parameters(found: ModelInfo) -> int | None:
    total = _number(getattr(found.safetensors, "total", None))
    return (
        total if total is not None else _number(_table(getattr(found, "gguf", None)).get("total"))
    )


def _size(siblings: object) -> int | None:
    if not isinstance(siblings, list):
        return None
    sizes = [_number(getattr(one, "size", None)) for one in cast("list[object]", siblings)]
    known = [size for size in sizes if size is not None]
    return sum(known) if known and len(known) == len(sizes) else None


def _text(value: object) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return None
    return printable(value.strip(), _LONGEST_TEXT)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    read = (_text(one) for one in cast("list[object]", value)[:_MOST_TAGS])
    return tuple(one for one in read if one is not None)


def _number(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value < _LARGEST_NUMBER else None


def _moment(value: object) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _table(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
