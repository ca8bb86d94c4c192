"""The program on a hub that keeps a log, opened and closed as a person would."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from modelshelf.core.catalogue.entry import CatalogueEntry
from modelshelf.core.jobs import Wanted
from modelshelf.core.settings import Settings
from modelshelf.core.shelf import Shelf
from modelshelf.gui.actions import CardState, state_of
from modelshelf.gui.dialogs.close_downloads import CloseDownloadsDialog
from modelshelf.gui.main import Program
from modelshelf.gui.opening import Opener
from tests.support.fake_hub import FakeHub
from tests.support.waiting import wait_until
from tests.tour.album import Album
from tests.tour.hands import Hands
from tests.tour.truth import Truth


class Stage:
    """A window, hands to use it, and what is true behind it. `hub` is known once it is open."""

    def __init__(
        self,
        app: QApplication,
        settings: Settings,
        opener: Opener,
        hub: Callable[[], FakeHub],
        album: Album | None = None,
    ) -> None:
        self._find_hub = hub
        self._shelf: Shelf | None = None
        self._is_over = False
        self.album = album
        self.program = Program(app, settings, opener)
        self.program.opened.connect(self._on_opened)
        self.program.ended.connect(self._on_ended)
        self.window = self.program.window
        self.hands = Hands(self.window)
        self.truth = Truth(settings.stores[0], settings.paths.database)
        self.settings = settings

    def __enter__(self) -> Stage:
        self.program.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._is_over:
            self.window.detach()
            self.program.leave(Wanted.PAUSE)
            wait_until(self.is_over, "the program ends", seconds=15)
        self.program.finish()
        self.program.theme.deleteLater()
        self.program.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    @property
    def hub(self) -> FakeHub:
        """The hub."""
        return self._find_hub()

    @property
    def shelf(self) -> Shelf | None:
        """The open shelf."""
        return self._shelf

    def is_over(self) -> bool:
        """Whether the program has ended."""
        return self._is_over

    def picture(self, name: str) -> None:
        """Take a picture, where somebody wants one."""
        if self.album is not None:
            self.album.take(self.window, name)

    def entry(self, model_id: str) -> CatalogueEntry:
        """What the window knows of a model."""
        entry = self.window.models_page.entry(model_id)
        assert entry is not None, f"{model_id} is not in the catalogue"
        return entry

    def wait_for_card(self, model_id: str, *states: CardState, seconds: float = 10) -> None:
        """Wait until the card of a model says one of these."""
        words = " or ".join(states)
        wait_until(
            lambda: state_of(self.entry(model_id)) in states,
            f"{model_id} becomes {words}",
            seconds=seconds,
        )

    def wait_for_share(self, model_id: str, share: float) -> None:
        """Wait until the bar on the card has come so far, from 0 to 1."""

        def has_come() -> bool:
            job = self.entry(model_id).job
            return job is not None and 0 < share * job.bytes_total <= job.bytes_done

        wait_until(has_come, f"{share:.0%} of {model_id} are here", seconds=15)

    def wait_for_toast(self, words: str) -> None:
        """Wait until a toast on screen says so."""
        toasts = self.window.shell.toasts
        wait_until(lambda: any(words in n.text for n in toasts.shown), f"a toast says “{words}”")

    def pace(self, model_id: str, seconds: float) -> None:
        """Let the hub take about so long for a model."""
        size = sum(file.size for file in self.hub.model(model_id).head.files)
        self.hub.set_speed(max(1, round(size / seconds)))

    def full_speed(self) -> None:
        """Let the hub send as fast as it can."""
        self.hub.set_speed(None)

    def close_window(self, answer: str = "") -> None:
        """Close the window, answering what is asked, and wait until the program has ended."""
        self.window.close()
        if answer:
            self.answer_closing(answer)
        wait_until(self.is_over, "the program ends", seconds=15)

    def answer_closing(self, answer: str = "", *, button: str = "Close the window") -> None:
        """Choose what becomes of running downloads."""
        dialog = self.hands.dialog(CloseDownloadsDialog)
        self.picture("closing-while-a-download-runs")
        if answer:
            self.hands.press(answer, dialog)
        self.hands.press(button, dialog)
        wait_until(lambda: not self.hands.has_dialog(), "the question is gone")

    def _on_opened(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def _on_ended(self) -> None:
        self._is_over = True
