"""The models a user added: the table `custom_models`, and what their repos say of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from modelshelf.core.model import ModelId, ModelType


class HubCheck(StrEnum):
    """How far the Hub was asked about a custom model."""

    UNCHECKED = "unchecked"
    KNOWN = "known"
    READ = "read"


@dataclass(frozen=True, slots=True)
class CustomModel:
    """A model that a user added. None means: not known, or not given.

    `asymmetric` models embed queries and documents with different prefixes. `size_bytes` is the
    Hub's figure for the whole repo. `added` is set when the model is stored.
    """

    model_id: ModelId
    type: ModelType
    dimension: int | None = None
    pooling: str | None = None
    asymmetric: bool = False
    query_prefix: str = ""
    document_prefix: str = ""
    instruction: str = ""
    added: datetime | None = None
    check: HubCheck = HubCheck.UNCHECKED
    max_tokens: int | None = None
    parameters: int | None = None
    size_bytes: int | None = None
    licence: str | None = None
    gated: bool = False

    @property
    def notice(self) -> str:
        """What a person should know about the check; empty when all was read."""
        return {
            HubCheck.UNCHECKED: "The Hub could not be asked, so only the form of the id was "
            "checked.",
            HubCheck.KNOWN: "The Hub knows this model, but its files could not be read, so nothing "
            "was detected.",
            HubCheck.READ: "",
        }[self.check]
