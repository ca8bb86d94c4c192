import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from modelshelf.core.settings import Policy

NOBODY = frozenset[str]()


def policy(tmp_path: Path, content: str | bytes) -> Policy:
    file = tmp_path / "policy.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return Policy.load(file)


def test_without_a_file_the_person_at_the_machine_is_the_administrator(tmp_path: Path):
    found = Policy.load(tmp_path / "policy.yaml")
    assert found == Policy()
    assert found.is_admin("anybody", NOBODY)
    assert found.downloads_allowed


def test_the_file_names_users_and_groups(tmp_path: Path):
    found = policy(
        tmp_path,
        "admins: [maria, ml-admins]\ndownloads_allowed: false\nusage_folder: /srv/usage\n",
    )
    assert found.problem == ""
    assert found.is_admin("maria", NOBODY)
    assert found.is_admin("ben", frozenset({"users", "ml-admins"}))
    assert not found.is_admin("ben", frozenset({"users"}))
    assert not found.downloads_allowed
    assert found.usage_folder == Path("/srv/usage")


def test_a_policy_about_other_things_takes_nothing_from_anybody(tmp_path: Path):
    assert policy(tmp_path, "usage_folder: /srv/usage\n").is_admin("maria", NOBODY)


def test_an_empty_list_of_names_has_no_administrator(tmp_path: Path):
    assert not policy(tmp_path, "admins: []\n").is_admin("maria", NOBODY)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "# only a comment\n",
        "- maria\n",
        "admins: maria\n",
        "admins: [1000]\n",
        "admins: [[maria]]\n",
        "admins: null\n",
        "admin: [maria]\n",
        "admins: [maria]\nadmins: [eve]\n",
        "downloads_allowed: 1\n",
        "usage_folder: relative/folder\n",
        "usage_folder: [/srv]\n",
        "admins: [maria\n",
        "a: &a [x]\nadmins: *a\n",
        "admins: !!python/object/apply:os.system [ls]\n",
        b"\xff\xfe",
        b"admins: [maria]\n\x00",
        "admins: " + "[" * 50_000,
        "x: " + "9" * 5_000,
        "# " + "x" * (300 << 10),
    ],
    ids=range(20),
)
def test_a_file_that_is_not_understood_lets_nobody_delete_and_says_why(
    tmp_path: Path, content: str | bytes
):
    found = policy(tmp_path, content)
    assert str(tmp_path / "policy.yaml") in found.problem
    assert len(found.problem) < 600
    assert not found.is_admin("maria", NOBODY)
    assert not found.is_admin("root", frozenset({"root"}))


def test_an_alias_bomb_is_refused_at_once(tmp_path: Path):
    bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    assert policy(tmp_path, f"{bomb}admins: *a11\n").problem


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in folders there")
def test_a_pipe_or_a_folder_in_its_place_is_no_permission(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe"):
        found = Policy.load(tmp_path / name)
        assert found.problem
        assert not found.is_admin("maria", NOBODY)


@hypothesis_settings(max_examples=200, deadline=None)
@given(
    content=st.binary(max_size=200)
    | st.text(max_size=200).map(lambda t: t.encode(errors="replace"))
)
def test_any_bytes_give_a_policy_or_a_problem(tmp_path_factory: pytest.TempPathFactory, content):
    file = tmp_path_factory.mktemp("policy") / "policy.yaml"
    file.write_bytes(content)
    found = Policy.load(file)
    assert found.source == file
    assert found.problem or found.admins is None or isinstance(found.admins, tuple)
