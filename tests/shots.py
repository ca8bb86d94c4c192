"""Pictures of every page and dialog, light and dark, for a person to look at: `make shots`.

They land in `build/shots` with one HTML sheet. The exit code is 1 when a picture is blank, or a
label in it is cut off or has no glyph.
"""

from __future__ import annotations

import html
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from modelshelf.core.catalogue.catalogue import CacheSizes
from modelshelf.core.catalogue.custom_model import CustomModel
from modelshelf.core.errors import ErrorCode, ErrorInfo
from modelshelf.core.hub.auth import TokenSource
from modelshelf.core.hub.schema import Access
from modelshelf.core.machine import Gpu, Memory
from modelshelf.core.model import ModelId, ModelType
from modelshelf.core.paths import AppPaths
from modelshelf.core.plan import Finding
from modelshelf.core.settings import Environment, Settings
from modelshelf.gui.dialogs.add_model import AddModelDialog
from modelshelf.gui.dialogs.close_downloads import CloseDownloadsDialog
from modelshelf.gui.dialogs.delete import DeleteDialog
from modelshelf.gui.dialogs.download import DownloadDialog
from modelshelf.gui.dialogs.error import ErrorDialog
from modelshelf.gui.frame.shortcuts import ShortcutSheet
from modelshelf.gui.frame.status_bar import MachineFacts
from modelshelf.gui.main_window import MainWindow
from modelshelf.gui.pages.settings import TokenFacts
from modelshelf.gui.theme import Theme
from modelshelf.gui.threads import Background
from modelshelf.gui.widgets import Notice, Tone
from tests.support import findings, plans, scenes
from tests.support.entries import NOW
from tests.support.inline import Inline
from tests.support.looking import is_blank, over, picture_of, problems_of

BUILD = Path(__file__).resolve().parents[1] / "build" / "shots"
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


SHOTS: dict[str, Callable[[Stage], Shot]] = {}


def shot(take: Callable[[Stage], Shot]) -> Callable[[Stage], Shot]:
    """Take this picture with `make shots`, under the name of the function."""
    SHOTS[take.__name__.replace("_", "-")] = take
    return take


@shot
def models(stage: Stage) -> Shot:
    return Shot.of(stage.window())


@shot
def models_with_details(stage: Stage) -> Shot:
    return Shot.of(_with_details(stage.window()))


@shot
def models_with_files(stage: Stage) -> Shot:
    window = _with_details(stage.window())
    window.details.tabs.setCurrentIndex(1)
    return Shot.of(window)


@shot
def models_with_users(stage: Stage) -> Shot:
    window = _with_details(stage.window())
    window.details.tabs.setCurrentIndex(2)
    return Shot.of(window)


@shot
def models_small(stage: Stage) -> Shot:
    return Shot.of(_with_details(stage.window(SMALL)))


@shot
def models_all(stage: Stage) -> Shot:
    window = stage.window()
    window.models_page.tabs.setCurrentIndex(window.models_page.tabs.count() - 1)
    return Shot.of(window)


@shot
def models_offline(stage: Stage) -> Shot:
    window = stage.window()
    window.show_offline("The name huggingface.co could not be looked up.")
    return Shot.of(window)


@shot
def models_first_moment(stage: Stage) -> Shot:
    return Shot.of(stage.window(is_read=False))


@shot
def models_empty(stage: Stage) -> Shot:
    return Shot.of(stage.window(is_empty=True))


@shot
def models_nothing_found(stage: Stage) -> Shot:
    window = stage.window()
    window.models_page.search_all("mixtral")
    return Shot.of(window)


@shot
def models_refused(stage: Stage) -> Shot:
    window = stage.window(is_empty=True)
    window.models_page.refuse(
        "The database was written by a newer Modelshelf.", "Install that version again."
    )
    return Shot.of(window)


@shot
def toasts(stage: Stage) -> Shot:
    window = stage.window()
    window.tell(Notice("Downloading Qwen3-Embedding-4B", Tone.ACCENT))
    window.tell(Notice("bge-small-en-v1.5 is installed", Tone.GOOD))
    words = "Download failed: connection lost. Retry continues where it stopped"
    window.tell(Notice(words, Tone.DANGER, "Retry"))
    return Shot.of(window)


@shot
def downloads(stage: Stage) -> Shot:
    window = stage.window()
    window.shell.show_page(window.downloads_page)
    return Shot.of(window)


@shot
def downloads_small(stage: Stage) -> Shot:
    window = stage.window(SMALL)
    window.shell.show_page(window.downloads_page)
    return Shot.of(window)


@shot
def downloads_empty(stage: Stage) -> Shot:
    window = stage.window(is_empty=True)
    window.shell.show_page(window.downloads_page)
    return Shot.of(window)


@shot
def collections(stage: Stage) -> Shot:
    window = stage.window()
    window.open_collection("thesis-rag")
    return Shot.of(window)


@shot
def collections_small(stage: Stage) -> Shot:
    window = stage.window(SMALL)
    window.open_collection("thesis-rag")
    return Shot.of(window)


@shot
def collections_new_one(stage: Stage) -> Shot:
    window = stage.window()
    window.open_collection("reading group")
    return Shot.of(window)


@shot
def collections_empty(stage: Stage) -> Shot:
    window = stage.window(is_empty=True)
    window.shell.show_page(window.collections_page)
    return Shot.of(window)


def _settings(stage: Stage, place: int, size: tuple[int, int] = LARGE) -> MainWindow:
    window = stage.window(size)
    window.shell.show_page(window.settings_page)
    window.settings_page.show_section(place)
    return window


@shot
def settings_general(stage: Stage) -> Shot:
    window = _settings(stage, 0)
    window.settings_page.general.rows["downloads.on_close"].show_saved()
    return Shot.of(window)


@shot
def settings_storage(stage: Stage) -> Shot:
    return Shot.of(_settings(stage, 1))


@shot
def settings_network(stage: Stage) -> Shot:
    return Shot.of(_settings(stage, 2))


@shot
def settings_network_decided(stage: Stage) -> Shot:
    window = _settings(stage, 2, SMALL)
    decided = Environment(hub_cache=scenes.STORE, endpoint="https://hub.lab.example", offline=True)
    window.settings_page.show_settings(scenes.settings(decided))
    window.settings_page.show_token(TokenFacts(TokenSource.ENVIRONMENT, account="lab-robot"))
    return Shot.of(window)


@shot
def settings_network_refused(stage: Stage) -> Shot:
    window = _settings(stage, 2)
    window.settings_page.refuse(
        "network.endpoint",
        "“htp:/hub” cannot be used as the address of a Hub. An address looks like "
        "https://huggingface.co; it holds no user name.",
    )
    problem = "The Hub does not accept this token any more."
    window.settings_page.show_token(TokenFacts(TokenSource.FILE, problem=problem))
    return Shot.of(window)


@shot
def settings_defaults(stage: Stage) -> Shot:
    return Shot.of(_settings(stage, 3))


@shot
def settings_appearance(stage: Stage) -> Shot:
    return Shot.of(_settings(stage, 4))


def _delete(stage: Stage, *found: Finding, model_id: ModelId = scenes.QWEN) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = DeleteDialog.ask(window, model_id)
        dialog.show_plan(plans.delete_plan(*found, model_id=model_id), scenes.HOME)
        return dialog

    return Shot.over(_with_details(stage.window()), open_it)


@shot
def dialog_delete(stage: Stage) -> Shot:
    return _delete(stage, findings.IS_DEFAULT, findings.IN_TIER, findings.SHARED)


@shot
def dialog_delete_nothing_against_it(stage: Stage) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = DeleteDialog.ask(window, scenes.QWEN, plans.revisions())
        dialog.show_plan(plans.delete_plan(), scenes.HOME)
        return dialog

    return Shot.over(stage.window(), open_it)


@shot
def dialog_delete_blocked(stage: Stage) -> Shot:
    found = (findings.IN_COLLECTION, findings.IN_MEMORY, findings.RUNNING_JOB)
    return _delete(stage, *found, model_id=scenes.BGE)


@shot
def dialog_delete_open_files(stage: Stage) -> Shot:
    return _delete(stage, findings.IN_MEMORY)


@shot
def dialog_delete_not_allowed(stage: Stage) -> Shot:
    return _delete(stage, findings.NOT_ALLOWED)


@shot
def dialog_delete_loading(stage: Stage) -> Shot:
    return Shot.over(stage.window(), lambda window: DeleteDialog.ask(window, scenes.QWEN))


@shot
def dialog_delete_failed(stage: Stage) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = DeleteDialog.ask(window, scenes.QWEN)
        words = "Qwen3-Embedding-0.6B is not on this machine any more."
        dialog.show_error(ErrorInfo(ErrorCode.NOT_FOUND, words, "Look at the disk again with F5."))
        return dialog

    return Shot.over(stage.window(), open_it)


def _download(stage: Stage, fill: Callable[[DownloadDialog], None]) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        entry = window.models_page.entry(scenes.LLAMA)
        dialog = DownloadDialog.ask(window, scenes.LLAMA, entry)
        fill(dialog)
        return dialog

    return Shot.over(stage.window(), open_it)


@shot
def dialog_download(stage: Stage) -> Shot:
    plan = plans.download_plan()
    return _download(stage, lambda d: d.show_plan(plan, scenes.DISK, Access.GRANTED))


@shot
def dialog_download_needs_token(stage: Stage) -> Shot:
    plan = plans.download_plan()
    return _download(stage, lambda d: d.show_plan(plan, scenes.DISK, Access.NO_TOKEN))


@shot
def dialog_download_licence(stage: Stage) -> Shot:
    plan = plans.download_plan()
    return _download(stage, lambda d: d.show_plan(plan, scenes.DISK, Access.NOT_ACCEPTED))


@shot
def dialog_download_disk_full(stage: Stage) -> Shot:
    plan, disk = plans.download_plan_without_room()
    return _download(stage, lambda d: d.show_plan(plan, disk, Access.GRANTED))


@shot
def dialog_download_loading(stage: Stage) -> Shot:
    return _download(stage, lambda dialog: dialog.start())


@shot
def dialog_download_offline(stage: Stage) -> Shot:
    error = ErrorInfo(
        ErrorCode.NETWORK,
        "The Hub could not be reached: the name huggingface.co could not be looked up.",
        "Check the connection, then try again.",
    )
    return _download(stage, lambda dialog: dialog.show_error(error))


@shot
def dialog_download_by_id(stage: Stage) -> Shot:
    return Shot.over(stage.window(), lambda window: DownloadDialog.ask(window))


@shot
def dialog_download_variants(stage: Stage) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = DownloadDialog.ask(window, plans.GGUF)
        dialog.show_plan(plans.gguf_plan("Q4_K_M"), scenes.DISK)
        return dialog

    return Shot.over(stage.window(), open_it)


def _add(stage: Stage, model: CustomModel, typed: str, *, is_unfolded: bool) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = AddModelDialog.ask(window)
        dialog.enter(typed)
        dialog.show_detected(model)
        dialog.fold.set_open(is_unfolded)
        return dialog

    return Shot.over(stage.window(), open_it)


@shot
def dialog_add(stage: Stage) -> Shot:
    return Shot.over(stage.window(), lambda window: AddModelDialog.ask(window))


@shot
def dialog_add_detected(stage: Stage) -> Shot:
    return _add(stage, plans.DETECTED, plans.DETECTED.model_id, is_unfolded=True)


@shot
def dialog_add_unchecked(stage: Stage) -> Shot:
    unknown = CustomModel(ModelId("lab/own-finetune"), ModelType.OTHER)
    return _add(stage, unknown, unknown.model_id, is_unfolded=False)


@shot
def dialog_add_refused(stage: Stage) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = AddModelDialog.ask(window)
        dialog.enter(str(scenes.QWEN))
        words = "Qwen/Qwen3-Embedding-0.6B is in the registry already, so it need not be added."
        hint = "Find it in the list as Qwen3-Embedding-0.6B."
        dialog.show_check_failed(ErrorInfo(ErrorCode.INPUT, words, hint))
        return dialog

    return Shot.over(stage.window(), open_it)


@shot
def dialog_edit_model(stage: Stage) -> Shot:
    return Shot.over(stage.window(), lambda w: AddModelDialog.ask(w, plans.DETECTED))


@shot
def dialog_error(stage: Stage) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        title = "bge-m3 could not be downloaded"
        return ErrorDialog.tell(window, scenes.CONNECTION_LOST, title=title, action="Retry")

    return Shot.over(stage.window(), open_it)


@shot
def dialog_bug(stage: Stage) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = ErrorDialog.tell_bug(window, plans.TRACEBACK)
        dialog.fold.set_open(True)
        return dialog

    return Shot.over(stage.window(), open_it)


@shot
def dialog_close(stage: Stage) -> Shot:
    running = scenes.jobs()[:2]
    return Shot.over(stage.window(), lambda w: CloseDownloadsDialog.ask(w, running))


@shot
def dialog_new_collection(stage: Stage) -> Shot:
    return Shot.over(_in_collections(stage), lambda w: w.collections_page.ask_new())


@shot
def dialog_pick_model(stage: Stage) -> Shot:
    return Shot.over(_in_collections(stage), lambda w: w.collections_page.ask_model())


@shot
def dialog_delete_collection(stage: Stage) -> Shot:
    return Shot.over(_in_collections(stage), lambda w: w.collections_page.ask_delete())


@shot
def dialog_shortcuts(stage: Stage) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = ShortcutSheet(window.shell.names, window)
        dialog.open()
        return dialog

    return Shot.over(stage.window(), open_it)


def _in_collections(stage: Stage) -> MainWindow:
    window = stage.window()
    window.open_collection("thesis-rag")
    return window


def _with_details(window: MainWindow) -> MainWindow:
    window.open_model(scenes.QWEN)
    window.details.show_files(scenes.QWEN, scenes.files(), str(scenes.STORE))
    window.details.show_usage(scenes.QWEN, scenes.usage())
    return window


@contextmanager
def application() -> Iterator[Theme]:
    """The program's look on an offscreen application."""
    app = QApplication.instance() or QApplication(["shots"])
    assert isinstance(app, QApplication)
    yield Theme(app, choice="light", reduced_motion=True)


def take_all(folder: Path, names: list[str]) -> int:
    """Take the pictures called `names`; return how many have a problem."""
    folder.mkdir(parents=True, exist_ok=True)
    bad = 0
    with application() as theme, tempfile.TemporaryDirectory() as home:
        stage = Stage(Path(home))
        for name in names:
            for look in ("light", "dark"):
                theme.choose(look)
                taken = SHOTS[name](stage)
                stage.clear()
                taken.picture.save(str(folder / f"{name}-{look}.png"))
                problems = [*taken.problems, *(["it is blank"] if is_blank(taken.picture) else [])]
                for problem in problems if look == "light" else ():
                    print(f"{name}: {problem}")  # noqa: T201 - this is a command's output
                bad += bool(problems)
    (folder / "index.html").write_text(sheet(list(SHOTS)), "utf-8")
    return bad


def sheet(names: list[str]) -> str:
    """Return one page with all pictures, light beside dark."""
    figures = "\n".join(map(_figure, names))
    return (
        "<!doctype html><meta charset='utf-8'><title>Modelshelf, every page and dialog</title>"
        "<style>body{font:14px sans-serif;margin:24px}figure{margin:0 0 32px}"
        "figcaption{margin-bottom:8px}img{width:49%;margin-right:1%}</style>"
        f"<h1>Modelshelf, every page and dialog</h1>{figures}"
    )


def _figure(name: str) -> str:
    files = [f"{html.escape(name)}-{look}.png" for look in ("light", "dark")]
    pictures = "".join(
        f'<a href="{file}"><img src="{file}" loading="lazy" alt="{file}"></a>' for file in files
    )
    return f"<figure><figcaption>{html.escape(name)}</figcaption>{pictures}</figure>"


def main(arguments: list[str]) -> int:
    """Take all pictures, or those named."""
    names = arguments or list(SHOTS)
    bad = take_all(BUILD, names)
    print(f"{2 * len(names)} pictures in {BUILD}, {bad} with a problem")  # noqa: T201 - as above
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
