"""The connection between the window and one open shelf: wishes go out, results come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from modelshelf.core.jobs import Owner
from modelshelf.core.model import JobState
from modelshelf.gui.actions import can_delete
from modelshelf.gui.errands.bundle import Errands
from modelshelf.gui.errands.reading import FileAnswer, Picture, progress_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelshelf.core.errors import ErrorInfo
    from modelshelf.core.events import JobProgress
    from modelshelf.core.jobs import JobRecord
    from modelshelf.core.settings import Settings
    from modelshelf.core.settings.declared import Value
    from modelshelf.core.shelf import Shelf
    from modelshelf.core.usage.report import UsageReport
    from modelshelf.gui.main_window import MainWindow
    from modelshelf.gui.threads import Background

_SETTLE_MS = 60
_JOBS_MS = 1000
_DISK_MS = 5000
_HUB_MS = 20_000


class Desk(QObject):
    """Made when the window gets a shelf, closed when it loses it.

    `told` carries a `Notice`, `offline` the reason why the Hub cannot be reached.
    """

    told = Signal(object)
    offline = Signal(str)
    online = Signal()
    settings_saved = Signal(object, str)

    def __init__(self, window: MainWindow, shelf: Shelf, background: Background) -> None:
        super().__init__(window)
        self._window = window
        self._settings = shelf.settings
        self.errands = Errands.on(shelf, background, window, window.models_page.entry)
        self._seen: frozenset[tuple[str, JobState]] = frozenset()
        self._read_soon = self._timer(_SETTLE_MS, self.errands.reading.read_all, repeats=False)
        self._timer(_JOBS_MS, self.errands.reading.read_jobs).start()
        self._timer(_DISK_MS, self._on_disk_time).start()
        self._hub_timer = self._timer(_HUB_MS, self.errands.reading.ask_hub)
        self._listen()
        self._connect_models()
        self._connect_downloads()
        self._connect_collections()
        self._connect_settings()

    def begin(self) -> None:
        """Read everything for the first time, and go on with what was interrupted."""
        self.errands.reading.read_all()
        self.errands.reading.read_machine()
        self.errands.reading.start_waiting()
        self.errands.configuring.read_locations()

    def close(self) -> None:
        """Let go: nothing more is asked, and what still comes back is dropped."""
        for timer in self.findChildren(QTimer):
            timer.stop()
        for errand in self.errands.all:
            errand.close()
        self.deleteLater()

    def read_soon(self) -> None:
        """Read everything again; many wishes within a moment are one reading."""
        if not self._read_soon.isActive():
            self._read_soon.start()

    def save(self, settings: Settings, key: str) -> None:
        """Write settings in which `key` changed; later changes build on these."""
        self._settings = settings
        self.errands.configuring.save(settings, key)

    def apply(self, progress: Sequence[JobProgress]) -> None:
        """Move the bars everywhere."""
        window = self._window
        window.models_page.apply(progress)
        window.jobs.apply(progress)
        window.show_activity()
        if any(event.model_id == window.details.model_id for event in progress):
            self._refresh_details()

    def own_downloads(self) -> list[JobRecord]:
        """The downloads that this process runs or waits for."""
        me = Owner.this_process()
        return [job for job in self._window.jobs.active if job.owner == me]

    def _timer(self, milliseconds: int, act: Callable[[], None], repeats: bool = True) -> QTimer:
        timer = QTimer(self, interval=milliseconds, singleShot=not repeats)
        timer.timeout.connect(act)
        return timer

    def _listen(self) -> None:
        for errand in self.errands.all:
            errand.told.connect(self.told)
            errand.changed.connect(self.read_soon)
            errand.went_offline.connect(self._on_offline)
        reading = self.errands.reading
        reading.read.connect(self._on_read)
        reading.jobs_read.connect(self._on_jobs)
        reading.machine_read.connect(self._window.shell.status_bar.show_machine)
        reading.hub_answered.connect(self._on_online)
        reading.files_read.connect(self._on_files)
        reading.files_refused.connect(self._on_files_refused)
        reading.usage_read.connect(self._on_usage)
        reading.usage_refused.connect(self._on_usage_refused)
        self.errands.downloading.went_online.connect(self._on_online)
        self.errands.downloading.page_wanted.connect(self._window.open_hub_page)
        self.errands.deleting.collection_opened.connect(self._window.open_collection)
        self.errands.deleting.job_opened.connect(self._window.open_job)

    def _connect_models(self) -> None:
        page, downloading = self._window.models_page, self.errands.downloading
        page.download_requested.connect(downloading.download)
        page.repair_requested.connect(downloading.download)
        page.access_requested.connect(downloading.open_dialog)
        page.pause_requested.connect(self._on_pause)
        page.resume_requested.connect(self._on_resume)
        page.cancel_requested.connect(self._on_cancel)
        page.retry_requested.connect(self._on_retry)
        page.delete_requested.connect(self._on_delete)
        page.favourite_requested.connect(self.errands.collecting.set_favourite)
        page.add_requested.connect(self._on_add)
        page.edit_requested.connect(self._on_edit)
        page.removal_requested.connect(self._on_removal)
        self.errands.collecting.model_added.connect(self._on_added)
        details, reading = self._window.details, self.errands.reading
        details.files_wanted.connect(reading.read_files)
        details.usage_wanted.connect(reading.read_usage)

    def _connect_downloads(self) -> None:
        page, downloading = self._window.downloads_page, self.errands.downloading
        page.pause_requested.connect(downloading.pause)
        page.resume_requested.connect(downloading.resume)
        page.cancel_requested.connect(downloading.cancel)
        page.retry_requested.connect(downloading.retry)
        page.remove_requested.connect(downloading.forget_one)
        page.clear_requested.connect(downloading.forget)

    def _connect_collections(self) -> None:
        page, collecting = self._window.collections_page, self.errands.collecting
        page.collection_created.connect(collecting.create)
        page.collection_renamed.connect(collecting.rename)
        page.collection_described.connect(collecting.describe)
        page.collection_deleted.connect(collecting.delete)
        page.model_added.connect(collecting.add)
        page.model_removed.connect(collecting.remove)
        page.role_changed.connect(collecting.change_role)
        page.download_requested.connect(self.errands.downloading.download)

    def _connect_settings(self) -> None:
        page, configuring = self._window.settings_page, self.errands.configuring
        page.setting_changed.connect(self._on_setting)
        page.token_given.connect(configuring.store_token)
        page.token_forgotten.connect(configuring.forget_token)
        page.default_set.connect(configuring.set_default)
        page.default_cleared.connect(configuring.clear_default)
        page.tier_set.connect(configuring.set_tier)
        page.tier_cleared.connect(configuring.clear_tier)
        page.tier_removed.connect(configuring.remove_tier)
        configuring.saved.connect(self._on_saved)
        configuring.refused.connect(page.refuse)
        configuring.token_read.connect(page.show_token)
        configuring.locations_read.connect(page.show_locations)

    def _on_read(self, picture: Picture) -> None:
        window = self._window
        self._seen = _states(picture.jobs)
        window.models_page.show_entries(picture.entries)
        window.jobs.show(picture.jobs)
        window.collections_page.show_collections(picture.collections)
        window.collections_page.show_entries(picture.entries)
        window.settings_page.show_entries(picture.entries)
        window.settings_page.show_defaults(picture.preferences, picture.tiers)
        window.shell.status_bar.show_sizes(picture.sizes)
        window.shell.set_count(window.collections_page, len(picture.collections))
        window.show_activity()
        if window.focusWidget() is window.shell:
            window.models_page.list.setFocus()
        self._refresh_details(ask=True)

    def _on_jobs(self, jobs: tuple[JobRecord, ...]) -> None:
        if _states(jobs) != self._seen:
            self._seen = _states(jobs)
            self.read_soon()
        me = Owner.this_process()
        others = [
            progress_of(job) for job in jobs if job.state is JobState.RUNNING and job.owner != me
        ]
        if others:
            self.apply(others)

    def _on_disk_time(self) -> None:
        self.errands.reading.check_disk()
        self.errands.reading.read_machine()

    def _refresh_details(self, *, ask: bool = False) -> None:
        details = self._window.details
        entry = self._window.models_page.entry(details.model_id)
        if entry is None:
            # It left the list: removed here, or deleted by somebody else.
            self._window.shell.set_details_shown(False)
        else:
            details.show_entry(entry)
            if ask and details.isVisible():
                details.ask_again()

    def _on_files(self, answer: FileAnswer) -> None:
        place = self.tr("on this machine") if answer.is_here else self.tr("on the Hub")
        self._window.details.show_files(answer.model_id, answer.files, place)

    def _on_files_refused(self, model_id: str, error: ErrorInfo) -> None:
        if model_id == self._window.details.model_id:
            self._window.details.files.refuse(error.message, error.hint)

    def _on_usage(self, report: UsageReport) -> None:
        self._window.details.show_usage(report.model_id, report)

    def _on_usage_refused(self, model_id: str, error: ErrorInfo) -> None:
        if model_id == self._window.details.model_id:
            self._window.details.used_by.refuse(error.message, error.hint)

    def _on_pause(self, model_id: str) -> None:
        if job := self._job_of(model_id):
            self.errands.downloading.pause(job.id)

    def _on_resume(self, model_id: str) -> None:
        job = self._job_of(model_id)
        if job is not None and job.state.is_active:
            self.errands.downloading.resume(job.id)
        else:
            self.errands.downloading.download(model_id)

    def _on_cancel(self, model_id: str) -> None:
        if job := self._job_of(model_id):
            self.errands.downloading.cancel(job.id)

    def _on_retry(self, model_id: str) -> None:
        if job := self._job_of(model_id):
            self.errands.downloading.retry(job.id)

    def _on_delete(self, model_id: str) -> None:
        entry = self._window.models_page.entry(model_id)
        is_on_hub = entry is None or entry.managed
        self.errands.deleting.open_dialog(model_id, is_on_hub=is_on_hub)

    def _on_add(self) -> None:
        self.errands.collecting.open_dialog()

    def _on_edit(self, model_id: str) -> None:
        entry = self._window.models_page.entry(model_id)
        if entry is not None and entry.custom is not None:
            self.errands.collecting.open_dialog(entry.custom)

    def _on_removal(self, model_id: str) -> None:
        entry = self._window.models_page.entry(model_id)
        if entry is not None and entry.custom is not None:
            self.errands.collecting.ask_removal(entry.custom, has_files=can_delete(entry))

    def _on_added(self, model_id: str, download: bool) -> None:
        if download:
            self.errands.downloading.download(model_id)

    def _on_setting(self, key: str, value: Value) -> None:
        self.save(self._settings.with_value(key, value), key)

    def _on_saved(self, settings: Settings, key: str) -> None:
        self.settings_saved.emit(settings, key)

    def _job_of(self, model_id: str) -> JobRecord | None:
        entry = self._window.models_page.entry(model_id)
        return entry.job if entry is not None else None

    def _on_offline(self, reason: str) -> None:
        self._hub_timer.start()
        self.offline.emit(reason)

    def _on_online(self) -> None:
        self._hub_timer.stop()
        self.online.emit()


def _states(jobs: Sequence[JobRecord]) -> frozenset[tuple[str, JobState]]:
    return frozenset((job.id, job.state) for job in jobs)
