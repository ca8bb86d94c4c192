"""Pictures of the pages, in every state."""

from __future__ import annotations

from modelshelf.core.hub.auth import TokenSource
from modelshelf.core.settings import Environment
from modelshelf.gui.main_window import MainWindow
from modelshelf.gui.pages.settings import TokenFacts
from modelshelf.gui.widgets import Notice, Tone
from tests.shots.stage import LARGE, SMALL, Gallery, Shot, Stage, with_details
from tests.support import scenes

GALLERY = Gallery()
shot = GALLERY.add


@shot
def models(stage: Stage) -> Shot:
    return Shot.of(stage.window())


@shot
def models_with_details(stage: Stage) -> Shot:
    return Shot.of(with_details(stage.window()))


@shot
def models_with_files(stage: Stage) -> Shot:
    window = with_details(stage.window())
    window.details.tabs.setCurrentIndex(1)
    return Shot.of(window)


@shot
def models_with_users(stage: Stage) -> Shot:
    window = with_details(stage.window())
    window.details.tabs.setCurrentIndex(2)
    return Shot.of(window)


@shot
def models_small(stage: Stage) -> Shot:
    return Shot.of(with_details(stage.window(SMALL)))


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
