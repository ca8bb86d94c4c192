"""The sample hub from the command line: a script starts it, uses it, ends it."""

import json
import signal
import socket
import sys

import pytest
from tests.cli.conftest import start


@pytest.mark.skipif(sys.platform == "win32", reason="a process is not interrupted that way there")
def test_it_tells_its_address_serves_and_ends_on_ctrl_c(call, cache, monkeypatch):
    process = start("sample-hub", "--json", "--limit-rate", "50M")
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    assert len(told["models"]) >= 12
    assert told["token"].startswith("hf_")
    monkeypatch.setenv("HF_ENDPOINT", told["url"])
    done = call("download", "gpt2", "--json")
    assert done.code == 0, done.out
    assert call("download", "google/gemma-3-1b-it", "--json").code == 5
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err


def test_a_port_that_is_taken_is_said(call, cache):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = call("sample-hub", "--port", str(port), "--json")
    assert answer.code == 9
    assert str(port) in answer.json["error"]["message"]


@pytest.mark.parametrize("rate", ["fast", "-1", ""])
def test_a_rate_is_a_size(call, cache, rate):
    answer = call("sample-hub", "--limit-rate", rate or "x", "--json")
    assert answer.code == 9
