"""What a download would do, as data: its files and bytes, the disk, and what speaks against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelshelf.core.plan import Weight

if TYPE_CHECKING:
    from pathlib import Path

    from modelshelf.core.downloads.request import DownloadRequest
    from modelshelf.core.downloads.selection import Variant
    from modelshelf.core.hub.schema import RemoteFile
    from modelshelf.core.model import ModelId
    from modelshelf.core.plan import Finding


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file to have. `bytes_here` counts what is on disk already, in a partial or whole.

    `shared` is a complete copy of the same bytes in the store's shared blobs, when there is one.
    """

    path: str
    size: int
    blob_name: str
    sha256: str | None
    git_sha1: str | None
    bytes_here: int
    is_present: bool
    shared: Path | None = None


@dataclass(frozen=True, slots=True)
class DownloadPlan:
    """A download before it starts. Bytes are counted once per content, as the disk does.

    `remote` lists all the repo has at this commit, chosen or not. `disk_after` may be negative:
    then `findings` holds a blocker.
    """

    request: DownloadRequest
    model_id: ModelId
    commit: str
    store: Path
    folder: Path
    files: tuple[PlannedFile, ...]
    variants: tuple[Variant, ...]
    licence: str | None
    gated: bool
    remote: tuple[RemoteFile, ...] = field(repr=False)
    bytes_total: int
    bytes_here: int
    bytes_to_fetch: int
    disk_free: int
    disk_after: int
    findings: tuple[Finding, ...]

    @property
    def is_blocked(self) -> bool:
        """Whether something forbids this download."""
        return any(finding.weight is Weight.BLOCKER for finding in self.findings)

    def as_json(self) -> dict[str, object]:
        """Return the plan as `--json` prints it."""
        return {
            "model_id": self.model_id,
            "revision": self.request.revision,
            "commit": self.commit,
            "store": str(self.store),
            "folder": str(self.folder),
            "licence": self.licence,
            "gated": self.gated,
            "bytes_total": self.bytes_total,
            "bytes_here": self.bytes_here,
            "bytes_to_fetch": self.bytes_to_fetch,
            "disk_free": self.disk_free,
            "disk_after": self.disk_after,
            "is_blocked": self.is_blocked,
            "files": [
                {
                    "path": file.path,
                    "size": file.size,
                    "bytes_here": file.bytes_here,
                    "is_present": file.is_present,
                }
                for file in self.files
            ],
            "variants": [
                {"name": v.name, "files": list(v.files), "size_bytes": v.size_bytes}
                for v in self.variants
            ],
            "findings": [finding.as_json() for finding in self.findings],
        }
