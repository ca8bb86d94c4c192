import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from modelshelf.core.errors import PermissionRefusedError
from modelshelf.core.model import ModelId, Role
from modelshelf.core.settings import Policy
from modelshelf.core.usage.collections import CollectionModel
from modelshelf.core.usage.people import Others, PersonUsage, others, publish

BGE = ModelId("BAAI/bge-m3")
ANNA = PersonUsage(
    user="anna",
    collections={"thesis-rag": (CollectionModel(BGE, Role.EMBEDDING),), "empty": ()},
    preferences={Role.LLM: ModelId("gpt2")},
    tiers={"high": ModelId("Qwen/Qwen3-32B")},
    default_embedding_model=BGE,
)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def test_what_one_publishes_the_others_read(policy: Policy):
    publish(policy, ANNA)
    assert others(policy, "maria") == Others((ANNA,))
    assert others(policy, "anna") == Others()


def test_without_a_folder_in_the_policy_nothing_is_written_or_read(without_folder: Policy):
    publish(without_folder, ANNA)
    assert others(without_folder, "maria") == Others()


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")
def test_a_private_umask_does_not_hide_it_from_the_others(policy: Policy):
    assert policy.usage_folder
    file = policy.usage_folder / "anna.json"
    with umask(0o077):
        publish(policy, ANNA)
        assert stat.S_IMODE(file.stat().st_mode) == 0o644
        file.chmod(0o600)
        publish(policy, ANNA)
        assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_publishing_the_same_again_writes_nothing(policy: Policy):
    assert policy.usage_folder
    publish(policy, ANNA)
    before = (policy.usage_folder / "anna.json").stat().st_ino
    publish(policy, ANNA)
    assert (policy.usage_folder / "anna.json").stat().st_ino == before
    publish(policy, replace(ANNA, tiers={}))
    assert others(policy, "maria").people == (replace(ANNA, tiers={}),)
    assert os.listdir(policy.usage_folder) == ["anna.json"]


def test_a_link_somebody_laid_there_is_replaced_not_followed(policy: Policy, tmp_path: Path):
    assert policy.usage_folder
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (policy.usage_folder / "anna.json").symlink_to(victim)
    publish(policy, ANNA)
    assert victim.read_text() == "precious"
    assert others(policy, "maria").people == (ANNA,)


def test_a_missing_folder_is_said_and_not_made_for_oneself_alone(policy: Policy):
    assert policy.usage_folder
    policy.usage_folder.rmdir()
    with pytest.raises(PermissionRefusedError, match="could not be written") as caught:
        publish(policy, ANNA)
    assert "administrator" in caught.value.hint
    assert not policy.usage_folder.exists()
    assert others(policy, "maria").unknown == (f"everybody who publishes in {policy.usage_folder}",)


def _published() -> dict[str, object]:
    return {**ANNA.as_json()}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        json.dumps({**_published(), "modelshelf_usage": 2}).encode(),
        json.dumps({**_published(), "collections": ["a"]}).encode(),
        json.dumps({**_published(), "collections": {"c": [{"id": BGE, "role": "x"}]}}).encode(),
        json.dumps(
            {**_published(), "collections": {"c": [{"id": "../x", "role": "llm"}]}}
        ).encode(),
        json.dumps({**_published(), "collections": {"\u202ec": []}}).encode(),
        json.dumps({**_published(), "tiers": {"high": None}}).encode(),
        json.dumps({**_published(), "preferences": {"llm": 7}}).encode(),
        json.dumps({**_published(), "default_embedding_model": "a b"}).encode(),
        json.dumps(_published()).encode() + b" " * (1 << 20),
    ],
    ids=range(15),
)
def test_what_cannot_be_understood_is_unknown_and_names_the_user(policy: Policy, content: bytes):
    assert policy.usage_folder
    publish(policy, replace(ANNA, user="ben"))
    (policy.usage_folder / "anna.json").write_bytes(content)
    found = others(policy, "maria")
    assert found.unknown == ("anna",)
    assert [person.user for person in found.people] == ["ben"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in folders there")
def test_a_pipe_or_a_folder_in_place_of_a_file_is_unknown_and_keeps_nobody_waiting(policy: Policy):
    assert policy.usage_folder
    os.mkfifo(policy.usage_folder / "pipe.json")
    (policy.usage_folder / "folder.json").mkdir()
    (policy.usage_folder / "dangling.json").symlink_to("nothing")
    (policy.usage_folder / ".anna.json.tmp").write_text("half")
    (policy.usage_folder / "README").write_text("hello")
    assert others(policy, "maria").unknown == ("dangling", "folder", "pipe")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("gpt2"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@hypothesis_settings(max_examples=150, deadline=None)
@given(tree=st.fixed_dictionaries({}, optional=dict.fromkeys(ANNA.as_json(), _json)))
def test_any_json_is_understood_or_unknown(tmp_path_factory: pytest.TempPathFactory, tree):
    folder = tmp_path_factory.mktemp("usage")
    (folder / "anna.json").write_text(json.dumps({**tree, "modelshelf_usage": 1}))
    found = others(Policy(source=folder / "policy.yaml", usage_folder=folder), "maria")
    assert len(found.people) + len(found.unknown) == 1
