"""What the Hub and a repo's own files say about a model that is to be added."""

import json
import socket
from collections.abc import Iterator

import pytest
from tests.support.fake_hub import FakeHub, Fault

from modelshelf.core.catalogue.custom import CustomModels, HubCheck
from modelshelf.core.catalogue.registry import Registry
from modelshelf.core.db.database import Database
from modelshelf.core.errors import InputError, NotFoundError
from modelshelf.core.events import ignore
from modelshelf.core.hub.client import Hub
from modelshelf.core.hub.retry import Patience
from modelshelf.core.model import ModelId, ModelType
from modelshelf.sample.model import Gate

from .test_custom import KNOWN

QUICK = Patience(step=0.3, reach=1.0, body=2.0, pauses=(0.01, 0.01), longest_pause=0.05)
TINY = ModelId("acme/tiny")
WEIGHTS = b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "


def card(**front: object) -> bytes:
    lines = [f"{key}: {json.dumps(value)}" for key, value in front.items()]
    return "\n".join(["---", *lines, "---", "# Tiny", ""]).encode()


def encoder(**more: bytes) -> dict[str, bytes]:
    """The files of a small sentence-transformers encoder."""
    steps = [
        {"type": "sentence_transformers.models.Transformer", "path": ""},
        {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"},
    ]
    prompts = {"prompts": {"query": "query: ", "document": "passage: "}}
    return {
        "README.md": card(license="mit", pipeline_tag="sentence-similarity"),
        "config.json": b'{"model_type": "bert", "hidden_size": 64}',
        "modules.json": json.dumps(steps).encode(),
        "1_Pooling/config.json": b'{"word_embedding_dimension": 64, "pooling_mode": "mean"}',
        "config_sentence_transformers.json": json.dumps(prompts).encode(),
        "sentence_bert_config.json": b'{"max_seq_length": 128}',
        "model.safetensors": WEIGHTS,
        **more,
    }


@pytest.fixture
def fake() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        yield hub


@pytest.fixture
def hub(fake: FakeHub) -> Iterator[Hub]:
    made = Hub(fake.url, lambda: None, patience=QUICK)
    yield made
    made.close()


@pytest.fixture
def custom(database: Database) -> CustomModels:
    return CustomModels(database, ignore, Registry([KNOWN]))


def test_an_encoder_is_described_by_its_own_files(fake: FakeHub, hub: Hub, custom: CustomModels):
    files = encoder()
    fake.put(TINY, files)
    found = custom.detect(hub, TINY)
    assert found.model_id == TINY
    assert found.type is ModelType.EMBEDDING
    assert (found.dimension, found.pooling, found.max_tokens) == (64, "mean", 128)
    assert found.asymmetric
    assert (found.query_prefix, found.document_prefix) == ("query: ", "passage: ")
    assert found.size_bytes == sum(map(len, files.values()))
    assert (found.licence or "").lower() == "mit"
    assert (found.check, found.notice) == (HubCheck.READ, "")
    assert custom.all() == ()
    custom.add(found)
    assert custom.get(TINY).dimension == 64


@pytest.mark.parametrize(
    ("front", "files", "expected"),
    [
        ({"pipeline_tag": "text-generation"}, {}, ModelType.LLM),
        ({"pipeline_tag": "text-ranking"}, {}, ModelType.RERANKER),
        ({"tags": ["cross-encoder"]}, {}, ModelType.RERANKER),
        ({"tags": ["splade"], "pipeline_tag": "feature-extraction"}, {}, ModelType.SPLADE),
        ({"pipeline_tag": "image-to-text"}, {}, ModelType.CAPTION),
        ({"pipeline_tag": "audio-classification"}, {}, ModelType.OTHER),
        ({}, {}, ModelType.OTHER),
        (
            {"pipeline_tag": "fill-mask"},
            {"modules.json": b'[{"type": "a.SpladePooling", "path": "1_SpladePooling"}]'},
            ModelType.SPLADE,
        ),
    ],
)
def test_the_type_follows_from_files_tags_and_task(
    fake: FakeHub,
    hub: Hub,
    custom: CustomModels,
    front: dict[str, object],
    files: dict[str, bytes],
    expected: ModelType,
):
    fake.put(TINY, {"README.md": card(**front), "model.safetensors": WEIGHTS, **files})
    found = custom.detect(hub, TINY)
    assert found.type is expected
    assert found.check is HubCheck.READ


def test_an_unknown_id_is_refused(hub: Hub, custom: CustomModels):
    with pytest.raises(NotFoundError):
        custom.detect(hub, ModelId("acme/nobody"))


def test_a_model_of_the_registry_is_refused_without_asking(
    fake: FakeHub, hub: Hub, custom: CustomModels
):
    with pytest.raises(InputError, match="is in the registry already"):
        custom.detect(hub, KNOWN.id)
    assert fake.requests == []


def test_a_former_id_becomes_the_present_one(fake: FakeHub, hub: Hub, custom: CustomModels):
    fake.put(TINY, encoder(), aliases=("acme/old-name",))
    assert custom.detect(hub, ModelId("acme/old-name")).model_id == TINY


def test_a_former_id_of_a_registry_model_is_refused(fake: FakeHub, hub: Hub, custom: CustomModels):
    fake.put(KNOWN.id, encoder(), aliases=("acme/old-bge",))
    with pytest.raises(InputError, match="is in the registry already"):
        custom.detect(hub, ModelId("acme/old-bge"))


def test_without_a_hub_only_the_form_of_the_id_was_checked(custom: CustomModels):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    for hub in (
        Hub(f"http://127.0.0.1:{port}", lambda: None, patience=QUICK),
        Hub("https://huggingface.co", lambda: None, offline=True),
    ):
        found = custom.detect(hub, TINY)
        hub.close()
        assert (found.model_id, found.type) == (TINY, ModelType.OTHER)
        assert found.check is HubCheck.UNCHECKED
        assert "only the form of the id was checked" in found.notice
        assert found.size_bytes is None
    assert custom.add(found).check is HubCheck.UNCHECKED


def test_a_gated_model_can_be_added_without_its_files(
    fake: FakeHub, hub: Hub, custom: CustomModels
):
    fake.put(TINY, encoder(), gate=Gate.MANUAL)
    found = custom.detect(hub, TINY)
    assert found.gated
    assert found.check is HubCheck.KNOWN
    assert (found.dimension, found.pooling, found.query_prefix) == (None, None, "")
    assert found.type is ModelType.EMBEDDING


@pytest.mark.parametrize(
    "name", ["modules.json", "config.json", "1_Pooling/config.json", "sentence_bert_config.json"]
)
def test_a_malformed_file_leaves_everything_unknown(
    fake: FakeHub, hub: Hub, custom: CustomModels, name: str
):
    fake.put(TINY, encoder(**{name: b'{"a": '}))
    found = custom.detect(hub, TINY)
    assert found.check is HubCheck.KNOWN
    assert (found.dimension, found.pooling, found.max_tokens) == (None, None, None)


def test_a_step_that_leaves_the_repo_is_not_followed(fake: FakeHub, hub: Hub, custom: CustomModels):
    steps = b'[{"type": "x.Pooling", "path": "../../secret"}, {"type": "x.Dense", "path": "/etc"}]'
    fake.put(TINY, encoder(**{"modules.json": steps}))
    assert custom.detect(hub, TINY).pooling is None
    assert not any("secret" in r.path or "etc" in r.path for r in fake.requests)


def test_a_connection_lost_in_between_leaves_what_is_known(
    fake: FakeHub, hub: Hub, custom: CustomModels
):
    fake.put(TINY, encoder())
    fake.fail("modules.json", Fault(status=503), times=20)
    found = custom.detect(hub, TINY)
    assert found.check is HubCheck.KNOWN
    assert (found.licence or "").lower() == "mit"


def test_several_quantisations_leave_the_size_open(fake: FakeHub, hub: Hub, custom: CustomModels):
    fake.put(TINY, {"tiny-Q4_K_M.gguf": b"GGUF1", "tiny-Q8_0.gguf": b"GGUF2"})
    assert custom.detect(hub, TINY).size_bytes is None
