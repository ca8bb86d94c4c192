"""Where the bytes of a file are: read from the headers of one answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelshelf.core.hub import failures
from modelshelf.core.hub.schema import FileLocation
from modelshelf.core.hub.targets import joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx2

    from modelshelf.core.hub.wire import Wire

_ETAG = re.compile(r"[A-Za-z0-9._+=-]{1,128}")


def location_of(response: httpx2.Response, wire: Wire, token: str | None) -> FileLocation:
    """Read a location from the answer to a HEAD.

    Raises:
        NetworkError: when it leads where it must not, or is no answer about a file.
    """
    headers = response.headers
    etag = _etag(headers.get("x-linked-etag") or headers.get("etag", ""))
    size = _size(headers, is_redirect=response.is_redirect)
    if response.is_redirect:
        url = joined(str(response.request.url), headers.get("location", ""))
        wire.check_target(url)
        return FileLocation(url, (), size, etag)
    is_page = headers.get("content-type", "").lower().startswith("text/html")
    if is_page and etag is None:
        raise failures.web_page(wire.hub.host)
    secret: tuple[tuple[str, str], ...] = ()
    if token:
        secret = (("Authorization", f"Bearer {token}"),)
    return FileLocation(str(response.request.url), secret, size, etag)


def _etag(value: str) -> str | None:
    bare = value.strip().removeprefix("W/").strip('"')
    return bare if _ETAG.fullmatch(bare) else None


def _size(headers: Mapping[str, str], *, is_redirect: bool) -> int | None:
    """The length of a redirecting answer is its own, not that of the file."""
    linked = headers.get("x-linked-size")
    value = linked if linked or is_redirect else headers.get("content-length")
    return int(value) if value and re.fullmatch(r"\d{1,18}", value) else None
