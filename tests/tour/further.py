"""What the main job leaves out: gated models, pausing, the dark theme, no network, closing."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from modelshelf.core.model import short_name
from modelshelf.core.units import format_bytes
from modelshelf.gui.actions import Action, CardState
from modelshelf.gui.dialogs.download import DownloadDialog
from modelshelf.gui.job_words import JobAction
from modelshelf.gui.theme import tokens_now
from modelshelf.gui.theme.tokens import themes
from modelshelf.gui.widgets import Label, Segments
from modelshelf.gui.widgets.token_field import TokenField
from tests.support.waiting import wait_until
from tests.tour.hands import one
from tests.tour.stage import Stage

GATED = "google/gemma-3-1b-it"
OPENED = "naver/splade-v3"
PAUSED = "Qwen/Qwen3-0.6B"
WITHOUT_NETWORK = "openai-community/gpt2"
LEFT_RUNNING = "Qwen/Qwen2.5-7B-Instruct"


class Further:
    """Each method is a step, as in the main job; `token_file` is where a token is kept."""

    def __init__(self, stage: Stage, token_file: Path) -> None:
        self._stage = stage
        self._hands = stage.hands
        self._window = stage.window
        self._truth = stage.truth
        self._token_file = token_file

    @property
    def steps(self) -> tuple[Callable[[], str], ...]:
        """All steps in order."""
        return (
            self.refuse_a_gated_model,
            self.give_a_token,
            self.pause,
            self.resume,
            self.turn_dark,
            self.lose_the_network,
            self.find_the_network_again,
            self.close_and_pause,
        )

    def refuse_a_gated_model(self) -> str:
        """A gated model says that a token is missing, and nothing is fetched."""
        self._find(GATED)
        self._hands.press_card(GATED, Action.DOWNLOAD)
        dialog = self._hands.dialog(DownloadDialog)
        self._wait_for_words(dialog, "needs an access token")
        assert not self._hands.sees("Download", dialog)
        self._stage.picture("gated-without-a-token")
        assert not self._truth.jobs(GATED), "no job was made"
        assert not any(one.file for one in self._stage.hub.requests if one.model_id == GATED)
        return "no token: no job, no byte of a file"

    def give_a_token(self) -> str:
        """With a token the reason changes: the licence; another gated model opens."""
        dialog = self._hands.dialog(DownloadDialog)
        field = one(dialog, TokenField).line
        self._hands.press_at(field, field.rect().center())
        self._hands.type(self._stage.hub.token)
        self._hands.press("Use this token", dialog)
        self._wait_for_words(dialog, "licence has not been accepted")
        self._stage.picture("gated-before-its-licence-is-accepted")
        assert self._token_file.read_text().strip() == self._stage.hub.token
        assert stat.S_IMODE(self._token_file.stat().st_mode) == 0o600
        self._hands.press("Cancel", dialog)
        self._hands.no_dialog()
        self._find(OPENED)
        self._hands.press_card(OPENED, Action.DOWNLOAD)
        self._stage.wait_for_card(OPENED, CardState.INSTALLED, seconds=20)
        self._stage.picture("a-gated-model-that-is-open")
        assert self._truth.wrong_files(self._stage.hub.model(OPENED)) == []
        return f"the token is kept for its owner alone; {short_name(OPENED)} came with it"

    def pause(self) -> str:
        """Pause in the list of downloads; the bytes stay."""
        self._find(PAUSED)
        self._stage.pace(PAUSED, 4)
        self._hands.press_card(PAUSED, Action.DOWNLOAD)
        self._stage.wait_for_card(PAUSED, CardState.DOWNLOADING)
        self._stage.wait_for_share(PAUSED, 0.2)
        self._hands.key("Ctrl+2")
        self._hands.press_job(self._truth.job(PAUSED)["id"], JobAction.PAUSE)
        self._stage.wait_for_card(PAUSED, CardState.PAUSED)
        job = self._truth.job(PAUSED)
        assert (job["state"], job["owner_pid"]) == ("paused", None)
        here = self._truth.unfinished_bytes(PAUSED)
        assert here > 0
        self._stage.picture("paused-among-the-downloads")
        return f"{format_bytes(here)} wait on disk"

    def resume(self) -> str:
        """Go on from the card."""
        self._hands.key("Ctrl+1")
        self._stage.picture("paused-card")
        self._stage.full_speed()
        self._hands.press_card(PAUSED, Action.RESUME)
        self._stage.wait_for_card(PAUSED, CardState.INSTALLED, seconds=30)
        job = self._truth.job(PAUSED)
        assert job["state"] == "done"
        assert job["bytes_reused"] > 0
        assert self._truth.wrong_files(self._stage.hub.model(PAUSED)) == []
        return f"{format_bytes(job['bytes_reused'])} were not fetched twice"

    def turn_dark(self) -> str:
        """The dark theme is chosen in the settings and kept in their file."""
        gear = self._window.shell.top_bar.gear
        self._hands.press_at(gear, gear.rect().center())
        page = self._window.settings_page
        self._stage.picture("settings")
        self._hands.choose_tab(page.tabs, "Appearance")
        self._hands.press("Dark", one(page.appearance, Segments))
        file = self._stage.settings.paths.settings_file
        wait_until(lambda: file.exists() and 'theme = "dark"' in file.read_text(), "it is kept")
        wait_until(lambda: tokens_now() == themes()["dark"], "the window is dark")
        self._stage.picture("appearance-in-the-dark")
        self._hands.key("Ctrl+1")
        self._clear_search()
        self._hands.choose_card(PAUSED)
        self._hands.choose_tab(self._window.details.tabs, "Used by")
        self._stage.picture("models-in-the-dark")
        return f"kept in {file.name}"

    def lose_the_network(self) -> str:
        """Without the Hub a banner says so, and what is here still works."""
        self._stage.hub.stop()
        self._find(WITHOUT_NETWORK)
        self._hands.press_card(WITHOUT_NETWORK, Action.DOWNLOAD)
        banner = self._window.shell.banner
        wait_until(banner.isVisible, "the banner comes", seconds=20)
        self._stage.picture("offline")
        self._find(PAUSED)
        self._hands.choose_card(PAUSED)
        details = self._window.details
        self._hands.choose_tab(details.tabs, "Files")
        here = len([path for path in self._truth.snapshot(PAUSED).rglob("*") if path.is_file()])
        wait_until(lambda: details.files.model.rowCount() == here, "its files are listed")
        self._stage.picture("what-is-here-works-offline")
        assert not self._truth.jobs(WITHOUT_NETWORK)
        return f"the banner says so; {here} local files are still listed"

    def find_the_network_again(self) -> str:
        """The banner's button finds the Hub again."""
        self._stage.hub.start()
        self._hands.press("Try again", self._window.shell.banner)
        wait_until(lambda: not self._window.shell.banner.isVisible(), "the banner goes")
        return "the banner is gone"

    def close_and_pause(self) -> str:
        """Closing while a download runs asks; paused, its bytes are kept for the next start."""
        self._find(LEFT_RUNNING)
        self._stage.pace(LEFT_RUNNING, 20)
        self._hands.press_card(LEFT_RUNNING, Action.DOWNLOAD)
        self._stage.wait_for_share(LEFT_RUNNING, 0.05)
        self._stage.close_window("Pause it")
        job = self._truth.job(LEFT_RUNNING)
        assert (job["state"], job["owner_pid"]) == ("paused", None)
        here = self._truth.unfinished_bytes(LEFT_RUNNING)
        assert here > 0
        return f"the job is paused, {format_bytes(here)} are kept"

    def _find(self, model_id: str) -> None:
        """Search the whole catalogue for a model with the keyboard."""
        self._clear_search()
        self._hands.key("Ctrl+K")
        self._hands.type(short_name(model_id))
        page = self._window.models_page
        wait_until(lambda: page.model.row_of(model_id) is not None, f"{model_id} is found")

    def _clear_search(self) -> None:
        for field in (self._window.shell.top_bar.search, self._window.models_page.filters.search):
            if field.isVisible() and field.text():
                self._hands.press_at(field, field.rect().center())
                self._hands.key(Qt.Key.Key_Escape, field)

    def _wait_for_words(self, dialog: DownloadDialog, words: str) -> None:
        wait_until(
            lambda: any(
                words in label.text() for label in dialog.findChildren(Label) if label.isVisible()
            ),
            f"the dialog says “{words}”",
            seconds=15,
        )
