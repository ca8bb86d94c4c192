"""Reading the shelf: the whole picture for the pages, and the parts one model's panel asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from modelshelf.core.errors import ModelshelfError
from modelshelf.core.events import JobProgress
from modelshelf.core.machine import disk_of, gpus, memory
from modelshelf.core.model import ModelId
from modelshelf.gui.errands.errand import Errand
from modelshelf.gui.frame.status_bar import MachineFacts
from modelshelf.gui.models.files_model import FileRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from modelshelf.core.catalogue.catalogue import CacheSizes, CatalogueEntry
    from modelshelf.core.jobs import JobRecord
    from modelshelf.core.model import Role
    from modelshelf.core.stores.inventory import InventorySnapshot
    from modelshelf.core.usage.collections import Collection
    from modelshelf.core.usage.tiers import Tier


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the pages show, read together."""

    entries: tuple[CatalogueEntry, ...]
    sizes: CacheSizes
    jobs: tuple[JobRecord, ...]
    collections: tuple[Collection, ...]
    preferences: Mapping[Role, ModelId]
    tiers: tuple[Tier, ...]
    inventory: InventorySnapshot
    choices: tuple[object, ...] = ()
    """Everything that people entered, to be compared with what is there later."""


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """The files of one model, and where they are."""

    model_id: ModelId
    files: tuple[FileRow, ...]
    is_here: bool


class Reading(Errand):
    """One reading at a time; what is asked meanwhile is read once more afterwards."""

    read = Signal(object)
    """A `Picture`."""
    machine_read = Signal(object)
    """`MachineFacts`."""
    files_read = Signal(object)
    """A `FileAnswer`."""
    files_refused = Signal(str, object)
    """A model id and the `ErrorInfo`."""
    usage_read = Signal(object)
    """A `UsageReport`."""
    usage_refused = Signal(str, object)
    """A model id and the `ErrorInfo`."""
    jobs_read = Signal(object)
    """The jobs, for those that other processes run."""
    hub_answered = Signal()

    _is_reading = False
    _is_wanted = False
    _is_polling = False
    _choices: tuple[object, ...] = ()

    def read_all(self) -> None:
        """Look at the disk and the database, and emit `read`."""
        if self._is_reading:
            self._is_wanted = True
            return
        self._is_reading = True
        self.run(self._picture, self._on_read, self._on_failed)

    def read_jobs(self) -> None:
        """Emit `jobs_read`: other processes run and steer jobs too."""
        if not self._is_polling:
            self._is_polling = True
            ledger = self._shelf.ledger
            self.run(lambda: tuple(ledger.history()), self._on_jobs, self._on_poll_failed)

    def check_disk(self) -> None:
        """Read everything when other programs changed what is in a store or in the database."""
        known = self._choices

        def look() -> bool:
            return self._shelf.inventory.has_changed() or self._chosen() != known

        def looked(has_changed: bool) -> None:
            if has_changed:
                self.read_all()

        if not self._is_reading:
            self.run(look, looked, self._ignore)

    def ask_hub(self) -> None:
        """Emit `hub_answered` when the Hub can be reached."""

        def answered(_hits: object) -> None:
            self.hub_answered.emit()

        hub = self._shelf.hub
        self.run(lambda: hub.search("a", limit=1), answered, self._still_away)

    def start_waiting(self) -> None:
        """Finish what a crash interrupted, and go on with what was queued."""
        shelf = self._shelf

        def start() -> None:
            shelf.deletion.finish_interrupted()
            shelf.downloads.start_waiting()

        self.run(start)

    def read_machine(self) -> None:
        """Measure memory, disk and GPUs, and emit `machine_read`."""
        place = self._shelf.settings.stores[0] if self._shelf.settings.stores else None
        self.run(lambda: machine_facts(place), self.machine_read.emit, self._ignore)

    def read_files(self, model_id: str) -> None:
        """List the files of a model: those here, else those on the Hub."""

        def refused(error: Exception) -> None:
            if not isinstance(error, ModelshelfError):
                raise error
            self.note(error)
            self.files_refused.emit(model_id, error.info)

        self.run(lambda: self._files(ModelId(model_id)), self.files_read.emit, refused)

    def read_usage(self, model_id: str) -> None:
        """Ask who uses a model."""

        def refused(error: Exception) -> None:
            if not isinstance(error, ModelshelfError):
                raise error
            self.usage_refused.emit(model_id, error.info)

        usage = self._shelf.usage
        self.run(lambda: usage.report(ModelId(model_id)), self.usage_read.emit, refused)

    def _chosen(self) -> tuple[object, ...]:
        shelf = self._shelf
        return (
            shelf.custom.all(),
            shelf.notes.all(),
            shelf.collections.all(),
            shelf.preferences.all(),
            shelf.tiers.all(),
        )

    def _picture(self) -> Picture:
        shelf = self._shelf
        # First: what changes while the rest is read is then found changed at the next look.
        choices = self._chosen()
        snapshot = shelf.inventory.refresh()
        return Picture(
            entries=shelf.catalogue.entries(),
            sizes=shelf.catalogue.sizes(),
            jobs=tuple(shelf.ledger.history()),
            collections=tuple(shelf.collections.all()),
            preferences=shelf.preferences.all(),
            tiers=tuple(shelf.tiers.all()),
            inventory=snapshot,
            choices=choices,
        )

    def _files(self, model_id: ModelId) -> FileAnswer:
        found = self._shelf.inventory.find(model_id)
        current = found.current if found is not None else None
        if current is not None:
            files = tuple(FileRow(f.path, f.size, f.is_missing) for f in current.files)
            return FileAnswer(model_id, files, True)
        hub = self._shelf.hub
        info = hub.info(model_id)
        remote = hub.files(info.model_id, info.commit)
        return FileAnswer(model_id, tuple(FileRow(f.path, f.size) for f in remote), False)

    def _on_read(self, picture: Picture) -> None:
        self._is_reading = False
        self._choices = picture.choices
        self.read.emit(picture)
        if self._is_wanted:
            self._is_wanted = False
            self.read_all()

    def _on_failed(self, error: Exception) -> None:
        self._is_reading = False
        self.complain(error)

    def _on_jobs(self, jobs: tuple[JobRecord, ...]) -> None:
        self._is_polling = False
        self.jobs_read.emit(jobs)

    def _on_poll_failed(self, error: Exception) -> None:
        # A database that is locked for a moment is no news; the next look comes soon.
        self._is_polling = False
        self._ignore(error)

    def _still_away(self, error: Exception) -> None:
        self.note(error)
        self._ignore(error)

    def _ignore(self, error: Exception) -> None:
        if not isinstance(error, ModelshelfError | OSError):
            raise error


def machine_facts(place: Path | None) -> MachineFacts:
    """Return how full this machine is; `place` is where downloads go."""
    disk = None
    if place is not None:
        try:
            disk = disk_of(place)
        except OSError:
            disk = None
    return MachineFacts(memory=memory(), disk=disk, gpus=gpus())


def progress_of(job: JobRecord) -> JobProgress:
    """Return how far a job of another process is, as its events would say it."""
    return JobProgress(
        job_id=job.id,
        model_id=job.model_id,
        bytes_done=job.bytes_done,
        bytes_total=job.bytes_total,
        bytes_per_second=job.bytes_per_second,
        eta_seconds=job.eta_seconds,
    )
