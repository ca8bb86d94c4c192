"""One connection: requests in, answers out, every byte of a body paced and counted."""

from __future__ import annotations

import logging
import os
import socket
import struct
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from modelshelf.sample.content import Slice
from modelshelf.sample.messages import Answer, Request, error_answer
from modelshelf.sample.pace import Meter

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from modelshelf.sample.pace import Pace

_BODY_LIMIT = 1_000_000
_log = logging.getLogger(__name__)


class Host(Protocol):
    """What a connection needs to know of the port it came in by."""

    origin: str
    base: str
    conduct: Conduct
    pace: Pace
    answer: Callable[[Request], Answer]

    def reset(self, connection: socket.socket) -> None:
        """Make the connection end with a reset once it is closed."""
        ...


class HungUpError(Exception):
    """The connection ended on purpose in the middle of an answer."""


class Conduct:
    """How answers get onto the wire. This one is honest; tests put others in its place."""

    def opened(self) -> None:
        """A client has connected."""

    def answer(self, request: Request, honest: Callable[[Request], Answer]) -> Answer:
        """Return what to say to a request."""
        return honest(request)

    def deliver(self, request: Request, answer: Answer, wire: Wire) -> None:
        """Send an answer to a request."""
        del request
        wire.send_head(answer)
        wire.send_body(answer.body)

    def sent(self, request: Request, count: int) -> None:
        """So many more bytes of the body go to the system now; fewer than none takes some back."""

    def ended(self, request: Request) -> None:
        """The answer was sent, or the client has gone."""


class Wire:
    """The sending side of one answer."""

    def __init__(self, talk: Talk, request: Request) -> None:
        self._talk = talk
        self._request = request

    def send_head(self, answer: Answer) -> None:
        """Send status and headers. Content-Length is the body's unless the headers tell it."""
        talk = self._talk
        talk.send_response(answer.status)
        headers = dict(answer.headers)
        if "Transfer-Encoding" not in headers and headers.get("Connection") != "close":
            headers.setdefault("Content-Length", str(len(answer.body)))
        for name, value in headers.items():
            talk.send_header(name, value)
        talk.end_headers()

    def send_body(self, body: bytes | Slice) -> None:
        """Send a body at the hub's pace; nothing at all when only the head was asked for."""
        if self._request.method == "HEAD":
            return
        if isinstance(body, Slice) and isinstance(body.file.source, Path):
            self._send_file(body.file.source, body.start, body.stop)
        elif isinstance(body, Slice):
            self.write(body.file.read(body.start, body.stop))
        else:
            self.write(body)

    def write(self, data: bytes) -> None:
        """Send bytes of a body at the hub's pace."""
        view = memoryview(data)
        while view:
            step = self._wait_for(len(view))
            part = view[:step]
            count = self._give(step, lambda part=part: self._talk.connection.send(part))
            view = view[count:]

    def wait(self, event: threading.Event) -> None:
        """Send nothing until somebody sets `event` or the hub stops.

        Raises:
            HungUpError: when the hub stops first.
        """
        if not self._talk.host.pace.wait(event):
            raise HungUpError

    def pause(self, seconds: float) -> None:
        """Send nothing for a while."""
        self._talk.host.pace.pause(seconds)

    def cut(self) -> None:
        """End the connection in good order, whatever was promised.

        Raises:
            HungUpError: always.
        """
        raise HungUpError

    def reset(self) -> None:
        """End the connection with a reset, as when a router forgets it.

        Raises:
            HungUpError: always.
        """
        self._talk.host.reset(self._talk.connection)
        raise HungUpError

    def _send_file(self, path: Path, start: int, stop: int) -> None:
        if not hasattr(os, "sendfile"):
            with path.open("rb") as file:
                file.seek(start)
                while start < stop and (block := file.read(min(1 << 20, stop - start))):
                    self.write(block)
                    start += len(block)
            return
        target = self._talk.connection.fileno()
        with path.open("rb") as file:
            source = file.fileno()
            while start < stop:
                step = self._wait_for(stop - start)
                count = self._give(
                    step, lambda at=start, step=step: os.sendfile(target, source, at, step)
                )
                if count == 0:
                    raise HungUpError
                start += count

    def _wait_for(self, count: int) -> int:
        meter = self._talk.meter
        step = min(count, meter.step())
        meter.wait_for(step)
        if self._talk.host.pace.is_stopped:
            raise HungUpError
        return step

    def _give(self, step: int, send: Callable[[], int]) -> int:
        """Send, counting first: what a client has received is always counted already."""
        self._talk.host.conduct.sent(self._request, step)
        count = 0
        try:
            count = send()
        finally:
            if count != step:
                self._talk.host.conduct.sent(self._request, count - step)
        return count


class Talk(BaseHTTPRequestHandler):
    """Reads requests off one connection until it ends."""

    protocol_version = "HTTP/1.1"
    server_version = "SampleHub"
    sys_version = ""
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Prepare the connection."""
        super().setup()
        self.host = cast("Host", self.server)
        self.meter = Meter(self.host.pace)
        self.host.conduct.opened()

    def handle(self) -> None:
        """Serve requests until one side hangs up."""
        try:
            super().handle()
        except (OSError, HungUpError):
            # The client has gone, or the hub stops; both are everyday events.
            self.close_connection = True

    def do_GET(self) -> None:
        """Answer one request."""
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isdecimal() else 0
        body = self.rfile.read(min(size, _BODY_LIMIT))
        if size > _BODY_LIMIT:
            self.close_connection = True
        request = Request(
            self.host.origin, self.host.base, self.command, self.path, self.headers, body
        )
        conduct = self.host.conduct
        try:
            answer = conduct.answer(request, self._honest)
            if answer.headers.get("Connection") == "close":
                self.close_connection = True
            conduct.deliver(request, answer, Wire(self, request))
        finally:
            conduct.ended(request)

    do_HEAD = do_GET
    do_POST = do_GET

    def _honest(self, request: Request) -> Answer:
        try:
            return self.host.answer(request)
        except Exception:
            _log.exception("no answer to %s %s", request.method, request.raw_path)
            return error_answer(
                500, "Internal Error - We're working hard to fix this as soon as possible"
            )

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: addresses may be signed."""


RESET_LINGER = struct.pack("ii", 1, 0) if os.name != "nt" else struct.pack("hh", 1, 0)
"""The value of SO_LINGER that makes `close` send a reset."""


def shut(connection: socket.socket) -> None:
    """Wake whoever reads from or writes to a connection; it ends."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
