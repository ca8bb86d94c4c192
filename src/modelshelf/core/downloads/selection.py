"""Which files of a repo a download takes: all that are not weights, and one set of weights."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from modelshelf.core.downloads.weights import (
    WeightFormat,
    format_of,
    gguf_variants,
    native_weights,
)
from modelshelf.core.errors import ConfirmationNeededError, NotFoundError
from modelshelf.core.model import printable, short_name
from modelshelf.core.units import format_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from modelshelf.core.downloads.request import DownloadRequest
    from modelshelf.core.hub.schema import RemoteFile


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to have the weights: a format (`safetensors`) or a quantisation (`Q4_K_M`).

    `files` are its weight files, split parts and projector included; `size_bytes` is their sum.
    """

    name: str
    files: tuple[str, ...]
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen files in the order of the repo, and what could have been chosen."""

    files: tuple[RemoteFile, ...]
    variants: tuple[Variant, ...]


class VariantNeededError(ConfirmationNeededError):
    """Several quantisations are there and none was named; `variants` are the choices."""

    def __init__(self, model_id: str, variants: tuple[Variant, ...]) -> None:
        names = ", ".join(f"{v.name} ({format_bytes(v.size_bytes)})" for v in variants)
        super().__init__(
            f"{short_name(model_id)} comes in {len(variants)} variants: {names}.",
            hint=f"Choose one, for example --variant {variants[0].name}.",
        )
        self.variants = variants


def choose(files: Sequence[RemoteFile], request: DownloadRequest) -> Selection:
    """Pick the files that `request` asks for.

    Raises:
        VariantNeededError: when several GGUF quantisations are the only weights and none is named.
        NotFoundError: when the named variant does not exist, or no file is left.
    """
    variants = variants_of({file.path: file.size for file in files})
    if request.variant is not None:
        taken = _with_weights(files, _named(variants, request).files)
    elif request.everything or request.include:
        taken = list(files)
    else:
        taken = _with_weights(files, _default(variants, request))
    if request.include:
        taken = [file for file in taken if _matches(file.path, request.include)]
    taken = [file for file in taken if not _matches(file.path, request.exclude)]
    if not taken:
        raise NotFoundError(
            f"No file of {request.model_id} is left by this choice.",
            hint="Check the patterns of --include and --exclude."
            if request.include or request.exclude
            else "The repository is empty at this revision.",
        )
    return Selection(tuple(taken), variants)


def variants_of(sizes: Mapping[str, int]) -> tuple[Variant, ...]:
    """Group the weights among the files of a repo, given as path → bytes, into variants."""
    paths = list(sizes)
    groups: dict[str, Iterable[str]] = {}
    for kind in WeightFormat:
        if kind is WeightFormat.GGUF:
            groups.update(gguf_variants(paths))
        elif any(format_of(path) is kind for path in paths):
            chosen = native_weights(paths, kind)
            groups[kind.value] = [path for path in paths if path in chosen]
    found = [
        Variant(name, tuple(chosen), sum(sizes[path] for path in chosen))
        for name, chosen in groups.items()
    ]
    return tuple(found)


def _default(variants: tuple[Variant, ...], request: DownloadRequest) -> tuple[str, ...]:
    formats = {kind.value for kind in WeightFormat}
    for variant in variants:
        if variant.name in formats:
            return variant.files
    if len(variants) > 1:
        raise VariantNeededError(
            request.model_id, tuple(sorted(variants, key=lambda variant: variant.size_bytes))
        )
    return variants[0].files if variants else ()


def _named(variants: tuple[Variant, ...], request: DownloadRequest) -> Variant:
    wanted = (request.variant or "").casefold()
    for variant in variants:
        if variant.name.casefold() == wanted:
            return variant
    names = ", ".join(variant.name for variant in variants)
    raise NotFoundError(
        f"{short_name(request.model_id)} has no variant “{printable(request.variant or '', 80)}”.",
        hint=f"It comes as {names}." if names else "It has no weights to choose between.",
    )


def _with_weights(files: Sequence[RemoteFile], weights: Iterable[str]) -> list[RemoteFile]:
    chosen = set(weights)
    return [file for file in files if file.path in chosen or format_of(file.path) is None]


def _matches(path: str, patterns: Iterable[str]) -> bool:
    """Match as huggingface_hub does: globs over the whole path, a folder means all in it."""
    return any(
        fnmatchcase(path, f"{pattern}*" if pattern.endswith("/") else pattern)
        for pattern in patterns
    )
