"""Counts the parameters of a model from its `config.json`, one formula per architecture.

A count is what the class named in the config builds: biases, norms, positions, poolers and heads
included, tensors that are tied counted once, masks and other buffers left out. `make truth`
compares every formula with the model that transformers builds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Config = dict[str, Any]


def count_parameters(config: Config, model_class: str) -> int:
    """Return the parameters of `model_class` built from `config`.

    Raises:
        KeyError: for an architecture without a formula, or a config without a needed key.
    """
    return _FORMULAS[config["model_type"]](config, model_class)


def count_active_parameters(config: Config, model_class: str) -> int:
    """Return the parameters that work on one token: all but the experts not chosen for it."""
    idle = config["num_experts"] - config["num_experts_per_tok"]
    expert = _gated_mlp(config["hidden_size"], config["moe_intermediate_size"])
    return count_parameters(config, model_class) - config["num_hidden_layers"] * idle * expert


def count_stored_bytes(config: Config, model_class: str, width: int, surplus: str) -> int:
    """Return what the weight files hold when that is more than the parameters of `width` bytes.

    `surplus` says what more: `second head` (the tied matrix is written twice), or `float masks`
    and `byte masks` (each layer carries its attention mask, positions x positions).
    """
    size = dimensions(config)
    positions = config.get("n_positions") or config.get("max_position_embeddings", 0)
    more = {
        "second head": size["vocabulary"] * size["hidden"] * width,
        "float masks": size["layers"] * positions**2 * 4,
        "byte masks": size["layers"] * positions**2,
    }
    return count_parameters(config, model_class) * width + more[surplus]


def dimensions(config: Config) -> dict[str, int]:
    """Return layers, hidden, heads, kv_heads, head_dim, intermediate and vocabulary."""
    text = config.get("text_config", config)
    hidden = _first(text, "hidden_size", "n_embd", "dim", "d_model")
    heads = _first(text, "num_attention_heads", "n_head", "n_heads")
    return {
        "layers": _first(text, "num_hidden_layers", "n_layer", "n_layers"),
        "hidden": hidden,
        "heads": heads,
        "kv_heads": text.get("num_key_value_heads", heads),
        "head_dim": text.get("head_dim") or hidden // heads,
        "intermediate": _intermediate(text, hidden),
        "vocabulary": text["vocab_size"],
    }


def _intermediate(config: Config, hidden: int) -> int:
    for key in ("intermediate_size", "n_inner", "hidden_dim"):
        if config.get(key):
            return config[key]
    return 4 * hidden


def _first(config: Config, *keys: str) -> int:
    return next(config[key] for key in keys if config.get(key))


def _linear(inputs: int, outputs: int, bias: bool = True) -> int:
    return inputs * outputs + (outputs if bias else 0)


def _norm(width: int, bias: bool = True) -> int:
    return 2 * width if bias else width


def _gated_mlp(hidden: int, intermediate: int, bias: bool = False) -> int:
    return 2 * _linear(hidden, intermediate, bias) + _linear(intermediate, hidden, bias)


def _encoder_layer(hidden: int, intermediate: int, norms: int = 2) -> int:
    """One layer in the manner of BERT: four projections, two feed-forward ones, all with biases."""
    feed_forward = _linear(hidden, intermediate) + _linear(intermediate, hidden)
    return 4 * _linear(hidden, hidden) + feed_forward + norms * _norm(hidden)


def _bert(config: Config, model_class: str) -> int:
    size = dimensions(config)
    hidden, vocabulary = size["hidden"], size["vocabulary"]
    rows = vocabulary + config["max_position_embeddings"] + config.get("type_vocab_size", 0)
    body = rows * hidden + _norm(hidden)
    body += size["layers"] * _encoder_layer(hidden, size["intermediate"])
    if config["model_type"] == "mpnet":
        body += config["relative_attention_num_buckets"] * size["heads"]
    labels = len(config.get("id2label", ())) or 1
    dense = _linear(hidden, hidden)
    classes = _linear(hidden, labels)
    heads = {
        "Model": dense,
        "ForMaskedLM": dense + _norm(hidden) + vocabulary,
        "ForSequenceClassification": dense + classes,
    }
    return body + next(count for name, count in heads.items() if model_class.endswith(name))


def _distilbert(config: Config, model_class: str) -> int:
    size = dimensions(config)
    hidden, vocabulary = size["hidden"], size["vocabulary"]
    body = (vocabulary + config["max_position_embeddings"]) * hidden + _norm(hidden)
    body += size["layers"] * _encoder_layer(hidden, size["intermediate"])
    if model_class == "DistilBertForMaskedLM":
        body += _linear(hidden, hidden) + _norm(hidden) + vocabulary
    return body


def _nomic_bert(config: Config, model_class: str) -> int:
    size = dimensions(config)
    hidden, width = size["hidden"], size["intermediate"]
    layer = 4 * _linear(hidden, hidden, bias=False) + _gated_mlp(hidden, width) + 2 * _norm(hidden)
    rows = size["vocabulary"] + config["type_vocab_size"]
    return rows * hidden + _norm(hidden) + size["layers"] * layer


def _modernbert(config: Config, model_class: str) -> int:
    size = dimensions(config)
    hidden, width = size["hidden"], size["intermediate"]
    layer = 4 * _linear(hidden, hidden, bias=False) + _gated_mlp(hidden, width)
    # The first layer has no norm before its attention, the embeddings and the end have one each.
    norms = (2 * size["layers"] + 1) * _norm(hidden, bias=False)
    body = size["vocabulary"] * hidden + size["layers"] * layer + norms
    head = _linear(hidden, hidden, bias=False) + _norm(hidden, bias=False)
    if model_class == "ModernBertForMaskedLM":
        return body + head + size["vocabulary"]
    if model_class == "ModernBertForSequenceClassification":
        return body + head + _linear(hidden, len(config.get("id2label", ())) or 1)
    return body


def _decoder(config: Config, model_class: str) -> int:
    """Decoders in the manner of Llama: RMS norms, rotary positions, a gated feed-forward part."""
    kind = config["model_type"]
    size = dimensions(config)
    hidden = size["hidden"]
    query = size["heads"] * size["head_dim"]
    keys = size["kv_heads"] * size["head_dim"]
    bias = kind == "qwen2" or config.get("attention_bias", False)
    attention = _linear(hidden, query, bias) + 2 * _linear(hidden, keys, bias)
    attention += _linear(query, hidden, bias and kind != "qwen2")
    attention += {
        "qwen3": 2 * size["head_dim"],
        "qwen3_moe": 2 * size["head_dim"],
        "gemma3_text": 2 * size["head_dim"],
        "olmo2": query + keys,
    }.get(kind, 0)
    norms = 4 if kind in ("gemma2", "gemma3_text") else 2
    layer = attention + norms * hidden + _feed_forward(config)
    body = size["vocabulary"] * hidden + size["layers"] * layer + hidden
    # Sentence-transformers modules after the body: matrices without bias.
    body += sum(rows * columns for rows, columns in config.get("dense_modules", ()))
    return body + (0 if _is_tied(config, model_class) else size["vocabulary"] * hidden)


def _feed_forward(config: Config) -> int:
    hidden = config["hidden_size"]
    if config["model_type"] == "qwen3_moe":
        experts = config["num_experts"] * _gated_mlp(hidden, config["moe_intermediate_size"])
        return experts + _linear(hidden, config["num_experts"], bias=False)
    return _gated_mlp(hidden, config["intermediate_size"], config.get("mlp_bias", False))


def _is_tied(config: Config, model_class: str) -> bool:
    """Whether no second matrix turns states into words: it is shared, or the class has none."""
    if model_class.endswith("Model") and not model_class.endswith("LMHeadModel"):
        return True
    always = config["model_type"].startswith("gemma")
    return config.get("tie_word_embeddings", always)


def _gemma3(config: Config, model_class: str) -> int:
    """Gemma 3 that sees: the text model, a SigLIP vision transformer, and a projector."""
    vision, text = config["vision_config"], config["text_config"]
    seen = vision["hidden_size"]
    patches = (vision["image_size"] // vision["patch_size"]) ** 2
    picture = _linear(3 * vision["patch_size"] ** 2, seen) + patches * seen + _norm(seen)
    picture += vision["num_hidden_layers"] * _encoder_layer(seen, vision["intermediate_size"])
    projector = _linear(seen, text["hidden_size"], bias=False) + seen
    return picture + projector + _decoder(text, model_class)


def _gpt2(config: Config, model_class: str) -> int:
    size = dimensions(config)
    hidden = size["hidden"]
    rows = size["vocabulary"] + config["n_positions"]
    return (
        rows * hidden + size["layers"] * _encoder_layer(hidden, size["intermediate"]) + 2 * hidden
    )


def _gpt_neox(config: Config, model_class: str) -> int:
    size = dimensions(config)
    hidden = size["hidden"]
    layers = size["layers"] * _encoder_layer(hidden, size["intermediate"])
    return 2 * size["vocabulary"] * hidden + layers + _norm(hidden)


def _phi(config: Config, model_class: str) -> int:
    size = dimensions(config)
    hidden = size["hidden"]
    layers = size["layers"] * _encoder_layer(hidden, size["intermediate"], norms=1)
    words = size["vocabulary"] * hidden + _linear(hidden, size["vocabulary"])
    return words + layers + _norm(hidden)


def _bloom(config: Config, model_class: str) -> int:
    size = dimensions(config)
    hidden = size["hidden"]
    layers = size["layers"] * _encoder_layer(hidden, 4 * hidden)
    return size["vocabulary"] * hidden + layers + 2 * _norm(hidden)


def _blip(config: Config, model_class: str) -> int:
    """BLIP for captions: a vision transformer, and a BERT decoder that looks at its output."""
    vision, text = config["vision_config"], config["text_config"]
    seen, hidden = vision["hidden_size"], text["hidden_size"]
    patches = (vision["image_size"] // vision["patch_size"]) ** 2
    positions = (patches + 1) * seen + seen
    picture = _linear(3 * vision["patch_size"] ** 2, seen) + positions + _norm(seen)
    picture += vision["num_hidden_layers"] * _encoder_layer(seen, vision["intermediate_size"])
    cross = 2 * _linear(hidden, hidden) + 2 * _linear(seen, hidden) + _norm(hidden)
    layer = _encoder_layer(hidden, text["intermediate_size"]) + cross
    rows = text["vocab_size"] + text["max_position_embeddings"]
    words = rows * hidden + _norm(hidden) + text["num_hidden_layers"] * layer
    head = _linear(hidden, hidden) + _norm(hidden) + text["vocab_size"]
    return picture + words + head


_FORMULAS: dict[str, Callable[[Config, str], int]] = {
    "bert": _bert,
    "blip": _blip,
    "bloom": _bloom,
    "distilbert": _distilbert,
    "gemma": _decoder,
    "gemma2": _decoder,
    "gemma3": _gemma3,
    "gemma3_text": _decoder,
    "gpt2": _gpt2,
    "gpt_neox": _gpt_neox,
    "granite": _decoder,
    "llama": _decoder,
    "mistral": _decoder,
    "modernbert": _modernbert,
    "mpnet": _bert,
    "nomic_bert": _nomic_bert,
    "olmo2": _decoder,
    "phi": _phi,
    "phi-msft": _phi,
    "phi3": _decoder,
    "qwen2": _decoder,
    "qwen3": _decoder,
    "qwen3_moe": _decoder,
    "roberta": _bert,
    "xlm-roberta": _bert,
}
