"""Recipes for GPT-2, Pythia, Gemma and Llama."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelshelf.sample import architectures
from modelshelf.sample.model import Consent, Gate
from modelshelf.sample.recipes import (
    PADDED_WORDS,
    Recipe,
    State,
    card,
    generation,
    llama_like,
    write_files,
    write_model,
)
from modelshelf.sample.tokenizers import as_json, byte_level, sentence_pieces
from modelshelf.sample.weights import write_safetensors

if TYPE_CHECKING:
    from pathlib import Path

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
        "vocab_size": PADDED_WORDS,
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
    config = llama_like(
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
    write_files(folder, generation(config, do_sample=True, top_k=64, top_p=0.95))


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
    config = llama_like(
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
    write_files(folder, generation(config, do_sample=True, temperature=0.6, top_p=0.9))


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
