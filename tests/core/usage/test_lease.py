import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.file_holder import FileHolder

from modelshelf.core.usage.lease import Probe, probe

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has leases")

# Runs the real probe, and between taking the lease and giving it back has another process open
# the file, so that the kernel asks for the lease. Says what the probe said if it lives through it.
_ASKED_FOR_THE_LEASE = """
import fcntl, subprocess, sys, threading
from pathlib import Path
from modelshelf.core.usage import lease

path, how = sys.argv[1:3]

def gated(descriptor, command, argument=0):
    if command == fcntl.F_SETSIG and how == "without the other signal":
        return 0
    if (command, argument) == (fcntl.F_SETLEASE, fcntl.F_UNLCK):
        opener = subprocess.Popen([sys.executable, "-c", "import sys; open(sys.argv[1])", path])
        while real(descriptor, fcntl.F_GETLEASE) == fcntl.F_WRLCK:
            threading.Event().wait(0.005)
        answer = real(descriptor, command, argument)
        assert opener.wait(timeout=10) == 0
        return answer
    return real(descriptor, command, argument)

real, fcntl.fcntl = fcntl.fcntl, gated
sys.stdout.write(lease.probe(Path(path)).name)
"""


@pytest.fixture
def blob(tmp_path: Path) -> Path:
    path = tmp_path / "blob"
    path.write_bytes(b"weights" * 1000)
    return path


def test_a_file_nobody_holds_is_free(blob: Path):
    assert probe(blob) is Probe.FREE
    # The lease was given back: it can be asked for again, and written to.
    assert probe(blob) is Probe.FREE
    blob.write_bytes(b"more")


@pytest.mark.parametrize("how", ["open", "mapped"])
def test_a_file_another_program_holds_is_busy_under_all_its_names(
    blob: Path, tmp_path: Path, how: str
):
    hard, soft = tmp_path / "hard", tmp_path / "soft"
    hard.hardlink_to(blob)
    soft.symlink_to(blob)
    with FileHolder(hard, how, tmp_path):
        assert [probe(path) for path in (blob, hard, soft)] == [Probe.BUSY] * 3
    assert probe(blob) is Probe.FREE


def test_a_missing_file_a_folder_and_a_pipe_are_answered_without_waiting(
    blob: Path, tmp_path: Path
):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    assert probe(tmp_path / "nothing") is Probe.GONE
    assert probe(tmp_path / "dangling") is Probe.GONE
    assert probe(blob / "below") is Probe.GONE
    assert probe(tmp_path) is Probe.UNKNOWN
    assert probe(tmp_path / "pipe") is Probe.UNKNOWN


@pytest.mark.parametrize(
    ("how", "ending", "answer"),
    [("as it is", 0, "FREE"), ("without the other signal", -signal.SIGIO, "")],
)
def test_somebody_opening_the_file_meanwhile_does_not_end_the_program(
    blob: Path, how: str, ending: int, answer: str
):
    # The second row shows that the kernel's signal really came, and what it does by default.
    asked = subprocess.run(
        [sys.executable, "-c", _ASKED_FOR_THE_LEASE, str(blob), how],
        stdout=subprocess.PIPE,
        text=True,
        timeout=30,
        check=False,
    )
    assert (asked.returncode, asked.stdout) == (ending, answer)


def test_under_a_competing_opener_the_answer_is_one_of_two_and_nobody_dies(blob: Path):
    script = (
        "import os, sys\n"
        "sys.stdout.write('ready\\n'); sys.stdout.flush()\n"
        "while True: os.close(os.open(sys.argv[1], os.O_RDONLY))\n"
    )
    opener = subprocess.Popen(
        [sys.executable, "-c", script, str(blob)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert opener.stdout is not None
        assert opener.stdout.readline() == "ready\n"
        answers = {probe(blob) for _ in range(3000)}
        assert opener.poll() is None
    finally:
        opener.kill()
        opener.communicate(timeout=10)
    assert answers <= {Probe.FREE, Probe.BUSY}
    assert probe(blob) is Probe.FREE
