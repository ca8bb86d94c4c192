"""A question to the Linux kernel: does anybody have this file open or mapped right now?

A write lease is granted only when nobody else holds the file, in any process, container or name
of it. It is given back at once; a program that opens the file in between waits some microseconds.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "linux":
    import fcntl
    import signal


class Probe(Enum):
    """What the kernel says about one file."""

    FREE = auto()
    BUSY = auto()
    GONE = auto()
    UNKNOWN = auto()
    """Not ours to ask about: another owner, or a file system without leases."""


def probe(path: Path) -> Probe:
    """Ask about the file behind `path`, following links; never blocks and never reads it.

    The caller must not hold the file open itself: its own descriptor counts as a user.
    """
    if sys.platform != "linux":
        return Probe.UNKNOWN
    try:
        # O_NONBLOCK: where somebody else holds a lease, opening would wait for them.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return Probe.GONE
        return Probe.BUSY if error.errno == errno.EWOULDBLOCK else Probe.UNKNOWN
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return Probe.UNKNOWN
        return _ask(descriptor)
    finally:
        os.close(descriptor)


def _ask(descriptor: int) -> Probe:
    if sys.platform != "linux":
        return Probe.UNKNOWN
    try:
        # When somebody opens the file while the lease is held, the kernel sends a signal. The
        # usual SIGIO would end this process; SIGURG is ignored unless a program asks for it.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    except OSError as error:
        return Probe.BUSY if error.errno == errno.EAGAIN else Probe.UNKNOWN
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return Probe.FREE
