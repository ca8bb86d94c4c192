"""The Hub: what it knows about a model, and where the bytes of a file are."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelshelf.core.cancel import Cancelled
from modelshelf.core.errors import InputError, TokenError
from modelshelf.core.hub import failures, refusals, schema
from modelshelf.core.hub.auth import is_well_formed
from modelshelf.core.hub.refusals import Asked, NotGrantedError
from modelshelf.core.hub.retry import Patience
from modelshelf.core.hub.schema import Access
from modelshelf.core.hub.targets import Origin
from modelshelf.core.model import parse_revision, printable
from modelshelf.core.paths import safe_relative

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from modelshelf.core.hub.schema import Account, FileLocation, HubModel, RemoteFile, RepoInfo
    from modelshelf.core.hub.session import Question, Session
    from modelshelf.core.model import ModelId

_MOST_HITS = 1000


class Hub:
    """A Hub or a mirror of it. Thread-safe; making one opens no connection and reads nothing.

    `token` is asked at each call, so that a new token counts at once. `timeout` is how long one
    wait may take (a name lookup, a connection, the next bytes), in seconds. A Hub that cannot be
    reached fails within 15 s in all, retries included.

    Every call may raise: OfflineError (at once, when `offline`), NetworkError and StalledError
    (they say which step failed), FormatError (the answer is no Hub's), TokenError, GatedError,
    NotFoundError, InputError (the endpoint is no web address), Cancelled (closed meanwhile).
    """

    def __init__(
        self,
        endpoint: str,
        token: Callable[[], str | None],
        *,
        offline: bool = False,
        timeout: float = 10.0,
        patience: Patience | None = None,
    ) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._token = token
        self._offline = offline
        self._patience = patience or Patience(step=timeout)
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._closed = False

    @property
    def is_offline(self) -> bool:
        """Whether this Hub never talks to the network, by choice."""
        return self._offline

    def info(self, model_id: ModelId, revision: str = "main") -> RepoInfo:
        """Describe a model; follows renames, `model_id` of the result is the present id.

        Raises:
            InputError: when `revision` could not be one.
        """
        asked = self._asked(model_id, parse_revision(revision))
        with self._asking(asked) as question:
            found = question.api.model_info(model_id, revision=revision, files_metadata=True)
        return schema.repo_info(found)

    def files(self, model_id: ModelId, commit: str) -> tuple[RemoteFile, ...]:
        """List every file at a commit, in the order of their paths.

        Raises:
            InputError: when a name could leave the folder of the model.
            FormatError: when two names would be one on a disk that ignores capitals.
        """
        with self._asking(self._asked(model_id, parse_revision(commit))) as question:
            found = question.files(model_id, commit)
        return schema.remote_files(model_id, found)

    def read(self, model_id: ModelId, commit: str, path: str, *, limit: int = 10_000_000) -> bytes:
        """Return the content of one small file of at most `limit` bytes."""
        asked = self._asked(model_id, parse_revision(commit), safe_relative(path))
        with self._asking(asked) as question:
            return question.read(model_id, commit, path, limit)

    def search(self, text: str, *, limit: int = 50) -> tuple[HubModel, ...]:
        """Search the whole Hub, most downloaded first; at most `limit` hits."""
        wanted = max(1, min(limit, _MOST_HITS))
        with self._asking(self._asked()) as question:
            found = question.search(text.strip(), wanted)
        return schema.hub_models(found)

    def whoami(self) -> Account:
        """Tell whom the token belongs to.

        Raises:
            TokenError: when there is none, or the Hub does not accept it.
        """
        asked = self._asked()
        if asked.token is None and not self._offline:
            raise refusals.token_unsafe(self.endpoint) if self._token() else refusals.no_token()
        with self._asking(asked) as question:
            said = question.whoami()
        return schema.account(said)

    def access(self, model_id: ModelId) -> Access:
        """Tell whether this account may download the model, and if not, why."""
        try:
            with self._asking(self._asked(model_id)) as question:
                question.api.auth_check(model_id)
        except NotGrantedError as refusal:
            return refusal.access
        except TokenError:
            return Access.INVALID_TOKEN
        return Access.GRANTED

    def location(self, model_id: ModelId, commit: str, path: str) -> FileLocation:
        """Say where the bytes of a file are, by one HEAD. Cheap; ask again when a URL expired.

        The URL may be signed: it is a secret, and so are the headers. They hold the token only
        when the bytes are on the Hub itself.

        Raises:
            NetworkError: also when the Hub leads to an unencrypted or a private address.
        """
        asked = self._asked(model_id, parse_revision(commit), safe_relative(path))
        with self._asking(asked) as question:
            return question.locate(model_id, commit, path)

    def close(self) -> None:
        """Cut all connections; calls that still run end with `Cancelled`."""
        with self._lock:
            self._closed = True
            session, self._session = self._session, None
        if session is not None:
            session.close()

    def _asked(self, model_id: str = "", revision: str = "", path: str = "") -> Asked:
        return Asked(self.endpoint, self._usable_token(), model_id, revision, path)

    def _usable_token(self) -> str | None:
        """Return the token if it may be sent: never unencrypted to another machine."""
        token = self._token()
        if not token or not Origin.of(self.endpoint).may_see_token:
            return None
        if not is_well_formed(token):
            raise refusals.token_malformed()
        return token

    @contextmanager
    def _asking(self, asked: Asked) -> Generator[Question]:
        if self._offline:
            raise failures.offline()
        with self._open().asking(asked) as question:
            yield question

    def _open(self) -> Session:
        with self._lock:
            if self._closed:
                raise Cancelled
            if self._session is None:
                # The client library is heavy: a window that asks nothing starts without it. The
                # variable must be set before; it also holds for what the library loads later.
                os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
                Origin.of(self.endpoint)
                try:
                    from modelshelf.core.hub.session import (  # noqa: PLC0415 - heavy, see above
                        Session,
                    )
                except ValueError as error:
                    # The library reads its variables while it loads, and understands no nonsense.
                    reason = printable(str(error))
                    raise InputError(
                        f"The client library of the Hub could not be loaded: {reason}.",
                        hint="Check the environment variables that start with HF_.",
                    ) from error

                self._session = Session(self.endpoint, self._patience)
            return self._session
