"""Filters, search as you type, orders and counts over entries."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modelshelf.core.catalogue.entry import CatalogueEntry, Source
from modelshelf.core.catalogue.query import (
    Finder,
    Query,
    SizeClass,
    Sort,
    matches,
    query_words,
    select,
)
from modelshelf.core.model import ModelId, ModelType, Status, owner_of, short_name

from .test_custom import KNOWN

GB = 10**9


def entry(model_id: str, **facts: Any) -> CatalogueEntry:
    given_facts: dict[str, Any] = {
        "name": short_name(model_id),
        "owner": owner_of(model_id),
        "type": ModelType.LLM,
        "managed": True,
        "source": Source.REGISTRY,
        **facts,
    }
    return CatalogueEntry(id=ModelId(model_id), **given_facts)


BGE = entry(
    "BAAI/bge-small-en-v1.5",
    name="BGE small en v1.5",
    aliases=("bge-small",),
    type=ModelType.EMBEDDING,
    family="bge",
    languages=("en",),
    capabilities=("search",),
    size_bytes=133_000_000,
)
BGE_RERANKER = entry("BAAI/bge-reranker-base", type=ModelType.RERANKER, family="bge")
E5 = entry(
    "intfloat/e5-small-v2",
    type=ModelType.EMBEDDING,
    family="e5",
    capabilities=("search", "multilingual"),
    status=Status.INSTALLED,
    size_bytes=2 * GB,
    favourite=True,
    last_used=datetime(2026, 11, 1, tzinfo=UTC),
)
LLAMA = entry(
    "meta-llama/Llama-3.1-8B-Instruct",
    family="llama",
    capabilities=("chat",),
    status=Status.PARTIAL,
    size_bytes=16 * GB,
    last_used=datetime(2026, 11, 19, tzinfo=UTC),
)
SMALL_STRANGER = entry("acme/not-bge", managed=False, source=Source.DISK, size_bytes=30 * GB)
ALL = (LLAMA, BGE, BGE_RERANKER, E5, SMALL_STRANGER)
M_BERT = entry("sentence/m-bert-5s")


def ids(entries: list[CatalogueEntry]) -> list[str]:
    return [short_name(e.id) for e in entries]


def test_the_default_shows_everything_in_the_order_given():
    assert select(ALL, Query()) == list(ALL)
    assert select(ALL, Query(text="  - ")) == list(ALL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bge", ["bge-small-en-v1.5", "bge-reranker-base", "not-bge"]),
        ("BGE SMALL", ["bge-small-en-v1.5"]),
        ("small bge", ["bge-small-en-v1.5"]),
        ("bge-small", ["bge-small-en-v1.5"]),
        ("BAAI/bge-s", ["bge-small-en-v1.5"]),
        ("v1.5", ["bge-small-en-v1.5"]),
        ("llama3.1", ["Llama-3.1-8B-Instruct"]),
        ("llama318b", ["Llama-3.1-8B-Instruct"]),
        ("intfloat", ["e5-small-v2"]),
        ("multilingual", ["e5-small-v2"]),
        ("chat en", []),
        ("bgem", []),
        ("ll", ["Llama-3.1-8B-Instruct", "bge-small-en-v1.5", "e5-small-v2"]),
        ("bge nonsense", []),
    ],
)
def test_every_word_must_be_found_whatever_its_case_and_separators(text: str, expected: list[str]):
    assert ids(select(ALL, Query(text=text))) == expected


def test_the_team_is_searched_too():
    by_team = entry("Qwen/Qwen3-4B", registry=replace(KNOWN, team="Alibaba Cloud"))
    assert select((by_team, *ALL), Query(text="alibaba")) == [by_team]


def test_the_start_of_a_name_beats_the_start_of_a_word_beats_the_inside():
    inside = entry("a/xgemma")
    word = entry("a/code-gemma")
    name = entry("a/gemma-2")
    assert select((inside, word, name), Query(text="gem")) == [name, word, inside]


def test_equal_matches_keep_the_recommended_order():
    first, second = entry("b/gemma-9"), entry("a/gemma-1")
    assert select((first, second), Query(text="gemma")) == [first, second]


def test_another_order_is_kept_while_searching():
    assert ids(select(ALL, Query(text="bge", sort=Sort.SIZE))) == [
        "not-bge",
        "bge-small-en-v1.5",
        "bge-reranker-base",
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(type=ModelType.EMBEDDING), [BGE, E5]),
        (Query(status=Status.INSTALLED), [E5]),
        (Query(family="bge"), [BGE, BGE_RERANKER]),
        (Query(capability="search"), [BGE, E5]),
        (Query(size=SizeClass.SMALL), [BGE]),
        (Query(size=SizeClass.MEDIUM), [E5]),
        (Query(size=SizeClass.HUGE), [SMALL_STRANGER]),
        (Query(favourites_only=True), [E5]),
        (Query(type=ModelType.EMBEDDING, text="small", status=Status.AVAILABLE), [BGE]),
    ],
)
def test_each_filter_narrows(query: Query, expected: list[CatalogueEntry]):
    assert select(ALL, query) == expected
    assert [e for e in ALL if matches(e, query)] == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.NAME, [BGE_RERANKER, BGE, E5, LLAMA, SMALL_STRANGER]),
        (Sort.SIZE, [SMALL_STRANGER, LLAMA, E5, BGE, BGE_RERANKER]),
        (Sort.LAST_USED, [LLAMA, E5, BGE_RERANKER, BGE, SMALL_STRANGER]),
        (Sort.STATUS, [LLAMA, E5, BGE_RERANKER, BGE, SMALL_STRANGER]),
    ],
)
def test_orders_put_the_unknown_last(sort: Sort, expected: list[CatalogueEntry]):
    assert select(ALL, Query(sort=sort)) == expected


def test_numbers_in_names_are_ordered_as_numbers():
    names = ("Qwen3 0.6B", "Qwen3 4B", "qwen3-8b", "Qwen3 32B", "Qwen3 ³", "Zephyr")
    entries = [entry(f"a/{number}", name=name) for number, name in enumerate(names)]
    assert [e.name for e in select(entries[::-1], Query(sort=Sort.NAME))] == list(names)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (None, None),
        (0, SizeClass.SMALL),
        (GB - 1, SizeClass.SMALL),
        (GB, SizeClass.MEDIUM),
        (5 * GB, SizeClass.LARGE),
        (20 * GB, SizeClass.LARGE),
        (20 * GB + 1, SizeClass.HUGE),
    ],
)
def test_size_classes_meet_without_gaps(size: int | None, expected: SizeClass | None):
    assert SizeClass.of(size) is expected


def test_every_size_class_has_words():
    assert [size.label for size in SizeClass] == [
        "Under 1 GB",
        "1 to 5 GB",
        "5 to 20 GB",
        "Over 20 GB",
    ]


def test_facets_count_what_a_choice_would_show():
    facets = Finder(ALL).facets(Query())
    assert facets.types[ModelType.EMBEDDING] == 2
    assert facets.types[ModelType.SPLADE] == 0
    assert list(facets.families.items()) == [("bge", 2), ("e5", 1), ("llama", 1)]
    assert list(facets.capabilities.items()) == [("search", 2), ("chat", 1), ("multilingual", 1)]
    assert facets.statuses[Status.INSTALLED] == 1
    assert facets.sizes == dict(zip(SizeClass, (1, 1, 1, 1), strict=True))


def test_a_facet_ignores_its_own_filter_and_heeds_the_others():
    facets = Finder(ALL).facets(Query(text="bge", type=ModelType.RERANKER))
    assert facets.types[ModelType.EMBEDDING] == 1
    assert facets.types[ModelType.RERANKER] == 1
    assert facets.types[ModelType.LLM] == 1
    assert facets.families == {"bge": 1}
    assert facets.capabilities == {}


def test_what_has_no_blank_inside_stays_one_word():
    assert query_words(" BGE-small  en_v1.5 -- ") == ["bge small", "en v1 5"]


def test_an_answer_is_the_callers_to_change():
    finder = Finder(ALL)
    finder.select(Query(text="b", sort=Sort.NAME)).clear()
    assert finder.select(Query(text="bge", sort=Sort.NAME))


_queries = st.builds(
    Query,
    text=st.text(alphabet="bge 5small-.", max_size=8),
    type=st.none() | st.sampled_from([ModelType.EMBEDDING, ModelType.LLM]),
    sort=st.sampled_from(Sort),
)


@given(st.lists(_queries, min_size=1, max_size=12))
def test_what_a_finder_remembers_never_changes_an_answer(queries: list[Query]):
    finder = Finder(ALL)
    for query in queries:
        assert finder.select(query) == select(ALL, query)


@given(st.text(alphabet="bgesmall35- .", max_size=12), st.sampled_from(Sort))
@example("mbert5", Sort.NAME)
def test_typing_key_by_key_and_back_gives_what_pasting_gives(text: str, sort: Sort):
    entries = (*ALL, M_BERT)
    finder = Finder(entries)
    typed = [text[:end] for end in range(len(text) + 1)]
    for state in (*typed, *reversed(typed)):
        query = Query(text=state, sort=sort)
        assert finder.select(query) == select(entries, query)
