"""Settings: every change is told, checked, confirmed or refused in place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from tests.support.looking import problems_of, settle
from tests.support.pressing import button, buttons, press, words
from tests.support.scenes import (
    LLAMA,
    PREFERENCES,
    QWEN,
    STORE,
    catalogue,
    locations,
    settings,
    tiers,
)
from tests.support.speech import found, nameless

from modelshelf.core.hub.auth import TokenSource
from modelshelf.core.model import Role
from modelshelf.core.settings import Environment
from modelshelf.core.settings.declared import DECLARED
from modelshelf.gui.pages.settings import SettingsPage, TokenFacts
from modelshelf.gui.widgets import DropDown, NumberField, Pill

GENERAL, STORAGE, NETWORK, DEFAULTS, APPEARANCE = range(5)
SECOND, ARCHIVE = "/data/models/hub", "/media/anna/archive/hub"


@pytest.fixture
def page(qtbot: QtBot) -> SettingsPage:
    made = SettingsPage(settings(storage_locations=(SECOND,)))
    qtbot.addWidget(made)
    made.resize(1000, 800)
    made.show_entries(catalogue())
    made.show_locations(locations())
    made.show_token(TokenFacts(TokenSource.FILE, account="anna"))
    made.show_defaults(PREFERENCES, tiers())
    with qtbot.waitExposed(made):
        made.show()
    settle()
    return made


def endpoint_field(page: SettingsPage) -> QLineEdit:
    control = page.network.rows["network.endpoint"].control
    assert isinstance(control, QLineEdit)
    return control


@pytest.mark.parametrize("place", range(5))
def test_every_section_looks_right_and_can_be_named(page: SettingsPage, place: int) -> None:
    page.show_section(place)
    settle()
    assert problems_of(page) == []
    assert list(nameless(page)) == []


def test_every_declared_setting_can_be_changed_here(page: SettingsPage) -> None:
    sections = (page.general, page.network, page.defaults, page.appearance)
    shown = {key for section in sections for key in section.rows} | {"storage.locations"}
    assert set(DECLARED) <= shown


def test_a_choice_is_told_and_quietly_confirmed(qtbot: QtBot, page: SettingsPage) -> None:
    drop_down = found(page.general, DropDown)
    with qtbot.waitSignal(page.setting_changed) as told:
        qtbot.keyClick(drop_down, Qt.Key.Key_Down)
    assert told.args == ["downloads.on_close", "tray"]
    assert "Saved" not in words(page.general)
    page.show_settings(settings(downloads_on_close="tray"))
    assert "Saved" in words(page.general)
    assert drop_down.currentData() == "tray"


def test_settings_from_elsewhere_are_not_confirmed(page: SettingsPage) -> None:
    page.show_settings(settings(downloads_parallel=5))
    assert found(page.general, NumberField).value() == 5
    assert "Saved" not in words(page.general)


def test_a_number_is_told_once_when_typing_ends(qtbot: QtBot, page: SettingsPage) -> None:
    number = found(page.general, NumberField)
    number.selectAll()
    told: list[object] = []
    page.setting_changed.connect(lambda key, value: told.append((key, value)))
    qtbot.keyClicks(number, "12")
    assert told == []
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert told == [("downloads.parallel", 12)]


def test_a_number_out_of_range_cannot_be_typed(qtbot: QtBot, page: SettingsPage) -> None:
    number = found(page.general, NumberField)
    number.selectAll()
    qtbot.keyClicks(number, "99")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert number.value() <= DECLARED["downloads.parallel"].maximum


def test_a_refusal_is_said_beside_the_setting(page: SettingsPage) -> None:
    page.refuse("downloads.parallel", "The settings could not be saved.")
    assert page.general.rows["downloads.parallel"].note == "The settings could not be saved."
    page.refuse("storage.locations", "That folder cannot be read.")
    assert "That folder cannot be read." in words(page.storage)
    page.refuse("tier", "There is one already.")
    assert "There is one already." in words(page.defaults)
    page.refuse("token", "This is not an access token.")
    assert "This is not an access token." in words(page.network)


@pytest.mark.parametrize(
    ("value", "button_name"), [("dark", "Theme: Dark"), ("light", "Theme: Light")]
)
def test_the_theme_is_chosen_by_a_press(
    qtbot: QtBot, page: SettingsPage, value: str, button_name: str
) -> None:
    page.show_section(APPEARANCE)
    with qtbot.waitSignal(page.setting_changed) as told:
        press(qtbot, page, button_name)
    assert told.args == ["appearance.theme", value]


def test_motion_can_be_stopped(qtbot: QtBot, page: SettingsPage) -> None:
    page.show_section(APPEARANCE)
    with qtbot.waitSignal(page.setting_changed) as told:
        press(qtbot, page, "Less motion")
    assert told.args == ["appearance.reduced_motion", True]


# Network


def test_an_address_is_told_when_it_is_one(qtbot: QtBot, page: SettingsPage) -> None:
    page.show_section(NETWORK)
    line = endpoint_field(page)
    qtbot.keyClicks(line, "hub.lab.example")
    with qtbot.assertNotEmitted(page.setting_changed):
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "cannot be used as the address of a Hub" in words(page.network)
    line.setText("https://hub.lab.example/")
    with qtbot.waitSignal(page.setting_changed) as told:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert told.args == ["network.endpoint", "https://hub.lab.example"]


def test_leaving_an_unchanged_address_tells_nothing(qtbot: QtBot, page: SettingsPage) -> None:
    page.show_settings(settings(network_endpoint="https://hub.lab.example"))
    with qtbot.assertNotEmitted(page.setting_changed):
        qtbot.keyClick(endpoint_field(page), Qt.Key.Key_Return)


def test_an_address_that_could_be_overheard_says_what_that_means(page: SettingsPage) -> None:
    page.show_settings(settings(network_endpoint="http://hub.lab.example"))
    assert "your token is not sent to it" in page.network.rows["network.endpoint"].note


def test_nonsense_in_the_settings_file_does_not_stop_the_page(page: SettingsPage) -> None:
    page.show_settings(settings(network_endpoint="::nonsense::"))
    assert "cannot be used" in page.network.rows["network.endpoint"].note


def test_what_the_environment_decides_cannot_be_changed(page: SettingsPage) -> None:
    decided = Environment(
        hub_cache=STORE,
        endpoint="https://hub.lab.example",
        offline=True,
        default_embedding_model=str(QWEN),
    )
    page.show_settings(settings(decided))
    for key, name in (
        ("network.endpoint", "HF_ENDPOINT"),
        ("network.offline", "HF_HUB_OFFLINE"),
    ):
        row = page.network.rows[key]
        assert not row.control.isEnabled()
        assert row.note == f"{name} decides this."
    row = page.defaults.rows["defaults.embedding_model"]
    assert not row.control.isEnabled()
    assert row.note == "DEFAULT_EMBEDDING_MODEL decides this."
    page.show_settings(settings())
    assert endpoint_field(page).isEnabled()
    assert page.network.rows["network.endpoint"].note == ""


def test_going_offline_is_one_press(qtbot: QtBot, page: SettingsPage) -> None:
    page.show_section(NETWORK)
    with qtbot.waitSignal(page.setting_changed) as told:
        press(qtbot, page, "Offline")
    assert told.args == ["network.offline", True]


def test_a_token_is_handed_over_and_gone_from_the_screen(qtbot: QtBot, page: SettingsPage) -> None:
    page.show_section(NETWORK)
    line = next(f for f in page.findChildren(QLineEdit) if f.accessibleName() == "Access token")
    qtbot.keyClicks(line, "hf_secret")
    with qtbot.waitSignal(page.token_given) as given:
        press(qtbot, page, "Keep this token")
    assert given.args == ["hf_secret"]
    assert line.text() == ""
    assert "Asking the Hub whose token it is…" in words(page.network)


def test_a_token_can_be_forgotten(qtbot: QtBot, page: SettingsPage) -> None:
    page.show_section(NETWORK)
    assert "Signed in as anna." in words(page.network)
    with qtbot.waitSignal(page.token_forgotten):
        press(qtbot, page, "Forget it")
    page.show_token(TokenFacts(TokenSource.NONE))
    assert "Forget it" not in buttons(page)


def test_a_token_of_the_environment_is_only_shown(page: SettingsPage) -> None:
    page.show_section(NETWORK)
    page.show_token(TokenFacts(TokenSource.ENVIRONMENT, account="robot"))
    assert "HF_TOKEN decides this." in words(page.network)
    assert "Forget it" not in buttons(page)
    assert "Keep this token" not in buttons(page)


def test_a_refused_token_says_so(page: SettingsPage) -> None:
    page.show_section(NETWORK)
    page.show_token(TokenFacts(TokenSource.FILE, problem="The Hub does not accept it."))
    assert "The Hub does not accept it." in words(page.network)


# Storage


def test_folders_tell_what_they_are(page: SettingsPage) -> None:
    page.show_section(STORAGE)
    settle()
    said = words(page.storage)
    assert "Hugging Face cache · 14 models, 34.1 GB · 212.4 GB free" in said
    assert f"Take {SECOND} off the list" in buttons(page)
    assert f"Take {STORE} off the list" not in buttons(page)
    assert not button(page, f"Move {STORE} up").isEnabled()
    assert not button(page, f"Move {ARCHIVE} down").isEnabled()
    assert not button(page, f"Open {ARCHIVE}").isEnabled()


def test_the_first_folder_can_be_another_one(qtbot: QtBot, page: SettingsPage) -> None:
    page.show_section(STORAGE)
    settle()
    with qtbot.waitSignal(page.setting_changed) as told:
        press(qtbot, page, f"Move {SECOND} up")
    assert told.args == ["storage.locations", (SECOND, str(STORE))]


def test_a_folder_is_taken_off_the_list(qtbot: QtBot, page: SettingsPage) -> None:
    page.show_section(STORAGE)
    settle()
    with qtbot.waitSignal(page.setting_changed) as told:
        press(qtbot, page, f"Take {SECOND} off the list")
    assert told.args == ["storage.locations", ()]


def test_a_folder_is_opened(qtbot: QtBot, page: SettingsPage) -> None:
    page.show_section(STORAGE)
    settle()
    with qtbot.waitSignal(page.folder_opened) as told:
        press(qtbot, page, f"Open {SECOND}")
    assert told.args == [SECOND]


def test_a_folder_is_added_last(qtbot: QtBot, page: SettingsPage) -> None:
    with qtbot.waitSignal(page.setting_changed) as told:
        page.storage.add_folder("/mnt/big/hub")
    assert told.args == ["storage.locations", (SECOND, "/mnt/big/hub")]


def test_the_same_folder_twice_is_refused(qtbot: QtBot, page: SettingsPage) -> None:
    with qtbot.assertNotEmitted(page.setting_changed):
        page.storage.add_folder(str(STORE))
    assert f"{STORE} is in the list already." in words(page.storage)


# Defaults


def test_a_default_is_chosen_from_models_of_its_kind(qtbot: QtBot, page: SettingsPage) -> None:
    page.show_section(DEFAULTS)
    press(qtbot, page, f"Generation: {LLAMA}")
    asked = page.defaults.ask_default(Role.RERANKER)
    with qtbot.waitSignal(page.default_set) as told:
        press(qtbot, asked, "Choose")
    assert told.args == [Role.RERANKER, "BAAI/bge-reranker-v2-m3"]


def test_a_default_is_cleared(qtbot: QtBot, page: SettingsPage) -> None:
    page.show_section(DEFAULTS)
    with qtbot.waitSignal(page.default_cleared) as told:
        press(qtbot, page, "Embedding: choose none")
    assert told.args == [Role.EMBEDDING]
    page.show_defaults({Role.LLM: LLAMA}, tiers())
    assert "Embedding: choose none" not in buttons(page)


def test_tiers_that_always_exist_are_emptied_own_ones_removed(
    qtbot: QtBot, page: SettingsPage
) -> None:
    page.show_section(DEFAULTS)
    settle()
    with qtbot.waitSignal(page.tier_cleared) as told:
        press(qtbot, page, "high: choose none")
    assert told.args == ["high"]
    with qtbot.waitSignal(page.tier_removed) as told:
        press(qtbot, page, "Remove the tier proofreading")
    assert told.args == ["proofreading"]


def test_a_new_tier_gets_a_name_and_then_a_model(qtbot: QtBot, page: SettingsPage) -> None:
    asked = page.defaults.ask_new_tier()
    line = found(asked, QLineEdit)
    line.setText("High")
    press(qtbot, asked, "Choose its model…")
    assert "already" in words(asked)
    line.setText("drafts")
    press(qtbot, asked, "Choose its model…")
    picker = next(
        w
        for w in page.window().findChildren(type(page.defaults.ask_tier("drafts")))
        if w.isVisible()
    )
    with qtbot.waitSignal(page.tier_set) as told:
        press(qtbot, picker, "Choose")
    assert told.args == ["drafts", "Qwen/Qwen2.5-1.5B-Instruct"]


def test_the_default_embedding_model_is_a_setting(qtbot: QtBot, page: SettingsPage) -> None:
    page.show_section(DEFAULTS)
    page.show_settings(settings(defaults_embedding_model=str(QWEN)))
    with qtbot.waitSignal(page.setting_changed) as told:
        press(qtbot, page, "Default embedding model: choose none")
    assert told.args == ["defaults.embedding_model", ""]


def test_a_folder_that_is_not_there_yet_is_no_alarm_when_it_takes_downloads(
    page: SettingsPage,
) -> None:
    page.show_section(STORAGE)
    new = replace(locations()[0], path=Path("/new"), exists=False, disk=None, models=0)
    page.show_locations([new])
    settle()
    shown = [pill.accessibleName() for pill in page.storage.findChildren(Pill)]
    assert shown == ["Made when needed", "Takes downloads"]
