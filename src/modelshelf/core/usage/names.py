"""Which names a person may give to a collection or a tier."""

from __future__ import annotations

from modelshelf.core.errors import InputError
from modelshelf.core.model import printable

_LONGEST = 80


def checked_name(name: str, *, what: str) -> str:
    """Return `name` without blanks around it when it can be shown, typed and published.

    Raises:
        InputError: when it is empty, longer than 80 characters or holds control characters.
    """
    stripped = name.strip()
    if not stripped:
        raise InputError(f"A {what} needs a name.", hint="Use a short one, such as thesis-rag.")
    if len(stripped) > _LONGEST or not stripped.isprintable():
        raise InputError(
            f"“{printable(stripped, 40)}” is no name for a {what}.",
            hint=f"Use up to {_LONGEST} ordinary characters on one line.",
        )
    return stripped
