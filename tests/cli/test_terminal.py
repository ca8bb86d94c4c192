"""The command line before a person at a terminal: questions, progress, Ctrl-C, width, colours."""

from __future__ import annotations

import sys
import threading

import pytest
from tests.cli.conftest import MODEL
from tests.support.fake_hub import Fault

from modelshelf.cli.layout import display_width

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are POSIX", allow_module_level=True)

from tests.support.terminal import Terminal

CTRL_C = "\x03"


def test_a_delete_asks_and_enter_means_no(installed):
    with Terminal("delete", MODEL) as terminal:
        terminal.until("This cannot be undone. [y/N] ")
        terminal.type("\n")
        assert terminal.end() == 3
    assert "Nothing was deleted" in terminal.text
    assert installed.exists()


def test_a_yes_deletes_and_says_what_is_free(call, installed):
    call("tiers", "set", "high", MODEL)
    with Terminal("delete", MODEL) as terminal:
        terminal.until("[y/N] ")
        assert "warning  The tier “high” uses it." in terminal.text
        terminal.type("y\n")
        assert terminal.end() == 0
    assert "free again" in terminal.text
    assert "The tier “high” is empty now." in terminal.text
    assert not installed.exists()


def test_ctrl_c_at_the_question_deletes_nothing(installed):
    with Terminal("delete", MODEL) as terminal:
        terminal.until("[y/N] ")
        terminal.type(CTRL_C)
        assert terminal.end() == 130
    assert "Traceback" not in terminal.text
    assert installed.exists()


def test_an_input_that_ends_means_no(installed):
    with Terminal("delete", MODEL) as terminal:
        terminal.until("[y/N] ")
        terminal.type("\x04")
        assert terminal.end() == 3
    assert installed.exists()


def test_what_is_blocked_is_not_even_asked(call, installed):
    call("collections", "create", "thesis")
    call("collections", "add", "thesis", MODEL, "--role", "embedding")
    with Terminal("delete", MODEL, "--force") as terminal:
        assert terminal.end() == 3
    assert "[y/N]" not in terminal.text
    assert "thesis" in terminal.text


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_a_download_draws_one_line_that_fits(published, cache, columns):
    with Terminal("download", MODEL, columns=columns) as terminal:
        assert terminal.end() == 0
    drawn = [line for line in terminal.lines if "%" in line]
    assert drawn
    assert max(map(display_width, drawn)) < columns
    assert "\n" not in terminal.text[: terminal.text.index("is installed")].rsplit("%", 1)[0]


def test_ctrl_c_stops_a_download_and_the_next_one_goes_on(call, published, cache):
    gate = threading.Event()
    published.fail("model.safetensors", Fault(hold=gate, hold_after=1_000_000), times=8)
    with Terminal("download", MODEL) as terminal:
        terminal.until("47 %")
        terminal.type(CTRL_C)
        assert terminal.end() == 130
    gate.set()
    published.heal()
    assert "Traceback" not in terminal.text
    assert "is stopped" in terminal.text
    assert "kept" in terminal.text
    again = call("download", MODEL, "--json")
    assert again.code == 0
    assert again.events[-1]["bytes_reused"] > 0


def test_a_list_on_a_narrow_terminal_breaks_no_id(call, installed):
    with Terminal("list", columns=60) as terminal:
        assert terminal.end() == 0
    ids = {entry["id"] for entry in call("list", "--json").json["models"]}
    shown = {line.split()[0] for line in terminal.lines[1:]}
    assert ids <= shown
    is_alone = [line for line in terminal.lines if display_width(line) > 60]
    assert set(is_alone) <= ids, "only an id that is longer than the terminal may stick out"


def test_colours_can_be_turned_off(installed, monkeypatch):
    with Terminal("list", "--status", "installed") as terminal:
        assert terminal.end() == 0
    assert "\x1b[1m" in terminal.text
    monkeypatch.setenv("NO_COLOR", "1")
    with Terminal("list", "--status", "installed") as terminal:
        assert terminal.end() == 0
    assert "\x1b" not in terminal.text
