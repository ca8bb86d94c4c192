"""huggingface_hub, tamed: its calls go over the wire of the Hub that asks, and its errors become
ours. Heavy to import, so `client` does it at the first call."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

import httpx2

# From the modules themselves: what the package loads on demand, it reports on stdout when that
# fails, and stdout belongs to the result of a command.
from huggingface_hub import constants
from huggingface_hub.errors import (
    DisabledRepoError,
    GatedRepoError,
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import hf_hub_url
from huggingface_hub.hf_api import HfApi, ModelInfo, RepoFile
from huggingface_hub.utils import get_session, hf_raise_for_status, set_client_factory

from modelshelf import __version__
from modelshelf.core.hub import failures, refusals
from modelshelf.core.hub.location import location_of
from modelshelf.core.hub.targets import Origin
from modelshelf.core.hub.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Generator

    from modelshelf.core.errors import ModelshelfError
    from modelshelf.core.hub.refusals import Asked
    from modelshelf.core.hub.retry import Patience
    from modelshelf.core.hub.schema import FileLocation

_LARGEST_ANSWER = 10_000_000
_MOST_REQUESTS = 300
_FLOOR_SECONDS = 10.0
_ODD_RECORD = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)


class _Call:
    """What one question to a Hub may send: bounded in number too, against endless lists."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._left = _MOST_REQUESTS

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request for data."""
        self._left -= 1
        if self._left < 0:
            raise failures.malformed(self._wire.hub.host, "a list without end")
        response = self._wire.send(request, limit=_LARGEST_ANSWER, leave_hub=True)
        _refuse_web_page(response, self._wire.hub.host)
        return response


_CALL: ContextVar[_Call | None] = ContextVar("modelshelf_hub_call", default=None)
_INSTALLING = threading.Lock()
_INSTALLED = threading.Event()


class _Client(httpx2.Client):
    """The one HTTP client that huggingface_hub has per process.

    Requests of our calls take the wire of their Hub. Any other use of the library in this process
    stays as it is, but never waits without limit.
    """

    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send `request` over the wire of the call that runs in this thread, if one does."""
        if (call := _CALL.get()) is not None:
            return call.answer(request)
        limits: dict[str, float | None] = request.extensions.get("timeout") or {}
        floor = {
            step: limits.get(step) or _FLOOR_SECONDS
            for step in ("connect", "read", "write", "pool")
        }
        request.extensions = {**request.extensions, "timeout": floor}
        return super().send(request, **options)


class Question:
    """What one question may use to ask."""

    def __init__(self, wire: Wire, asked: Asked) -> None:
        token, name, version = asked.token or False, "modelshelf", __version__
        self.api = HfApi(asked.endpoint, token=token, library_name=name, library_version=version)
        self._headers = {"user-agent": f"{name}/{version}"}
        if asked.token:
            self._headers["authorization"] = f"Bearer {asked.token}"
        self._wire = wire
        self._asked = asked

    def files(self, model_id: str, commit: str) -> list[RepoFile]:
        """List the files at a commit, page after page."""
        entries = self.api.list_repo_tree(model_id, revision=commit, recursive=True)
        return [entry for entry in entries if isinstance(entry, RepoFile)]

    def search(self, text: str, limit: int) -> list[ModelInfo]:
        """List the most downloaded models with `text` in their id."""
        hits = self.api.list_models(
            search=text or None,
            sort="downloads",
            limit=limit,
            expand=["downloads", "likes", "pipeline_tag", "gated", "lastModified", "tags"],
        )
        return list(hits)

    def whoami(self) -> dict[str, Any]:
        """Return what the Hub says about the token."""
        return cast("dict[str, Any]", self.api.whoami())  # pyright: ignore[reportUnknownMemberType]

    def read(self, model_id: str, commit: str, path: str, limit: int) -> bytes:
        """Return a whole file of at most `limit` bytes; follows to where its bytes are."""
        response = self._send("GET", model_id, commit, path, limit, leave_hub=True)
        if not path.endswith((".html", ".htm")):
            _refuse_web_page(response, self._wire.hub.host)
        hf_raise_for_status(response)
        return response.content

    def locate(self, model_id: str, commit: str, path: str) -> FileLocation:
        """Ask where a file is, without going there."""
        response = self._send("HEAD", model_id, commit, path, _LARGEST_ANSWER, leave_hub=False)
        hf_raise_for_status(response)
        return location_of(response, self._wire, self._asked.token)

    def _send(
        self, method: str, model_id: str, commit: str, path: str, limit: int, *, leave_hub: bool
    ) -> httpx2.Response:
        url = hf_hub_url(model_id, path, revision=commit, endpoint=self._asked.endpoint)
        request = httpx2.Request(method, url, headers=self._headers)
        return self._wire.send(request, limit=limit, leave_hub=leave_hub)


class Session:
    """The connections to one Hub."""

    def __init__(self, endpoint: str, patience: Patience) -> None:
        self.wire = Wire(Origin.of(endpoint), patience)

    @contextmanager
    def asking(self, asked: Asked) -> Generator[Question]:
        """Give what is needed to ask, and turn every failure inside into one of ours.

        Raises:
            ModelshelfError: the failure, in words about `asked`.
        """
        _install()
        mark = _CALL.set(_Call(self.wire))
        try:
            yield Question(self.wire, asked)
        except HfHubHTTPError as error:
            # What the library says holds addresses, which may be signed: it is not passed on.
            raise _in_our_words(error, asked) from None
        except (httpx2.HTTPError, httpx2.InvalidURL, *_ODD_RECORD) as error:
            raise failures.malformed(self.wire.hub.host, type(error).__name__) from None
        finally:
            _CALL.reset(mark)

    def close(self) -> None:
        """Cut the connections."""
        self.wire.close()


def _install() -> None:
    # Set here too: the variable that says so is read when the library is imported, and that may
    # have been somebody else.
    constants.HF_HUB_DISABLE_TELEMETRY = True
    with _INSTALLING:
        if not _INSTALLED.is_set() or not isinstance(get_session(), _Client):
            set_client_factory(lambda: _Client(follow_redirects=True))
            _INSTALLED.set()


def _refuse_web_page(response: httpx2.Response, host: str) -> None:
    kind = response.headers.get("content-type", "").lower()
    if kind.startswith("text/html") and "x-error-code" not in response.headers:
        raise failures.web_page(host)


def _in_our_words(error: HfHubHTTPError, asked: Asked) -> ModelshelfError:
    status, headers = error.response.status_code, error.response.headers
    host = Origin.of(asked.endpoint).host
    said = " ".join(part for part in (headers.get("x-error-message"), error.server_message) if part)
    if asked.token:
        said = said.replace(asked.token, "")
    if status == 401 and asked.token:
        return refusals.token_refused(asked, said)
    match error:
        case GatedRepoError():
            return refusals.gated(asked, said)
        case DisabledRepoError():
            return refusals.disabled(asked)
        case RevisionNotFoundError():
            return refusals.revision_not_found(asked)
        case RemoteEntryNotFoundError():
            return refusals.file_not_found(asked)
        case RepositoryNotFoundError():
            return refusals.repo_not_found(asked)
        case _ if status in (401, 404, 410) and asked.model_id:
            if asked.path and status != 401:
                return refusals.file_not_found(asked)
            is_data = "json" in headers.get("content-type", "")
            return refusals.repo_not_found(asked) if is_data else failures.no_hub(host, status)
        case _ if status == 403 and refusals.is_about_scope(said):
            return refusals.scope_missing(asked, said)
        case _:
            return failures.odd_status(host, status, said)
