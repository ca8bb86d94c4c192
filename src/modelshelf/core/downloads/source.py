"""Where the bytes of one file come from: its address, which may expire, and who may refuse it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from modelshelf.core.downloads.http_transport import StatusFault, TransferFault, WrongContent
from modelshelf.core.errors import NetworkError, NotFoundError, OfflineError, StalledError
from modelshelf.core.hub import failures

if TYPE_CHECKING:
    from modelshelf.core.downloads.connections import Patience, Truces
    from modelshelf.core.downloads.http_transport import Body, HttpTransport
    from modelshelf.core.downloads.partial import Run
    from modelshelf.core.errors import ModelshelfError
    from modelshelf.core.hub.client import Hub
    from modelshelf.core.hub.schema import FileLocation
    from modelshelf.core.model import ModelId

_RETRY_LATER = (408, 425, 429, 500, 502, 503, 504)


class NotNow(Exception):
    """This run is to be given back; it counts as no failure. `seconds` is how long to wait."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Source:
    """The Hub's word on where one file is, asked again when it no longer holds. Thread-safe."""

    def __init__(
        self,
        hub: Hub,
        model_id: ModelId,
        commit: str,
        path: str,
        size: int,
        patience: Patience,
        truces: Truces,
    ) -> None:
        self._hub = hub
        self._model_id, self._commit, self._path, self._size = model_id, commit, path, size
        self._patience = patience
        self._truces = truces
        self._lock = threading.Lock()
        self._location: FileLocation | None = None

    def get(self, run: Run, transport: HttpTransport) -> Body:
        """Ask for the bytes of `run`.

        Raises:
            TransferFault: when something went wrong that may go right the next time.
            NotNow: when the server wants to be left alone, or the address had expired.
            ModelshelfError: when the Hub refuses: no access, no such file, offline.
            Cancelled: when asked to stop.
        """
        location, is_fresh = self._locate()
        host = urlsplit(location.url).netloc
        if pause := self._truces.remaining(host):
            raise NotNow(pause)
        try:
            body = transport.get(location.url, location.headers, run.start, run.end)
        except StatusFault as fault:
            if fault.status in _RETRY_LATER:
                if fault.retry_after:
                    longest = self._patience.longest_retry_after
                    self._truces.agree(host, min(fault.retry_after, longest))
                raise
            # The Hub signs addresses for a while only; when it is asked again it also says why.
            self._forget(location)
            if not is_fresh:
                raise NotNow from fault
            raise TransferFault(self._refusal(fault)) from fault
        try:
            self._check(body)
        except TransferFault:
            self._forget(location)
            transport.finish(body)
            raise
        return body

    def _locate(self) -> tuple[FileLocation, bool]:
        with self._lock:
            if self._location is not None:
                return self._location, False
            try:
                found = self._hub.location(self._model_id, self._commit, self._path)
            except OfflineError:
                raise
            except (NetworkError, StalledError) as error:
                raise TransferFault(error, is_network=True) from error
            if found.size is not None and found.size != self._size:
                raise WrongContent(urlsplit(found.url).netloc, f"it has {found.size:,} bytes")
            self._location = found
            return found, True

    def _forget(self, location: FileLocation) -> None:
        with self._lock:
            if self._location is location:
                self._location = None

    def _check(self, body: Body) -> None:
        if body.total is not None and body.total != self._size:
            if body.is_page:
                raise TransferFault(failures.web_page(body.host))
            raise WrongContent(body.host, f"it has {body.total:,} bytes")

    def _refusal(self, fault: StatusFault) -> ModelshelfError:
        if fault.status in (404, 410):
            return NotFoundError(
                f"{self._path} is no longer at {fault.host}.",
                hint="Try again later; what is here is kept.",
            )
        return failures.odd_status(fault.host, fault.status, "")


class FaultCount:
    """How often in a row a file failed, and when it may be tried again."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._count = 0
        self._last = 0.0
        self._here = 0
        self._fetched_before = 0

    def take(self, fault: TransferFault, *, began: float, here: int, fetched: int) -> float | None:
        """Count a failure of a run that began at `began`; return when to try again, None for never.

        `here` are the file's bytes, `fetched` those of the whole job. Runs that were on their way
        when the last failure was counted met the same trouble and do not count.
        """
        if began < self._last:
            return self._last
        if here - self._here >= self._patience.progress:
            self._count = 0
        if not self._count:
            self._fetched_before = fetched
        self._count += 1
        self._here = here
        self._last = time.monotonic()
        if self._count >= self._patience.attempts:
            return None
        return self._last + self._patience.delay(self._count, fault.retry_after)

    def is_everything_quiet(self, fetched: int) -> bool:
        """Whether no other file of the job came forward either since the failures began."""
        return fetched - self._fetched_before < self._patience.progress
