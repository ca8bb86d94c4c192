"""The access token: where it is found, where it is kept, and how it stays out of every log."""

from __future__ import annotations

import logging
import os
import re
import traceback
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from modelshelf.core.errors import InputError, PermissionRefusedError
from modelshelf.core.files import read_bounded, replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelshelf.core.paths import AppPaths

_VARIABLES = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
_WELL_FORMED = re.compile(r"[\x21-\x7e]{1,4096}")
_LARGEST_FILE = 64_000

_HIDDEN = "<hidden>"
_TOKEN = re.compile(r"\b(?:hf_(?:oauth_|jwt_)?|api_org_)[A-Za-z0-9._~+/-]{16,}=*")
_BEARER = re.compile(r"(?i)\b(bearer|basic)(\s+)[A-Za-z0-9._~+/=-]{4,}")
_USER_IN_URL = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s@\"'<>]*@")
_QUERY = re.compile(r"(?i)\b(https?://[^\s?\"'<>]*\?)([^\s\"'<>]+)")
_SIGNED = re.compile(
    r"(?i)(?:^|[?&;])(?:x-amz-[a-z-]+|x-goog-[a-z-]+|signature|sig|policy|key-pair-id|expires|"
    r"token|access_token|x-xet-[a-z-]+)="
)


class TokenSource(StrEnum):
    """Where the token in use comes from."""

    NONE = "none"
    ENVIRONMENT = "environment"
    FILE = "file"


class Tokens:
    """The token of this user: the environment first, then the file of `hf auth login`.

    On a shared machine `HF_HOME` often belongs to somebody else. A token that cannot be kept there
    is kept in the program's own configuration folder, and then wins over the shared file.
    """

    def __init__(self, paths: AppPaths, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._own_file = paths.config / "token"

    @property
    def file(self) -> Path:
        """The file in which `hf auth login` keeps its token; it need not exist."""
        if named := self._environment.get("HF_TOKEN_PATH"):
            return Path(os.path.expandvars(named)).expanduser()
        if home := self._environment.get("HF_HOME"):
            return Path(os.path.expandvars(home)).expanduser() / "token"
        if cache := self._environment.get("XDG_CACHE_HOME"):
            return Path(os.path.expandvars(cache)).expanduser() / "huggingface" / "token"
        return Path("~/.cache/huggingface/token").expanduser()

    def current(self) -> str | None:
        """Return the token in use, or None."""
        return self._from_environment() or _read(self._own_file) or _read(self.file)

    def source(self) -> TokenSource:
        """Tell where the token in use comes from."""
        if self._from_environment():
            return TokenSource.ENVIRONMENT
        return TokenSource.FILE if self.current() else TokenSource.NONE

    def store(self, token: str) -> None:
        """Keep `token` where `hf auth login` keeps it, readable by this user alone.

        Raises:
            InputError: when it cannot be a token.
            PermissionRefusedError: when no place could be written.
        """
        cleaned = token.strip()
        if not is_well_formed(cleaned):
            raise InputError(
                "This is not an access token.",
                hint="Copy it again from the Hub: it begins with hf_ and holds no blanks.",
            )
        try:
            _write(self.file, cleaned)
        except OSError:
            self._store_apart(cleaned)
        else:
            self._own_file.unlink(missing_ok=True)

    def forget(self) -> None:
        """Remove the stored token; one in the environment stays.

        Raises:
            PermissionRefusedError: when the file cannot be removed.
        """
        for file in (self._own_file, self.file):
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                raise PermissionRefusedError(
                    f"The stored token could not be removed: {file} cannot be written.",
                    hint="Remove the file by hand, or ask its owner.",
                    details=str(error),
                ) from error

    def _from_environment(self) -> str | None:
        for name in _VARIABLES:
            if token := self._environment.get(name, "").strip():
                return token
        return None

    def _store_apart(self, token: str) -> None:
        try:
            _write(self._own_file, token)
        except OSError as error:
            raise PermissionRefusedError(
                f"The token could not be kept: {self._own_file.parent} cannot be written.",
                hint="Set HF_TOKEN in the environment instead.",
                details=str(error),
            ) from error


class SecretFilter(logging.Filter):
    """Takes secrets out of log records; put it on every handler.

    `token` gives the token in use, for tokens of a mirror that do not look like the Hub's.
    """

    def __init__(self, token: Callable[[], str | None] = lambda: None) -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; none is dropped."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            message = f"{record.msg} {record.args!r}"
        record.msg = self._clean(message)
        record.args = None
        if record.exc_info:
            record.exc_text = self._clean("".join(traceback.format_exception(*record.exc_info)))
            record.exc_info = None
        elif record.exc_text:
            record.exc_text = self._clean(record.exc_text)
        return True

    def _clean(self, text: str) -> str:
        token = self._token()
        return redact(text.replace(token, _HIDDEN) if token else text)


def redact(text: str) -> str:
    """Return `text` without access tokens, passwords in URLs and signed query strings."""
    text = _QUERY.sub(_without_signature, text)
    text = _USER_IN_URL.sub(rf"\1{_HIDDEN}@", text)
    text = _BEARER.sub(rf"\1\2{_HIDDEN}", text)
    return _TOKEN.sub(_HIDDEN, text)


def is_well_formed(token: str) -> bool:
    """Whether `token` may travel in a header: printable ASCII without blanks."""
    return _WELL_FORMED.fullmatch(token) is not None


def _without_signature(match: re.Match[str]) -> str:
    address, query = match.groups()
    return address + (_HIDDEN if _SIGNED.search(query) else query)


def _read(file: Path) -> str | None:
    try:
        return read_bounded(file, _LARGEST_FILE).decode("utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def _write(file: Path, token: str) -> None:
    # A link, as people who keep their dot files elsewhere have, stays a link.
    target = Path(os.path.realpath(file))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(target, token.encode(), mode=0o600)
