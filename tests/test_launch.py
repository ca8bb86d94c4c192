"""The program as it is started: version, help, a machine without a display, early interruption."""

import json
import subprocess
import sys

import pytest

from modelshelf import __version__, launch


def run(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "modelshelf", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        **options,
    )


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


def test_the_version():
    answer = run("--version")
    assert answer.returncode == 0
    assert __version__ in answer.stdout


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display there")
def test_without_arguments_and_display_it_shows_its_commands(no_display):
    answer = run()
    assert answer.returncode == 0
    for command in (
        *("gui", "list", "show", "status", "download", "downloads", "usage", "delete"),
        *("collections", "defaults", "tiers", "custom", "config", "path", "sample-hub"),
    ):
        assert f"\n  {command} " in answer.stdout
    assert "...\n" not in answer.stdout.split("Commands:")[1], "no sentence is cut off"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display there")
def test_a_window_without_a_display_is_refused_in_a_sentence(no_display):
    answer = run("gui")
    assert answer.returncode == 2
    assert "no display" in answer.stderr
    assert answer.stdout == ""


def test_with_a_display_no_arguments_mean_the_window(monkeypatch: pytest.MonkeyPatch):
    started: list[list[str]] = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(sys, "argv", ["modelshelf"])
    monkeypatch.setattr(launch, "_start", started.append)
    launch.main()
    monkeypatch.setattr(sys, "argv", ["modelshelf-gui", "--sample"])
    launch.main_gui()
    assert started == [["gui"], ["gui", "--sample"]]


def test_a_command_through_the_entry_point():
    answer = run("config", "get", "network.connections", "--json")
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["key"] == "network.connections"


def test_an_interruption_while_it_loads_shows_no_traceback(monkeypatch: pytest.MonkeyPatch):
    def interrupted(_arguments: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(launch, "_run_command_line", interrupted)
    monkeypatch.setattr(sys, "argv", ["modelshelf", "list"])
    with pytest.raises(SystemExit) as leaving:
        launch.main()
    assert leaving.value.code == 130
