"""Which running programs have given files open or mapped right now."""

from __future__ import annotations

import os
import re
import stat
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from modelshelf.core.usage.lease import Probe, probe

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNNAMED = 0
_MAPPING = re.compile(rb"^\S+ \S+ \S+ ([0-9a-f]+):([0-9a-f]+) (\d+) +(/[^\n]*)$", re.MULTILINE)
_DELETED = " (deleted)"
_INTERPRETERS = re.compile(r"(python|pypy|perl|ruby|node|bash|sh)[0-9.]*(\.exe)?", re.ASCII)

_SCRIPT = re.compile(r"[\w.+-]{1,80}")

FileKey = tuple[int, int]
"""Device and inode: the file itself, whatever its names are."""


@dataclass(frozen=True, slots=True)
class FileUser:
    """A program that uses a file. `since` is when it started, in UTC.

    `pid` is 0 when the system says that somebody uses the file but not who. `command` is the
    script or program alone: arguments may hold secrets.
    """

    pid: int
    name: str
    command: str
    user: str
    since: datetime | None

    def as_json(self) -> dict[str, object]:
        """Return the program as `--json` prints it."""
        return {
            "pid": self.pid or None,
            "name": self.name,
            "command": self.command,
            "user": self.user,
            "since": self.since.isoformat() if self.since else None,
        }


@dataclass(frozen=True, slots=True)
class ProcessScan:
    """Who uses the files. With `is_certain`, an empty `users` means that nobody does."""

    users: tuple[FileUser, ...]
    is_certain: bool


def who_uses(paths: Iterable[Path]) -> ProcessScan:
    """Name the programs that have any of `paths` open or mapped; missing files are free.

    On Linux the kernel is asked first, which is exact and costs microseconds a file; processes
    are searched only when a file is busy or belongs to somebody else. Elsewhere the programs this
    user may look into are searched, which is never certain.
    """
    files = _existing(paths)
    if not files:
        return ProcessScan((), True)
    if sys.platform != "linux":
        return ProcessScan(by_open_files(files), False)
    answers = {key: probe(path) for key, path in files.items()}
    doubtful = {key: files[key] for key, said in answers.items() if said is not Probe.FREE}
    if not doubtful:
        return ProcessScan((), True)
    users, saw_everything = by_proc(doubtful)
    # Somebody passing by (another scan, a backup) is no user: ask once more.
    answers = {key: probe(path) for key, path in doubtful.items()}
    if all(said in (Probe.FREE, Probe.GONE) for said in answers.values()):
        return ProcessScan((), True)
    if not users and Probe.BUSY in answers.values():
        users = (FileUser(_UNNAMED, "", "", "", None),)
    return ProcessScan(users, bool(users) or saw_everything)


def by_proc(files: dict[FileKey, Path]) -> tuple[tuple[FileUser, ...], bool]:
    """Search every process on Linux; also tell whether all of them could be looked into."""
    pids: list[int] = []
    saw_everything = True
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        folder = Path("/proc", name)
        try:
            if _maps(folder, files) or _opens(folder, files):
                pids.append(int(name))
        except PermissionError:
            saw_everything = False
        except OSError:
            # It ended meanwhile.
            continue
    return _described(pids), saw_everything


def by_open_files(files: dict[FileKey, Path]) -> tuple[FileUser, ...]:
    """Search the processes this user may look into, on any system."""
    wanted = {os.path.normcase(os.path.realpath(path)) for path in files.values()}
    pids: list[int] = []
    for process in psutil.process_iter():
        try:
            names = {file.path for file in process.open_files()}
            if hasattr(process, "memory_maps"):
                names |= {mapping.path for mapping in process.memory_maps()}
        except (psutil.Error, OSError):
            continue
        if any(os.path.normcase(name) in wanted for name in names):
            pids.append(process.pid)
    return _described(pids)


def _existing(paths: Iterable[Path]) -> dict[FileKey, Path]:
    found: dict[FileKey, Path] = {}
    for path in paths:
        try:
            facts = path.stat()
        except OSError:
            continue
        if stat.S_ISREG(facts.st_mode):
            found.setdefault((facts.st_dev, facts.st_ino), path)
    return found


def _maps(process: Path, files: dict[FileKey, Path]) -> bool:
    inodes = {inode for _, inode in files}
    for match in _MAPPING.finditer((process / "maps").read_bytes()):
        inode = int(match[3])
        if inode not in inodes:
            continue
        if (os.makedev(int(match[1], 16), int(match[2], 16)), inode) in files:
            return True
        # Some file systems (btrfs, overlay) show another device there than stat does.
        name = os.fsdecode(match[4]).removesuffix(_DELETED)
        if _key(name) in files:
            return True
    return False


def _opens(process: Path, files: dict[FileKey, Path]) -> bool:
    for number in os.listdir(process / "fd"):
        link = f"{process}/fd/{number}"
        try:
            # Only files have a path there; asking about a pipe or a device could wait.
            if os.readlink(link).startswith("/") and _key(link) in files:
                return True
        except OSError:
            continue
    return False


def _key(path: str) -> FileKey | None:
    try:
        facts = os.stat(path)
    except OSError:
        return None
    return (facts.st_dev, facts.st_ino)


def _described(pids: list[int]) -> tuple[FileUser, ...]:
    users: list[FileUser] = []
    for pid in sorted(pids):
        try:
            process = psutil.Process(pid)
            with process.oneshot():
                started = datetime.fromtimestamp(process.create_time(), UTC)
                users.append(
                    FileUser(
                        pid=pid,
                        name=process.name(),
                        command=_command(process.cmdline()),
                        user=process.username(),
                        since=started,
                    )
                )
        except psutil.NoSuchProcess:
            continue
        except psutil.AccessDenied:
            users.append(FileUser(pid, "", "", "", None))
    return tuple(users)


def _command(arguments: list[str]) -> str:
    """Return the script an interpreter runs, else the program; never code or other arguments."""
    if not arguments:
        return ""
    program = os.path.basename(arguments[0])
    if not _INTERPRETERS.fullmatch(program):
        return program
    for position, argument in enumerate(arguments[1:], start=1):
        if argument == "-m":
            module = "".join(arguments[position + 1 : position + 2])
            return module if _SCRIPT.fullmatch(module) else program
        if argument.startswith("-") and set(argument) & set("ce"):
            return program
        if not argument.startswith("-"):
            script = os.path.basename(argument)
            return script if _SCRIPT.fullmatch(script) else program
    return program
