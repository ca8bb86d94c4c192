"""The window full of facts, and a picture of it with what is wrong in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QDialog, QWidget

from modelshelf.core.catalogue.catalogue import CacheSizes
from modelshelf.core.hub.auth import TokenSource
from modelshelf.core.machine import Gpu, Memory
from modelshelf.core.paths import AppPaths
from modelshelf.core.settings import Environment, Settings
from modelshelf.gui.frame.status_bar import MachineFacts
from modelshelf.gui.main_window import MainWindow
from modelshelf.gui.pages.settings import TokenFacts
from modelshelf.gui.threads import Background
from tests.support import scenes
from tests.support.entries import NOW
from tests.support.inline import Inline
from tests.support.looking import over, picture_of, problems_of

LARGE, SMALL = (1440, 900), (1024, 700)


class Stage:
    """Makes windows full of facts, and takes them away again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._window: MainWindow | None = None

    def window(
        self, size: tuple[int, int] = LARGE, *, is_empty: bool = False, is_read: bool = True
    ) -> MainWindow:
        """Return a window on the Models page; with `is_empty` there is no model to know, and
        without `is_read` nothing was read yet."""
        self._count += 1
        home = self._folder / str(self._count)
        paths = AppPaths(home, home, home, home)
        settings = Settings(paths, Environment(hub_cache=scenes.STORE), {})
        window = MainWindow(settings, Background(executor=Inline()), clock=lambda: NOW)
        window.resize(*size)
        self._window = window
        facts = MachineFacts(
            Memory(64_000_000_000, 50_000_000_000),
            scenes.DISK,
            (Gpu(0, "NVIDIA RTX 4090", 24_000_000_000, 14_900_000_000),),
        )
        window.shell.status_bar.show_machine(facts)
        if not is_read:
            return window
        if is_empty:
            window.models_page.show_entries(())
            return window
        window.shell.status_bar.show_sizes(
            CacheSizes(146_500_000_000, 34_100_000_000, 112_400_000_000, 9)
        )
        window.jobs.show(scenes.jobs())
        window.models_page.show_entries(scenes.catalogue())
        window.collections_page.show_collections(scenes.collections())
        window.collections_page.show_entries(scenes.catalogue())
        window.shell.set_count(window.collections_page, len(scenes.collections()))
        window.show_activity()
        page = window.settings_page
        page.show_settings(scenes.settings(storage_locations=("/data/models/hub",)))
        page.show_entries(scenes.catalogue())
        page.show_locations(scenes.locations())
        page.show_token(TokenFacts(TokenSource.FILE, account="anna"))
        page.show_defaults(scenes.PREFERENCES, scenes.tiers())
        return window

    def clear(self) -> None:
        """Close what is open."""
        if self._window is not None:
            self._window.close()
            self._window.deleteLater()
            self._window = None


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture, and what is wrong with it."""

    picture: QPixmap
    problems: tuple[str, ...]

    @classmethod
    def of(cls, widget: QWidget) -> Shot:
        """Take a widget alone."""
        return cls(picture_of(widget), tuple(problems_of(widget)))

    @classmethod
    def over(cls, window: MainWindow, open_it: Callable[[MainWindow], QDialog]) -> Shot:
        """Take a dialog over its window."""
        window.show()
        dialog = open_it(window)
        picture = over(window, dialog)
        problems = tuple(problems_of(dialog))
        dialog.close()
        return cls(picture, problems)


class Gallery:
    """Pictures by name, in the order in which they were described."""

    def __init__(self) -> None:
        self.shots: dict[str, Callable[[Stage], Shot]] = {}

    def add(self, take: Callable[[Stage], Shot]) -> Callable[[Stage], Shot]:
        """Take this picture with `make shots`, under the name of the function."""
        self.shots[take.__name__.replace("_", "-")] = take
        return take


def with_details(window: MainWindow) -> MainWindow:
    """Open the details of a model that is in use."""
    window.open_model(scenes.QWEN)
    window.details.show_files(scenes.QWEN, scenes.files(), str(scenes.STORE))
    window.details.show_usage(scenes.QWEN, scenes.usage())
    return window
