"""Failures a person can meet: each with a code, a sentence, a hint and an exit code.

They carry facts and words; how they are drawn is the business of the front end.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class ErrorCode(StrEnum):
    """The codes users quote; they never change their meaning."""

    DISK_SPACE = "ERR_DISK_SPACE"
    FORMAT = "ERR_FORMAT"
    TIMEOUT = "ERR_TIMEOUT"
    NETWORK = "ERR_NETWORK"
    REGISTRY = "ERR_REGISTRY"
    INTEGRITY = "ERR_INTEGRITY"
    GATED = "ERR_GATED"
    PERMISSION = "ERR_PERMISSION"
    IN_USE = "ERR_IN_USE"
    BUSY = "ERR_BUSY"
    CONFIRM = "ERR_CONFIRM"
    STALE_PLAN = "ERR_STALE_PLAN"
    NOT_FOUND = "ERR_NOT_FOUND"
    INPUT = "ERR_INPUT"
    TOKEN = "ERR_TOKEN"
    MEMORY = "ERR_MEMORY"
    BUG = "ERR_BUG"


EXIT_CODES: dict[ErrorCode, int] = {
    ErrorCode.DISK_SPACE: 7,
    ErrorCode.FORMAT: 9,
    ErrorCode.TIMEOUT: 6,
    ErrorCode.NETWORK: 6,
    ErrorCode.REGISTRY: 9,
    ErrorCode.INTEGRITY: 8,
    ErrorCode.GATED: 5,
    ErrorCode.PERMISSION: 3,
    ErrorCode.IN_USE: 3,
    ErrorCode.BUSY: 3,
    ErrorCode.CONFIRM: 3,
    ErrorCode.STALE_PLAN: 3,
    ErrorCode.NOT_FOUND: 4,
    ErrorCode.INPUT: 9,
    ErrorCode.TOKEN: 5,
    ErrorCode.MEMORY: 3,
    ErrorCode.BUG: 1,
}


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """An error as plain data: what a job keeps in the database and `--json` prints."""

    code: ErrorCode
    message: str
    hint: str = ""
    details: str = ""

    def as_json(self) -> dict[str, str]:
        """Return `{"code", "message", "hint"}`, the contract of every `--json` failure."""
        return {"code": self.code.value, "message": self.message, "hint": self.hint}


class ModelshelfError(Exception):
    """An expected failure: bad luck or bad input, never a bug.

    `message` is one sentence saying what happened and why; `hint` is the next step;
    `details` are facts for a report (paths, numbers), free of secrets.
    """

    code: ClassVar[ErrorCode] = ErrorCode.INPUT

    def __init__(self, message: str, *, hint: str = "", details: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details

    @property
    def exit_code(self) -> int:
        """The exit code of the command line for this failure."""
        return EXIT_CODES[self.code]

    @property
    def info(self) -> ErrorInfo:
        """This failure as plain data."""
        return ErrorInfo(self.code, self.message, self.hint, self.details)


class DiskSpaceError(ModelshelfError):
    """The volume has too little room for what was asked."""

    code = ErrorCode.DISK_SPACE


class FormatError(ModelshelfError):
    """A file is malformed or of a kind that cannot be used here."""

    code = ErrorCode.FORMAT


class StalledError(ModelshelfError):
    """No byte arrived for the stall time, after all retries. What is here is kept."""

    code = ErrorCode.TIMEOUT


class NetworkError(ModelshelfError):
    """The Hub could not be reached; the message says which step failed."""

    code = ErrorCode.NETWORK


class OfflineError(NetworkError):
    """Offline by choice (`HF_HUB_OFFLINE`, setting) or because no network answers."""


class RegistryError(ModelshelfError):
    """The registry or the local database could not be read."""

    code = ErrorCode.REGISTRY


class IntegrityError(ModelshelfError):
    """A file's content is not what the Hub says it is."""

    code = ErrorCode.INTEGRITY


class GatedError(ModelshelfError):
    """The model is gated and this account has no access (yet)."""

    code = ErrorCode.GATED


class TokenError(ModelshelfError):
    """The token is missing, invalid or expired for this request."""

    code = ErrorCode.TOKEN


class PermissionRefusedError(ModelshelfError):
    """The folder is not writable, or the policy of a shared store forbids it."""

    code = ErrorCode.PERMISSION


class InUseError(ModelshelfError):
    """Somebody uses the model: a collection, a job, a process."""

    code = ErrorCode.IN_USE


class BusyError(ModelshelfError):
    """Another operation runs on this model; the message names the job."""

    code = ErrorCode.BUSY


class ConfirmationNeededError(ModelshelfError):
    """The plan has warnings, or a choice is open, and somebody must say yes first."""

    code = ErrorCode.CONFIRM


class StalePlanError(ModelshelfError):
    """The world changed since the plan was shown."""

    code = ErrorCode.STALE_PLAN


class NotFoundError(ModelshelfError):
    """Unknown model, revision, file, collection or job; the hint gives the nearest names."""

    code = ErrorCode.NOT_FOUND


class InputError(ModelshelfError):
    """An id, URL or value is not well formed."""

    code = ErrorCode.INPUT


class TooLittleMemoryError(ModelshelfError):
    """The model needs more memory than there is."""

    code = ErrorCode.MEMORY


class BugError(ModelshelfError):
    """A bug in a process that ran a job for others; the one who waited for it learns this."""

    code = ErrorCode.BUG


_BY_CODE: dict[ErrorCode, type[ModelshelfError]] = {
    kind.code: kind
    for kind in (
        DiskSpaceError,
        FormatError,
        StalledError,
        NetworkError,
        RegistryError,
        IntegrityError,
        GatedError,
        TokenError,
        PermissionRefusedError,
        InUseError,
        BusyError,
        ConfirmationNeededError,
        StalePlanError,
        NotFoundError,
        InputError,
        TooLittleMemoryError,
        BugError,
    )
}


def error_from(info: ErrorInfo) -> ModelshelfError:
    """Rebuild the exception that `info` was taken from, for a job another process ran."""
    return _BY_CODE[info.code](info.message, hint=info.hint, details=info.details)
