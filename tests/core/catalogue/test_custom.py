"""The models a user adds: kept, refused with a sentence, told to listeners."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from modelshelf.core.catalogue.custom import CustomModel, CustomModels, HubCheck
from modelshelf.core.catalogue.registry import Registry, RegistryEntry
from modelshelf.core.db.database import Database
from modelshelf.core.errors import InputError, NotFoundError
from modelshelf.core.events import Event, UsageChanged
from modelshelf.core.model import ModelId, ModelType

KNOWN = RegistryEntry(
    id=ModelId("BAAI/bge-small-en-v1.5"),
    aliases=("bge-small",),
    name="BGE small",
    team="BAAI",
    type=ModelType.EMBEDDING,
    family="bge",
    description="Small",
    licence="MIT",
    gated=False,
    languages=("en",),
    capabilities=("search",),
    link="https://huggingface.co/BAAI/bge-small-en-v1.5",
    added=date(2026, 11, 20),
)
TINY = CustomModel(
    ModelId("acme/tiny"),
    ModelType.EMBEDDING,
    dimension=64,
    pooling="mean",
    asymmetric=True,
    query_prefix="query: ",
    document_prefix="passage: ",
    instruction="Find\nit",
    check=HubCheck.READ,
    max_tokens=128,
    parameters=1_000,
    size_bytes=4_000,
    licence="MIT",
    gated=True,
)


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def custom(database: Database, events: list[Event]) -> CustomModels:
    return CustomModels(database, events.append, Registry([KNOWN]))


def test_what_is_added_comes_back_whole(custom: CustomModels, events: list[Event]):
    stored = custom.add(TINY)
    assert stored.added is not None
    assert replace(stored, added=None) == TINY
    assert custom.get(TINY.model_id) == stored
    assert custom.all() == (stored,)
    assert events == [UsageChanged("custom_models")]


def test_models_come_in_the_order_they_were_added(custom: CustomModels):
    for name in ("b/later", "a/earlier"):
        custom.add(CustomModel(ModelId(name), ModelType.OTHER))
    assert [model.model_id for model in custom.all()] == ["b/later", "a/earlier"]


def test_an_edit_keeps_the_moment_of_adding(custom: CustomModels, events: list[Event]):
    added = custom.add(TINY).added
    edited = custom.edit(replace(TINY, type=ModelType.RERANKER, dimension=None))
    assert (edited.type, edited.dimension, edited.added) == (ModelType.RERANKER, None, added)
    assert custom.get(TINY.model_id) == edited
    assert events == [UsageChanged("custom_models")] * 2


def test_what_is_removed_is_gone(custom: CustomModels, events: list[Event]):
    custom.add(TINY)
    custom.remove(TINY.model_id)
    assert custom.all() == ()
    assert len(events) == 2


def test_an_unknown_model_is_not_found(custom: CustomModels, events: list[Event]):
    for act in (custom.get, custom.remove, lambda _: custom.edit(TINY)):
        with pytest.raises(NotFoundError, match="acme/tiny is not in your list"):
            act(TINY.model_id)
    assert events == []


def test_a_model_cannot_be_added_twice(custom: CustomModels):
    custom.check(TINY)
    with pytest.raises(NotFoundError):
        custom.check(TINY, is_new=False)
    custom.add(TINY)
    custom.check(TINY, is_new=False)
    for act in (custom.add, custom.check):
        with pytest.raises(InputError, match="tiny is in your list already"):
            act(replace(TINY, dimension=3))
    assert custom.get(TINY.model_id).dimension == 64


@pytest.mark.parametrize("text", ["BAAI/bge-small-en-v1.5", "baai/bge-small-EN-v1.5"])
def test_a_model_of_the_registry_is_no_custom_model(custom: CustomModels, text: str):
    with pytest.raises(InputError, match=r"^BAAI/bge-small-en-v1\.5 is in the registry already"):
        custom.add(CustomModel(ModelId(text), ModelType.EMBEDDING))


def test_an_alias_of_the_registry_may_be_an_id_of_ones_own(custom: CustomModels):
    assert custom.add(CustomModel(ModelId("bge-small"), ModelType.EMBEDDING)).added


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"dimension": 0}, "The dimension must be between 1 and 65,536, not 0."),
        ({"dimension": 65_537}, "The dimension must be between 1 and 65,536, not 65537."),
        ({"pooling": "max"}, "The pooling must be one of cls, last, mean, not “max”."),
        ({"query_prefix": "x" * 2001}, "The query prefix must be at most 2000 characters, not "),
        ({"document_prefix": "\x1b[2J"}, "The document prefix must be printable text, not "),
        ({"instruction": "\0"}, "The instruction must be printable text, not “\\x00”."),
    ],
)
def test_values_that_make_no_sense_are_refused(
    custom: CustomModels, changes: dict[str, object], sentence: str
):
    bad = replace(TINY, **changes)  # pyright: ignore[reportArgumentType] (the fields vary)
    for act in (custom.add, custom.check, custom.edit):
        with pytest.raises(InputError) as caught:
            act(bad)
        assert caught.value.message.startswith(sentence)
    assert custom.all() == ()


def test_an_id_that_could_be_a_path_is_refused(custom: CustomModels):
    with pytest.raises(InputError, match="is not a model id"):
        custom.add(CustomModel(ModelId("../../etc"), ModelType.LLM))


@pytest.mark.parametrize(
    "config",
    ["", "nonsense", "[]", '{"dimension": "many", "pooling": [], "asymmetric": 1, "check": {}}'],
)
def test_a_row_edited_into_nonsense_is_a_model_without_facts(
    custom: CustomModels, database: Database, config: str
):
    database.write(
        "INSERT INTO custom_models VALUES ('acme/odd', 'sorcery', ?, 'long ago')", (config,)
    )
    assert custom.all() == (CustomModel(ModelId("acme/odd"), ModelType.OTHER),)


def test_the_notice_says_what_was_not_checked():
    unchecked = CustomModel(ModelId("acme/tiny"), ModelType.OTHER)
    assert "only the form of the id was checked" in unchecked.notice
    assert "nothing was detected" in replace(unchecked, check=HubCheck.KNOWN).notice
    assert replace(unchecked, check=HubCheck.READ).notice == ""


def test_json_holds_what_was_said_about_the_model():
    tree = replace(TINY, added=datetime(2026, 11, 1, tzinfo=UTC)).as_json()
    assert (tree["id"], tree["type"], tree["dimension"]) == ("acme/tiny", "embedding", 64)
    assert tree["added"] == "2026-11-01T00:00:00+00:00"
    assert tree["query_prefix"] == "query: "
