"""What a deletion frees: computed from inodes and references, never from sizes alone."""

import os
from pathlib import Path

import pytest
from huggingface_hub.utils import _shared_blobs
from tests.support.caches import (
    WEIGHTS,
    add_locks,
    add_model,
    add_part,
    blob_name,
    bytes_on_disk,
    commit_of,
    model,
    share_blob,
)

from modelshelf.core.errors import NotFoundError
from modelshelf.core.stores.hf_cache import scan_repo
from modelshelf.core.stores.layout import repo_folder
from modelshelf.core.stores.removal import NameKind, list_model, list_revision
from modelshelf.core.stores.shared_blobs import payload_of, references, sweep
from modelshelf.core.stores.sizes import freed_by, freed_by_deleting, freed_bytes

ONE, TWO = model("acme/one"), model("acme/two")
BIG = WEIGHTS * 5000
FILES = {"config.json": b"{}", "model.safetensors": BIG}


def blocks(path: Path) -> int:
    return path.lstat().st_blocks * 512


def test_a_name_frees_the_blocks_it_takes(tmp_path: Path):
    file = tmp_path / "file"
    file.write_bytes(b"x" * 10_000)
    assert freed_bytes([file]) == blocks(file)
    assert freed_bytes([file, file, tmp_path / "missing"]) == blocks(file)


def test_holes_are_not_freed(tmp_path: Path):
    file = tmp_path / "file"
    file.write_bytes(b"x" * 4096)
    os.truncate(file, 10**9)
    assert freed_bytes([file]) == blocks(file) < 10**6


def test_an_inode_is_freed_with_its_last_name(tmp_path: Path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"x" * 10_000)
    second.hardlink_to(first)
    assert freed_bytes([first]) == 0
    assert freed_bytes([first, second]) == blocks(first)


def test_a_link_frees_itself_not_what_it_points_to(tmp_path: Path):
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_bytes(b"x" * 10_000)
    link.symlink_to(file)
    assert freed_bytes([link]) == blocks(link) < 10_000


def test_a_model_whose_bytes_live_on_elsewhere_frees_nothing(store: Path, tmp_path: Path):
    add_model(store, ONE, {"model.safetensors": BIG})
    blob = repo_folder(store, ONE) / "blobs" / blob_name("model.safetensors", BIG)
    (tmp_path / "elsewhere.gguf").hardlink_to(blob)
    found = scan_repo(store, repo_folder(store, ONE))
    assert found.size_bytes == len(BIG)
    assert freed_by_deleting(found) == 0


def test_a_whole_model_frees_all_that_lies_in_its_folder(store: Path):
    add_model(store, ONE, FILES)
    add_part(store, ONE, "a" * 64, b"x" * 5000)
    locks = add_locks(store, ONE)
    repo = repo_folder(store, ONE)
    expected = bytes_on_disk(repo, locks) + blocks(repo) + blocks(locks)
    assert freed_by_deleting(scan_repo(store, repo)) == expected


@pytest.fixture
def sharing(store: Path) -> Path:
    """Two models that share one payload."""
    for model_id in (ONE, TWO):
        add_model(store, model_id, FILES)
        payload = share_blob(store, model_id, "model.safetensors", BIG)
    return payload


def shared_link(store: Path, model_id: str) -> Path:
    return repo_folder(store, model(model_id)) / "blobs" / blob_name("model.safetensors", BIG)


def test_a_payload_another_model_refers_to_stays(store: Path, sharing: Path):
    found = scan_repo(store, repo_folder(store, ONE))
    assert found.size_bytes == len(BIG) + 2
    assert freed_by_deleting(found) < 60_000
    assert freed_bytes([shared_link(store, ONE)]) == blocks(shared_link(store, ONE))


def test_the_last_reference_frees_the_payload_and_its_list(store: Path, sharing: Path):
    links = [shared_link(store, ONE), shared_link(store, TWO)]
    manifest = sharing.with_name(f"{sharing.name}.refs")
    expected = sum(map(blocks, [*links, sharing, manifest]))
    assert freed_bytes(links) == expected


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b""])
def test_without_a_readable_list_nothing_is_promised(
    store: Path, sharing: Path, content: bytes | None
):
    manifest = sharing.with_name(f"{sharing.name}.refs")
    manifest.unlink()
    if content is not None:
        manifest.write_bytes(content)
    links = [shared_link(store, ONE), shared_link(store, TWO)]
    assert freed_bytes(links) == sum(map(blocks, links))


def test_a_payload_hard_linked_elsewhere_is_not_freed(store: Path, sharing: Path, tmp_path: Path):
    (tmp_path / "elsewhere").hardlink_to(sharing)
    links = [shared_link(store, ONE), shared_link(store, TWO)]
    assert freed_bytes(links) < 60_000


def test_the_client_agrees_on_what_the_last_reference_frees(store: Path, sharing: Path):
    links = {shared_link(store, ONE), shared_link(store, TWO)}
    theirs = _shared_blobs.expected_shared_blob_freed_size(
        sharing, blob_paths_to_delete=links, cache_dir=store
    )
    assert theirs == len(BIG)
    assert freed_bytes(links) >= theirs


# --- the protocol of shared payloads --------------------------------------------------------------


def test_references_are_those_whose_links_are_real(store: Path, sharing: Path):
    payload = payload_of(store, shared_link(store, ONE))
    assert payload is not None
    assert payload.path == sharing
    with payload.manifest.open("a") as file:
        file.write("models--acme--gone/blobs/x\n../../etc/passwd\n/etc/passwd\nmodels--a/b/c\n")
    assert references(payload) == {
        f"{repo_folder(store, one).name}/blobs/{shared_link(store, one).name}" for one in (ONE, TWO)
    }


def test_a_sweep_forgets_what_is_gone_and_removes_the_last(store: Path, sharing: Path):
    payload = payload_of(store, shared_link(store, ONE))
    assert payload is not None
    shared_link(store, ONE).unlink()
    assert not sweep(payload)
    assert sharing.exists()
    assert ONE.replace("/", "--") not in payload.manifest.read_text()

    shared_link(store, TWO).unlink()
    assert sweep(payload)
    assert not sharing.exists()
    assert not payload.manifest.exists()
    assert _shared_blobs.unreferenced_shared_blobs(store) == {}


def test_a_sweep_without_a_list_or_a_marker_removes_nothing(store: Path, sharing: Path):
    payload = payload_of(store, shared_link(store, ONE))
    assert payload is not None
    shared_link(store, ONE).unlink()
    shared_link(store, TWO).unlink()
    (store / "blobs" / ".huggingface-shared-blobs").rename(store / "aside")
    assert not sweep(payload)
    (store / "aside").rename(store / "blobs" / ".huggingface-shared-blobs")
    payload.manifest.unlink()
    assert not sweep(payload)
    assert sharing.exists()


def test_a_lock_that_is_a_link_is_not_opened(store: Path, sharing: Path, tmp_path: Path):
    payload = payload_of(store, shared_link(store, ONE))
    assert payload is not None
    payload.lock.unlink()
    payload.lock.symlink_to(tmp_path / "victim")
    for one in (ONE, TWO):
        shared_link(store, one).unlink()
    with pytest.raises(OSError, match="link"):
        sweep(payload)
    assert not (tmp_path / "victim").exists()
    assert sharing.exists()


@pytest.mark.parametrize(
    "target",
    ["/etc/passwd", "../../blobs/ab/" + "c" * 64, "../../../blobs/ab/" + "ab" * 32, "../../x"],
)
def test_only_the_plain_form_of_a_link_is_a_shared_payload(store: Path, target: str):
    add_model(store, ONE, FILES)
    link = repo_folder(store, ONE) / "blobs" / ("d" * 64)
    link.symlink_to(target)
    assert payload_of(store, link) is None


# --- which names ----------------------------------------------------------------------------------


def listed(store: Path, revision: str) -> set[str]:
    repo = repo_folder(store, ONE).name
    names = list_revision(store, ONE, revision).names
    return {name.path.removeprefix(f"{repo}/") for name in names}


def test_one_revision_is_its_links_its_own_blobs_and_its_refs(store: Path):
    shared, own, other = b'{"shared": 1}', b'{"own": 1}', b'{"other": 1}'
    old, new = commit_of("old"), commit_of("new")
    for commit, config, refs in ((old, own, ("v1",)), (new, other, ("main", "v2"))):
        add_model(
            store,
            ONE,
            {"config.json": config, "sub/shared.json": shared},
            commit=commit,
            refs=refs,
        )
        for folder in ("trees", f".no_exist/{commit}"):
            (repo_folder(store, ONE) / folder).mkdir(parents=True, exist_ok=True)
        (repo_folder(store, ONE) / "trees" / f"{commit}.json").write_text("{}")
        (repo_folder(store, ONE) / ".no_exist" / commit / "x.json").touch()

    assert (
        listed(store, "v1")
        == listed(store, old)
        == {
            "refs/v1",
            f"snapshots/{old}",
            f"snapshots/{old}/config.json",
            f"snapshots/{old}/sub",
            f"snapshots/{old}/sub/shared.json",
            f"blobs/{blob_name('config.json', own)}",
            f"trees/{old}.json",
            f".no_exist/{old}",
            f".no_exist/{old}/x.json",
        }
    )
    with pytest.raises(NotFoundError, match="no revision"):
        list_revision(store, ONE, "v3")


def test_the_only_revision_is_the_whole_model(store: Path):
    add_model(store, ONE, FILES)
    assert list_revision(store, ONE, "main") == list_model(store, ONE)


def test_the_only_revision_leaves_what_is_still_arriving(store: Path):
    add_model(store, ONE, FILES)
    add_part(store, ONE, "a" * 64, b"x")
    names = {name.kind for name in list_revision(store, ONE, "main").names}
    assert NameKind.PARTIAL not in names
    assert freed_by(list_revision(store, ONE, "main")) > len(BIG)


def test_folders_come_last_the_deepest_first_and_refs_before_blobs(store: Path):
    add_model(store, ONE, FILES | {"a/b/c.json": b"{}"})
    names = list_model(store, ONE).names
    kinds = [name.kind for name in names]
    assert kinds == sorted(kinds, key=list(NameKind).index)
    for position, name in enumerate(names):
        assert not any(later.path.startswith(f"{name.path}/") for later in names[position:])
