"""A request and an answer as data, and the answers every route shares."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from modelshelf.sample.content import SampleFile, Slice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import Message


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What a client asked. `origin` is `hub` or `cdn`; `base` is that origin's own URL."""

    origin: str
    base: str
    method: str
    target: str
    headers: Message
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, decoded."""
        return unquote(self.raw_path)

    @property
    def raw_path(self) -> str:
        """The path as it was sent, without the query."""
        return urlsplit(self.target).path

    @property
    def segments(self) -> list[str]:
        """The parts of the path, each decoded after the split: a part may hold a `/`."""
        return [unquote(part) for part in self.raw_path.split("/") if part]

    @property
    def query(self) -> dict[str, list[str]]:
        """The query, every name with all its values."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def form(self) -> dict[str, list[str]]:
        """The body, read as a form."""
        return parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    def argument(self, name: str, default: str = "") -> str:
        """Return the first value of a query argument."""
        return self.query.get(name, [default])[0]

    def flag(self, name: str) -> bool:
        """Whether a query argument says yes."""
        return self.argument(name).lower() in ("true", "1")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the hub says. `model_id` and `file` tell which file the answer is about, if any.

    Content-Length is the length of `body` unless `headers` say otherwise.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | Slice = b""
    model_id: str = ""
    file: str = ""

    def about(self, model_id: str, file: str = "") -> Answer:
        """Return this answer, marked with what it is about."""
        return replace(self, model_id=model_id, file=file)

    def with_headers(self, headers: Mapping[str, str]) -> Answer:
        """Return this answer with further headers."""
        return replace(self, headers={**self.headers, **headers})


class ByteRange(NamedTuple):
    """A range of a file that can be satisfied: `stop` is exclusive."""

    start: int
    stop: int


def json_answer(value: Any, *, status: int = 200) -> Answer:
    """Answer with a JSON document."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    # A card may hold dates; the Hub writes them as text.
    text = json.dumps(value, ensure_ascii=False, default=str)
    return Answer(status, headers, text.encode())


def error_answer(status: int, message: str, code: str = "") -> Answer:
    """Answer with a failure the way the Hub words it: headers and a JSON body."""
    headers = {"X-Error-Message": message}
    if code:
        headers["X-Error-Code"] = code
    return json_answer({"error": message}, status=status).with_headers(headers)


def redirect(location: str, *, status: int = 302) -> Answer:
    """Send the client to another address."""
    text = f"Found. Redirecting to {location}".encode()
    return Answer(status, {"Location": location, "Content-Type": "text/plain"}, text)


def file_answer(file: SampleFile, request: Request, headers: Mapping[str, str]) -> Answer:
    """Answer with the file, or the part of it that `Range` names."""
    etag = f'"{file.etag}"'
    common = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Type": "application/octet-stream",
        **headers,
    }
    wanted = request.headers.get("Range")
    if wanted is None or request.headers.get("If-Range", etag) != etag:
        return Answer(200, common, Slice(file, 0, file.size))
    span = _parse_range(wanted, file.size)
    if span is None:
        return Answer(200, common, Slice(file, 0, file.size))
    if span.start >= span.stop:
        return Answer(416, {**common, "Content-Range": f"bytes */{file.size}"})
    content_range = f"bytes {span.start}-{span.stop - 1}/{file.size}"
    return Answer(206, {**common, "Content-Range": content_range}, Slice(file, *span))


def _parse_range(text: str, size: int) -> ByteRange | None:
    """Read one byte range; None means that the header is to be ignored, as RFC 9110 allows."""
    unit, _, spans = text.partition("=")
    first, dash, last = spans.strip().partition("-")
    is_readable = all(not part or part.isdecimal() for part in (first, last))
    if unit.strip().lower() != "bytes" or not dash or not is_readable or not (first or last):
        return None
    if not first:
        return ByteRange(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    stop = min(size, int(last) + 1) if last else size
    return ByteRange(int(first), stop)
