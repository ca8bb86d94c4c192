"""The window: pages, panel and bars, news, and how all of it is opened and closed."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QGuiApplication,
    QKeyEvent,
)
from PySide6.QtWidgets import QMainWindow

from modelshelf.core.errors import InputError
from modelshelf.core.events import ConnectivityChanged, JobChanged, JobProgress
from modelshelf.core.model import JobKind, JobState, parse_model_id, short_name
from modelshelf.core.units import utc_now
from modelshelf.gui import text
from modelshelf.gui.actions import Action
from modelshelf.gui.frame.keys import Keys
from modelshelf.gui.frame.memory import WindowMemory
from modelshelf.gui.frame.shell import Shell
from modelshelf.gui.models.jobs_model import JobsModel
from modelshelf.gui.widgets import Notice, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from modelshelf.core.events import Event
    from modelshelf.core.settings import Settings
    from modelshelf.core.shelf import Shelf
    from modelshelf.gui.desk import Desk
    from modelshelf.gui.details.panel import DetailsPanel
    from modelshelf.gui.frame.notices import NoticesPopup
    from modelshelf.gui.frame.tray import Tray
    from modelshelf.gui.leaving import Leaving
    from modelshelf.gui.pages.collections import CollectionsPage
    from modelshelf.gui.pages.downloads import DownloadsPage
    from modelshelf.gui.pages.models import ModelsPage
    from modelshelf.gui.pages.settings import SettingsPage
    from modelshelf.gui.threads import Background

_STATE_KEYS = ("tab", "status", "family", "size", "capability", "sort")
_MODELS, _DOWNLOADS, _COLLECTIONS, _SETTINGS = range(4)


class MainWindow(QMainWindow):
    """Works without a shelf until `attach`; then everything the user does reaches it.

    `settings_saved` carries new `Settings` and the key that changed. `left` carries how to leave
    what still downloads, a `Wanted`; the window is closed by then. Not `furnished` it is empty, and
    on screen sooner, until `furnish` is called.
    """

    settings_saved = Signal(object, str)
    left = Signal(object)

    def __init__(
        self,
        settings: Settings,
        background: Background,
        clock: Callable[[], datetime] = utc_now,
        *,
        furnished: bool = True,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._background = background
        self._desk: Desk | None = None
        self._unread = 0
        self._may_close = False
        self.setWindowTitle("Modelshelf")
        self.setMinimumSize(880, 560)
        self.resize(1440, 900)
        self._clock = clock
        self.jobs = JobsModel(self, clock)
        self.shell = Shell()
        self.setCentralWidget(self.shell)
        self.shell.add_page(self._build_models, self.tr("Models"), "library")
        self.shell.add_page(self._build_downloads, self.tr("Downloads"), "download")
        self.shell.add_page(self._build_collections, self.tr("Collections"), "folder-heart")
        self.shell.add_page(self._build_settings, self.tr("Settings"))
        self._memory = WindowMemory(settings.paths.config / "window.ini")
        self._memory.restore_window(self)
        self._connect_frame()
        Keys(self)
        if furnished:
            self.furnish()
        # Nothing is being typed yet: the search must not look as if it were.
        self.shell.setFocus()
        if settings.is_offline:
            self.show_offline(self.tr("You chose to stay offline."))

    # What the first frame does not show is loaded and made when it is first wanted: it takes
    # longer to load than everything before it.

    @property
    def models_page(self) -> ModelsPage:
        """The page of all models."""
        return cast("ModelsPage", self.shell.page_at(_MODELS))

    @property
    def downloads_page(self) -> DownloadsPage:
        """The page of all jobs."""
        return cast("DownloadsPage", self.shell.page_at(_DOWNLOADS))

    @property
    def collections_page(self) -> CollectionsPage:
        """The page of the user's projects."""
        return cast("CollectionsPage", self.shell.page_at(_COLLECTIONS))

    @property
    def settings_page(self) -> SettingsPage:
        """The page of settings."""
        return cast("SettingsPage", self.shell.page_at(_SETTINGS))

    @cached_property
    def details(self) -> DetailsPanel:
        """The panel beside the models."""
        from modelshelf.gui.details.panel import DetailsPanel  # noqa: PLC0415 - see above

        panel = DetailsPanel(clock=self._clock)
        panel.closed.connect(self.close_details)
        panel.requested.connect(self.models_page.request)
        panel.collection_requested.connect(self.open_collection)
        self.shell.add_details(panel, self.models_page)
        self._memory.restore_splitter(self.shell.splitter)
        return panel

    @cached_property
    def notices(self) -> NoticesPopup:
        """The list of news below the bell."""
        from modelshelf.gui.frame.notices import NoticesPopup  # noqa: PLC0415 - see above

        popup = NoticesPopup(self, self._clock)
        popup.cleared.connect(self.shell.toasts.clear)
        return popup

    @cached_property
    def tray(self) -> Tray:
        """The icon in the system tray."""
        from modelshelf.gui.frame.tray import Tray  # noqa: PLC0415 - see above

        made = Tray(self)
        made.window_wanted.connect(self._come_back)
        made.quit_wanted.connect(self._quit)
        return made

    @cached_property
    def _leaving(self) -> Leaving:
        from modelshelf.gui.leaving import Leaving  # noqa: PLC0415 - see above

        made = Leaving(self, has_tray=self.tray.is_available)
        made.left.connect(self._on_left)
        made.hidden.connect(self._hide_in_tray)
        made.remembered.connect(self._on_close_remembered)
        return made

    @property
    def desk(self) -> Desk | None:
        """What connects the window with its shelf; None while it has none."""
        return self._desk

    def furnish(self) -> None:
        """Show the page that was in front last."""
        self.shell.show_place(_MODELS)
        place = self._memory.recall("window", ("page",)).get("page", "0")
        self.shell.show_place(int(place) if place.isdigit() else _MODELS)

    def attach(self, shelf: Shelf) -> None:
        """Begin to work on `shelf`."""
        from modelshelf.gui.desk import Desk  # noqa: PLC0415 - see above

        self._settings = shelf.settings
        self.settings_page.show_settings(shelf.settings)
        self._desk = Desk(self, shelf, self._background)
        self._desk.told.connect(self.tell)
        self._desk.offline.connect(self.show_offline)
        self._desk.online.connect(self.show_online)
        self._desk.settings_saved.connect(self._on_settings_saved)
        for sentence in (*shelf.database.notices, *shelf.settings.problems):
            # Longer than a toast: the history has room for all of it.
            read = self.tr("Read it")
            self.tell(Notice(sentence, Tone.CAUTION, read, self._show_notices))
        self._desk.begin()

    def detach(self) -> None:
        """Let go of the shelf; nothing the user does reaches it any more."""
        if self._desk is not None:
            self._desk.close()
        self._desk = None

    def take_events(self, events: Sequence[Event]) -> None:
        """Take a batch from the bridge."""
        if self._desk is None:
            return
        progress = [event for event in events if isinstance(event, JobProgress)]
        if progress:
            self._desk.apply(progress)
        for event in events:
            if isinstance(event, JobChanged):
                self._tell_job(event)
            elif isinstance(event, ConnectivityChanged) and event.online:
                self.show_online()
            elif isinstance(event, ConnectivityChanged):
                self.show_offline(event.reason)
        if len(progress) < len(events):
            self._desk.read_soon()

    def tell(self, notice: Notice) -> None:
        """Show a notice, in the tray too when the window is not in front."""
        self.shell.toasts.tell(notice)
        self._unread += 1
        self.shell.top_bar.bell.set_unread(self._unread)
        if not self.isActiveWindow() and notice.tone in (Tone.GOOD, Tone.DANGER):
            self.tray.tell(notice)

    def show_activity(self) -> None:
        """Say in the bars what downloads now."""
        active = self.jobs.active
        self.shell.top_bar.downloads.show_downloads(len(active), self.jobs.bytes_per_second)
        self.shell.set_count(self.downloads_page, len(active))

    def show_offline(self, reason: str) -> None:
        """Say quietly that the Hub is away."""
        words = self.tr("Offline. {reason} Everything on this machine works.")
        can_retry = not self._settings.is_offline
        action = self.tr("Try again") if can_retry else self.tr("Settings")
        self.shell.banner.say(words.format(reason=reason), action)
        self.shell.banner.show()

    def show_online(self) -> None:
        """The Hub is back."""
        self.shell.banner.setVisible(self._settings.is_offline)

    def open_model(self, model_id: str) -> None:
        """Show a model on its page, with its details."""
        self.shell.show_page(self.models_page)
        if self.models_page.show_model(model_id):
            self._open_details(model_id)
            self.models_page.list.setFocus()

    def open_collection(self, name: str) -> None:
        """Show a collection."""
        self.shell.show_page(self.collections_page)
        self.collections_page.open_collection(name)

    def open_job(self, job_id: str) -> None:
        """Show a job among the downloads."""
        self.shell.show_page(self.downloads_page)
        self.downloads_page.show_job(job_id)

    def open_hub_page(self, model_id: str) -> None:
        """Show a model's page on the Hub in the browser."""
        QDesktopServices.openUrl(QUrl(f"{self._settings.endpoint}/{model_id}"))

    def open_folder(self, model_id: str) -> None:
        """Show a model's folder in the system's file browser."""
        entry = self.models_page.entry(model_id)
        if entry is not None and entry.path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(entry.path)))

    def rescan(self) -> None:
        """Look at the disk again now."""
        if self._desk is not None:
            self._desk.errands.reading.read_all()
            self._desk.errands.reading.read_machine()
            self.tell(Notice(self.tr("Looking at the disk again"), subject="disk"))

    def close_details(self) -> None:
        """Close the panel and give the keyboard back to the list."""
        self.shell.set_details_shown(False)
        self.models_page.list.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the details."""
        if event.key() == Qt.Key.Key_Escape and self.shell.are_details_shown:
            self.close_details()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once when downloads run here; nothing is lost whatever the answer is."""
        self._keep()
        if self._may_close:
            event.accept()
            return
        event.ignore()
        own = self._desk.own_downloads() if self._desk is not None else []
        self._leaving.ask(own, self._settings.text("downloads.on_close"))

    def _connect_frame(self) -> None:
        bar, shell = self.shell.top_bar, self.shell
        bar.searched.connect(self._on_searched)
        bar.search_entered.connect(self._on_search_entered)
        bar.downloads_opened.connect(self._show_downloads)
        bar.settings_opened.connect(self.show_settings)
        bar.notices_opened.connect(self._show_notices)
        shell.banner.acted.connect(self._on_banner)

    def _build_models(self) -> ModelsPage:
        from modelshelf.gui.pages.models import ModelsPage  # noqa: PLC0415 - see above

        models = ModelsPage(clock=self._clock)
        models.restore(self._memory.recall("models", _STATE_KEYS))
        models.selected.connect(self._open_details)
        models.details_requested.connect(self._open_details)
        models.copy_requested.connect(self._copy)
        models.page_requested.connect(self.open_hub_page)
        models.folder_requested.connect(self.open_folder)
        models.filters.changed.connect(self._on_filtered)
        return models

    def _build_downloads(self) -> DownloadsPage:
        from modelshelf.gui.pages.downloads import DownloadsPage  # noqa: PLC0415 - see above

        page = DownloadsPage(self.jobs, clock=self._clock)
        page.model_opened.connect(self.open_model)
        page.models_opened.connect(self._show_models)
        return page

    def _build_collections(self) -> CollectionsPage:
        from modelshelf.gui.pages.collections import CollectionsPage  # noqa: PLC0415 - see above

        page = CollectionsPage()
        page.model_opened.connect(self.open_model)
        return page

    def _build_settings(self) -> SettingsPage:
        from modelshelf.gui.pages.settings import SettingsPage  # noqa: PLC0415 - see above

        page = SettingsPage(self._settings)
        page.folder_opened.connect(self._open_path)
        return page

    def _keep(self) -> None:
        if self.shell.page is None:
            # Closed before anything was there: what was kept the last time stays.
            return
        self._memory.keep_window(self, self.shell.splitter)
        self._memory.keep("models", self.models_page.state())
        self._memory.keep("window", {"page": str(self.shell.place)})

    def _tell_job(self, event: JobChanged) -> None:
        if event.kind is not JobKind.DOWNLOAD:
            return
        name = short_name(event.model_id)
        if event.state is JobState.DONE:
            told = self.tr("{name} is installed").format(name=name)
            self.tell(Notice(told, Tone.GOOD, subject=event.model_id))
        elif event.state is JobState.FAILED:
            reason = text.failure_word(event.error.code if event.error else None).lower()
            words = self.tr("Download failed: {reason}. Retry continues where it stopped")
            retry = partial(self.models_page.request, Action.RETRY, event.model_id)
            told = words.format(reason=reason)
            action = self.tr("Retry")
            self.tell(Notice(told, Tone.DANGER, action, retry, subject=event.model_id))

    def _open_details(self, model_id: str) -> None:
        entry = self.models_page.entry(model_id)
        if entry is not None:
            self.details.show_entry(entry)
            self.shell.set_details_shown(True)
            self.details.ask_again()

    def _on_searched(self, words: str) -> None:
        self.shell.show_page(self.models_page)
        self.models_page.search_all(words)

    def _on_filtered(self) -> None:
        search = self.shell.top_bar.search
        if search.text() != self.models_page.filters.search.text():
            search.clear()

    def _on_search_entered(self, words: str) -> None:
        try:
            model_id = parse_model_id(words)
        except InputError:
            model_id = None
        if model_id is not None and self.models_page.entry(model_id) is not None:
            self.open_model(model_id)
        elif model_id is not None and "/" in model_id and self._desk is not None:
            self._desk.errands.downloading.open_dialog(model_id)
        else:
            self._on_searched(words)
            self.models_page.list.setFocus()

    def _on_settings_saved(self, settings: Settings, key: str) -> None:
        self._settings = settings
        self.settings_page.show_settings(settings)
        self.settings_saved.emit(settings, key)

    def _on_left(self, wanted: object) -> None:
        self._may_close = True
        self.close()
        self.tray.set_shown(False)
        self.left.emit(wanted)

    def _hide_in_tray(self) -> None:
        self.tray.set_shown(True)
        self.hide()

    def _on_close_remembered(self, choice: str) -> None:
        if self._desk is not None:
            key = "downloads.on_close"
            self._desk.save(self._settings.with_value(key, choice), key)

    def _on_banner(self) -> None:
        if self._settings.is_offline:
            self.show_settings()
        elif self._desk is not None:
            self._desk.errands.reading.ask_hub()

    def _show_models(self) -> None:
        self.shell.show_page(self.models_page)

    def _show_downloads(self) -> None:
        self.shell.show_page(self.downloads_page)

    def show_settings(self) -> None:
        """Show the settings, with what they say about the token and the folders read anew."""
        self.shell.show_page(self.settings_page)
        if self._desk is not None:
            self._desk.errands.configuring.read_token()
            self._desk.errands.configuring.read_locations()

    def _show_notices(self) -> None:
        self._unread = 0
        self.shell.top_bar.bell.set_unread(0)
        self.notices.show_notices(self.shell.toasts.history)
        self.notices.open_below(self.shell.top_bar.bell)

    def _copy(self, model_id: str) -> None:
        QGuiApplication.clipboard().setText(model_id)
        self.tell(Notice(self.tr("{id} is copied").format(id=model_id), subject="copy"))

    def _open_path(self, path: str) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(path))

    def _come_back(self) -> None:
        self.tray.set_shown(False)
        self.show()
        self.raise_()
        self.activateWindow()

    def _quit(self) -> None:
        self._leaving.leave()
