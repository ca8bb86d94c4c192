"""One repo of a Hugging Face cache, read with as few system calls as it takes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelshelf.core.errors import InputError
from modelshelf.core.model import Status, printable
from modelshelf.core.stores.completeness import chosen_files, is_loadable, missing_parts
from modelshelf.core.stores.content_reader import ContentReader
from modelshelf.core.stores.installed import Damage, FileList, InstalledModel, InstalledRevision
from modelshelf.core.stores.layout import OWN, PART_SUFFIX, PLAN_SUFFIX, model_id_of
from modelshelf.core.stores.repo_folder import IGNORED, RepoFolder, Witness, moment

if TYPE_CHECKING:
    from pathlib import Path

_MAX_REF = 4096
_MAX_DEPTH = 32

Refs = dict[str, list[str]]
"""The names of refs by the commit they stand for."""

Chosen = dict[str, frozenset[str] | None]
"""What is to be downloaded, by commit; None where the list cannot be read."""


@dataclass(frozen=True, slots=True)
class RepoReading:
    """A repo's facts, and the witnesses: while these stand unmoved, the facts hold.

    `shared` names the folders of the store's shared blobs that this repo's files lie in.
    """

    model: InstalledModel
    witnesses: tuple[Witness, ...]
    shared: tuple[str, ...]


class RepoReader:
    """Reads one repo, once. Raises for nothing it finds, opens nothing but small files."""

    def __init__(self, store: Path, name: str) -> None:
        model_id = model_id_of(name)
        if model_id is None:
            raise InputError(f"The folder “{printable(name)}” is named like no model.")
        self._store = store
        self._name = name
        self._model_id = model_id
        self._folder = RepoFolder(store, name)
        self._content = ContentReader(self._folder)

    def read(self) -> RepoReading:
        """Read everything; what is wrong ends up in the damage notes."""
        folder = self._folder
        folder.look("")
        if os.path.islink(folder.root) and not folder.is_inside_store(folder.root):
            folder.note(Damage.LEAVES_STORE, "", "The model's folder is a link out of the store.")
        refs = self._read_refs("refs", 0)
        self._content.read_blobs()
        chosen = self._read_own()
        revisions = self._read_snapshots(refs, chosen)
        self._content.count_unlinked()
        complete = {revision.commit for revision in revisions if revision.is_complete}
        is_unfinished = self._content.has_partials or not chosen.keys() <= complete
        self._note_missing(refs, chosen, revisions, is_unfinished)
        return RepoReading(
            self._model(revisions, is_unfinished and not complete),
            tuple(folder.witnesses),
            tuple(sorted(folder.shared)),
        )

    def _model(self, revisions: list[InstalledRevision], is_partial: bool) -> InstalledModel:
        has_complete = any(revision.is_complete for revision in revisions)
        if is_partial:
            status = Status.PARTIAL
        elif self._folder.harm:
            status = Status.DAMAGED
        else:
            status = Status.INSTALLED if has_complete else Status.PARTIAL
        tally = self._content.tally
        return InstalledModel(
            model_id=self._model_id,
            store=self._store,
            status=status,
            revisions=tuple(revisions),
            size_bytes=sum(tally.sizes.values()),
            partial_bytes=self._content.partial_bytes,
            damage=tuple(self._folder.notes),
            modified=moment(tally.newest or self._folder.time()),
            last_used=moment(tally.used) if tally.used else None,
        )

    def _note_missing(
        self,
        refs: Refs,
        chosen: Chosen,
        revisions: list[InstalledRevision],
        is_unfinished: bool,
    ) -> None:
        here = {revision.commit for revision in revisions} | chosen.keys()
        for commit, names in refs.items():
            if commit not in here:
                self._folder.note(
                    Damage.REF_WITHOUT_SNAPSHOT,
                    f"refs/{names[0]}",
                    f"“{printable(names[0])}” names a revision that is not here.",
                )
        if not revisions and not is_unfinished:
            self._folder.note(
                Damage.NO_SNAPSHOT, "snapshots", "There is no revision in its folder."
            )

    def _read_refs(self, folder: str, depth: int) -> Refs:
        found: Refs = {}
        for entry in self._folder.entries(folder):
            relative = f"{folder}/{entry.name}"
            if entry.name in IGNORED:
                continue
            if entry.is_dir(follow_symlinks=False) and depth < _MAX_DEPTH:
                for commit, names in self._read_refs(relative, depth + 1).items():
                    found.setdefault(commit, []).extend(names)
            elif entry.is_file(follow_symlinks=False):
                commit = self._read_ref(relative)
                if commit:
                    found.setdefault(commit, []).append(relative[len("refs/") :])
            else:
                self._folder.note_odd(relative)
        return found

    def _read_ref(self, relative: str) -> str:
        path = f"{self._folder.root}/{relative}"
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
            try:
                # Other clients write a ref in place: its folder does not tell.
                status = os.fstat(descriptor)
                self._folder.bear_witness(relative, status)
                content = os.read(descriptor, _MAX_REF)
            finally:
                os.close(descriptor)
        except OSError as error:
            self._folder.note_unreadable(relative, error)
            return ""
        commit = content.decode("ascii", "replace").strip()
        if not commit:
            self._folder.note(
                Damage.REF_WITHOUT_SNAPSHOT, relative, f"“{printable(relative)}” names no revision."
            )
        return commit

    def _read_own(self) -> Chosen:
        """Return what is to be downloaded, and count our unfinished files."""
        chosen: Chosen = {}
        for entry in self._folder.entries(OWN):
            if not entry.is_file(follow_symlinks=False):
                continue
            if entry.name.endswith(PART_SUFFIX):
                self._content.count_partial(f"{OWN}/{entry.name}")
            elif entry.name.endswith(PLAN_SUFFIX):
                chosen[entry.name[: -len(PLAN_SUFFIX)]] = chosen_files(entry.path)
        return chosen

    def _read_snapshots(self, refs: Refs, chosen: Chosen) -> list[InstalledRevision]:
        found: list[InstalledRevision] = []
        for entry in self._folder.entries("snapshots"):
            if entry.is_dir(follow_symlinks=False):
                names = tuple(sorted(refs.get(entry.name, ())))
                found.append(self._read_revision(entry.name, names, chosen))
            elif entry.name not in IGNORED:
                relative = f"snapshots/{entry.name}"
                self._folder.note(
                    Damage.NOT_A_FILE, relative, f"“{printable(relative)}” is no folder."
                )
        found.sort(key=lambda revision: (revision.modified, revision.commit), reverse=True)
        return found

    def _read_revision(
        self, commit: str, refs: tuple[str, ...], chosen: Chosen
    ) -> InstalledRevision:
        harm_before = self._folder.harm
        rows, tally = self._content.read_snapshot(commit)
        names = {row[0] for row in rows if not row[3]}
        is_whole = len(names) == len(rows) and self._folder.harm == harm_before
        wanted = chosen.get(commit)
        if wanted is not None:
            is_whole = is_whole and wanted <= names
        elif commit in chosen:
            # A list that cannot be read: with something unfinished beside it, this may be it.
            is_whole = is_whole and not self._content.has_partials
        else:
            missing = missing_parts(names, f"{self._folder.root}/snapshots/{commit}")
            for name in missing:
                sentence = f"The part “{printable(name)}” of the weights is not here."
                self._folder.note(Damage.MISSING_PART, f"snapshots/{commit}/{name}", sentence)
            is_whole = is_whole and not missing
        return InstalledRevision(
            commit=commit,
            refs=refs,
            files=FileList(f"{self._folder.root}/blobs", rows),
            size_bytes=sum(tally.sizes.values()),
            is_complete=is_whole and is_loadable(names),
            modified=moment(tally.newest or self._folder.time()),
        )
