"""The sample models against transformers: every tensor in its place, every tokenizer at work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from modelshelf.sample.models import SAMPLE_IDS, build_models

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelshelf.sample.model import Commit

torch = pytest.importorskip("torch", reason="PyTorch is not installed: run make truth")
transformers = pytest.importorskip("transformers", reason="transformers is not installed")
safetensors = pytest.importorskip("safetensors.torch", reason="safetensors is not installed")

pytestmark = [pytest.mark.truth, pytest.mark.filterwarnings("default")]

_LOADABLE = [model_id for model_id in SAMPLE_IDS if not model_id.endswith("-GGUF")]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    models = build_models(tmp_path_factory.mktemp("samples"))
    return {model.model_id: model for model in models}


def _checked_out(commit: Commit, folder: Path) -> Path:
    for file in commit.files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        assert isinstance(file.source, Path)
        target.hardlink_to(file.source)
    return folder


@pytest.mark.parametrize("model_id", _LOADABLE)
def test_every_tensor_has_its_place(
    model_id: str, samples: Mapping[str, Any], tmp_path: Path
) -> None:
    for commit in samples[model_id].commits:
        folder = _checked_out(commit, tmp_path / commit.sha)
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        kind = getattr(transformers, config["architectures"][0])
        _, report = kind.from_pretrained(folder, output_loading_info=True, local_files_only=True)
        problems = {name: list(found) for name, found in report.items() if found}
        assert problems == {}


def test_the_older_weight_format_holds_the_same_numbers(
    samples: Mapping[str, Any], tmp_path: Path
) -> None:
    model = samples["cross-encoder/ms-marco-MiniLM-L6-v2"]
    folder = _checked_out(model.head, tmp_path / "model")
    old = torch.load(folder / "pytorch_model.bin", weights_only=True)
    new = safetensors.load_file(folder / "model.safetensors")
    assert old.keys() == new.keys()
    assert all(torch.equal(old[name], new[name]) for name in old)


@pytest.mark.parametrize("model_id", _LOADABLE)
def test_the_tokenizer_finds_the_words_of_its_prose(
    model_id: str, samples: Mapping[str, Any], tmp_path: Path
) -> None:
    folder = _checked_out(samples[model_id].head, tmp_path / "model")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    text = "the model writes a letter"
    ids = tokenizer(text)["input_ids"]
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    words = config.get("vocab_size") or config["text_config"]["vocab_size"]
    assert max(ids) < words
    assert tokenizer.unk_token_id not in ids
    assert tokenizer.decode(ids, skip_special_tokens=True).strip() == text


@pytest.mark.parametrize("model_id", ["BAAI/bge-small-en-v1.5", "Qwen/Qwen3-Embedding-0.6B"])
def test_sentence_transformers_makes_vectors(
    model_id: str, samples: Mapping[str, Any], tmp_path: Path
) -> None:
    encoders = pytest.importorskip("sentence_transformers", reason="not installed")
    folder = _checked_out(samples[model_id].head, tmp_path / "model")
    encoder = encoders.SentenceTransformer(str(folder), device="cpu")
    vector = encoder.encode("where is the model?", prompt_name="query")
    assert float((vector**2).sum()) == pytest.approx(1.0, abs=1e-3)
