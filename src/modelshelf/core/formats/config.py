"""JSON of strangers, read within bounds, and what an encoder's files say about it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from modelshelf.core.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Mapping

MODULES_FILE = "modules.json"
MODEL_FILE = "config.json"
PROMPTS_FILE = "config_sentence_transformers.json"
LENGTH_FILE = "sentence_bert_config.json"
MAX_PROMPT = 2000
"""The longest prefix or instruction that is taken, in characters."""
POOLINGS = ("mean", "cls", "last")
"""The ways of pooling we have words for."""

_LARGEST = 2**63
_MAX_DIGITS = 40
_MAX_CONTAINERS = 500_000
_MAX_DEPTH = 100
_POOLINGS = {"mean": "mean", "cls": "cls", "lasttoken": "last"}
_POOLING_FLAGS = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
_QUERY_PROMPTS = ("query", "search_query", "retrieval.query", "s2p_query", "web_search_query")
_DOCUMENT_PROMPTS = ("document", "passage", "search_document", "retrieval.passage", "corpus")
# These families count positions from the padding index on, so two of the table are never used.
_OFFSET_POSITIONS = ("roberta", "xlm-roberta", "camembert", "mpnet")


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


def parse_json_object(data: bytes, *, what: str, limit: int = 10_000_000) -> dict[str, Any]:
    """Read one JSON object; `what` names it in errors.

    Real files hold NaN, infinities and whole numbers of more than 63 bits (10^30 for "no limit"):
    those read as None. Of a key given twice the last one counts, as in every common reader.

    Raises:
        FormatError: when `data` is larger than `limit` bytes, is not UTF-8 or JSON, is nested
            deeper than 100 levels, holds half a million lists and objects, or is not an object.
    """
    value = _parse(data, what, limit)
    if not isinstance(value, dict):
        raise _malformed(what, "it is not an object")
    return cast("dict[str, Any]", value)


def _parse(data: bytes, what: str, limit: int) -> Any:
    if len(data) > limit:
        raise FormatError(f"{what} is larger than {limit:,} bytes, so it was not read.")
    if data.count(b"{") + data.count(b"[") > _MAX_CONTAINERS:
        raise _malformed(what, "it holds too many lists and objects")
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            parse_constant=_unknown,
            parse_int=_bounded_integer,
            parse_float=_finite_number,
        )
    except UnicodeDecodeError as error:
        raise _malformed(what, "it is not UTF-8 text") from error
    except ValueError as error:
        raise _malformed(what, str(error)) from error
    except RecursionError as error:
        raise _malformed(what, "it is nested too deeply") from error
    if _is_deeper(value, _MAX_DEPTH):
        raise _malformed(what, "it is nested too deeply")
    return value


def _unknown(constant: str) -> None:  # noqa: ARG001 (the parser passes NaN or Infinity)
    return None


def _bounded_integer(digits: str) -> int | None:
    if len(digits) > _MAX_DIGITS or abs(number := int(digits)) >= _LARGEST:
        return None
    return number


def _finite_number(digits: str) -> float | None:
    return number if math.isfinite(number := float(digits)) else None


def _is_deeper(value: object, levels: int) -> bool:
    """Whether lists and objects lie in each other more than `levels` times."""
    layer: list[object] = [value]
    for _ in range(levels + 1):
        inner: list[object] = []
        for item in layer:
            if isinstance(item, dict):
                inner.extend(cast("dict[str, object]", item).values())
            elif isinstance(item, list):
                inner.extend(cast("list[object]", item))
        if not inner:
            return False
        layer = inner
    return any(isinstance(item, (dict, list)) for item in layer)


def _malformed(what: str, reason: str) -> FormatError:
    return FormatError(f"{what} is malformed: {reason}.", hint="Report it to the model's authors.")


@dataclass(frozen=True, slots=True)
class Module:
    """One step of a sentence-transformers pipeline; `kind` is its class without the package."""

    kind: str
    path: str


def pipeline_modules(data: bytes) -> tuple[Module, ...]:
    """Read `modules.json`: the steps that turn text into vectors, in order.

    The paths are as the file has them; they are names of a stranger.

    Raises:
        FormatError: when it is not a list of such steps.
    """
    value = _parse(data, MODULES_FILE, 1_000_000)
    if not isinstance(value, list) or len(items := cast("list[object]", value)) > 32:
        raise _malformed(MODULES_FILE, "it is not a short list")
    modules: list[Module] = []
    for item in items:
        step = cast("dict[str, object]", item) if isinstance(item, dict) else {}
        kind, path = step.get("type"), step.get("path", "")
        if not isinstance(kind, str) or not isinstance(path, str):
            raise _malformed(MODULES_FILE, "a step has no type or no path")
        modules.append(Module(kind.rsplit(".", 1)[-1], path.strip("/")))
    return tuple(modules)


def encoder_facts(files: Mapping[str, bytes]) -> EncoderFacts:
    """Say how the encoder with these files is used; `files` maps names in the repo to contents.

    Files that are not there, and values that make no sense, leave their facts unknown. The
    sentence-transformers files win over the bare configuration.

    Raises:
        FormatError: when one of the files is malformed.
    """
    config = _object(files, MODEL_FILE)
    modules = pipeline_modules(files[MODULES_FILE]) if MODULES_FILE in files else None
    pooling_path = "1_Pooling"
    for module in modules or ():
        if module.kind == "Pooling":
            pooling_path = module.path
    pooling = _object(files, f"{pooling_path}/config.json")
    prompts = _object(files, PROMPTS_FILE)
    query, document = _prefixes(prompts)
    return EncoderFacts(
        dimension=_dimension(files, modules, pooling, config),
        pooling=_pooling(pooling),
        query_prefix=query,
        document_prefix=document,
        max_tokens=_positive(_object(files, LENGTH_FILE).get("max_seq_length"))
        or _positions(config),
        normalise=None if modules is None else any(m.kind == "Normalize" for m in modules),
    )


def _object(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    return parse_json_object(files[name], what=name) if name in files else {}


def _positive(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 < value < 10**9 else None


def _first_positive(tree: Mapping[str, Any], *keys: str) -> int | None:
    return next((n for key in keys if (n := _positive(tree.get(key)))), None)


def _modes(pooling: Mapping[str, Any]) -> list[str]:
    """The pooling modes, from the present key or from the flags of older files."""
    mode = pooling.get("pooling_mode")
    if isinstance(mode, str):
        return [mode]
    if isinstance(mode, list):
        return [m for m in cast("list[object]", mode) if isinstance(m, str)]
    return [name for flag, name in _POOLING_FLAGS.items() if pooling.get(flag) is True]


def _pooling(pooling: Mapping[str, Any]) -> str | None:
    modes = _modes(pooling)
    return _POOLINGS.get(modes[0]) if len(modes) == 1 else None


def _dimension(
    files: Mapping[str, bytes],
    modules: tuple[Module, ...] | None,
    pooling: Mapping[str, Any],
    config: Mapping[str, Any],
) -> int | None:
    """The length of the vectors: of the last step that changes it."""
    for module in reversed(modules or ()):
        if module.kind == "Dense":
            return _positive(_object(files, f"{module.path}/config.json").get("out_features"))
    per_mode = _first_positive(pooling, "embedding_dimension", "word_embedding_dimension")
    if per_mode is None:
        per_mode = _first_positive(_text_part(config), "hidden_size", "n_embd", "d_model", "dim")
    return per_mode * max(1, len(_modes(pooling))) if per_mode else None


def _text_part(config: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = config.get("text_config")
    return cast("dict[str, Any]", inner) if isinstance(inner, dict) else config


def _positions(config: Mapping[str, Any]) -> int | None:
    text = _text_part(config)
    count = _first_positive(text, "max_position_embeddings", "n_positions", "seq_length")
    if count is not None and text.get("model_type") in _OFFSET_POSITIONS:
        return max(1, count - 2)
    return count


def _prefixes(prompts: Mapping[str, Any]) -> tuple[str, str]:
    """The prompts for queries and for documents; a default prompt serves both."""
    found = prompts.get("prompts")
    named = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    default = prompts.get("default_prompt_name")
    fallback = (default,) if isinstance(default, str) else ()

    def first(names: tuple[str, ...]) -> str:
        texts = (named.get(name) for name in names)
        return next((text for text in texts if isinstance(text, str) and _is_prompt(text)), "")

    return first((*_QUERY_PROMPTS, *fallback)), first((*_DOCUMENT_PROMPTS, *fallback))


def _is_prompt(text: str) -> bool:
    return len(text) <= MAX_PROMPT and all(c.isprintable() or c in "\n\t" for c in text)
