"""A flag that asks running work to stop, and may carry what has to be shut to stop it at once."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


class Cancelled(Exception):
    """The work was asked to stop and did; everything done so far is kept."""


class CancelToken:
    """Thread-safe; once cancelled it stays cancelled.

    `on_cancel` registers callbacks for work that blocks (closing a socket ends a `recv` at once);
    they run in the thread that cancels, and at once when the token is already cancelled.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask to stop; returns after the registered callbacks ran, all of them.

        What a callback raises is raised here afterwards.
        """
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            callbacks, self._callbacks = self._callbacks, []
        with ExitStack() as stack:
            for callback in reversed(callbacks):
                stack.callback(callback)

    def check(self) -> None:
        """Raise `Cancelled` when somebody asked to stop."""
        if self._event.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> bool:
        """Wait up to `seconds`; return whether the token was cancelled."""
        return self._event.wait(seconds)

    @contextmanager
    def on_cancel(self, callback: Callable[[], None]) -> Generator[None]:
        """Run `callback` if the token is cancelled while the with-block runs."""
        with self._lock:
            cancelled = self._event.is_set()
            if not cancelled:
                self._callbacks.append(callback)
        if cancelled:
            callback()
        try:
            yield
        finally:
            with self._lock:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)
