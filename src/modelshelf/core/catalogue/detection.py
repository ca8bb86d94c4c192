"""What the Hub and a repo's own files say about a model that nobody described yet."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelshelf.core.downloads.request import DownloadRequest
from modelshelf.core.downloads.selection import choose
from modelshelf.core.errors import (
    FormatError,
    GatedError,
    InputError,
    ModelshelfError,
    NetworkError,
    NotFoundError,
    StalledError,
)
from modelshelf.core.formats import config
from modelshelf.core.model import ModelId, ModelType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelshelf.core.hub.client import Hub
    from modelshelf.core.hub.schema import RemoteFile, RepoInfo

_MAX_SMALL_FILE = 1_000_000
_BY_TAG = {
    "cross-encoder": ModelType.RERANKER,
    "splade": ModelType.SPLADE,
    "sparse-encoder": ModelType.SPLADE,
}
_BY_TASK = {
    "feature-extraction": ModelType.EMBEDDING,
    "sentence-similarity": ModelType.EMBEDDING,
    "text-generation": ModelType.LLM,
    "image-text-to-text": ModelType.LLM,
    "text-ranking": ModelType.RERANKER,
    "image-to-text": ModelType.CAPTION,
}
_BY_MODULE = {"Pooling": ModelType.EMBEDDING, "SpladePooling": ModelType.SPLADE}


@dataclass(frozen=True, slots=True)
class Detected:
    """The answer. `facts` is None when the files could not be read; `size_bytes` is a download."""

    model_id: ModelId
    type: ModelType
    is_known: bool
    facts: config.EncoderFacts | None = None
    parameters: int | None = None
    size_bytes: int | None = None
    licence: str | None = None
    gated: bool = False


def ask(hub: Hub, model_id: ModelId) -> Detected:
    """Ask `hub` about a model, and read its small files.

    Raises:
        NotFoundError: when there is no such model.
        TokenError: when the token is refused.
    """
    try:
        info = hub.info(model_id)
    except (NetworkError, StalledError, FormatError):
        return Detected(model_id, ModelType.OTHER, is_known=False)
    except GatedError:
        return Detected(model_id, ModelType.OTHER, is_known=True, gated=True)
    files: tuple[RemoteFile, ...] = ()
    facts: config.EncoderFacts | None = None
    kinds: tuple[str, ...] = ()
    with suppress(NetworkError, StalledError, GatedError, NotFoundError, FormatError, InputError):
        files = hub.files(info.model_id, info.commit)
        contents = _small_files(hub, info, files)
        kinds = _kinds(contents)
        facts = config.encoder_facts(contents)
    return Detected(
        model_id=info.model_id,
        type=_type_of(info, kinds),
        is_known=True,
        facts=facts,
        parameters=info.parameters,
        size_bytes=_download_size(info.model_id, files),
        licence=info.licence,
        gated=info.gated,
    )


def _small_files(hub: Hub, info: RepoInfo, files: Sequence[RemoteFile]) -> dict[str, bytes]:
    """Read what says how an encoder is used; only names that the repo really has."""
    small = {file.path for file in files if file.size <= _MAX_SMALL_FILE}
    contents: dict[str, bytes] = {}

    def read(name: str) -> None:
        if name in small and name not in contents:
            contents[name] = hub.read(info.model_id, info.commit, name, limit=_MAX_SMALL_FILE)

    for name in (config.MODEL_FILE, config.MODULES_FILE, config.PROMPTS_FILE, config.LENGTH_FILE):
        read(name)
    for module in _modules(contents):
        if module.kind in ("Pooling", "Dense"):
            read(f"{module.path}/config.json")
    return contents


def _modules(contents: Mapping[str, bytes]) -> tuple[config.Module, ...]:
    data = contents.get(config.MODULES_FILE)
    return config.pipeline_modules(data) if data is not None else ()


def _kinds(contents: Mapping[str, bytes]) -> tuple[str, ...]:
    return tuple(module.kind for module in _modules(contents))


def _type_of(info: RepoInfo, kinds: Sequence[str]) -> ModelType:
    """The repo's own pipeline knows best, then its tags, then the task the Hub files it under."""
    for kind in kinds:
        if kind in _BY_MODULE:
            return _BY_MODULE[kind]
    for tag in info.tags:
        if tag in _BY_TAG:
            return _BY_TAG[tag]
    return _BY_TASK.get(info.pipeline_tag or "", ModelType.OTHER)


def _download_size(model_id: ModelId, files: Sequence[RemoteFile]) -> int | None:
    """What a download takes without further choices; None when one has to be made."""
    if not files:
        return None
    try:
        selection = choose(files, DownloadRequest(model_id))
    except ModelshelfError:
        return None
    return sum(file.size for file in selection.files)
