"""Names in a cache: those of the official client, and none that leave their folder."""

from pathlib import Path

import pytest
from huggingface_hub.file_download import repo_folder_name
from tests.support.caches import model

from modelshelf.core.errors import InputError
from modelshelf.core.stores import layout

REPO = Path("store/models--acme--one")


@pytest.mark.parametrize("model_id", ["gpt2", "BAAI/bge-small-en-v1.5", "a/b_c.d-e"])
def test_folders_are_named_as_the_client_names_them(model_id: str):
    name = repo_folder_name(repo_id=model_id, repo_type="model")
    assert layout.repo_folder(Path("store"), model(model_id)).name == name
    assert layout.model_id_of(name) == model_id


@pytest.mark.parametrize(
    "name",
    [
        "datasets--acme--data",
        "spaces--acme--app",
        "models--",
        "models--a--b--c",
        "models--..--x",
        "models--acme--..",
        "models--hf.co--acme",
        "models--acme--one.git",
        "models--caf\udce9--x",
        "blobs",
        ".locks",
    ],
)
def test_other_folders_are_no_models(name: str):
    assert layout.model_id_of(name) is None


@pytest.mark.parametrize("name", ["", "..", "../x", "a" * 39, "A" * 40, "a/b", "a" * 65, "x" * 64])
def test_a_blob_that_a_server_names_otherwise_becomes_no_path(name: str):
    for make in (layout.blob_path, layout.part_path, layout.journal_path):
        with pytest.raises(InputError):
            make(REPO, name)
    with pytest.raises(InputError):
        layout.lock_path(Path("store"), model("acme/one"), name)


@pytest.mark.parametrize("ref", ["../main", "/main", "a/../b", ".hidden", ""])
def test_a_ref_does_not_leave_its_folder(ref: str):
    with pytest.raises(InputError):
        layout.ref_path(REPO, ref)


def test_what_is_ours_lies_inside_the_repo():
    blob, commit = "a" * 64, "b" * 40
    ours = (
        layout.part_path(REPO, blob),
        layout.journal_path(REPO, blob),
        layout.plan_path(REPO, commit),
    )
    assert {path.parent for path in ours} == {layout.own_folder(REPO)}
    # `hf cache prune` takes everything of this name.
    assert not any(path.name.endswith(".incomplete") for path in ours)
