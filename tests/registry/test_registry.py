"""The shipped registry: every figure in it follows from a configuration, or is not there."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from modelshelf.core.catalogue.registry import Registry, load_registry
from modelshelf.core.model import ModelId, ModelType
from tests.registry.golden import DTYPE_BYTES, GOLDEN, REGISTRY, ROOT, SHARED_CONFIGS
from tests.registry.parameters import (
    count_active_parameters,
    count_parameters,
    count_stored_bytes,
    dimensions,
)

WITH_SHARED_CONFIG = sorted(model for model, facts in GOLDEN.items() if "shared_config" in facts)
PROMISED = (
    "Qwen/Qwen3-Embedding-0.6B",
    "Qwen/Qwen3-Embedding-4B",
    "Qwen/Qwen3-Embedding-8B",
    "BAAI/bge-small-en-v1.5",
    "BAAI/bge-m3",
    "sentence-transformers/all-MiniLM-L6-v2",
    "intfloat/e5-base-v2",
    "intfloat/multilingual-e5-base",
    "thenlper/gte-base",
    "Qwen/Qwen2.5-7B-Instruct",
    "Qwen/Qwen3-4B",
    "meta-llama/Llama-3.1-8B-Instruct",
    "google/gemma-2-2b-it",
    "google/gemma-3-1b-it",
    "google/gemma-2b",
    "microsoft/phi-2",
    "mistralai/Mistral-7B-Instruct-v0.3",
    "EleutherAI/pythia-70m",
    "EleutherAI/pythia-410m",
    "openai-community/gpt2",
    "openai-community/gpt2-medium",
    "meta-llama/Llama-2-7b-hf",
    "Qwen/Qwen1.5-0.5B",
    "TinyLlama/TinyLlama-1.1B-Chat-v1.0",
    "codellama/CodeLlama-7b-hf",
    "bigscience/bloom-560m",
    "deepseek-ai/deepseek-coder-1.3b-instruct",
    "FacebookAI/xlm-roberta-base",
    "Qwen/Qwen3-Reranker-0.6B",
    "BAAI/bge-reranker-v2-m3",
    "cross-encoder/ms-marco-MiniLM-L6-v2",
    "naver/splade-v3",
    "naver/splade-cocondenser-ensembledistil",
    "Salesforce/blip-image-captioning-base",
)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(REGISTRY)


def test_it_recommends_enough_of_every_type(registry: Registry) -> None:
    types = Counter(entry.type for entry in registry.entries)

    assert len(registry.entries) >= 66
    assert all(types[kind] >= 2 for kind in ModelType if kind is not ModelType.OTHER)
    assert [model for model in PROMISED if model not in registry.by_id] == []


def test_every_figure_was_derived(registry: Registry) -> None:
    with_figures = {entry.id for entry in registry.entries if entry.parameters is not None}

    assert with_figures == set(GOLDEN)
    assert all(facts["source"] for facts in GOLDEN.values())


@pytest.mark.parametrize("model", sorted(GOLDEN))
def test_the_figures_follow_from_the_config(model: str, registry: Registry) -> None:
    entry, facts = registry.by_id[ModelId(model)], GOLDEN[model]
    config, model_class = facts["config"], facts["model_class"]
    size = dimensions(config)

    assert entry.parameters == facts["parameters"] == count_parameters(config, model_class)
    if "num_experts" in config:
        assert entry.active_parameters == count_active_parameters(config, model_class)
    else:
        assert entry.active_parameters is None
    expected = {ModelType.EMBEDDING: size["hidden"], ModelType.SPLADE: size["vocabulary"]}
    assert entry.dimensions == expected.get(entry.type)
    if entry.weights is None:
        assert entry.variant, "only what a GGUF variant weighs is left to its file"
        return
    assert {name: getattr(entry.weights, name) for name in size} == size
    stored = None
    if "surplus" in facts:
        width = DTYPE_BYTES[entry.weights.dtype]
        stored = count_stored_bytes(config, model_class, width, facts["surplus"])
    assert entry.weights.stored_bytes == stored == facts.get("stored_bytes")


@pytest.mark.parametrize("model", WITH_SHARED_CONFIG)
def test_the_figures_follow_from_the_collected_config(model: str) -> None:
    facts = GOLDEN[model]
    path = SHARED_CONFIGS / facts["shared_config"]
    if not path.is_file():
        pytest.skip("the collected configs are not beside this checkout")
    config = {**json.loads(path.read_text(encoding="utf-8")), **facts.get("changes", {})}

    assert count_parameters(config, facts["model_class"]) == facts["parameters"]
    assert dimensions(config) == dimensions(facts["config"])


def test_published_sizes_are_met(registry: Registry) -> None:
    """Sizes that the Hub shows for single weight files, in the three digits that it shows."""
    published = {
        "BAAI/bge-reranker-large": "2.24 GB",
        "EleutherAI/pythia-410m": "911 MB",
        "EleutherAI/pythia-70m": "166 MB",
        "Alibaba-NLP/gte-reranker-modernbert-base": "598 MB",
        "Qwen/Qwen3-0.6B": "1.50 GB",
        "deepseek-ai/deepseek-coder-1.3b-instruct": "2.69 GB",
        "openai-community/gpt2": "548 MB",
        "openai-community/gpt2-medium": "1.52 GB",
        "openai-community/gpt2-xl": "6.43 GB",
    }

    def shown(size: int | None) -> str:
        assert size is not None
        return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"

    sizes = {str(entry.id): entry.size_bytes for entry in registry.entries}
    assert {model: shown(sizes[model]) for model in published} == published


def test_encoders_say_how_to_use_them(registry: Registry) -> None:
    encoders = [entry for entry in registry.entries if entry.type is ModelType.EMBEDDING]

    assert [e.id for e in encoders if not (e.pooling and e.dimensions and e.context)] == []
    for entry in encoders:
        if entry.family == "e5":
            assert (entry.query_prefix, entry.document_prefix) == ("query: ", "passage: ")
        if entry.family == "qwen3-embedding":
            assert entry.query_prefix == f"Instruct: {entry.instruction}\nQuery:"
            assert entry.document_prefix == ""


def test_nothing_is_claimed_that_nobody_checked(registry: Registry) -> None:
    for entry in registry.entries:
        assert entry.tested is None
        assert entry.link == f"https://huggingface.co/{entry.id}"
        assert not re.search(r"\b(best|fastest|leading|state.of.the.art)\b", entry.description)
        gated_owner = entry.id.startswith(("meta-llama/", "google/"))
        assert entry.gated == (gated_owner or entry.id == "naver/splade-v3"), entry.id


def test_the_document_names_the_source_of_every_model() -> None:
    text = (ROOT / "docs" / "registry.md").read_text(encoding="utf-8").partition("## Sources")[2]
    rows = dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", text, re.MULTILINE))

    assert rows == {model: facts["source"] for model, facts in GOLDEN.items()}
