"""What the registry says about a model, as plain facts. None means: not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from modelshelf.core.model import ModelId, ModelType

DTYPE_BITS: dict[str, int] = {
    "float32": 32,
    "float16": 16,
    "bfloat16": 16,
    "float8": 8,
    "int8": 8,
    "int4": 4,
}
"""Bits of one parameter in the weights as they are published."""


@dataclass(frozen=True, slots=True)
class WeightFacts:
    """The numbers of an architecture from which its weight and its memory follow.

    `stored_bytes` is given where the files hold more than the parameters: a second copy of a
    tied matrix, or attention masks.
    """

    dtype: str
    layers: int | None = None
    hidden: int | None = None
    heads: int | None = None
    kv_heads: int | None = None
    head_dim: int | None = None
    intermediate: int | None = None
    vocabulary: int | None = None
    experts: int | None = None
    experts_per_token: int | None = None
    expert_intermediate: int | None = None
    stored_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Tested:
    """Who ran the model with this program, and when."""

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """One curated model. `context` is in tokens; `variant` is the recommended GGUF file."""

    id: ModelId
    aliases: tuple[str, ...]
    name: str
    team: str
    type: ModelType
    family: str
    description: str
    licence: str | None
    gated: bool
    languages: tuple[str, ...]
    capabilities: tuple[str, ...]
    link: str
    added: date
    tested: Tested | None = None
    parameters: int | None = None
    active_parameters: int | None = None
    dimensions: int | None = None
    context: int | None = None
    pooling: str | None = None
    query_prefix: str = ""
    document_prefix: str = ""
    instruction: str = ""
    weights: WeightFacts | None = None
    variant: str | None = None

    @property
    def size_bytes(self) -> int | None:
        """What the published weights weigh: parameters times the bytes of one, or more if stored.

        None when either is unknown, and for a GGUF variant, whose size only its file tells.
        """
        if self.weights is None or self.variant:
            return None
        if self.weights.stored_bytes is not None:
            return self.weights.stored_bytes
        if self.parameters is None:
            return None
        return self.parameters * DTYPE_BITS[self.weights.dtype] // 8
