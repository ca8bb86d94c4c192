"""The sample hub with faults: what real networks and servers do, on demand and once each.

with FakeHub() as hub:
    hub.put("acme/tiny", {"model.safetensors": WEIGHTS})
    hub.fail("model.safetensors", Fault(cut_after=300))
    ...                                   # the download resumes
    assert hub.requests_for("model.safetensors")[-1].range == "bytes=300-"
"""

from __future__ import annotations

import gzip
import threading
from dataclasses import dataclass, field, replace
from email.message import Message
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from modelshelf.sample.content import SampleFile, Slice
from modelshelf.sample.messages import Answer, Request
from modelshelf.sample.model import Consent, Gate, SampleModel
from modelshelf.sample.server import SAMPLE_TOKEN, SampleHub
from modelshelf.sample.wire import Conduct, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_PORTAL = b"<!doctype html><html><title>Log in to the guest network</title></html>"
_BLOCK = 65_536


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one answer. Several may be combined; offsets count body bytes.

    `status`, `headers` and `body` replace the honest ones. `hold` keeps the answer back until the
    event is set; with `hold_after` that many bytes of the body go out before. `cut_after` closes
    the connection in good order after so many bytes, `reset_after` resets it (the last of them may
    then be lost on the way). `corrupt_at` flips
    the byte at that offset *of the file*. `length_lie` is added to Content-Length while the body
    stays as it is. `endless` sends the body and then zeros for ever, without a length.
    `no_length` leaves Content-Length out. `ignore_range` answers 200 with everything.
    `wrong_range` shifts the part that is sent, and says so in Content-Range. `portal` is the login
    page of a guest network. `expired` is a signed address whose time is over. `drip` sends that
    many bytes every tenth of a second. `gzip` encodes the body. `etag` is announced instead of the
    file's own. `redirect_to` sends the client elsewhere. `hang_up` closes the connection after a
    complete answer without having said so.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None
    hold: threading.Event | None = None
    hold_after: int | None = None
    cut_after: int | None = None
    reset_after: int | None = None
    corrupt_at: int | None = None
    length_lie: int = 0
    endless: bool = False
    no_length: bool = False
    ignore_range: bool = False
    wrong_range: int = 0
    portal: bool = False
    expired: bool = False
    drip: int | None = None
    gzip: bool = False
    etag: str | None = None
    redirect_to: str | None = None
    hang_up: bool = False


@dataclass(eq=False, slots=True)
class Recorded:
    """One request as the hub saw it. `bytes_sent` counts body bytes: never less than what the
    client has received, and exactly what the system took once `is_over`.

    `model_id` and `file` name what the answer carried or would have carried, on both origins.
    """

    origin: str
    method: str
    path: str
    headers: Message
    model_id: str = ""
    file: str = ""
    status: int = 0
    bytes_sent: int = 0
    is_over: bool = False

    @property
    def range(self) -> str | None:
        """The Range header."""
        return self.headers.get("Range")


class FakeHub(SampleHub):
    """A sample hub that keeps a log, counts what it sends, and fails where it is told to."""

    def __init__(
        self,
        models: Iterable[SampleModel] = (),
        *,
        bytes_per_second: int | None = None,
        per_connection: int | None = None,
        token: str = SAMPLE_TOKEN,
        page_size: int = 1000,
    ) -> None:
        self.log = _Log()
        self._faults = _Faults()
        super().__init__(
            models,
            bytes_per_second=bytes_per_second,
            per_connection=per_connection,
            token=token,
            page_size=page_size,
            conduct=_Faulty(self.log, self._faults),
        )

    def __enter__(self) -> FakeHub:
        self.start()
        return self

    def put(
        self,
        model_id: str,
        files: Mapping[str, bytes],
        *,
        gate: Gate = Gate.OPEN,
        consent: Consent = Consent.NONE,
        aliases: tuple[str, ...] = (),
        is_private: bool = False,
    ) -> SampleModel:
        """Publish a model with these files; it replaces one of the same id."""
        model = SampleModel.from_files(
            model_id,
            [SampleFile.from_bytes(path, content) for path, content in files.items()],
            gate=gate,
            consent=consent,
            aliases=aliases,
            is_private=is_private,
        )
        self.add(model)
        return model

    def fail(
        self, where: str | Callable[[Recorded], bool], fault: Fault, *, times: int = 1
    ) -> None:
        """Let the next `times` matching requests meet `fault`; faults queue up.

        `where` is the name of a file (the GET that carries its bytes is meant, wherever it is
        answered), or a pattern starting with `/` for the path of any request, or a condition.
        """
        self._faults.add(where, fault, times)

    def heal(self) -> None:
        """Forget the faults that were not met yet."""
        self._faults.clear()

    @property
    def faults_left(self) -> int:
        """How many faults wait for their request."""
        return self._faults.count()

    @property
    def requests(self) -> list[Recorded]:
        """Every request so far, in order of arrival."""
        return self.log.all()

    def requests_for(self, file: str, *, method: str = "GET") -> list[Recorded]:
        """Return the requests that carried bytes of `file`."""
        return [
            one
            for one in self.requests
            if one.file == file and one.method == method and one.status not in (301, 302, 307)
        ]

    @property
    def connections(self) -> int:
        """How many connections were opened so far, on both origins."""
        return self.log.connections

    @property
    def bytes_sent(self) -> int:
        """How many body bytes were sent so far in all."""
        return sum(one.bytes_sent for one in self.requests)

    @property
    def file_bytes_sent(self) -> int:
        """How many bytes of files were sent so far; documents and errors do not count."""
        with_content = (one for one in self.requests if one.file and one.status in (200, 206))
        return sum(one.bytes_sent for one in with_content)

    def bytes_sent_for(self, file: str) -> int:
        """Return how many body bytes of `file` were sent so far."""
        return sum(one.bytes_sent for one in self.requests_for(file))

    def wait_until(self, condition: Callable[[], bool], *, timeout: float = 10.0) -> bool:
        """Wait until `condition` holds, looking again whenever something was sent or asked."""
        return self.log.wait_until(condition, timeout)


class _Log:
    """The requests so far. One condition guards them and tells of news."""

    def __init__(self) -> None:
        self.news = threading.Condition()
        self.connections = 0
        self._records: list[Recorded] = []
        self._by_request: dict[Request, Recorded] = {}

    def all(self) -> list[Recorded]:
        with self.news:
            return list(self._records)

    def opened(self) -> None:
        with self.news:
            self.connections += 1
            self.news.notify_all()

    def begin(self, request: Request) -> Recorded:
        record = Recorded(request.origin, request.method, request.path, request.headers)
        with self.news:
            self._records.append(record)
            self._by_request[request] = record
            self.news.notify_all()
        return record

    def sent(self, request: Request, count: int) -> None:
        with self.news:
            self._by_request[request].bytes_sent += count
            self.news.notify_all()

    def ended(self, request: Request) -> None:
        with self.news:
            self._by_request.pop(request).is_over = True
            self.news.notify_all()

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        with self.news:
            return self.news.wait_for(condition, timeout)


@dataclass(slots=True)
class _Waiting:
    where: str | Callable[[Recorded], bool]
    fault: Fault
    times: int

    def meets(self, record: Recorded) -> bool:
        if not isinstance(self.where, str):
            return self.where(record)
        if self.where.startswith("/"):
            return fnmatchcase(record.path, self.where)
        is_carrying = record.method == "GET" and record.status not in (301, 302, 307)
        return is_carrying and record.file == self.where


class _Faults:
    """Faults that wait for their request, the oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []

    def add(self, where: str | Callable[[Recorded], bool], fault: Fault, times: int) -> None:
        with self._lock:
            self._waiting.append(_Waiting(where, fault, times))

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def count(self) -> int:
        with self._lock:
            return sum(waiting.times for waiting in self._waiting)

    def take(self, record: Recorded) -> Fault | None:
        with self._lock:
            for waiting in self._waiting:
                if waiting.meets(record):
                    waiting.times -= 1
                    if waiting.times == 0:
                        self._waiting.remove(waiting)
                    return waiting.fault
        return None


class _Faulty(Conduct):
    """Records each request, and lets the one fault that waits for it happen."""

    def __init__(self, log: _Log, faults: _Faults) -> None:
        self._log = log
        self._faults = faults
        self._chosen: dict[Request, Fault] = {}

    def opened(self) -> None:
        self._log.opened()

    def answer(self, request: Request, honest: Callable[[Request], Answer]) -> Answer:
        record = self._log.begin(request)
        answer = honest(request)
        record.model_id, record.file, record.status = answer.model_id, answer.file, answer.status
        fault = self._faults.take(record)
        if fault is None:
            return answer
        self._chosen[request] = fault
        answer = _spoilt(answer, fault)
        record.status = answer.status
        return answer

    def deliver(self, request: Request, answer: Answer, wire: Wire) -> None:
        fault = self._chosen.pop(request, None)
        if fault is None:
            super().deliver(request, answer, wire)
            return
        if fault.hold is not None and fault.hold_after is None:
            wire.wait(fault.hold)
        wire.send_head(answer)
        if request.method == "HEAD":
            if fault.cut_after is not None or fault.hang_up:
                wire.cut()
            return
        _send_body(_content(answer, fault), fault, wire)

    def sent(self, request: Request, count: int) -> None:
        self._log.sent(request, count)

    def ended(self, request: Request) -> None:
        self._log.ended(request)


def _spoilt(answer: Answer, fault: Fault) -> Answer:
    """Return what the hub says instead of the honest answer."""
    headers = dict(answer.headers)
    status, body = answer.status, answer.body
    if fault.portal:
        status, headers, body = 200, {"Content-Type": "text/html"}, _PORTAL
    if fault.expired:
        status, headers, body = 403, {"Content-Type": "application/xml"}, b"<Error>Expired</Error>"
    if fault.redirect_to is not None:
        status, headers, body = 302, {**headers, "Location": fault.redirect_to}, b""
    if isinstance(body, Slice) and fault.ignore_range:
        headers.pop("Content-Range", None)
        status, body = 200, Slice(body.file, 0, body.file.size)
    if isinstance(body, Slice) and fault.wrong_range:
        start = min(max(0, body.start + fault.wrong_range), body.file.size)
        body = Slice(body.file, start, min(body.file.size, start + len(body)))
        headers["Content-Range"] = f"bytes {body.start}-{body.stop - 1}/{body.file.size}"
    if fault.gzip:
        body = gzip.compress(_read(body), mtime=0)
        headers["Content-Encoding"] = "gzip"
    if fault.etag is not None:
        headers["ETag"] = fault.etag
        if "X-Linked-Etag" in headers:
            headers["X-Linked-Etag"] = fault.etag
    if fault.status is not None:
        status = fault.status
        if status >= 400:
            headers, body = {}, b""
    if fault.body is not None:
        body = fault.body
    if fault.length_lie:
        headers["Content-Length"] = str(len(body) + fault.length_lie)
    if fault.endless or fault.no_length:
        headers["Connection"] = "close"
    return replace(answer, status=status, headers={**headers, **fault.headers}, body=body)


def _content(answer: Answer, fault: Fault) -> bytes:
    content = _read(answer.body)
    start = answer.body.start if isinstance(answer.body, Slice) else 0
    if fault.corrupt_at is not None and 0 <= fault.corrupt_at - start < len(content):
        spot = fault.corrupt_at - start
        flipped = bytes([content[spot] ^ 0x01])
        content = content[:spot] + flipped + content[spot + 1 :]
    return content


def _read(body: bytes | Slice) -> bytes:
    return body if isinstance(body, bytes) else body.file.read(body.start, body.stop)


def _send_body(content: bytes, fault: Fault, wire: Wire) -> None:
    stops = [stop for stop in (fault.cut_after, fault.reset_after) if stop is not None]
    end = min([len(content), *stops])
    gate = min(end, fault.hold_after) if fault.hold_after is not None else 0
    _write(content[:gate], fault, wire)
    if fault.hold is not None and fault.hold_after is not None:
        wire.wait(fault.hold)
    _write(content[gate:end], fault, wire)
    while fault.endless and not stops:
        wire.write(bytes(_BLOCK))
    if fault.reset_after is not None and fault.reset_after == end:
        wire.reset()
    if stops or fault.hang_up or fault.length_lie:
        wire.cut()


def _write(content: bytes, fault: Fault, wire: Wire) -> None:
    if fault.drip is None:
        wire.write(content)
        return
    for start in range(0, len(content), fault.drip):
        wire.write(content[start : start + fault.drip])
        wire.pause(0.1)
