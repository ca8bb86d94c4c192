"""Downloading: choosing what, seeing whether there is room, getting access."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot
from tests.support.looking import problems_of
from tests.support.plans import GGUF, download_plan, download_plan_without_room, gguf_plan
from tests.support.pressing import button, buttons, press, words
from tests.support.scenes import DISK, LLAMA, QWEN, catalogue
from tests.support.speech import found, nameless

from modelshelf.core.downloads.request import DownloadRequest
from modelshelf.core.errors import ErrorCode, ErrorInfo
from modelshelf.core.hub.schema import Access
from modelshelf.gui.dialogs.download import DownloadDialog
from modelshelf.gui.widgets.options import OptionList

ENTRY = next(entry for entry in catalogue() if entry.id == LLAMA)
LOST = ErrorInfo(ErrorCode.NETWORK, "The Hub could not be reached.", "Check the connection.")


def open_dialog(qtbot: QtBot, window: QMainWindow, model_id: str = LLAMA) -> DownloadDialog:
    entry = ENTRY if model_id == LLAMA else None
    dialog = DownloadDialog(model_id, entry, window, debounce_ms=0)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    return dialog


@pytest.fixture
def dialog(qtbot: QtBot, window: QMainWindow) -> DownloadDialog:
    return open_dialog(qtbot, window)


def test_it_asks_for_a_plan_when_it_is_told_to_start(qtbot: QtBot, dialog: DownloadDialog) -> None:
    with qtbot.waitSignal(dialog.plan_requested) as asked:
        dialog.start()
    assert asked.args == [DownloadRequest(LLAMA)]
    assert not button(dialog, "Download").isEnabled()


def test_it_says_what_comes_and_what_is_left_of_the_disk(dialog: DownloadDialog) -> None:
    dialog.show_plan(download_plan(), DISK, Access.GRANTED)
    said = words(dialog)
    assert "212.4 GB free, 196.3 GB after" in said
    assert "Configuration and tokenizer come with it: 6 files, 9.1 MB" in said
    assert button(dialog, "Download 16.1 GB").isEnabled()
    titles = [option.title for option in found(dialog, OptionList).options]
    assert titles == [
        "Weights, safetensors",
        "Original PyTorch checkpoint",
        "Everything in the repository",
    ]
    assert found(dialog, OptionList).value == "safetensors"
    assert problems_of(dialog) == []


def test_enter_starts_exactly_the_plan_on_screen(qtbot: QtBot, dialog: DownloadDialog) -> None:
    plan = download_plan()
    dialog.show_plan(plan, DISK, Access.GRANTED)
    with qtbot.waitSignal(dialog.accepted_plan) as told:
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert told.args == [plan]
    assert not dialog.isVisible()


def test_escape_starts_nothing(qtbot: QtBot, dialog: DownloadDialog) -> None:
    dialog.show_plan(download_plan(), DISK, Access.GRANTED)
    with qtbot.assertNotEmitted(dialog.accepted_plan), qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


@pytest.mark.parametrize(
    ("value", "request_"),
    [
        ("pytorch", DownloadRequest(LLAMA, variant="pytorch")),
        ("*", DownloadRequest(LLAMA, everything=True)),
    ],
)
def test_another_choice_is_planned_anew(
    qtbot: QtBot, dialog: DownloadDialog, value: str, request_: DownloadRequest
) -> None:
    dialog.show_plan(download_plan(), DISK, Access.GRANTED)
    option = found(dialog, OptionList).button(value)
    with qtbot.waitSignal(dialog.plan_requested) as asked:
        qtbot.mouseClick(option, Qt.MouseButton.LeftButton)
    assert asked.args == [request_]
    assert not button(dialog, "Download").isEnabled()
    dialog.show_plan(download_plan(request_), DISK, Access.GRANTED)
    assert button(dialog, "Download 32.1 GB" if request_.everything else "Download 16.1 GB")


def test_a_late_answer_to_the_first_question_is_ignored(
    qtbot: QtBot, dialog: DownloadDialog
) -> None:
    dialog.show_plan(download_plan(), DISK, Access.GRANTED)
    option = found(dialog, OptionList).button("pytorch")
    qtbot.mouseClick(option, Qt.MouseButton.LeftButton)
    dialog.show_plan(download_plan(DownloadRequest(LLAMA, variant="safetensors")), DISK)
    dialog.show_plan(download_plan(DownloadRequest(GGUF, variant="Q4_K_M")), DISK)
    assert not button(dialog, "Download").isEnabled()


def test_a_recommended_variant_answers_a_question_without_one(
    qtbot: QtBot, window: QMainWindow
) -> None:
    dialog = open_dialog(qtbot, window, GGUF)
    dialog.show_plan(gguf_plan("Q4_K_M"), DISK)
    assert found(dialog, OptionList).value == "Q4_K_M"
    assert button(dialog, "Download 4.7 GB").isEnabled()


def test_several_variants_and_no_obvious_one_ask_first(qtbot: QtBot, window: QMainWindow) -> None:
    dialog = open_dialog(qtbot, window, GGUF)
    dialog.show_variants(gguf_plan("Q4_K_M").variants)
    options = found(dialog, OptionList)
    assert options.value is None
    assert not button(dialog, "Download").isEnabled()
    with qtbot.waitSignal(dialog.plan_requested) as asked:
        qtbot.mouseClick(options.button("Q6_K"), Qt.MouseButton.LeftButton)
    assert asked.args == [DownloadRequest(GGUF, variant="Q6_K")]


def test_a_full_disk_is_refused_with_what_is_missing(dialog: DownloadDialog) -> None:
    plan, disk = download_plan_without_room()
    dialog.show_plan(plan, disk, Access.GRANTED)
    said = words(dialog)
    assert "1.1 GB are missing" in said
    assert "3.0 GB of 16.1 GB are here already and are not fetched again." in said
    assert not button(dialog, "Download 13.1 GB").isEnabled()


def test_what_is_complete_is_not_downloaded_again(dialog: DownloadDialog) -> None:
    dialog.show_plan(download_plan(is_present=True), DISK, Access.GRANTED)
    assert "All of it is on this machine already." in words(dialog)
    assert not button(dialog, "Finish").isEnabled()


def test_without_a_token_it_asks_for_one(qtbot: QtBot, dialog: DownloadDialog) -> None:
    dialog.show_plan(download_plan(), DISK, Access.NO_TOKEN)
    assert "This model needs an access token" in words(dialog)
    assert not button(dialog, "Download 16.1 GB").isEnabled()
    line = next(
        field
        for field in dialog.findChildren(QLineEdit)
        if field.accessibleName() == "Access token"
    )
    assert line.echoMode() is QLineEdit.EchoMode.Password
    qtbot.keyClicks(line, " hf_secret ")
    with qtbot.waitSignal(dialog.token_given) as given:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert given.args == ["hf_secret"]
    assert line.text() == ""
    assert dialog.isVisible()


@pytest.mark.parametrize(
    ("access", "sentence", "wants_token"),
    [
        (Access.INVALID_TOKEN, "The access token is not valid any more", True),
        (Access.MISSING_SCOPE, "The access token may not read gated models", True),
        (Access.NOT_ACCEPTED, "Its licence has not been accepted yet", False),
        (Access.PENDING, "Your request for access is waiting", False),
    ],
)
def test_each_refusal_says_which_it_is(
    dialog: DownloadDialog, access: Access, sentence: str, wants_token: bool
) -> None:
    dialog.show_error(ErrorInfo(ErrorCode.GATED, "No access."), access)
    assert sentence in words(dialog)
    assert ("Use this token" in buttons(dialog)) is wants_token
    assert "Try again" in buttons(dialog)


def test_a_licence_is_accepted_on_its_page(qtbot: QtBot, dialog: DownloadDialog) -> None:
    dialog.show_plan(download_plan(), DISK, Access.NOT_ACCEPTED)
    name = "Open its page: Its licence has not been accepted yet"
    with qtbot.waitSignal(dialog.licence_opened) as told:
        press(qtbot, dialog, name)
    assert told.args == [LLAMA]


def test_without_the_hub_it_says_so_and_tries_again(qtbot: QtBot, dialog: DownloadDialog) -> None:
    dialog.show_error(LOST)
    assert "The Hub could not be reached." in words(dialog)
    with qtbot.waitSignal(dialog.plan_requested) as asked:
        press(qtbot, dialog, "Try again")
    assert asked.args == [DownloadRequest(LLAMA)]


def test_an_id_or_a_link_can_be_typed(qtbot: QtBot, window: QMainWindow) -> None:
    dialog = open_dialog(qtbot, window, "")
    line = found(dialog, QLineEdit)
    with qtbot.waitSignal(
        dialog.plan_requested, check_params_cb=lambda request: request == DownloadRequest(QWEN)
    ):
        qtbot.keyClicks(line, f"https://huggingface.co/{QWEN}/tree/main")
    assert dialog.request == DownloadRequest(QWEN)


def test_nonsense_is_refused_beside_the_field(qtbot: QtBot, window: QMainWindow) -> None:
    dialog = open_dialog(qtbot, window, "")
    line = found(dialog, QLineEdit)
    with qtbot.assertNotEmitted(dialog.plan_requested):
        qtbot.keyClicks(line, "../../etc/passwd")
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "is not a model id" in words(dialog)


def test_everything_can_be_named(dialog: DownloadDialog) -> None:
    dialog.show_plan(download_plan(), DISK, Access.NO_TOKEN)
    assert list(nameless(dialog)) == []
