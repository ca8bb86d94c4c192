from collections.abc import Callable

import pytest

from modelshelf.core.errors import InputError, NotFoundError
from modelshelf.core.events import UsageChanged
from modelshelf.core.model import ModelId, Role
from modelshelf.core.usage.collections import Collection, CollectionModel, Collections

BGE = ModelId("BAAI/bge-m3")
GPT2 = ModelId("openai-community/gpt2")


@pytest.fixture
def world(make_world: Callable):
    return make_world()


@pytest.fixture
def collections(world) -> Collections:
    return world.collections


def test_a_collection_holds_models_in_roles_in_the_order_they_came(collections: Collections):
    collections.create("thesis-rag", "Search over my notes")
    collections.add("thesis-rag", GPT2, Role.LLM)
    collections.add("thesis-rag", BGE, Role.EMBEDDING)
    found = collections.add("thesis-rag", BGE, Role.SPARSE)
    assert found == collections.get("thesis-rag")
    assert found.models == (
        CollectionModel(GPT2, Role.LLM),
        CollectionModel(BGE, Role.EMBEDDING),
        CollectionModel(BGE, Role.SPARSE),
    )
    assert found.as_json()["models"] == [
        {"id": GPT2, "role": "llm"},
        {"id": BGE, "role": "embedding"},
        {"id": BGE, "role": "sparse"},
    ]


def test_adding_twice_is_the_same_as_once(collections: Collections):
    collections.create("c")
    collections.add("c", BGE, Role.EMBEDDING)
    assert collections.add("c", BGE, Role.EMBEDDING).models == (
        CollectionModel(BGE, Role.EMBEDDING),
    )


def test_removing_takes_one_role_or_all(collections: Collections):
    collections.create("c")
    for role in (Role.EMBEDDING, Role.SPARSE, Role.RERANKER):
        collections.add("c", BGE, role)
    after = collections.remove("c", BGE, Role.SPARSE)
    assert [m.role for m in after.models] == [Role.EMBEDDING, Role.RERANKER]
    assert collections.remove("c", BGE).models == ()
    with pytest.raises(NotFoundError, match="does not use"):
        collections.remove("c", BGE)


def test_deleting_takes_its_rows_along(collections: Collections):
    collections.create("c")
    collections.add("c", BGE, Role.EMBEDDING)
    collections.delete("c")
    assert collections.all() == ()
    assert collections.create("c").models == ()


def test_renaming_keeps_the_models(collections: Collections):
    collections.create("old")
    collections.add("old", BGE, Role.EMBEDDING)
    assert collections.rename("old", "new").models == (CollectionModel(BGE, Role.EMBEDDING),)
    assert [c.name for c in collections.all()] == ["new"]


def test_a_name_can_change_its_capitals_but_not_take_anothers(collections: Collections):
    collections.create("thesis")
    collections.create("other")
    assert collections.rename("thesis", "Thesis").name == "Thesis"
    with pytest.raises(InputError, match="“Thesis” already"):
        collections.rename("other", "THESIS")
    with pytest.raises(InputError, match="“Thesis” already"):
        collections.create("thesis")


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 81, "two\nlines", "\u202eevil", "nul\x00", "\x1b[31mred"]
)
def test_a_name_nobody_could_read_is_refused(collections: Collections, name: str):
    with pytest.raises(InputError):
        collections.create(name)
    assert collections.all() == ()


@pytest.mark.parametrize("name", ["thesis-rag", "Ünïcödé 研究", "'; DROP TABLE collections; --"])
def test_any_other_name_comes_back_as_it_was(collections: Collections, name: str):
    collections.create(f"  {name} ")
    assert collections.get(name).name == name


def test_a_misspelt_name_gets_the_nearest_ones(collections: Collections):
    collections.create("thesis-rag")
    with pytest.raises(NotFoundError, match="no collection “thesis-rga”") as caught:
        collections.get("thesis-rga")
    assert "“thesis-rag”" in caught.value.hint
    for act in (
        lambda: collections.delete("nothing"),
        lambda: collections.describe("nothing", "x"),
        lambda: collections.rename("nothing", "x"),
        lambda: collections.add("nothing", BGE, Role.LLM),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_a_change_is_told_once_it_is_committed(world, collections: Collections):
    seen: list[tuple[Collection, ...]] = []
    telling = Collections(world.database, lambda _: seen.append(collections.all()))
    telling.create("c")
    assert [c.name for c in seen[0]] == ["c"]
    with pytest.raises(InputError):
        telling.create("c")
    assert len(seen) == 1
    collections.describe("c", "what for")
    assert world.events[-1] == UsageChanged("collections")
    assert collections.get("c").description == "what for"
