import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.file_holder import FileHolder

from modelshelf.core.usage.processes import FileUser, ProcessScan, _command, by_open_files, who_uses

linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel is asked on Linux only")


@pytest.fixture
def blob(tmp_path: Path) -> Path:
    path = tmp_path / "blob"
    path.write_bytes(b"weights" * 1000)
    return path


@linux
def test_nobody_uses_a_file_that_lies_there(blob: Path, tmp_path: Path):
    assert who_uses([blob, tmp_path / "missing"]) == ProcessScan((), True)
    assert who_uses([]) == ProcessScan((), True)


@linux
@pytest.mark.parametrize("how", ["open", "mapped"])
def test_the_program_is_named_also_when_it_uses_another_name_of_the_file(
    blob: Path, tmp_path: Path, how: str
):
    hard, soft = tmp_path / "hard", tmp_path / "soft"
    hard.hardlink_to(blob)
    soft.symlink_to(blob)
    with FileHolder(hard, how, tmp_path) as holder:
        scan = who_uses([soft])
    assert scan.is_certain
    (user,) = scan.users
    assert (user.pid, user.command) == (holder.pid, "serve.py")
    assert user.name.startswith("python")
    assert user.user
    assert user.since is not None
    assert timedelta() <= datetime.now(UTC) - user.since < timedelta(minutes=5)


@linux
def test_arguments_of_the_program_stay_secret(blob: Path, tmp_path: Path):
    with FileHolder(blob, "open", tmp_path):
        assert "hf_secret" not in repr(who_uses([blob]))


@linux
def test_only_the_programs_that_use_these_files_are_named(blob: Path, tmp_path: Path):
    other = tmp_path / "other"
    other.write_bytes(b"x" * 10_000)
    with FileHolder(blob, "mapped", tmp_path) as mine, FileHolder(other, "open", tmp_path):
        assert [user.pid for user in who_uses([blob]).users] == [mine.pid]


@linux
def test_this_program_counts_too(blob: Path):
    with blob.open("rb"):
        assert [user.pid for user in who_uses([blob]).users] == [os.getpid()]
    assert who_uses([blob]).users == ()


# What another user of the machine sees: neither leases on files of root nor root's processes.
_AS_NOBODY = """
import os, sys
from pathlib import Path
from modelshelf.core.usage.processes import who_uses
os.chdir(sys.argv[1])
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
scan = who_uses([Path("blob")])
sys.stdout.write(f"{scan.is_certain} {[user.pid for user in scan.users]}")
"""


@linux
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs two users")
@pytest.mark.parametrize(
    ("owner", "held", "answer"),
    [
        (0, False, "False []"),
        (0, True, "False []"),
        (65534, False, "True []"),
        (65534, True, "True [0]"),
    ],
    ids=["theirs", "theirs in use", "mine", "mine, used by somebody else"],
)
def test_what_cannot_be_seen_is_unknown_not_free(
    blob: Path, tmp_path: Path, owner: int, held: bool, answer: str
):
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o755)
    target = blob.rename(folder / "blob")
    os.chown(target, owner, owner)

    def seen() -> str:
        return subprocess.run(
            [sys.executable, "-c", _AS_NOBODY, str(folder)],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        ).stdout

    if held:
        with FileHolder(target, "mapped", tmp_path):
            assert seen() == answer
    else:
        assert seen() == answer


@pytest.mark.parametrize("how", ["open", "mapped"])
def test_the_search_for_other_systems_finds_the_program_too(blob: Path, tmp_path: Path, how: str):
    with FileHolder(blob, how, tmp_path) as holder:
        users = by_open_files({(0, 0): blob})
    assert [user.pid for user in users] == [holder.pid]


def test_json_has_no_number_for_a_program_nobody_can_name():
    assert FileUser(0, "", "", "", None).as_json() == {
        "pid": None,
        "name": "",
        "command": "",
        "user": "",
        "since": None,
    }


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["/usr/bin/python3.11", "/home/a/train.py", "--key", "SECRET"], "train.py"),
        (["python", "-u", "train.py"], "train.py"),
        (["python", "-m", "vllm.server", "--api-key", "SECRET"], "vllm.server"),
        (["python", "-c", "key = 'SECRET'"], "python"),
        (["bash", "-ec", "TOKEN=SECRET serve"], "bash"),
        (["node", "-e", "login('SECRET')"], "node"),
        (["python", "SECRET with blanks"], "python"),
        (["/opt/llama-server", "--api-key", "SECRET"], "llama-server"),
        (["python"], "python"),
        ([], ""),
    ],
)
def test_a_command_is_shown_without_what_may_be_secret(arguments: list[str], shown: str):
    assert _command(arguments) == shown
