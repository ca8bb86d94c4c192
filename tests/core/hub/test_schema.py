"""What the Hub says becomes facts; what could do harm on disk is refused."""

from contextlib import suppress
from typing import Any

import pytest
from huggingface_hub import ModelInfo
from huggingface_hub.hf_api import RepoFile
from hypothesis import given
from hypothesis import strategies as st

from modelshelf.core.errors import FormatError, InputError, ModelshelfError
from modelshelf.core.hub import schema
from modelshelf.core.model import ModelId

TINY = ModelId("acme/tiny")
SHA1, SHA256 = "a" * 40, "b" * 64


def _file(path: Any, *, size: Any = 1, oid: Any = SHA1, **more: Any) -> RepoFile:
    return RepoFile(path=path, size=size, oid=oid, **more)


def _large(path: str, oid: Any = SHA256, size: Any = 10) -> RepoFile:
    return _file(path, lfs={"oid": oid, "size": size, "pointerSize": 134}, xetHash="c" * 64)


def _info(**more: Any) -> schema.RepoInfo:
    return schema.repo_info(ModelInfo(id=TINY, sha=SHA1, **more))


def test_a_large_file_has_the_size_and_hash_of_its_content():
    (file,) = schema.remote_files(TINY, [_large("model.safetensors")])
    assert (file.size, file.sha256, file.blob_name, file.xet_hash) == (10, SHA256, SHA256, "c" * 64)


@pytest.mark.parametrize(
    "path",
    ["../x", "/etc/passwd", "a/../../x", "C:/x", "a\\b", "nul", "a\x00b", "x/", "", "a\u202eb"],
)
def test_a_name_that_could_leave_the_folder_is_refused(path: str):
    with pytest.raises(InputError, match="is refused"):
        schema.remote_files(TINY, [_file("ok"), _file(path)])


@pytest.mark.parametrize(
    "files",
    [
        [_file(7)],
        [_file(None)],
        [_file("a", size=-1)],
        [_file("a", size="1")],
        [_file("a", size=True)],
        [_file("a", size=2**70)],
        [_file("a", oid="../../x")],
        [_file("a", oid=None)],
        [_large("a", oid="short")],
        [_large("a", oid=SHA256.upper())],
        [_large("a", size=None)],
    ],
)
def test_sizes_and_hashes_that_are_none_are_refused(files: list[RepoFile]):
    with pytest.raises(FormatError, match="list of files"):
        schema.remote_files(TINY, files)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("README.md", "readme.MD"),
        ("a/B.bin", "A/b.bin"),
        ("same", "same"),
        ("weights", "weights/part-1"),
        ("Weights", "weights/part-1"),
        ("stra\u00dfe", "STRASSE"),
    ],
)
def test_names_that_are_one_on_some_disks_are_refused(one: str, other: str):
    with pytest.raises(FormatError, match="one name") as caught:
        schema.remote_files(TINY, [_file(one), _file(other)])
    assert one in caught.value.message


def test_names_that_only_look_alike_are_fine():
    names = ["a.bin", "a_bin", "a/a.bin", "b/a.bin", "ab"]
    assert len(schema.remote_files(TINY, [_file(name) for name in names])) == len(names)


@pytest.mark.parametrize(
    ("card", "tags", "licence"),
    [
        ({"license": "mit"}, [], "mit"),
        ({"license": "other", "license_name": "gemma"}, [], "gemma"),
        ({"license": "other"}, [], "other"),
        ({}, ["license:apache-2.0"], "apache-2.0"),
        (None, [], None),
    ],
)
def test_the_licence_is_found_where_it_stands(card: Any, tags: list[str], licence: str | None):
    assert _info(cardData=card, tags=tags).licence == licence


@pytest.mark.parametrize(
    ("gated", "is_gated"),
    [
        (False, False),
        (None, False),
        ("auto", True),
        ("manual", True),
        (True, True),
        ("false", False),
    ],
)
def test_gated_in_all_its_spellings(gated: Any, is_gated: bool):
    assert _info(gated=gated).gated is is_gated


def test_parameters_come_from_the_weights_whatever_their_format():
    assert _info(safetensors={"parameters": {"F32": 22}, "total": 22}).parameters == 22
    assert _info(gguf={"total": 7}).parameters == 7
    assert _info().parameters is None


def test_a_size_is_known_only_when_every_file_has_one():
    assert (
        _info(siblings=[{"rfilename": "a", "size": 2}, {"rfilename": "b", "size": 3}]).size_bytes
        == 5
    )
    assert _info(siblings=[{"rfilename": "a", "size": 2}, {"rfilename": "b"}]).size_bytes is None
    assert _info(siblings=[]).size_bytes is None


def test_hits_without_a_usable_id_are_left_out():
    hits = [
        ModelInfo(id="a/b"),
        ModelInfo(id="../x"),
        ModelInfo(id=7),
        ModelInfo(id="a/b", likes=3),
    ]
    assert [hit.model_id for hit in schema.hub_models(hits)] == ["a/b"]


def test_an_account_needs_a_name_only():
    assert schema.account({"name": "me"}) == schema.Account("me", "unknown")
    said = {"name": "me", "auth": {"accessToken": {"role": "write"}}}
    assert schema.account(said).scope == "write"
    for odd in ({}, {"name": 5}, {"name": "  "}):
        with pytest.raises(FormatError):
            schema.account(odd)
    assert schema.account({"name": "me", "auth": [1]}).scope == "unknown"


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["sha", "downloads", "likes", "tags", "gated", "private", "pipeline_tag", "gguf"]
        ),
        _VALUES,
    )
)
def test_whatever_the_fields_hold_the_result_is_facts_or_a_sentence(fields: dict[str, Any]):
    with suppress(ModelshelfError):
        info = schema.repo_info(ModelInfo(id=TINY, **fields))
        assert all(isinstance(tag, str) for tag in info.tags)
        for count in (info.downloads, info.likes, info.parameters):
            assert count is None or count >= 0


@given(st.text(max_size=20), _VALUES, _VALUES)
def test_whatever_a_file_says_the_result_is_facts_or_a_sentence(path: str, size: Any, oid: Any):
    with suppress(ModelshelfError):
        (file,) = schema.remote_files(TINY, [_file(path, size=size, oid=oid)])
        assert ".." not in file.path.split("/")
        assert file.size >= 0
