"""Which files of a repo a download takes: everything that is not weights, and one set of weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def choose(files: Sequence[RemoteFile], request: DownloadRequest) -> Selection:
    """Pick the files that `request` asks for.

    Raises:
        VariantNeededError: when several GGUF quantisations are the only weights and none is named.
        NotFoundError: when the named variant does not exist, or no file is left.
    """
    raise NotImplementedError
