"""Bounded JSON, and what the files of an encoder say about it."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelshelf.core.errors import FormatError
from modelshelf.core.formats.config import (
    EncoderFacts,
    encoder_facts,
    parse_json_object,
    pipeline_modules,
)

JSON_FILES = (
    "config.json",
    "modules.json",
    "1_Pooling/config.json",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
)


def dump(**files: object) -> dict[str, bytes]:
    """Turn `config=…`, `modules=…` into the files of a repo."""
    names = {
        "config": "config.json",
        "modules": "modules.json",
        "pooling": "1_Pooling/config.json",
        "dense": "2_Dense/config.json",
        "prompts": "config_sentence_transformers.json",
        "length": "sentence_bert_config.json",
    }
    return {names[key]: json.dumps(value).encode() for key, value in files.items()}


def modules(*kinds: str) -> list[dict[str, object]]:
    return [
        {
            "idx": number,
            "name": str(number),
            "path": f"{number}_{kind}" if number else "",
            "type": f"sentence_transformers.models.{kind}",
        }
        for number, kind in enumerate(kinds)
    ]


def test_an_object_comes_back_and_the_last_of_equal_keys_counts():
    assert parse_json_object(b'\xef\xbb\xbf{"a": 1, "a": 2, "b": [1.5]}', what="x") == {
        "a": 2,
        "b": [1.5],
    }


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "malformed"),
        (b"{", "malformed"),
        (b"[1]", "it is not an object"),
        (b'"text"', "it is not an object"),
        (b'{"a": ' + b"[" * 101 + b"]" * 101 + b"}", "nested too deeply"),
        (b"[" * 100_000, "nested too deeply"),
        (b"\xff\xfe{}", "it is not UTF-8 text"),
        (b'{"a": [' + b"[]," * 500_001 + b"1]}", "too many lists"),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else value,
)
def test_bad_json_is_refused_with_its_reason(data: bytes, reason: str):
    with pytest.raises(FormatError, match=reason) as caught:
        parse_json_object(data, what="config.json")
    assert caught.value.message.startswith("config.json ")


def test_numbers_nobody_can_use_are_unknown():
    data = b"[NaN, Infinity, -Infinity, 1e999, 9223372036854775808, " + b"9" * 5000 + b", 3]"
    assert parse_json_object(b'{"a": ' + data + b"}", what="x") == {"a": [None] * 6 + [3]}


def test_the_limit_is_checked_before_anything_is_read():
    with pytest.raises(FormatError, match="larger than 10 bytes"):
        parse_json_object(b'{"a": "0123456789"}', what="config.json", limit=10)


def test_depth_just_within_the_bound_is_read():
    assert parse_json_object(b'{"a": ' + b"[" * 99 + b"]" * 99 + b"}", what="x")


@given(st.binary(max_size=300) | st.text(alphabet='{}[]:,"ab\\u0d81eE+-.NaInfity ', max_size=80))
def test_any_bytes_give_an_object_or_a_format_error(data: bytes | str):
    with suppress(FormatError):
        content = data.encode() if isinstance(data, str) else data
        assert isinstance(parse_json_object(content, what="x"), dict)


def test_files_of_a_bge_model():
    files = dump(
        config={"model_type": "bert", "hidden_size": 384, "max_position_embeddings": 512},
        modules=modules("Transformer", "Pooling", "Normalize"),
        pooling={
            "word_embedding_dimension": 384,
            "pooling_mode_cls_token": True,
            "pooling_mode_mean_tokens": False,
        },
        length={"max_seq_length": 512, "do_lower_case": True},
    )
    assert encoder_facts(files) == EncoderFacts(384, "cls", "", "", 512, True)


def test_files_of_an_instruction_aware_model_in_the_newer_format():
    files = dump(
        config={"model_type": "qwen3", "hidden_size": 1024, "max_position_embeddings": 32768},
        modules=modules("Transformer", "Pooling", "Normalize"),
        pooling={"embedding_dimension": 1024, "pooling_mode": "lasttoken"},
        prompts={
            "prompts": {"query": "Instruct: find\nQuery:", "document": ""},
            "default_prompt_name": None,
        },
    )
    assert encoder_facts(files) == EncoderFacts(
        1024, "last", "Instruct: find\nQuery:", "", 32768, True
    )


def test_a_dense_layer_decides_the_dimension():
    steps = modules("Transformer", "Pooling", "Dense", "Normalize")
    pooling = {"word_embedding_dimension": 768, "pooling_mode_mean_tokens": True}
    with_layer = dump(
        modules=steps, pooling=pooling, dense={"in_features": 768, "out_features": 256}
    )
    assert encoder_facts(with_layer).dimension == 256
    assert encoder_facts(dump(modules=steps, pooling=pooling)).dimension is None


def test_a_pooling_folder_of_another_name_is_followed():
    files = dump(modules=modules("Transformer", "Dropout", "Pooling"))
    files["2_Pooling/config.json"] = b'{"word_embedding_dimension": 12, "pooling_mode": ["mean"]}'
    assert encoder_facts(files).dimension == 12
    assert encoder_facts(files).pooling == "mean"


def test_poolings_we_have_no_word_for_stay_unknown_and_several_add_up():
    both = {
        "word_embedding_dimension": 100,
        "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": True,
    }
    assert encoder_facts(dump(pooling=both)) == EncoderFacts(dimension=200)
    assert encoder_facts(dump(pooling={"pooling_mode": "weightedmean"})).pooling is None


@pytest.mark.parametrize(
    ("prompts", "default", "expected"),
    [
        ({"search_query": "q: ", "search_document": "d: "}, None, ("q: ", "d: ")),
        ({"query": "query: ", "passage": "passage: "}, None, ("query: ", "passage: ")),
        ({"query": "q", "document": ""}, "query", ("q", "")),
        ({"all": "text: "}, "all", ("text: ", "text: ")),
        ({"all": "text: "}, None, ("", "")),
        ({"query": "x" * 2001, "document": "\x1b[31m"}, None, ("", "")),
        ({"query": 7}, 9, ("", "")),
        ([], None, ("", "")),
    ],
)
def test_prompts_become_prefixes(prompts: object, default: object, expected: tuple[str, str]):
    files = dump(prompts={"prompts": prompts, "default_prompt_name": default})
    facts = encoder_facts(files)
    assert (facts.query_prefix, facts.document_prefix) == expected


def test_nothing_is_made_up():
    assert encoder_facts({}) == EncoderFacts()
    nonsense = dump(
        config={"hidden_size": "big", "max_position_embeddings": -1, "text_config": 3},
        pooling={"word_embedding_dimension": True, "pooling_mode": 5},
        length={"max_seq_length": None},
    )
    assert encoder_facts(nonsense) == EncoderFacts()


def test_a_malformed_file_is_named():
    with pytest.raises(FormatError, match=r"^modules\.json is malformed"):
        encoder_facts({"modules.json": b'[{"idx": 0}]'})
    with pytest.raises(FormatError, match=r"^1_Pooling/config\.json is malformed"):
        encoder_facts({"1_Pooling/config.json": b"[]"})


def test_the_class_of_a_step_is_known_whatever_package_it_is_in():
    data = json.dumps([{"type": "a.b.c.Pooling", "path": "1_Pooling/"}, {"type": "Own"}]).encode()
    assert [(m.kind, m.path) for m in pipeline_modules(data)] == [
        ("Pooling", "1_Pooling"),
        ("Own", ""),
    ]


_json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("Pooling"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "path", "prompts", "hidden_size", "text_config", "query"])
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(JSON_FILES), _json_values | st.binary(max_size=40)))
def test_any_files_give_facts_or_a_format_error(files: dict[str, object]):
    contents = {
        name: value if isinstance(value, bytes) else json.dumps(value).encode()
        for name, value in files.items()
    }
    with suppress(FormatError):
        facts = encoder_facts(contents)
        assert facts.dimension is None or facts.dimension > 0
        assert facts.pooling in (None, "mean", "cls", "last")


def test_real_configurations_give_their_published_figures(shared_data: Path):
    def facts(name: str) -> EncoderFacts:
        path = shared_data / "configs" / name
        return encoder_facts({"config.json": path.read_bytes()})

    assert facts("BAAI--bge-small-en-v1.5.json") == EncoderFacts(dimension=384, max_tokens=512)
    assert facts("Qwen--Qwen3-Embedding-0.6B.json").dimension == 1024
    assert facts("intfloat--e5-large-v2.json").dimension == 1024


def test_every_real_configuration_is_read(shared_data: Path):
    for path in (shared_data / "configs").glob("*--*.json"):
        assert parse_json_object(path.read_bytes(), what=path.name), path.name
