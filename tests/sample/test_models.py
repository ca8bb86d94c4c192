"""The sample models: same bytes each time, whole, and readable by llama.cpp."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from modelshelf.core.model import parse_model_id
from modelshelf.sample import gguf, views
from modelshelf.sample.model import SampleModel
from modelshelf.sample.models import SAMPLE_IDS, build_models
from modelshelf.sample.reading import gguf_facts, parameter_counts, read_card

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("samples")


@pytest.fixture(scope="module")
def models(place: Path) -> dict[str, SampleModel]:
    return {model.model_id: model for model in build_models(place)}


def test_two_builds_are_the_same_to_the_byte(
    models: dict[str, SampleModel], tmp_path: Path
) -> None:
    again = build_models(tmp_path)
    assert [model.model_id for model in again] == list(SAMPLE_IDS)
    for model in again:
        first = models[model.model_id]
        assert [commit.sha for commit in model.commits] == [c.sha for c in first.commits]
        assert [_named(commit) for commit in model.commits] == [_named(c) for c in first.commits]


def _named(commit: object) -> list[tuple[str, str]]:
    return [(file.path, file.etag) for file in getattr(commit, "files", ())]


def test_the_bytes_are_those_of_this_edition(models: dict[str, SampleModel]) -> None:
    commits = sorted(commit.sha for model in models.values() for commit in model.commits)
    digest = hashlib.sha256("".join(commits).encode()).hexdigest()[:16]
    assert digest == "805d0a11b97c9a5f", "recipes changed: raise the edition in sample/models.py"


def test_a_second_call_finds_what_the_first_has_made(
    models: dict[str, SampleModel], place: Path
) -> None:
    files = {path: path.stat().st_mtime_ns for path in place.rglob("*")}
    build_models(place)
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*")} == files


def test_an_interrupted_build_leaves_nothing_that_looks_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(gguf, "write_qwen3", full)
        with pytest.raises(OSError, match="No space"):
            build_models(tmp_path, ["Qwen/Qwen3-0.6B-GGUF"])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    (model,) = build_models(tmp_path, ["Qwen/Qwen3-0.6B-GGUF"])
    assert len(model.head.files) == 4


def test_unknown_ids_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        build_models(tmp_path, ["acme/none"])


def test_names_say_what_the_bytes_are(models: dict[str, SampleModel]) -> None:
    for model in models.values():
        assert parse_model_id(model.model_id) == model.model_id
        for file in model.head.files:
            content = file.read()
            assert len(content) == file.size
            if file.sha256:
                assert hashlib.sha256(content).hexdigest() == file.sha256
            else:
                blob = b"blob %d\0" % file.size + content
                assert hashlib.sha1(blob).hexdigest() == file.git_sha1


def test_each_has_a_card_and_either_a_configuration_or_its_own_facts(
    models: dict[str, SampleModel],
) -> None:
    for model in models.values():
        card = read_card(model.head)
        assert card["license"]
        assert card["pipeline_tag"]
        config = model.head.find("config.json")
        if config is None:
            assert any(file.path.endswith(".gguf") for file in model.head.files)
        else:
            assert json.loads(config.read())["architectures"]
            assert sum(parameter_counts(model.head).values()) > 1_000_000


def test_the_hub_counts_the_parameters_of_a_gguf_file(models: dict[str, SampleModel]) -> None:
    facts = gguf_facts(models["Qwen/Qwen3-0.6B-GGUF"].head)
    # The embedding model has the same widths and vocabulary.
    same = parameter_counts(models["Qwen/Qwen3-Embedding-0.6B"].head)
    assert facts == {
        "total": sum(same.values()),
        "architecture": "qwen3",
        "context_length": 32768,
    }


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GGUF",
        b"GGUF" + b"\xff" * 40,
        b"GGUF\x03\0\0\0" + bytes(16),
        (8).to_bytes(8, "little") + b"[[[[[[[[",
        (2).to_bytes(8, "little") + b"{}",
        (9).to_bytes(8, "little") + b'{"a":"b"}',
        (100_000).to_bytes(8, "little") + b"[" * 100_000,
    ],
)
def test_broken_files_are_served_all_the_same(content: bytes) -> None:
    files = {"a.gguf": content, "b.safetensors": content, "config.json": content}
    model = SampleModel.from_bytes("acme/odd", {**files, "README.md": b"---\n- *a\n---\n"})
    document = views.info(model, model.head, with_blobs=True)
    assert document["id"] == "acme/odd"
    assert "safetensors" not in document
    assert "gguf" not in document


def test_one_is_sharded_and_its_index_names_every_tensor(
    models: dict[str, SampleModel],
) -> None:
    commit = models["Qwen/Qwen2.5-7B-Instruct"].head
    file = commit.find("model.safetensors.index.json")
    assert file is not None
    index = json.loads(file.read())
    found: dict[str, str] = {}
    for shard in commit.files:
        if shard.path.endswith(".safetensors"):
            length = int.from_bytes(shard.read(0, 8), "little")
            names = json.loads(shard.read(8, 8 + length)).keys() - {"__metadata__"}
            found |= dict.fromkeys(names, shard.path)
    assert index["weight_map"] == found
    assert len(set(found.values())) == 4
    assert index["metadata"]["total_size"] == 2 * sum(parameter_counts(commit).values())


def test_revisions_share_what_did_not_change(models: dict[str, SampleModel]) -> None:
    gpt2 = models["openai-community/gpt2"]
    old, new = gpt2.resolve("v1.0"), gpt2.resolve("main")
    assert old is not None
    assert new is not None
    assert old.find("model.safetensors") == new.find("model.safetensors")
    assert old.find("README.md") != new.find("README.md")
    assert old.find("generation_config.json") is None
    assert new.find("generation_config.json") is not None
    pythia = models["EleutherAI/pythia-70m"]
    early = pythia.resolve("step1000")
    assert early is not None
    assert early.find("model.safetensors") != pythia.head.find("model.safetensors")
    assert early.find("config.json") == pythia.head.find("config.json")


def test_the_window_can_download_each_of_them(pytestconfig: pytest.Config) -> None:
    text = (pytestconfig.rootpath / "registry.yaml").read_text(encoding="utf-8")
    registry = {entry["id"]: entry for entry in yaml.safe_load(text)["models"]}
    # llama.cpp files are found by search, not by a card.
    assert set(SAMPLE_IDS) - set(registry) <= {"Qwen/Qwen3-0.6B-GGUF"}


_SPEAK = """
import sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.n_ctx, params.n_parallel, params.warmup, params.n_gpu_layers = 128, 1, False, 0
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(params)
prompt = {"prompt": "The model writes a", "n_predict": 6, "temperature": 0}
print(server.handle_completions(prompt)["choices"][0]["text"])
"""


def test_llama_cpp_reads_each_quantisation_and_hears_the_same_model(
    models: dict[str, SampleModel],
) -> None:
    pytest.importorskip("xllamacpp", reason="llama.cpp is not installed for this platform")
    spoken: dict[str, str] = {}
    for file in models["Qwen/Qwen3-0.6B-GGUF"].head.files:
        if file.path.endswith(".gguf"):
            command = [sys.executable, "-c", _SPEAK, str(file.source)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0, done.stderr
            spoken[file.path] = done.stdout
    assert len(spoken) == 3
    assert spoken["Qwen3-0.6B-F16.gguf"].strip()
    assert spoken["Qwen3-0.6B-F16.gguf"] == spoken["Qwen3-0.6B-Q8_0.gguf"]
