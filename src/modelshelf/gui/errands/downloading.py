"""Downloads: plan in the background, ask only where a question is open, then let the queue work."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QTimer, Signal

from modelshelf.core.downloads.request import DownloadRequest
from modelshelf.core.downloads.selection import VariantNeededError
from modelshelf.core.errors import (
    DiskSpaceError,
    GatedError,
    ModelshelfError,
    NetworkError,
    OfflineError,
    TokenError,
)
from modelshelf.core.machine import Disk, disk_of
from modelshelf.core.model import ModelId, short_name
from modelshelf.core.plan import Weight
from modelshelf.gui.dialogs.download import DownloadDialog
from modelshelf.gui.errands.errand import Errand
from modelshelf.gui.widgets import Notice, Tone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.downloads.plan import DownloadPlan
    from modelshelf.core.hub.schema import Access
    from modelshelf.core.jobs import JobRecord
    from modelshelf.core.shelf import Shelf
    from modelshelf.gui.threads import Background

_SLOW_MS = 500


class Downloading(Errand):
    """`went_online` says that the Hub answered; `page_wanted` carries a model id."""

    went_online = Signal()
    page_wanted = Signal(str)

    def __init__(
        self,
        shelf: Shelf,
        background: Background,
        window: QWidget,
        entry_of: Callable[[str], CatalogueEntry | None],
    ) -> None:
        super().__init__(shelf, background, window)
        self._entry_of = entry_of
        self._planning: set[str] = set()

    def download(self, model_id: str) -> None:
        """Start a download at once when nothing is to be asked, else open the dialog."""
        if model_id in self._planning:
            return
        self._planning.add(model_id)
        QTimer.singleShot(_SLOW_MS, self, partial(self._say_slow, model_id))
        request = self._request(model_id)

        def planned(plan: DownloadPlan) -> None:
            self._planning.discard(model_id)
            self.went_online.emit()
            if any(finding.weight is not Weight.INFORMATION for finding in plan.findings):
                self.open_dialog(model_id)
            else:
                self.start(plan)

        def refused(error: Exception) -> None:
            self._planning.discard(model_id)
            self.note(error)
            if isinstance(error, VariantNeededError | GatedError | TokenError | DiskSpaceError):
                self.open_dialog(model_id)
            elif isinstance(error, NetworkError):
                self._tell_unreachable(model_id, error)
            else:
                self.complain(error)

        self.run(lambda: self._shelf.downloads.plan(request), planned, refused)

    def open_dialog(self, model_id: str = "") -> DownloadDialog:
        """Open the download dialog, for `model_id` or for one to be typed."""
        dialog = DownloadDialog.ask(self._window, model_id, self._entry_of(model_id))
        dialog.plan_requested.connect(self._plan_for)
        dialog.accepted_plan.connect(self.start)
        dialog.token_given.connect(self._take_token)
        dialog.licence_opened.connect(self.page_wanted)
        dialog.start()
        return dialog

    def start(self, plan: DownloadPlan) -> None:
        """Put a plan into the queue."""

        def added(job: JobRecord) -> None:
            name = short_name(job.model_id)
            words = self.tr("Downloading {name}").format(name=name)
            self.told.emit(Notice(words, Tone.ACCENT, subject=job.model_id))
            self.changed.emit()

        self.run(lambda: self._shelf.downloads.add(plan), added)

    def pause(self, job_id: str) -> None:
        """Stop a job for now."""
        self.run(lambda: self._shelf.downloads.pause(job_id))

    def resume(self, job_id: str) -> None:
        """Go on with a job."""
        self.run(lambda: self._shelf.downloads.resume(job_id))

    def cancel(self, job_id: str) -> None:
        """End a job; what is here is kept."""

        def cancelled(job: JobRecord) -> None:
            words = self.tr("Download of {name} cancelled; what is here is kept")
            told = words.format(name=short_name(job.model_id))
            self.told.emit(Notice(told, subject=job.model_id))
            self.changed.emit()

        self.run(lambda: self._shelf.downloads.cancel(job_id), cancelled)

    def retry(self, job_id: str) -> None:
        """Start an ended job again from what is here."""

        self.run(lambda: self._shelf.downloads.retry(job_id))

    def forget(self, job_ids: list[str]) -> None:
        """Remove ended jobs from the history."""

        def remove() -> None:
            for job_id in job_ids:
                self._shelf.ledger.forget(job_id)

        self.run(remove)

    def forget_one(self, job_id: str) -> None:
        """Remove one ended job from the history."""
        self.forget([job_id])

    def _request(self, model_id: str) -> DownloadRequest:
        entry = self._entry_of(model_id)
        variant = entry.registry.variant if entry is not None and entry.registry else None
        return DownloadRequest(ModelId(model_id), variant=variant)

    def _plan_for(self, request: DownloadRequest) -> None:
        dialog = cast("DownloadDialog", self.sender())
        preferred = self._request(request.model_id)
        if request == replace(preferred, variant=None):
            request = preferred
        if (entry := self._entry_of(request.model_id)) is not None:
            dialog.show_entry(entry)

        def plan() -> tuple[DownloadPlan, Disk | None, Access | None]:
            made = self._shelf.downloads.plan(request)
            access = self._shelf.hub.access(made.model_id) if made.gated else None
            return made, _disk(made.store), access

        def planned(answer: tuple[DownloadPlan, Disk | None, Access | None]) -> None:
            self.went_online.emit()
            dialog.show_plan(*answer)

        def refused(error: Exception) -> None:
            self.note(error)
            if isinstance(error, VariantNeededError):
                dialog.show_variants(error.variants)
            elif isinstance(error, GatedError | TokenError):
                self._explain_access(dialog, request.model_id, error)
            elif isinstance(error, ModelshelfError):
                dialog.show_error(error.info)
            else:
                self.complain(error)

        self._background.run(plan, done=planned, failed=refused, owner=dialog)

    def _explain_access(
        self, dialog: DownloadDialog, model_id: ModelId, error: ModelshelfError
    ) -> None:
        def explained(access: Access) -> None:
            dialog.show_error(error.info, access)

        def unknown(_problem: Exception) -> None:
            dialog.show_error(error.info)

        self._background.run(
            lambda: self._shelf.hub.access(model_id), done=explained, failed=unknown, owner=dialog
        )

    def _take_token(self, token: str) -> None:
        dialog = cast("DownloadDialog", self.sender())

        def kept(_nothing: None) -> None:
            self.changed.emit()
            dialog.start()

        def refused(error: Exception) -> None:
            if isinstance(error, ModelshelfError):
                dialog.show_error(error.info)
            else:
                self.complain(error)

        tokens = self._shelf.tokens
        self._background.run(lambda: tokens.store(token), done=kept, failed=refused, owner=dialog)

    def _say_slow(self, model_id: str) -> None:
        if model_id in self._planning:
            words = self.tr("Asking the Hub about {name}").format(name=short_name(model_id))
            self.told.emit(Notice(words, subject=model_id))

    def _tell_unreachable(self, model_id: str, error: NetworkError) -> None:
        if isinstance(error, OfflineError):
            words = self.tr("{name} cannot be downloaded while offline")
        else:
            words = self.tr("Download of {name} failed: {reason}")
        text = words.format(name=short_name(model_id), reason=error.message)
        again = partial(self.download, model_id)
        self.told.emit(Notice(text, Tone.DANGER, self.tr("Retry"), again, subject=model_id))


def _disk(place: Path) -> Disk | None:
    try:
        return disk_of(place)
    except OSError:
        return None
