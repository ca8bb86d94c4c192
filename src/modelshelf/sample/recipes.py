"""What a recipe for a sample model is made of: its states, its card, files that many share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelshelf.sample.model import Consent, Gate
from modelshelf.sample.tokenizers import Tokenizer, as_json
from modelshelf.sample.weights import write_safetensors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from modelshelf.sample.weights import Tensor


PADDED_WORDS = 2048
"""The vocabulary of a model whose rows are padded beyond its tokenizer, as the real ones are."""


@dataclass(frozen=True, slots=True)
class State:
    """One commit: `write` puts the files that are new or changed into an empty folder.

    The commit goes on `branch`, starting from the newest commit of the model; `tag` names it.
    """

    title: str
    write: Callable[[Path], None]
    branch: str = "main"
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to make one sample model."""

    model_id: str
    states: tuple[State, ...]
    gate: Gate = Gate.OPEN
    consent: Consent = Consent.NONE
    aliases: tuple[str, ...] = ()
    downloads: int = 0
    likes: int = 0


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below `folder`, with the folders they need."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def write_model(
    folder: Path,
    config: Mapping[str, Any],
    tensors: Sequence[Tensor],
    tokenizer: Tokenizer,
    *,
    seed: str,
    dtype: str,
) -> None:
    """Write configuration, weights and tokenizer."""
    files = {"config.json": as_json(dict(config)), **tokenizer.files}
    write_files(folder, files)
    write_safetensors(folder / "model.safetensors", tensors, seed=seed, dtype=dtype)


def llama_like(kind: str, architecture: str, tokenizer: Tokenizer, **more: Any) -> dict[str, Any]:
    """Return what the configurations of Llama, Qwen and Gemma have in common."""
    end = tokenizer.special[-1]
    return {
        "architectures": [architecture],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": tokenizer.id_of(tokenizer.special[0]),
        "eos_token_id": tokenizer.id_of(end),
        "hidden_act": "silu",
        "initializer_range": 0.02,
        "model_type": kind,
        "rms_norm_eps": 1e-06,
        "rope_theta": 1000000,
        "tie_word_embeddings": True,
        "torch_dtype": "bfloat16",
        "use_cache": True,
        "vocab_size": PADDED_WORDS,
        **more,
    }


def generation(config: Mapping[str, Any], **more: Any) -> dict[str, bytes]:
    """Return `generation_config.json`."""
    ends = {key: config[key] for key in ("bos_token_id", "eos_token_id")}
    return {"generation_config.json": as_json({**ends, **more})}


def card(
    model_id: str,
    licence: str,
    task: str,
    *,
    tags: Sequence[str] = (),
    languages: Sequence[str] = ("en",),
    library: str = "transformers",
    base_model: str = "",
) -> dict[str, bytes]:
    """Return `README.md` with the front matter that hubs read."""
    lines = ["---", f"license: {licence}", "language:"]
    lines += [f"- {language}" for language in languages]
    lines += [f"library_name: {library}", f"pipeline_tag: {task}"]
    if base_model:
        lines += ["base_model:", f"- {base_model}"]
    if tags:
        lines += ["tags:", *(f"- {tag}" for tag in tags)]
    name = model_id.rpartition("/")[2]
    text = (
        f"# {name} (sample)\n\n"
        f"This is not the real {name}. It has the same architecture, file names and tensor names, "
        "but it is small and its weights are random. It loads like the real one, and what it says "
        "means nothing: it is here to try things on.\n"
    )
    return {"README.md": "\n".join([*lines, "---", "", text]).encode()}


def sentence_transformers(
    dimension: int,
    pooling: str,
    *,
    prompts: Mapping[str, str],
    max_tokens: int = 512,
    lower_case: bool = False,
) -> dict[str, bytes]:
    """Return the files that tell sentence-transformers how a vector is made.

    `pooling` is `cls`, `mean` or `last`.
    """
    modules = [
        ("", "Transformer"),
        ("1_Pooling", "Pooling"),
        ("2_Normalize", "Normalize"),
    ]
    return {
        "modules.json": as_json(
            [
                {
                    "idx": index,
                    "name": str(index),
                    "path": path,
                    "type": f"sentence_transformers.models.{kind}",
                }
                for index, (path, kind) in enumerate(modules)
            ]
        ),
        "1_Pooling/config.json": as_json(
            {
                "word_embedding_dimension": dimension,
                "pooling_mode_cls_token": pooling == "cls",
                "pooling_mode_mean_tokens": pooling == "mean",
                "pooling_mode_max_tokens": False,
                "pooling_mode_mean_sqrt_len_tokens": False,
                "pooling_mode_weightedmean_tokens": False,
                "pooling_mode_lasttoken": pooling == "last",
                "include_prompt": True,
            }
        ),
        "config_sentence_transformers.json": as_json(
            {
                "__version__": {"sentence_transformers": "5.0.0"},
                "prompts": dict(prompts),
                "default_prompt_name": None,
                "similarity_fn_name": "cosine",
            }
        ),
        "sentence_bert_config.json": as_json(
            {"max_seq_length": max_tokens, "do_lower_case": lower_case}
        ),
    }
