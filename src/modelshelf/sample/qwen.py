"""Recipes for the Qwen family: language models, an embedding model, files for llama.cpp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelshelf.sample import architectures, gguf
from modelshelf.sample.recipes import (
    PADDED_WORDS,
    Recipe,
    State,
    card,
    generation,
    llama_like,
    sentence_transformers,
    write_files,
    write_model,
)
from modelshelf.sample.tokenizers import Tokenizer, as_json, byte_level
from modelshelf.sample.weights import write_sharded

if TYPE_CHECKING:
    from pathlib import Path

_CHAT = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_EMBEDDING_QUERY = (
    "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"
)


def _tokenizer() -> Tokenizer:
    config = {
        "tokenizer_class": "Qwen2Tokenizer",
        "add_prefix_space": False,
        "bos_token": None,
        "chat_template": _CHAT,
        "eos_token": "<|im_end|>",
        "errors": "replace",
        "model_max_length": 131072,
        "pad_token": "<|endoftext|>",
        "unk_token": None,
    }
    return byte_level(("<|endoftext|>", "<|im_start|>", "<|im_end|>"), config, split="qwen")


def _qwen3(tokenizer: Tokenizer, *, large: bool = False) -> dict[str, Any]:
    return llama_like(
        "qwen3",
        "Qwen3ForCausalLM",
        tokenizer,
        head_dim=64,
        hidden_size=512 if large else 256,
        intermediate_size=1536 if large else 768,
        max_position_embeddings=40960 if large else 32768,
        num_attention_heads=8 if large else 4,
        num_hidden_layers=6 if large else 4,
        num_key_value_heads=4 if large else 2,
        vocab_size=4096 if large else PADDED_WORDS,
    )


def _write_qwen3(folder: Path) -> None:
    model_id = "Qwen/Qwen3-0.6B"
    tokenizer = _tokenizer()
    config = _qwen3(tokenizer, large=True)
    tensors = architectures.llama(config)
    write_model(folder, config, tensors, tokenizer, seed=model_id, dtype="BF16")
    write_files(folder, card(model_id, "apache-2.0", "text-generation"))
    write_files(folder, generation(config, do_sample=True, temperature=0.6, top_k=20, top_p=0.95))


def _write_qwen3_embedding(folder: Path) -> None:
    model_id = "Qwen/Qwen3-Embedding-0.6B"
    tokenizer = _tokenizer()
    config = _qwen3(tokenizer)
    tensors = architectures.encoder_of_llama(config)
    write_model(folder, config, tensors, tokenizer, seed=model_id, dtype="BF16")
    prompts = {"query": _EMBEDDING_QUERY, "document": ""}
    write_files(folder, sentence_transformers(256, "last", prompts=prompts, max_tokens=32768))
    text = card(
        model_id,
        "apache-2.0",
        "feature-extraction",
        tags=("sentence-similarity", "text-embeddings-inference"),
        library="sentence-transformers",
        base_model="Qwen/Qwen3-0.6B-Base",
    )
    write_files(folder, text)


def _write_qwen3_gguf(folder: Path) -> None:
    tokenizer = _tokenizer()
    config = _qwen3(tokenizer)
    for how in (gguf.Q4_K_M, gguf.Q8_0, gguf.F16):
        path = folder / f"Qwen3-0.6B-{how.name}.gguf"
        gguf.write_qwen3(path, config, tokenizer, how, seed="Qwen/Qwen3-0.6B-GGUF")
    text = card(
        "Qwen/Qwen3-0.6B-GGUF",
        "apache-2.0",
        "text-generation",
        tags=("gguf",),
        library="gguf",
        base_model="Qwen/Qwen3-0.6B",
    )
    write_files(folder, text)


def _write_qwen2(folder: Path) -> None:
    model_id = "Qwen/Qwen2.5-7B-Instruct"
    tokenizer = _tokenizer()
    config = llama_like(
        "qwen2",
        "Qwen2ForCausalLM",
        tokenizer,
        hidden_size=512,
        intermediate_size=1280,
        max_position_embeddings=32768,
        max_window_layers=6,
        num_attention_heads=8,
        num_hidden_layers=6,
        num_key_value_heads=2,
        sliding_window=131072,
        tie_word_embeddings=False,
        use_sliding_window=False,
    )
    del config["attention_bias"]
    write_files(folder, {"config.json": as_json(config), **tokenizer.files})
    write_sharded(folder, architectures.llama(config), 4, seed=model_id, dtype="BF16")
    text = card(model_id, "apache-2.0", "text-generation", tags=("chat",))
    write_files(folder, text)
    write_files(folder, generation(config, do_sample=True, temperature=0.7, top_k=20, top_p=0.8))


QWEN: tuple[Recipe, ...] = (
    Recipe("Qwen/Qwen3-0.6B", (State("Add the model", _write_qwen3),), downloads=9500, likes=860),
    Recipe(
        "Qwen/Qwen3-Embedding-0.6B",
        (State("Add the model", _write_qwen3_embedding),),
        downloads=7400,
        likes=740,
    ),
    Recipe(
        "Qwen/Qwen3-0.6B-GGUF",
        (State("Add the model", _write_qwen3_gguf),),
        downloads=3300,
        likes=90,
    ),
    Recipe(
        "Qwen/Qwen2.5-7B-Instruct",
        (State("Add the model", _write_qwen2),),
        downloads=8700,
        likes=880,
    ),
)
"""They share one tokenizer."""
