"""A command in a terminal of its own, where a person types: POSIX pseudo-terminals."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from types import TracebackType

_SECONDS = 30


class Terminal:
    """`modelshelf` with `arguments` between a keyboard and a screen of `columns` cells."""

    def __init__(self, *arguments: str, columns: int = 80) -> None:
        self._screen, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "modelshelf", *arguments],
            stdin=other,
            stdout=other,
            stderr=other,
            start_new_session=True,
            # Makes it the controlling terminal, so that Ctrl-C reaches the program.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={**os.environ, "TERM": "xterm"},
        )
        os.close(other)
        self.text = ""

    def until(self, text: str) -> str:
        """Wait until `text` has appeared, and return everything so far."""
        deadline = time.monotonic() + _SECONDS
        while text not in self.text:
            if not self._read(deadline):
                raise AssertionError(f"“{text}” never appeared in: {self.text!r}")
        return self.text

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._screen, text.encode())

    def end(self) -> int:
        """Read to the end, and return the exit code."""
        deadline = time.monotonic() + _SECONDS
        while self._read(deadline):
            pass
        return self._process.wait(timeout=_SECONDS)

    @property
    def lines(self) -> list[str]:
        """What stood on the screen, each redrawn line once more; without colours."""
        plain = self.text
        for code in ("0", "1", "2", "22", "31", "33"):
            plain = plain.replace(f"\x1b[{code}m", "")
        return [part for part in plain.replace("\r", "\n").split("\n") if part.strip()]

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait(timeout=_SECONDS)
        os.close(self._screen)

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._screen], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            raise AssertionError(f"nothing more came after: {self.text!r}")
        try:
            data = os.read(self._screen, 65_536)
        except OSError:
            # How Linux says that the other side has closed.
            return False
        self.text += data.decode(errors="replace")
        return bool(data)
