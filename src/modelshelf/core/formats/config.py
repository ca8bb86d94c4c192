"""JSON of strangers, read within bounds, and what an encoder's files say about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EncoderFacts:
    """How an encoder is meant to be used. None means: its files do not say.

    `pooling` is `mean`, `cls` or `last`.
    """

    dimension: int | None = None
    pooling: str | None = None
    query_prefix: str = ""
    document_prefix: str = ""
    max_tokens: int | None = None
    normalise: bool | None = None
