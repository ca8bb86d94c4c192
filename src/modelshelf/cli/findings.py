"""What speaks against an operation, as lines for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelshelf.core.plan import Finding, Weight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_WORDS = {Weight.BLOCKER: "blocked", Weight.WARNING: "warning", Weight.INFORMATION: "note"}
_COLOURS = {Weight.BLOCKER: "red", Weight.WARNING: "yellow", Weight.INFORMATION: None}
_INDENT = " " * (2 + max(map(len, _WORDS.values())) + 2)


def print_findings(findings: Iterable[Finding], line: Callable[..., None]) -> None:
    """Print each finding with its weight in front; `line` is `Output.line` or alike."""
    for finding in findings:
        word = f"  {_WORDS[finding.weight]}"
        line(
            finding.text,
            indent=word.ljust(len(_INDENT)),
            hanging=_INDENT,
            fg=_COLOURS[finding.weight],
        )
