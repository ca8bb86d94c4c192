"""Where words and JSON go, whatever the streams are: pipes, full disks, other alphabets."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest
from tests.cli.conftest import MODEL, start

from modelshelf.cli.layout import Column
from modelshelf.cli.output import Output
from modelshelf.core.errors import ErrorCode, ErrorInfo

ESCAPE = "\x1b[31m"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX streams")
FAILURE = ErrorInfo(ErrorCode.IN_USE, "Collection “x” uses it.", "Change it first.")


def output(
    encoding: str = "utf-8", *, as_json: bool = False, quiet: bool = False
) -> tuple[Output, io.BytesIO, io.BytesIO]:
    out, err = io.BytesIO(), io.BytesIO()
    streams = [io.TextIOWrapper(raw, encoding, newline="\n") for raw in (out, err)]
    return Output(as_json, quiet, *streams), out, err


def test_a_failure_is_json_on_stdout_or_words_on_stderr():
    printer, out, err = output(as_json=True)
    printer.failure(FAILURE)
    assert json.loads(out.getvalue()) == {
        "error": {"code": "ERR_IN_USE", "message": FAILURE.message, "hint": FAILURE.hint}
    }
    assert err.getvalue() == b""
    printer, out, err = output()
    printer.failure(FAILURE)
    assert out.getvalue() == b""
    assert err.getvalue().decode() == "Collection “x” uses it. (ERR_IN_USE)\nChange it first.\n"


def test_messages_are_silent_where_a_script_reads_and_warnings_are_not():
    for as_json in (True, False):
        printer, out, err = output(as_json=as_json, quiet=not as_json)
        printer.message("by the way")
        printer.status("42 %")
        printer.warning("mind this")
        assert out.getvalue() == b""
        assert err.getvalue() == b"mind this\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_other_alphabets_get_plain_characters_and_valid_json(encoding):
    printer, out, err = output(encoding)
    printer.line("“模型” …")
    printer.failure(FAILURE)
    assert out.getvalue()
    assert err.getvalue()
    printer, out, err = output(encoding, as_json=True)
    printer.document({"name": "模型", "path": "\udcff"})
    assert json.loads(out.getvalue()) == {"name": "模型", "path": "\udcff"}


def test_names_from_outside_cannot_steer_the_terminal():
    printer, out, err = output()
    printer.line(f"name {ESCAPE}evil\r")
    printer.table((Column("File"),), [(f"{ESCAPE}two\nlines",)])
    printer.facts([("Licence", f"{ESCAPE}MIT")])
    printer.message(ESCAPE)
    printer.warning(ESCAPE)
    printer.failure(ErrorInfo(ErrorCode.INPUT, ESCAPE, ESCAPE))
    assert b"\x1b" not in out.getvalue() + err.getvalue()
    assert b"\r" not in out.getvalue()
    assert len(out.getvalue().splitlines()) == 4


@POSIX
def test_a_path_is_printed_byte_for_byte():
    printer, out, _ = output()
    name = os.fsdecode(b"/models/\xff\xfe")
    printer.path(name)
    assert out.getvalue() == b"/models/\xff\xfe\n"


def test_a_closed_stream_is_no_crash(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdin", None)
    printer = Output()
    printer.line("a result")
    printer.message("a message")
    assert not printer.is_interactive


@POSIX
class TestProcesses:
    def test_a_full_disk_behind_stdout_is_code_7_and_said_on_stderr(self, installed):
        for arguments in (("list",), ("list", "--json"), ("path", MODEL)):
            with open("/dev/full", "w") as full:
                process = start(*arguments, stdout=full)
                _, err = process.communicate(timeout=30)
            assert process.returncode == 7, arguments
            assert "No space left" in err
            assert "Traceback" not in err
            assert "Exception ignored" not in err

    def test_a_reader_that_goes_away_ends_the_command_quietly(self, cache):
        process = start("list", "--json")
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
        process.stderr.close()
        assert process.wait(timeout=30) == 130
        assert err == ""

    def test_a_reader_that_goes_away_stops_a_download_that_can_go_on(self, published, cache, call):
        process = start("download", MODEL, "--json")
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "plan"
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
        process.stderr.close()
        assert process.wait(timeout=30) == 130
        assert err == ""
        assert call("download", MODEL).code == 0

    def test_closed_streams_are_no_crash(self, installed):
        for closing in (">&-", "2>&-", "<&-", "<&- >&- 2>&-"):
            program = f'"$0" -m modelshelf delete {MODEL} --dry-run {closing}'
            process = start(args=["sh", "-c", program, sys.executable])
            _, err = process.communicate(timeout=30)
            assert process.returncode == 0, (closing, err)

    def test_a_terminal_that_knows_ascii_alone(self, installed):
        env = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
        process = start("show", MODEL, env=env)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0, err
        assert out.isascii()
        process = start("collections", "show", "nope", env=env)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 4
        assert 'There is no collection "nope".' in err
