"""A sample model: its commits, branches and tags, and who may read it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from modelshelf.sample.content import SampleFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_FIRST_COMMIT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Gate(StrEnum):
    """What a person must do before the files can be read."""

    OPEN = "open"
    AUTO = "auto"
    MANUAL = "manual"


class Consent(StrEnum):
    """How far an account has come with a gated model."""

    NONE = "none"
    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Commit:
    """One state of a repo. `files` are sorted by path."""

    sha: str
    title: str
    date: datetime
    files: tuple[SampleFile, ...]

    def find(self, path: str) -> SampleFile | None:
        """Return the file at `path`, or None."""
        return next((file for file in self.files if file.path == path), None)


@dataclass(frozen=True, slots=True)
class SampleModel:
    """A repo as the hub publishes it; a change is a new value.

    Licence, languages, tags and task are not kept here: as on the Hub, they are read from the
    front matter of `README.md`. `consent` is where every account stands at first when the model
    is gated. `aliases` are former ids, which the hub redirects.
    """

    model_id: str
    commits: tuple[Commit, ...]
    branches: Mapping[str, str]
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    gate: Gate = Gate.OPEN
    consent: Consent = Consent.NONE
    aliases: tuple[str, ...] = ()
    is_private: bool = False
    downloads: int = 0
    likes: int = 0

    @classmethod
    def from_files(
        cls,
        model_id: str,
        files: Iterable[SampleFile],
        *,
        gate: Gate = Gate.OPEN,
        consent: Consent = Consent.NONE,
        aliases: tuple[str, ...] = (),
        is_private: bool = False,
        downloads: int = 0,
        likes: int = 0,
    ) -> SampleModel:
        """Make a model whose branch `main` has one commit with these files."""
        commit = _commit(model_id, None, files, "Add the model")
        return cls(
            model_id=model_id,
            commits=(commit,),
            branches={"main": commit.sha},
            gate=gate,
            consent=consent,
            aliases=aliases,
            is_private=is_private,
            downloads=downloads,
            likes=likes,
        )

    @classmethod
    def from_bytes(
        cls, model_id: str, files: Mapping[str, bytes], *, gate: Gate = Gate.OPEN
    ) -> SampleModel:
        """Make a model from the content of its files."""
        made = (SampleFile.from_bytes(path, content) for path, content in files.items())
        return cls.from_files(model_id, made, gate=gate)

    @classmethod
    def from_folder(cls, model_id: str, folder: Path, *, gate: Gate = Gate.OPEN) -> SampleModel:
        """Make a model from every file below `folder`; the bytes stay there."""
        return cls.from_files(model_id, files_below(folder), gate=gate)

    @property
    def head(self) -> Commit:
        """The commit of `main`."""
        return self.commit(self.branches["main"])

    def commit(self, sha: str) -> Commit:
        """Return the commit with this hash.

        Raises:
            KeyError: when the model has no such commit.
        """
        for commit in self.commits:
            if commit.sha == sha:
                return commit
        raise KeyError(sha)

    def resolve(self, revision: str) -> Commit | None:
        """Return what a branch, a tag, a full ref or a commit hash stands for."""
        name = revision.removeprefix("refs/heads/").removeprefix("refs/tags/")
        sha = self.branches.get(name) or self.tags.get(name) or revision
        return next((commit for commit in self.commits if commit.sha == sha), None)

    def with_commit(
        self, files: Iterable[SampleFile], *, title: str = "Update the model", branch: str = "main"
    ) -> SampleModel:
        """Add a commit holding exactly `files` and move `branch` to it."""
        parent = self.commits[-1]
        commit = _commit(self.model_id, parent, files, title)
        return replace(
            self,
            commits=(*self.commits, commit),
            branches={**self.branches, branch: commit.sha},
        )

    def with_tag(self, name: str, sha: str) -> SampleModel:
        """Give the commit `sha` a tag."""
        return replace(self, tags={**self.tags, name: self.commit(sha).sha})


def files_below(folder: Path) -> list[SampleFile]:
    """Return every regular file below `folder`, sorted by path."""
    return [
        SampleFile.from_path(file.relative_to(folder).as_posix(), file)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    ]


def _commit(
    model_id: str, parent: Commit | None, files: Iterable[SampleFile], title: str
) -> Commit:
    """Dates and hashes follow from the content alone, so that two builds are the same."""
    ordered = tuple(sorted(files, key=lambda file: file.path))
    date = parent.date + timedelta(days=41) if parent else _FIRST_COMMIT
    lines = [model_id, parent.sha if parent else "", title, date.isoformat()]
    lines += [f"{file.etag} {file.path}" for file in ordered]
    sha = hashlib.sha1("\n".join(lines).encode(), usedforsecurity=False).hexdigest()
    return Commit(sha, title, date, ordered)
