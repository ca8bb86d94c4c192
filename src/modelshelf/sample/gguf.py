"""GGUF files of a Qwen3 model, written as F16, Q8_0 or a mixture of Q4_K and Q8_0.

All three hold the same weights: an 8-bit number `q` per weight, times 2^-12. That is exact in F16
and in Q8_0; Q4_K keeps the upper four bits. The layouts are those of ggml.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from modelshelf.sample.weights import noise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from modelshelf.sample.tokenizers import Tokenizer

_ALIGNMENT = 32
_VERSION = 3


class Type(IntEnum):
    """How a tensor is stored."""

    F32 = 0
    F16 = 1
    Q8_0 = 8
    Q4_K = 12


@dataclass(frozen=True, slots=True)
class Quantisation:
    """One way to write the model: the number llama.cpp calls it by, and what stores what."""

    name: str
    file_type: int
    matrices: Type
    sensitive: Type
    """For the token embeddings, values and the last feed-forward step."""


F16 = Quantisation("F16", 1, Type.F16, Type.F16)
Q8_0 = Quantisation("Q8_0", 7, Type.Q8_0, Type.Q8_0)
Q4_K_M = Quantisation("Q4_K_M", 15, Type.Q4_K, Type.Q8_0)


def write_qwen3(
    path: Path, config: Mapping[str, Any], tokenizer: Tokenizer, how: Quantisation, *, seed: str
) -> None:
    """Write the model that `config` describes; widths must be multiples of 256.

    The file is complete in itself: weights, hyper-parameters and tokenizer.
    """
    tensors = list(_tensors(config, how))
    facts = _facts(config, tokenizer, how)
    head = bytearray(struct.pack("<4sIQQ", b"GGUF", _VERSION, len(tensors), len(facts)))
    for key, value in facts.items():
        head += _string(key) + _value(value)
    offset = 0
    for name, shape, kind in tensors:
        # ggml counts dimensions from the one that lies together in memory.
        head += _string(name) + struct.pack("<I", len(shape))
        head += b"".join(struct.pack("<Q", size) for size in reversed(shape))
        head += struct.pack("<IQ", kind, offset)
        offset += _padded(_size(shape, kind))
    with path.open("wb") as file:
        file.write(head.ljust(_padded(len(head)), b"\0"))
        for name, shape, kind in tensors:
            content = _content(f"{seed}/{name}", shape, kind)
            file.write(content.ljust(_padded(len(content)), b"\0"))


def _tensors(
    config: Mapping[str, Any], how: Quantisation
) -> Iterable[tuple[str, tuple[int, ...], Type]]:
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    head = config["head_dim"]
    queries = config["num_attention_heads"] * head
    keys = config["num_key_value_heads"] * head
    yield "token_embd.weight", (config["vocab_size"], hidden), how.sensitive
    for index in range(config["num_hidden_layers"]):
        block = f"blk.{index}"
        yield f"{block}.attn_norm.weight", (hidden,), Type.F32
        yield f"{block}.attn_q.weight", (queries, hidden), how.matrices
        yield f"{block}.attn_k.weight", (keys, hidden), how.matrices
        yield f"{block}.attn_v.weight", (keys, hidden), how.sensitive
        yield f"{block}.attn_output.weight", (hidden, queries), how.matrices
        yield f"{block}.attn_q_norm.weight", (head,), Type.F32
        yield f"{block}.attn_k_norm.weight", (head,), Type.F32
        yield f"{block}.ffn_norm.weight", (hidden,), Type.F32
        yield f"{block}.ffn_gate.weight", (inner, hidden), how.matrices
        yield f"{block}.ffn_up.weight", (inner, hidden), how.matrices
        yield f"{block}.ffn_down.weight", (hidden, inner), how.sensitive
    yield "output_norm.weight", (hidden,), Type.F32


def _facts(config: Mapping[str, Any], tokenizer: Tokenizer, how: Quantisation) -> dict[str, Any]:
    special = set(tokenizer.special)
    normal_type, control_type = 1, 3
    types = [control_type if token in special else normal_type for token in tokenizer.tokens]
    spare = config["vocab_size"] - tokenizer.size
    unused_type = 5
    return {
        "general.architecture": "qwen3",
        "general.type": "model",
        "general.name": "Qwen3 0.6B (sample)",
        "general.license": "apache-2.0",
        "general.quantization_version": 2,
        "general.file_type": how.file_type,
        "qwen3.block_count": config["num_hidden_layers"],
        "qwen3.context_length": config["max_position_embeddings"],
        "qwen3.embedding_length": config["hidden_size"],
        "qwen3.feed_forward_length": config["intermediate_size"],
        "qwen3.attention.head_count": config["num_attention_heads"],
        "qwen3.attention.head_count_kv": config["num_key_value_heads"],
        "qwen3.attention.key_length": config["head_dim"],
        "qwen3.attention.value_length": config["head_dim"],
        "qwen3.attention.layer_norm_rms_epsilon": float(config["rms_norm_eps"]),
        "qwen3.rope.freq_base": float(config["rope_theta"]),
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "qwen2",
        "tokenizer.ggml.tokens": [*tokenizer.tokens, *(f"[PAD{i}]" for i in range(spare))],
        "tokenizer.ggml.token_type": [*types, *([unused_type] * spare)],
        "tokenizer.ggml.merges": [f"{left} {right}" for left, right in tokenizer.merges],
        "tokenizer.ggml.eos_token_id": tokenizer.id_of("<|im_end|>"),
        "tokenizer.ggml.padding_token_id": tokenizer.id_of("<|endoftext|>"),
        "tokenizer.ggml.bos_token_id": tokenizer.id_of("<|endoftext|>"),
        "tokenizer.ggml.add_bos_token": False,
    }


def _string(text: str) -> bytes:
    content = text.encode()
    return struct.pack("<Q", len(content)) + content


def _value(value: Any) -> bytes:
    """Write a fact with its type: bool 7, uint32 4, float32 6, string 8, array 9, int32 5."""
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + _string(value)
    if isinstance(value[0], int):
        return struct.pack(f"<IIQ{len(value)}i", 9, 5, len(value), *value)
    return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(_string(text) for text in value)


def _padded(size: int) -> int:
    return size + -size % _ALIGNMENT


def _size(shape: tuple[int, ...], kind: Type) -> int:
    count = shape[0] * (shape[1] if len(shape) > 1 else 1)
    per_block, block = {
        Type.F32: (4, 1),
        Type.F16: (2, 1),
        Type.Q8_0: (34, 32),
        Type.Q4_K: (144, 256),
    }[kind]
    return count // block * per_block


def _content(seed: str, shape: tuple[int, ...], kind: Type) -> bytes:
    if kind is Type.F32:
        return struct.pack("<f", 1.0) * shape[0]
    return _WRITERS[kind](noise(seed, shape[0] * shape[1]))


def _as_f16(quants: bytes) -> bytes:
    content = bytearray(2 * len(quants))
    content[0::2] = quants.translate(_F16_LOW)
    content[1::2] = quants.translate(_F16_HIGH)
    return bytes(content)


def _as_q8_0(quants: bytes) -> bytes:
    """Blocks of 32: the scale in F16, then the numbers."""
    scale = struct.pack("<e", 2.0**-12)
    return b"".join(scale + quants[at : at + 32] for at in range(0, len(quants), 32))


def _as_q4_k(quants: bytes) -> bytes:
    """Blocks of 256: two scales in F16, eight pairs of a scale and an offset, 4-bit numbers.

    A weight is scale times number, less offset. Here each scale is 1 and each offset 8, times 2^-8.
    Four bits of 32 weights lie in the lower halves of 32 bytes, those of the next 32 in the upper.
    """
    head = struct.pack("<ee", 2.0**-8, 2.0**-8) + bytes([1] * 4 + [8] * 4 + [0x81] * 4)
    lower, upper = quants.translate(_Q4_LOWER), quants.translate(_Q4_UPPER)
    parts: list[bytes] = []
    for at in range(0, len(quants), 64):
        if at % 256 == 0:
            parts.append(head)
        low = int.from_bytes(lower[at : at + 32], "little")
        high = int.from_bytes(upper[at + 32 : at + 64], "little")
        parts.append((low | high).to_bytes(32, "little"))
    return b"".join(parts)


def _signed(byte: int) -> int:
    return byte - 256 if byte > 127 else byte


_F16 = [struct.pack("<e", _signed(byte) * 2.0**-12) for byte in range(256)]
_F16_LOW = bytes(pair[0] for pair in _F16)
_F16_HIGH = bytes(pair[1] for pair in _F16)
_Q4 = [min(15, (_signed(byte) + 8 >> 4) + 8) for byte in range(256)]
_Q4_LOWER = bytes(_Q4)
_Q4_UPPER = bytes(four << 4 for four in _Q4)
_WRITERS: dict[Type, Callable[[bytes], bytes]] = {
    Type.F16: _as_f16,
    Type.Q8_0: _as_q8_0,
    Type.Q4_K: _as_q4_k,
}
