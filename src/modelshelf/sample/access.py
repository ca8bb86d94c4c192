"""Who may read what: accounts, tokens, and gates in front of models."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelshelf.sample.messages import Answer, Request, error_answer
from modelshelf.sample.model import Consent, Gate, SampleModel

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Account:
    """A person at the hub, known by a token.

    `can_read_gated` is false for a fine-grained token without that permission.
    """

    token: str
    name: str = "sample-reader"
    can_read_gated: bool = True


class RefusedError(Exception):
    """The request ends here, with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Doorkeeper:
    """Reads tokens and decides who passes a gate. Thread-safe."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._accounts = {account.token: account for account in accounts}
        self._consents: dict[tuple[str, str], Consent] = {}
        self._lock = threading.Lock()

    def add(self, account: Account) -> None:
        """Let a further token in."""
        with self._lock:
            self._accounts[account.token] = account

    def revoke(self, token: str) -> None:
        """Make a token invalid from now on."""
        with self._lock:
            self._accounts.pop(token, None)

    def decide(self, model_id: str, consent: Consent) -> None:
        """Set how far every account has come with a gated model."""
        with self._lock:
            for account in self._accounts.values():
                self._consents[account.name, model_id] = consent

    def consent(self, model: SampleModel) -> Consent:
        """Return how far the first account has come with a gated model."""
        with self._lock:
            account = next(iter(self._accounts.values()), None)
            if account is None:
                return model.consent
            return self._consents.get((account.name, model.model_id), model.consent)

    def account(self, request: Request) -> Account | None:
        """Return whose token the request carries; None when it carries none.

        Raises:
            RefusedError: when the token is not valid.
        """
        header = request.headers.get("Authorization")
        if header is None:
            return None
        with self._lock:
            account = self._accounts.get(header.removeprefix("Bearer "))
        if account is None:
            refusal = error_answer(401, "Invalid credentials in Authorization header")
            raise RefusedError(refusal)
        return account

    def check_gate(self, model: SampleModel, request: Request) -> None:
        """Let the request pass to the files of `model`.

        Raises:
            RefusedError: with the status, code and message the Hub uses for the reason.
        """
        account = self.account(request)
        if model.gate is Gate.OPEN:
            return
        if account is None:
            message = (
                f"Access to model {model.model_id} is restricted. You must have access to it "
                "and be authenticated to access it. Please log in."
            )
            raise RefusedError(error_answer(401, message, "GatedRepo"))
        if not account.can_read_gated:
            message = (
                "Please enable access to public gated repositories in your fine-grained token "
                "settings to view this repository."
            )
            raise RefusedError(error_answer(403, message, "GatedRepo"))
        with self._lock:
            consent = self._consents.get((account.name, model.model_id), model.consent)
        if consent is not Consent.ACCEPTED:
            message = _reason(model.model_id, consent, request.base)
            raise RefusedError(error_answer(403, message, "GatedRepo"))


def _reason(model_id: str, consent: Consent, base: str) -> str:
    if consent is Consent.PENDING:
        return (
            f"Your request to access model {model_id} is awaiting a review from the repo authors."
        )
    if consent is Consent.REJECTED:
        return f"Your request to access model {model_id} has been rejected by the repo's authors."
    return (
        f"Access to model {model_id} is restricted and you are not in the authorized list. "
        f"Visit {base}/{model_id} to ask for access."
    )
