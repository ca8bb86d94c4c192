"""One port of the sample hub: it listens, gives each connection a thread, and ends them all."""

from __future__ import annotations

import logging
import os
import socket
import threading
from http.server import HTTPServer
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any

from modelshelf.sample.wire import RESET_LINGER, Conduct, Talk, shut

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelshelf.sample.messages import Answer, Request
    from modelshelf.sample.pace import Pace

HOST = "127.0.0.1"
_log = logging.getLogger(__name__)


class Origin(HTTPServer):
    """One port with a thread per connection, which `finish` ends and waits for."""

    allow_reuse_address = os.name != "nt"
    request_queue_size = 256

    def __init__(
        self,
        origin: str,
        port: int,
        answer: Callable[[Request], Answer],
        conduct: Conduct,
        pace: Pace,
    ) -> None:
        self.origin = origin
        self.answer = answer
        self.conduct = conduct
        self.pace = pace
        self._lock = threading.Lock()
        self._talks: dict[threading.Thread, socket.socket] = {}
        self._resets: set[socket.socket] = set()
        self._is_finished = False
        super().__init__((HOST, port), Talk)
        self.base = f"http://{HOST}:{self.server_address[1]}"
        self._listener = threading.Thread(target=self._listen, name=f"sample-{origin}", daemon=True)
        self._listener.start()

    def server_bind(self) -> None:
        """Bind without asking the name service who this machine is."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def reset(self, connection: socket.socket) -> None:
        """Make the connection end with a reset once it is closed."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_LINGER)
        with self._lock:
            self._resets.add(connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a new connection its thread."""
        thread = threading.Thread(
            target=self._talk,
            args=(request, client_address),
            name=f"sample-{self.origin}-connection",
            daemon=True,
        )
        with self._lock:
            if not self._is_finished:
                self._talks[thread] = request
                thread.start()
                return
        self.shutdown_request(request)

    def shutdown_request(self, request: Any) -> None:
        """End a connection: in good order, or with the reset that was asked for."""
        with self._lock:
            is_reset = request in self._resets
            self._resets.discard(request)
        if is_reset:
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def finish(self) -> None:
        """Close the port and every connection; no thread is left."""
        with self._lock:
            self._is_finished = True
            talks = dict(self._talks)
        # The listener sleeps in select; a connection wakes it, and it sees the flag.
        socket.create_connection((HOST, self.server_port)).close()
        self._listener.join()
        for connection in talks.values():
            shut(connection)
        for thread in talks:
            thread.join()
        self.server_close()

    def _listen(self) -> None:
        while not self._is_finished:
            self.handle_request()

    def _talk(self, connection: socket.socket, client_address: Any) -> None:
        try:
            self.finish_request(connection, client_address)
        except Exception:
            _log.exception("the sample hub failed")
        finally:
            self.shutdown_request(connection)
            with self._lock:
                self._talks.pop(threading.current_thread(), None)
