"""The Hub: what it knows about a model, and where the bytes of a file are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelshelf.core.hub.schema import (
        Access,
        Account,
        FileLocation,
        HubModel,
        RemoteFile,
        RepoInfo,
    )
    from modelshelf.core.model import ModelId


class Hub:
    """A Hub or a mirror of it. Thread-safe; making one opens no connection.

    `timeout` is how long one step may take (connecting, waiting for the next bytes), in seconds.
    A Hub that cannot be reached fails within 15 s in all, retries included.

    Every call may raise OfflineError, NetworkError, StalledError, FormatError, TokenError,
    GatedError and NotFoundError.
    """

    def __init__(
        self,
        endpoint: str,
        token: Callable[[], str | None],
        *,
        offline: bool = False,
        timeout: float = 10.0,
    ) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._token = token
        self._offline = offline
        self._timeout = timeout

    @property
    def is_offline(self) -> bool:
        """Whether this Hub never talks to the network, by choice."""
        return self._offline

    def info(self, model_id: ModelId, revision: str = "main") -> RepoInfo:
        """Describe a model; follows renames, `model_id` of the result is the present id."""
        raise NotImplementedError

    def files(self, model_id: ModelId, commit: str) -> tuple[RemoteFile, ...]:
        """List every file at a commit. Names that could leave a folder are refused."""
        raise NotImplementedError

    def read(self, model_id: ModelId, commit: str, path: str, *, limit: int = 10_000_000) -> bytes:
        """Return the content of one small file of at most `limit` bytes."""
        raise NotImplementedError

    def search(self, text: str, *, limit: int = 50) -> tuple[HubModel, ...]:
        """Search the whole Hub, most downloaded first."""
        raise NotImplementedError

    def whoami(self) -> Account:
        """Tell whom the token belongs to."""
        raise NotImplementedError

    def access(self, model_id: ModelId) -> Access:
        """Tell whether this account may download the model, and if not, why."""
        raise NotImplementedError

    def location(self, model_id: ModelId, commit: str, path: str) -> FileLocation:
        """Say where the bytes of a file are, by one HEAD."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the connections; calls that still run end with `Cancelled`."""
        raise NotImplementedError
