"""Recipes for the models that write, and for the embedding model that grew out of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelshelf.sample import architectures, gguf
from modelshelf.sample.model import Consent, Gate
from modelshelf.sample.recipes import (
    Recipe,
    State,
    card,
    sentence_transformers,
    write_files,
    write_model,
)
from modelshelf.sample.tokenizers import Tokenizer, as_json, byte_level, sentence_pieces
from modelshelf.sample.weights import write_safetensors, write_sharded

if TYPE_CHECKING:
    from pathlib import Path

_CHAT_ML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_CHAT_GEMMA = (
    "{{ bos_token }}{% for message in messages %}<start_of_turn>"
    "{{ 'model' if message['role'] == 'assistant' else message['role'] }}\n"
    "{{ message['content'] }}<end_of_turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
_CHAT_LLAMA = (
    "{{ bos_token }}{% for message in messages %}<|start_header_id|>{{ message['role'] }}"
    "<|end_header_id|>\n\n{{ message['content'] }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
_EMBEDDING_QUERY = (
    "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"
)
_PADDED_WORDS = 2048


def _qwen_tokenizer() -> Tokenizer:
    config = {
        "tokenizer_class": "Qwen2Tokenizer",
        "add_prefix_space": False,
        "bos_token": None,
        "chat_template": _CHAT_ML,
        "eos_token": "<|im_end|>",
        "errors": "replace",
        "model_max_length": 131072,
        "pad_token": "<|endoftext|>",
        "unk_token": None,
    }
    return byte_level(("<|endoftext|>", "<|im_start|>", "<|im_end|>"), config, split="qwen")


def _llama_like(kind: str, architecture: str, tokenizer: Tokenizer, **more: Any) -> dict[str, Any]:
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
        "vocab_size": _PADDED_WORDS,
        **more,
    }


def _qwen3(tokenizer: Tokenizer, *, large: bool = False) -> dict[str, Any]:
    return _llama_like(
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
        vocab_size=4096 if large else _PADDED_WORDS,
    )


def _generation(config: dict[str, Any], **more: Any) -> dict[str, bytes]:
    ends = {key: config[key] for key in ("bos_token_id", "eos_token_id")}
    return {"generation_config.json": as_json({**ends, **more})}


def _write_gpt2(folder: Path) -> None:
    end = "<|endoftext|>"
    tokenizer = byte_level(
        (end,),
        {
            "tokenizer_class": "GPT2Tokenizer",
            "add_prefix_space": False,
            "bos_token": end,
            "eos_token": end,
            "model_max_length": 1024,
            "unk_token": end,
        },
    )
    config = {
        "activation_function": "gelu_new",
        "architectures": ["GPT2LMHeadModel"],
        "attn_pdrop": 0.1,
        "bos_token_id": tokenizer.id_of(end),
        "embd_pdrop": 0.1,
        "eos_token_id": tokenizer.id_of(end),
        "initializer_range": 0.02,
        "layer_norm_epsilon": 1e-05,
        "model_type": "gpt2",
        "n_ctx": 1024,
        "n_embd": 192,
        "n_head": 6,
        "n_layer": 3,
        "n_positions": 1024,
        "resid_pdrop": 0.1,
        "vocab_size": tokenizer.size,
    }
    model_id = "openai-community/gpt2"
    tensors = architectures.gpt2(config)
    write_model(folder, config, tensors, tokenizer, seed=model_id, dtype="F32")
    write_files(folder, card(model_id, "mit", "text-generation", tags=("exbert",)))


def _update_gpt2(folder: Path) -> None:
    """Only small files change: both revisions share the weights."""
    more = {"do_sample": True, "max_new_tokens": 50}
    write_files(folder, {"generation_config.json": as_json(more)})
    text = card("openai-community/gpt2", "mit", "text-generation", tags=("exbert", "gpt2"))
    write_files(folder, text)


def _pythia_config() -> dict[str, Any]:
    return {
        "architectures": ["GPTNeoXForCausalLM"],
        "bos_token_id": 0,
        "eos_token_id": 0,
        "hidden_act": "gelu",
        "hidden_size": 128,
        "initializer_range": 0.02,
        "intermediate_size": 512,
        "layer_norm_eps": 1e-05,
        "max_position_embeddings": 2048,
        "model_type": "gpt_neox",
        "num_attention_heads": 8,
        "num_hidden_layers": 4,
        "rotary_emb_base": 10000,
        "rotary_pct": 0.25,
        "tie_word_embeddings": False,
        "torch_dtype": "float16",
        "use_cache": True,
        "use_parallel_residual": True,
        "vocab_size": _PADDED_WORDS,
    }


def _write_pythia(folder: Path) -> None:
    end = "<|endoftext|>"
    tokenizer = byte_level(
        (end,),
        {
            "tokenizer_class": "GPTNeoXTokenizer",
            "add_prefix_space": False,
            "bos_token": end,
            "eos_token": end,
            "unk_token": end,
        },
        with_vocabulary_files=False,
    )
    config = _pythia_config()
    config |= {"bos_token_id": tokenizer.id_of(end), "eos_token_id": tokenizer.id_of(end)}
    write_files(folder, {"config.json": as_json(config), **tokenizer.files})
    model_id = "EleutherAI/pythia-70m"
    tags = ("pytorch", "causal-lm", "pythia")
    write_files(folder, card(model_id, "apache-2.0", "text-generation", tags=tags))
    _write_pythia_weights(folder, 1000)


def _write_pythia_weights(folder: Path, step: int) -> None:
    tensors = architectures.gpt_neox(_pythia_config())
    seed = f"EleutherAI/pythia-70m/step{step}"
    write_safetensors(folder / "model.safetensors", tensors, seed=seed, dtype="F16")


def _write_qwen3(folder: Path) -> None:
    model_id = "Qwen/Qwen3-0.6B"
    tokenizer = _qwen_tokenizer()
    config = _qwen3(tokenizer, large=True)
    tensors = architectures.llama(config)
    write_model(folder, config, tensors, tokenizer, seed=model_id, dtype="BF16")
    write_files(folder, card(model_id, "apache-2.0", "text-generation"))
    write_files(folder, _generation(config, do_sample=True, temperature=0.6, top_k=20, top_p=0.95))


def _write_qwen3_embedding(folder: Path) -> None:
    model_id = "Qwen/Qwen3-Embedding-0.6B"
    tokenizer = _qwen_tokenizer()
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
    tokenizer = _qwen_tokenizer()
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
    tokenizer = _qwen_tokenizer()
    config = _llama_like(
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
    write_files(folder, _generation(config, do_sample=True, temperature=0.7, top_k=20, top_p=0.8))


def _write_gemma(folder: Path) -> None:
    model_id = "google/gemma-3-1b-it"
    tokenizer = sentence_pieces(
        {
            "tokenizer_class": "GemmaTokenizer",
            "bos_token": "<bos>",
            "chat_template": _CHAT_GEMMA,
            "eos_token": "<eos>",
            "mask_token": "<mask>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
        }
    )
    ends = [tokenizer.id_of("<eos>"), tokenizer.id_of("<end_of_turn>")]
    config = _llama_like(
        "gemma3_text",
        "Gemma3ForCausalLM",
        tokenizer,
        attn_logit_softcapping=None,
        bos_token_id=tokenizer.id_of("<bos>"),
        eos_token_id=ends,
        final_logit_softcapping=None,
        head_dim=64,
        hidden_activation="gelu_pytorch_tanh",
        hidden_size=256,
        intermediate_size=768,
        max_position_embeddings=32768,
        num_attention_heads=4,
        num_hidden_layers=6,
        num_key_value_heads=1,
        pad_token_id=0,
        query_pre_attn_scalar=64,
        rope_local_base_freq=10000,
        rope_scaling=None,
        sliding_window=512,
        sliding_window_pattern=6,
        vocab_size=tokenizer.size,
    )
    del config["hidden_act"]
    tensors = architectures.llama(config)
    write_model(folder, config, tensors, tokenizer, seed=model_id, dtype="BF16")
    write_files(folder, card(model_id, "gemma", "text-generation"))
    write_files(folder, _generation(config, do_sample=True, top_k=64, top_p=0.95))


def _write_llama(folder: Path) -> None:
    model_id = "meta-llama/Llama-3.2-1B-Instruct"
    special = (
        "<|begin_of_text|>",
        "<|end_of_text|>",
        "<|start_header_id|>",
        "<|end_header_id|>",
        "<|eom_id|>",
        "<|eot_id|>",
    )
    tokenizer = byte_level(
        special,
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": special[0],
            "chat_template": _CHAT_LLAMA,
            "eos_token": special[-1],
            "model_input_names": ["input_ids", "attention_mask"],
            "model_max_length": 131072,
        },
        split="llama",
        with_vocabulary_files=False,
    )
    config = _llama_like(
        "llama",
        "LlamaForCausalLM",
        tokenizer,
        eos_token_id=[tokenizer.id_of(name) for name in (special[1], *special[4:])],
        head_dim=64,
        hidden_size=256,
        intermediate_size=1024,
        max_position_embeddings=131072,
        mlp_bias=False,
        num_attention_heads=4,
        num_hidden_layers=4,
        num_key_value_heads=1,
        rms_norm_eps=1e-05,
        rope_scaling={
            "factor": 32.0,
            "high_freq_factor": 4.0,
            "low_freq_factor": 1.0,
            "original_max_position_embeddings": 8192,
            "rope_type": "llama3",
        },
        rope_theta=500000.0,
        vocab_size=tokenizer.size,
    )
    tensors = architectures.llama(config)
    write_model(folder, config, tensors, tokenizer, seed=model_id, dtype="BF16")
    text = card(model_id, "llama3.2", "text-generation", tags=("llama-3", "facebook", "meta"))
    write_files(folder, text)
    write_files(folder, _generation(config, do_sample=True, temperature=0.6, top_p=0.9))


LANGUAGE_MODELS: tuple[Recipe, ...] = (
    Recipe(
        "openai-community/gpt2",
        (
            State("Add the model", _write_gpt2, tag="v1.0"),
            State("Add generation settings", _update_gpt2),
        ),
        aliases=("gpt2",),
        downloads=9100,
        likes=2900,
    ),
    Recipe(
        "EleutherAI/pythia-70m",
        (
            State("Add the checkpoint of step 1000", _write_pythia, branch="step1000"),
            State(
                "Add the checkpoint of step 143000",
                lambda folder: _write_pythia_weights(folder, 143000),
            ),
        ),
        downloads=3600,
        likes=70,
    ),
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
    Recipe(
        "google/gemma-3-1b-it",
        (State("Add the model", _write_gemma),),
        gate=Gate.AUTO,
        downloads=5200,
        likes=640,
    ),
    Recipe(
        "meta-llama/Llama-3.2-1B-Instruct",
        (State("Add the model", _write_llama),),
        gate=Gate.MANUAL,
        consent=Consent.PENDING,
        downloads=6800,
        likes=1100,
    ),
)
"""Gemma asks to accept a licence; the request for Llama is pending for ever."""
