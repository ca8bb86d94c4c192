"""Facts about this machine: memory, GPUs, disks. What the system does not tell stays None."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pynvml  # pyright: ignore[reportMissingTypeStubs] - the package ships no types


@dataclass(frozen=True, slots=True)
class Disk:
    """The volume a folder lies on. Sizes in bytes; `free` is what this user may still write."""

    mount: Path
    device: int
    total: int
    free: int


@dataclass(frozen=True, slots=True)
class Memory:
    """Main memory in bytes; `available` is what a new process could get without swapping."""

    total: int
    available: int


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU as NVML tells it; bytes."""

    index: int
    name: str
    total: int
    free: int


def nearest_existing(path: Path) -> Path:
    """Return `path` or the closest folder above it that exists, as far as this user may see."""
    for candidate in (path, *path.parents):
        # Not Path.exists, which raises below a folder that this user may not enter.
        if os.path.exists(candidate):
            return candidate
    return Path(path.anchor or "/")


def disk_of(path: Path) -> Disk:
    """Return the volume that `path` is, or would be, on.

    Raises:
        OSError: when the volume does not answer.
    """
    place = nearest_existing(path)
    usage = shutil.disk_usage(place)
    mount = Path(os.path.realpath(place))
    while not os.path.ismount(mount):
        mount = mount.parent
    return Disk(mount, os.stat(place).st_dev, usage.total, usage.free)


def memory() -> Memory:
    """Return main memory as it is now."""
    now = psutil.virtual_memory()
    return Memory(now.total, now.available)


def gpus() -> tuple[Gpu, ...]:
    """Return the NVIDIA GPUs as they are now; empty where there are none or no driver answers."""
    nvml: Any = pynvml
    try:
        nvml.nvmlInit()
    except nvml.NVMLError:
        return ()
    found: list[Gpu] = []
    try:
        for index in range(nvml.nvmlDeviceGetCount()):
            with suppress(nvml.NVMLError):
                handle = nvml.nvmlDeviceGetHandleByIndex(index)
                info = nvml.nvmlDeviceGetMemoryInfo(handle)
                name = str(nvml.nvmlDeviceGetName(handle))
                found.append(Gpu(index, name, int(info.total), int(info.free)))
    finally:
        with suppress(nvml.NVMLError):
            nvml.nvmlShutdown()
    return tuple(found)


def can_write(folder: Path) -> bool:
    """Whether this user may write in `folder`, or create it when it does not exist yet."""
    for candidate in (folder, *folder.parents):
        # A link that leads nowhere is in the way as a file would be.
        if os.path.lexists(candidate):
            return os.path.isdir(candidate) and os.access(candidate, os.W_OK | os.X_OK)
    return False
