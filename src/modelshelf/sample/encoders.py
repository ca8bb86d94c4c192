"""Recipes for the models that read: encoders, rerankers, sparse encoders, captioning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelshelf.sample import architectures
from modelshelf.sample.checkpoint import write_checkpoint
from modelshelf.sample.model import Consent, Gate
from modelshelf.sample.recipes import (
    Recipe,
    State,
    card,
    sentence_transformers,
    write_files,
    write_model,
)
from modelshelf.sample.tokenizers import as_json, unigram, word_piece

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from modelshelf.sample.weights import Tensor

_WORDS = 1500
_BGE_QUERY = "Represent this sentence for searching relevant passages: "


def _bert_config(architecture: str, hidden: int, layers: int, **more: Any) -> dict[str, Any]:
    return {
        "architectures": [architecture],
        "attention_probs_dropout_prob": 0.1,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "hidden_size": hidden,
        "initializer_range": 0.02,
        "intermediate_size": 512 if hidden == 384 else 4 * hidden,
        "layer_norm_eps": 1e-12,
        "max_position_embeddings": 512,
        "model_type": "bert",
        "num_attention_heads": hidden // 32,
        "num_hidden_layers": layers,
        "pad_token_id": 0,
        "position_embedding_type": "absolute",
        "torch_dtype": "float32",
        "type_vocab_size": 2,
        "use_cache": True,
        "vocab_size": _WORDS,
        **more,
    }


def _one_score() -> dict[str, Any]:
    return {"id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0}}


def _bert_writer(
    model_id: str,
    config: dict[str, Any],
    tensors: Callable[[dict[str, Any]], Sequence[Tensor]],
    extra: dict[str, bytes],
    *,
    with_checkpoint: bool = False,
) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        tokenizer, made = word_piece(_WORDS), tensors(config)
        write_model(folder, config, made, tokenizer, seed=model_id, dtype="F32")
        write_files(folder, extra)
        if with_checkpoint:
            write_checkpoint(folder / "pytorch_model.bin", made, seed=model_id)

    return write


def _embedding(
    model_id: str,
    licence: str,
    pooling: str,
    prompts: dict[str, str],
    max_tokens: int,
    downloads: int,
    likes: int,
) -> Recipe:
    config = _bert_config("BertModel", 384, 2)
    extra = sentence_transformers(
        384, pooling, prompts=prompts, max_tokens=max_tokens, lower_case=pooling == "cls"
    )
    tags = ("sentence-similarity", "feature-extraction", "bert")
    extra |= card(
        model_id, licence, "sentence-similarity", tags=tags, library="sentence-transformers"
    )
    write = _bert_writer(model_id, config, architectures.bert, extra)
    return Recipe(model_id, (State("Add the model", write),), downloads=downloads, likes=likes)


def _sparse(model_id: str, *, gate: Gate, consent: Consent, downloads: int, likes: int) -> Recipe:
    config = _bert_config("BertForMaskedLM", 192, 3)
    tags = ("splade", "sparse-encoder", "query-expansion", "passage-retrieval")
    extra = card(model_id, "cc-by-nc-sa-4.0", "fill-mask", tags=tags)
    write = _bert_writer(model_id, config, architectures.bert_masked, extra)
    return Recipe(
        model_id,
        (State("Add the model", write),),
        gate=gate,
        consent=consent,
        downloads=downloads,
        likes=likes,
    )


def _cross_encoder() -> Recipe:
    model_id = "cross-encoder/ms-marco-MiniLM-L6-v2"
    config = _bert_config("BertForSequenceClassification", 192, 3, **_one_score())
    extra = card(
        model_id,
        "apache-2.0",
        "text-ranking",
        tags=("reranker", "text-classification"),
        library="sentence-transformers",
    )
    write = _bert_writer(
        model_id, config, architectures.bert_classifier, extra, with_checkpoint=True
    )
    return Recipe(
        model_id,
        (State("Add the model", write),),
        aliases=("cross-encoder/ms-marco-MiniLM-L-6-v2",),
        downloads=4100,
        likes=110,
    )


def _multilingual_reranker() -> Recipe:
    model_id = "BAAI/bge-reranker-base"
    config = {
        **_bert_config("XLMRobertaForSequenceClassification", 192, 3, **_one_score()),
        "bos_token_id": 0,
        "classifier_dropout": None,
        "eos_token_id": 2,
        "layer_norm_eps": 1e-05,
        "max_position_embeddings": 514,
        "model_type": "xlm-roberta",
        "pad_token_id": 1,
        "type_vocab_size": 1,
        "vocab_size": 2000,
    }

    def write(folder: Path) -> None:
        tensors = architectures.roberta_classifier(config)
        write_model(folder, config, tensors, unigram(2000), seed=model_id, dtype="F32")
        languages = ("en", "zh")
        write_files(folder, card(model_id, "mit", "text-classification", languages=languages))

    return Recipe(model_id, (State("Add the model", write),), downloads=2300, likes=190)


def _captioning() -> Recipe:
    model_id = "Salesforce/blip-image-captioning-base"
    config = {
        "architectures": ["BlipForConditionalGeneration"],
        "image_text_hidden_size": 64,
        "initializer_factor": 1.0,
        "initializer_range": 0.02,
        "logit_scale_init_value": 2.6592,
        "model_type": "blip",
        "projection_dim": 128,
        "text_config": {
            "bos_token_id": 104,
            "encoder_hidden_size": 192,
            "eos_token_id": 2,
            "hidden_act": "gelu",
            "hidden_size": 192,
            "intermediate_size": 768,
            "is_decoder": True,
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": 512,
            "model_type": "blip_text_model",
            "num_attention_heads": 6,
            "num_hidden_layers": 2,
            "pad_token_id": 0,
            "projection_dim": 192,
            "sep_token_id": 102,
            "vocab_size": _WORDS,
        },
        "torch_dtype": "float32",
        "vision_config": {
            "hidden_act": "gelu",
            "hidden_size": 192,
            "image_size": 384,
            "intermediate_size": 768,
            "layer_norm_eps": 1e-05,
            "model_type": "blip_vision_model",
            "num_attention_heads": 6,
            "num_hidden_layers": 2,
            "patch_size": 16,
            "projection_dim": 128,
        },
    }
    pictures = {
        "do_normalize": True,
        "do_rescale": True,
        "do_resize": True,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_processor_type": "BlipImageProcessor",
        "image_std": [0.26862954, 0.26130258, 0.27577711],
        "processor_class": "BlipProcessor",
        "resample": 3,
        "size": {"height": 384, "width": 384},
    }
    extra = card(model_id, "bsd-3-clause", "image-to-text", tags=("image-captioning",))
    extra["preprocessor_config.json"] = as_json(pictures)
    write = _bert_writer(model_id, config, architectures.blip, extra)
    return Recipe(model_id, (State("Add the model", write),), downloads=1900, likes=700)


ENCODERS: tuple[Recipe, ...] = (
    _embedding("BAAI/bge-small-en-v1.5", "mit", "cls", {"query": _BGE_QUERY}, 512, 8200, 350),
    _embedding("sentence-transformers/all-MiniLM-L6-v2", "apache-2.0", "mean", {}, 256, 9800, 3900),
    _cross_encoder(),
    _multilingual_reranker(),
    _sparse("naver/splade-v3", gate=Gate.AUTO, consent=Consent.ACCEPTED, downloads=420, likes=60),
    _sparse(
        "naver/splade-cocondenser-ensembledistil",
        gate=Gate.OPEN,
        consent=Consent.NONE,
        downloads=510,
        likes=45,
    ),
    _captioning(),
)
"""Each is made from nothing but its own id, so that two machines make the same."""
