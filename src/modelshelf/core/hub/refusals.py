"""The words for what the Hub refuses: no such model, no access, no token."""

from __future__ import annotations

from dataclasses import dataclass, field

from modelshelf.core.errors import GatedError, NotFoundError, TokenError
from modelshelf.core.hub.failures import server_words
from modelshelf.core.hub.schema import Access
from modelshelf.core.hub.targets import Origin
from modelshelf.core.model import printable


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of which Hub, so that a failure can name it."""

    endpoint: str
    token: str | None = field(default=None, repr=False)
    model_id: str = ""
    revision: str = ""
    path: str = ""

    @property
    def page(self) -> str:
        """The web page of the model, where a licence is accepted."""
        return f"{self.endpoint}/{self.model_id}"


class NotGrantedError(GatedError):
    """This account may not download the model; `access` says why."""

    def __init__(self, access: Access, message: str, *, hint: str, said: str) -> None:
        super().__init__(message, hint=hint, details=server_words(said))
        self.access = access


def repo_not_found(asked: Asked) -> NotFoundError:
    """No such model, or none that this account may see: the Hub does not tell these apart."""
    host = Origin.of(asked.endpoint).host
    if asked.token:
        return NotFoundError(
            f"{asked.model_id} was not found on {host}, or is private and this token has no "
            "access to it.",
            hint="Check the spelling.",
        )
    return NotFoundError(
        f"{asked.model_id} was not found on {host}, or is private and needs a token.",
        hint="Check the spelling. If the model is private, add an access token.",
    )


def revision_not_found(asked: Asked) -> NotFoundError:
    """The model exists, the branch, tag or commit does not."""
    return NotFoundError(
        f"{asked.model_id} has no revision {printable(asked.revision, 80)}.",
        hint=f"The branches and tags are listed at {asked.page}/tree/main.",
    )


def file_not_found(asked: Asked) -> NotFoundError:
    """The model exists, the file does not."""
    return NotFoundError(
        f"{asked.model_id} has no file {printable(asked.path, 80)} at this revision.",
        hint=f"The files are listed at {asked.page}/tree/main.",
    )


def disabled(asked: Asked) -> GatedError:
    """Taken down by the Hub."""
    return GatedError(
        f"The Hub has disabled access to {asked.model_id}.", hint=f"The reason is at {asked.page}."
    )


def gated(asked: Asked, said: str) -> NotGrantedError:
    """Gated: says what is missing, and where to ask."""
    lowered = said.lower()
    if not asked.token:
        return NotGrantedError(
            Access.NO_TOKEN,
            f"{asked.model_id} is gated: its licence must be accepted first, and a token is "
            "needed.",
            hint=f"Accept the licence at {asked.page} and add an access token.",
            said=said,
        )
    if "awaiting" in lowered or "pending" in lowered:
        return NotGrantedError(
            Access.PENDING,
            f"The request for access to {asked.model_id} is still waiting for an answer.",
            hint=f"Its authors decide; see {asked.page}.",
            said=said,
        )
    if "rejected" in lowered:
        return NotGrantedError(
            Access.NOT_ACCEPTED,
            f"The authors of {asked.model_id} refused the request for access.",
            hint=f"See {asked.page}.",
            said=said,
        )
    if is_about_scope(said):
        return scope_missing(asked, said)
    return NotGrantedError(
        Access.NOT_ACCEPTED,
        f"{asked.model_id} is gated, and this account has not accepted its licence.",
        hint=f"Accept it at {asked.page}, then try again.",
        said=said,
    )


def no_token() -> TokenError:
    """Something needs a token and there is none."""
    return TokenError("No access token is set.", hint="Add one in Settings, or set HF_TOKEN.")


def token_refused(asked: Asked, said: str) -> TokenError:
    """The Hub does not accept the token at all."""
    expired = "expired" in said.lower()
    return TokenError(
        "The access token has expired."
        if expired
        else "The Hub does not accept the access token: it is mistyped, revoked or of another Hub.",
        hint=f"Make a new one at {asked.endpoint}/settings/tokens.",
        details=server_words(said),
    )


def token_malformed() -> TokenError:
    """What is set as a token could not even be sent."""
    return TokenError(
        "The access token holds characters that no token has.",
        hint="Copy it again from the Hub, without blanks and line breaks.",
    )


def scope_missing(asked: Asked, said: str) -> NotGrantedError:
    """The token is good, but may not do this."""
    return NotGrantedError(
        Access.MISSING_SCOPE,
        f"The access token may not read {asked.model_id or 'this'}: it lacks the permission.",
        hint="Allow it to read public gated repositories, or make a token of type read, at "
        f"{asked.endpoint}/settings/tokens.",
        said=said,
    )


def token_unsafe(endpoint: str) -> TokenError:
    """A token never travels unencrypted to another machine."""
    return TokenError(
        f"The access token is not sent to {endpoint}: the connection is not encrypted.",
        hint="Use an https address as network.endpoint.",
    )


def is_about_scope(said: str) -> bool:
    """Whether a refusal is about what the token may do, not about who it belongs to."""
    lowered = said.lower()
    return "fine-grained" in lowered or "scope" in lowered or "permission" in lowered
