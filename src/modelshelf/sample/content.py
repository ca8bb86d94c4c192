"""One file of a sample model: its bytes, and the names that git and LFS give to them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LFS_FROM_BYTES = 1_000_000
"""Files of at least this size are kept in LFS."""

LFS_SUFFIXES = (".safetensors", ".gguf", ".bin", ".pt", ".onnx", ".h5", ".msgpack", ".model")
"""Files with these endings are kept in LFS whatever their size."""

_READ = 1 << 20


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file at `path` inside its repo.

    `git_sha1` names the git blob: of the content, or of the pointer when the file is in LFS.
    `sha256` names the content of an LFS file and is None for the others.
    """

    path: str
    size: int
    git_sha1: str
    sha256: str | None
    source: bytes | Path

    @classmethod
    def from_bytes(cls, path: str, content: bytes) -> SampleFile:
        """Make a file from its content."""
        return _named(path, content, len(content), hashlib.sha256(content), _git(content))

    @classmethod
    def from_path(cls, path: str, file: Path) -> SampleFile:
        """Make a file whose bytes stay on disk in `file`, which must not change afterwards."""
        size = file.stat().st_size
        sha256 = hashlib.sha256()
        sha1 = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        with file.open("rb") as stream:
            while block := stream.read(_READ):
                sha256.update(block)
                sha1.update(block)
        return _named(path, file, size, sha256, sha1)

    @property
    def etag(self) -> str:
        """What the file is called in a cache's `blobs` folder."""
        return self.sha256 or self.git_sha1

    @property
    def pointer_size(self) -> int:
        """The size of the LFS pointer; 0 for a regular file."""
        return len(_pointer(self.sha256, self.size)) if self.sha256 else 0

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """Return the bytes from `start` up to `stop`."""
        end = self.size if stop is None else min(stop, self.size)
        if isinstance(self.source, bytes):
            return self.source[start:end]
        with self.source.open("rb") as stream:
            stream.seek(start)
            return stream.read(max(0, end - start))


@dataclass(frozen=True, slots=True)
class Slice:
    """The bytes `start` to `stop` (exclusive) of a file, to be sent."""

    file: SampleFile
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


def _git(content: bytes) -> hashlib._Hash:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)


def _pointer(sha256: str, size: int) -> bytes:
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"
    return text.encode()


def _named(
    path: str, source: bytes | Path, size: int, sha256: hashlib._Hash, sha1: hashlib._Hash
) -> SampleFile:
    if size < LFS_FROM_BYTES and not path.endswith(LFS_SUFFIXES):
        return SampleFile(path, size, sha1.hexdigest(), None, source)
    digest = sha256.hexdigest()
    return SampleFile(path, size, _git(_pointer(digest, size)).hexdigest(), digest, source)
