"""Signed addresses that lead to the bytes of LFS files for a while."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from modelshelf.sample.content import SampleFile
    from modelshelf.sample.messages import Request

_LIFETIME = 3600


class Links:
    """Makes and checks signed addresses on the second origin."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)

    def expire(self) -> None:
        """Make every address given out so far useless."""
        self._key = secrets.token_bytes(16)

    def make(self, base: str, model_id: str, file: SampleFile) -> str:
        """Return an address for the bytes of `file`, valid for an hour."""
        path = f"/repos/{quote(model_id)}/{file.sha256}"
        expires = str(int(time.time()) + _LIFETIME)
        name = file.path.rsplit("/", 1)[-1]
        query = {
            "response-content-disposition": f"inline; filename*=UTF-8''{quote(name)};",
            "Expires": expires,
            "Key-Pair-Id": "SAMPLEHUB",
            "Signature": self._sign(path, expires),
        }
        return f"{base}{path}?{urlencode(query)}"

    def is_valid(self, request: Request) -> bool:
        """Whether the address was signed here and has not expired."""
        expires = request.argument("Expires")
        signature = self._sign(request.raw_path, expires)
        given = request.argument("Signature")
        is_ours = hmac.compare_digest(signature.encode(), given.encode())
        return is_ours and expires.isdecimal() and time.time() < int(expires)

    def _sign(self, path: str, expires: str) -> str:
        return hmac.new(self._key, f"{path}\n{expires}".encode(), hashlib.sha256).hexdigest()
