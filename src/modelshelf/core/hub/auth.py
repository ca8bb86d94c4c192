"""The access token: where it is found, where it is kept, and how it stays out of every log."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelshelf.core.paths import AppPaths


class TokenSource(StrEnum):
    """Where the token in use comes from."""

    NONE = "none"
    ENVIRONMENT = "environment"
    FILE = "file"


class Tokens:
    """The token of this user: the environment first, then the file of `hf auth login`."""

    def __init__(self, paths: AppPaths, environment: Mapping[str, str]) -> None:
        self._paths = paths
        self._environment = environment

    def current(self) -> str | None:
        """Return the token in use, or None."""
        raise NotImplementedError

    def source(self) -> TokenSource:
        """Tell where the token in use comes from."""
        raise NotImplementedError

    def store(self, token: str) -> None:
        """Keep `token` where `hf auth login` keeps it, readable by this user alone."""
        raise NotImplementedError

    def forget(self) -> None:
        """Remove the stored token; one in the environment stays."""
        raise NotImplementedError


def redact(text: str) -> str:
    """Return `text` without access tokens and signed query strings."""
    raise NotImplementedError
