"""What nobody foresaw: a bug becomes a report, a stubborn system a sentence; never a traceback."""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path

import pytest

from modelshelf.cli.safety import start_log
from modelshelf.core.catalogue.catalogue import Catalogue

SECRET = "hf_" + "s" * 34


def logs() -> Path:
    return Path(os.environ["MODELSHELF_HOME"]) / "logs"


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(_self: Catalogue) -> None:
        raise error

    monkeypatch.setattr(Catalogue, "sizes", fail)


def test_a_bug_is_code_1_with_a_report_that_holds_no_secret(call, cache, monkeypatch):
    failing(monkeypatch, ZeroDivisionError(f"token {SECRET}"))
    answer = call("list", "--json")
    assert answer.code == 1
    error = answer.json["error"]
    assert error["code"] == "ERR_BUG"
    assert str(logs() / "crash.log") in error["hint"]
    report = (logs() / "crash.log").read_text()
    assert "ZeroDivisionError" in report
    assert "Traceback" in report
    assert SECRET not in report
    spoken = call("list")
    assert spoken.code == 1
    assert "Traceback" not in spoken.err + spoken.out


def test_a_report_that_cannot_be_written_is_said(call, cache, monkeypatch):
    failing(monkeypatch, ZeroDivisionError())
    logs().parent.mkdir(parents=True)
    logs().write_text("a file where the folder belongs")
    answer = call("list", "--json")
    assert answer.code == 1
    assert "could not be written" in answer.json["error"]["hint"]


@pytest.mark.parametrize(
    ("number", "code", "name"),
    [(errno.EACCES, 3, "ERR_PERMISSION"), (errno.ENOSPC, 7, "ERR_DISK_SPACE")],
)
def test_what_the_system_refuses_is_no_bug(call, cache, monkeypatch, caplog, number, code, name):
    failing(monkeypatch, OSError(number, os.strerror(number), "/some/file"))
    answer = call("list", "--json")
    caplog.clear()
    assert answer.code == code
    assert answer.json["error"]["code"] == name
    assert "/some/file could not be used" in answer.json["error"]["message"]


@pytest.fixture
def own_handlers(monkeypatch: pytest.MonkeyPatch):
    """Give the log back as it was."""
    log = logging.getLogger("modelshelf")
    before = list(log.handlers)
    monkeypatch.setattr(logging, "raiseExceptions", True)
    yield log
    for handler in [h for h in log.handlers if h not in before]:
        log.removeHandler(handler)
        handler.close()


def test_the_log_holds_warnings_without_secrets(own_handlers, caplog, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", SECRET)
    start_log()
    own_handlers.info("not worth keeping")
    own_handlers.warning("asked with %s", SECRET)
    caplog.clear()
    kept = (logs() / "modelshelf.log").read_text()
    assert "asked with" in kept
    assert SECRET not in kept
    assert "not worth keeping" not in kept


def test_a_log_folder_that_cannot_be_made_is_no_reason_to_fail(own_handlers, caplog, capsys):
    logs().parent.mkdir(parents=True)
    logs().write_text("a file where the folder belongs")
    start_log()
    own_handlers.warning("nobody keeps this")
    caplog.clear()
    assert capsys.readouterr().err == ""
