"""Which tensors the real architectures have, by the names that transformers gives them.

Each function takes the model's `config.json` and returns its tensors in the order of the modules.
"""

from __future__ import annotations

from typing import Any

from modelshelf.sample.weights import Kind, Tensor

Config = dict[str, Any]


def bert(config: Config, *, prefix: str = "", pooler: bool = True) -> list[Tensor]:
    """BERT's encoder, and XLM-RoBERTa's, which has the same tensors."""
    hidden = config["hidden_size"]
    embeddings = f"{prefix}embeddings"
    tensors = [
        Tensor(f"{embeddings}.word_embeddings.weight", (config["vocab_size"], hidden)),
        Tensor(
            f"{embeddings}.position_embeddings.weight", (config["max_position_embeddings"], hidden)
        ),
        Tensor(f"{embeddings}.token_type_embeddings.weight", (config["type_vocab_size"], hidden)),
        *_norm(f"{embeddings}.LayerNorm", hidden),
    ]
    for index in range(config["num_hidden_layers"]):
        layer = f"{prefix}encoder.layer.{index}"
        tensors += _attention_of_bert(f"{layer}.attention", hidden)
        tensors += _feed_forward_of_bert(layer, hidden, config["intermediate_size"])
    if pooler:
        tensors += _linear(f"{prefix}pooler.dense", hidden, hidden)
    return tensors


def bert_classifier(config: Config) -> list[Tensor]:
    """BERT with one score on top: a cross-encoder."""
    hidden = config["hidden_size"]
    return [*bert(config, prefix="bert."), *_linear("classifier", hidden, _labels(config))]


def bert_masked(config: Config) -> list[Tensor]:
    """BERT that predicts words: a SPLADE model. The output shares the word embeddings."""
    hidden = config["hidden_size"]
    return [
        *bert(config, prefix="bert.", pooler=False),
        Tensor("cls.predictions.bias", (config["vocab_size"],), Kind.ZEROS),
        *_linear("cls.predictions.transform.dense", hidden, hidden),
        *_norm("cls.predictions.transform.LayerNorm", hidden),
    ]


def roberta_classifier(config: Config) -> list[Tensor]:
    """XLM-RoBERTa with one score on top: a multilingual cross-encoder."""
    hidden = config["hidden_size"]
    return [
        *bert(config, prefix="roberta.", pooler=False),
        *_linear("classifier.dense", hidden, hidden),
        *_linear("classifier.out_proj", hidden, _labels(config)),
    ]


def gpt2(config: Config) -> list[Tensor]:
    """GPT-2. Its layers are `Conv1D`, whose weights lie the other way round."""
    width = config["n_embd"]
    tensors = [
        Tensor("wte.weight", (config["vocab_size"], width)),
        Tensor("wpe.weight", (config["n_positions"], width)),
    ]
    for index in range(config["n_layer"]):
        layer = f"h.{index}"
        tensors += [
            *_norm(f"{layer}.ln_1", width),
            *_convolution(f"{layer}.attn.c_attn", width, 3 * width),
            *_convolution(f"{layer}.attn.c_proj", width, width),
            *_norm(f"{layer}.ln_2", width),
            *_convolution(f"{layer}.mlp.c_fc", width, 4 * width),
            *_convolution(f"{layer}.mlp.c_proj", 4 * width, width),
        ]
    return [*tensors, *_norm("ln_f", width)]


def gpt_neox(config: Config) -> list[Tensor]:
    """GPT-NeoX: the Pythia models."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    tensors = [Tensor("gpt_neox.embed_in.weight", (config["vocab_size"], hidden))]
    for index in range(config["num_hidden_layers"]):
        layer = f"gpt_neox.layers.{index}"
        tensors += [
            *_norm(f"{layer}.input_layernorm", hidden),
            *_norm(f"{layer}.post_attention_layernorm", hidden),
            *_linear(f"{layer}.attention.query_key_value", hidden, 3 * hidden),
            *_linear(f"{layer}.attention.dense", hidden, hidden),
            *_linear(f"{layer}.mlp.dense_h_to_4h", hidden, inner),
            *_linear(f"{layer}.mlp.dense_4h_to_h", inner, hidden),
        ]
    tensors += _norm("gpt_neox.final_layer_norm", hidden)
    return [*tensors, Tensor("embed_out.weight", (config["vocab_size"], hidden))]


def llama(config: Config, *, prefix: str = "model.") -> list[Tensor]:
    """Llama and its relatives Qwen2, Qwen3 and Gemma 3, told apart by `model_type`."""
    kind = config["model_type"]
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    head = config.get("head_dim") or hidden // config["num_attention_heads"]
    queries = config["num_attention_heads"] * head
    keys = config["num_key_value_heads"] * head
    norms = ["input_layernorm", "post_attention_layernorm"]
    if kind == "gemma3_text":
        norms += ["pre_feedforward_layernorm", "post_feedforward_layernorm"]
    # Gemma's norms multiply by 1 + weight, so that zeros leave everything as it is.
    scale = Kind.ZEROS if kind == "gemma3_text" else Kind.ONES
    tensors = [Tensor(f"{prefix}embed_tokens.weight", (config["vocab_size"], hidden))]
    for index in range(config["num_hidden_layers"]):
        layer = f"{prefix}layers.{index}"
        attention = f"{layer}.self_attn"
        for name, outputs in (("q_proj", queries), ("k_proj", keys), ("v_proj", keys)):
            tensors += _linear(f"{attention}.{name}", hidden, outputs, bias=kind == "qwen2")
        tensors += _linear(f"{attention}.o_proj", queries, hidden, bias=False)
        if kind in ("qwen3", "gemma3_text"):
            tensors += [
                Tensor(f"{attention}.{name}.weight", (head,), scale)
                for name in ("q_norm", "k_norm")
            ]
        tensors += _linear(f"{layer}.mlp.gate_proj", hidden, inner, bias=False)
        tensors += _linear(f"{layer}.mlp.up_proj", hidden, inner, bias=False)
        tensors += _linear(f"{layer}.mlp.down_proj", inner, hidden, bias=False)
        tensors += [Tensor(f"{layer}.{norm}.weight", (hidden,), scale) for norm in norms]
    tensors.append(Tensor(f"{prefix}norm.weight", (hidden,), scale))
    if not config["tie_word_embeddings"]:
        tensors.append(Tensor("lm_head.weight", (config["vocab_size"], hidden)))
    return tensors


def encoder_of_llama(config: Config) -> list[Tensor]:
    """The same without a language model's prefix, as embedding models are published."""
    return llama(config, prefix="")


def blip(config: Config) -> list[Tensor]:
    """BLIP: a vision transformer that a BERT-like decoder looks at."""
    vision, text = config["vision_config"], config["text_config"]
    width, patch = vision["hidden_size"], vision["patch_size"]
    patches = (vision["image_size"] // patch) ** 2
    tensors = [
        Tensor("vision_model.embeddings.class_embedding", (1, 1, width)),
        Tensor("vision_model.embeddings.position_embedding", (1, patches + 1, width)),
        Tensor("vision_model.embeddings.patch_embedding.weight", (width, 3, patch, patch)),
        Tensor("vision_model.embeddings.patch_embedding.bias", (width,), Kind.ZEROS),
    ]
    for index in range(vision["num_hidden_layers"]):
        layer = f"vision_model.encoder.layers.{index}"
        tensors += [
            *_linear(f"{layer}.self_attn.qkv", width, 3 * width),
            *_linear(f"{layer}.self_attn.projection", width, width),
            *_norm(f"{layer}.layer_norm1", width),
            *_linear(f"{layer}.mlp.fc1", width, vision["intermediate_size"]),
            *_linear(f"{layer}.mlp.fc2", vision["intermediate_size"], width),
            *_norm(f"{layer}.layer_norm2", width),
        ]
    tensors += _norm("vision_model.post_layernorm", width)
    return [*tensors, *_decoder_of_blip(text)]


def _decoder_of_blip(text: Config) -> list[Tensor]:
    hidden, words = text["hidden_size"], text["vocab_size"]
    bert_part, head = "text_decoder.bert", "text_decoder.cls.predictions"
    embeddings = f"{bert_part}.embeddings"
    tensors = [
        Tensor(f"{embeddings}.word_embeddings.weight", (words, hidden)),
        Tensor(
            f"{embeddings}.position_embeddings.weight", (text["max_position_embeddings"], hidden)
        ),
        *_norm(f"{embeddings}.LayerNorm", hidden),
    ]
    for index in range(text["num_hidden_layers"]):
        layer = f"{bert_part}.encoder.layer.{index}"
        tensors += _attention_of_bert(f"{layer}.attention", hidden)
        tensors += _attention_of_bert(
            f"{layer}.crossattention", hidden, seen=text["encoder_hidden_size"]
        )
        tensors += _feed_forward_of_bert(layer, hidden, text["intermediate_size"])
    return [
        *tensors,
        Tensor(f"{head}.bias", (words,), Kind.ZEROS),
        *_linear(f"{head}.transform.dense", hidden, hidden),
        *_norm(f"{head}.transform.LayerNorm", hidden),
    ]


def _attention_of_bert(name: str, hidden: int, *, seen: int | None = None) -> list[Tensor]:
    """`seen` is the width of what is looked at, where that is not the text itself."""
    return [
        *_linear(f"{name}.self.query", hidden, hidden),
        *_linear(f"{name}.self.key", seen or hidden, hidden),
        *_linear(f"{name}.self.value", seen or hidden, hidden),
        *_linear(f"{name}.output.dense", hidden, hidden),
        *_norm(f"{name}.output.LayerNorm", hidden),
    ]


def _feed_forward_of_bert(layer: str, hidden: int, inner: int) -> list[Tensor]:
    return [
        *_linear(f"{layer}.intermediate.dense", hidden, inner),
        *_linear(f"{layer}.output.dense", inner, hidden),
        *_norm(f"{layer}.output.LayerNorm", hidden),
    ]


def _linear(name: str, inputs: int, outputs: int, *, bias: bool = True) -> list[Tensor]:
    weight = Tensor(f"{name}.weight", (outputs, inputs))
    return [weight, Tensor(f"{name}.bias", (outputs,), Kind.ZEROS)] if bias else [weight]


def _convolution(name: str, inputs: int, outputs: int) -> list[Tensor]:
    return [
        Tensor(f"{name}.weight", (inputs, outputs)),
        Tensor(f"{name}.bias", (outputs,), Kind.ZEROS),
    ]


def _norm(name: str, width: int) -> list[Tensor]:
    return [
        Tensor(f"{name}.weight", (width,), Kind.ONES),
        Tensor(f"{name}.bias", (width,), Kind.ZEROS),
    ]


def _labels(config: Config) -> int:
    return len(config["id2label"])
