"""What the scan says of caches as they really are: healthy, half done, broken, hostile."""

import os
import socket
from pathlib import Path

import pytest
from huggingface_hub import scan_cache_dir
from tests.support.caches import (
    WEIGHTS,
    add_model,
    add_model_without_links,
    add_part,
    add_ref,
    blob_name,
    commit_of,
    model,
    share_blob,
)

from modelshelf.core.cancel import Cancelled, CancelToken
from modelshelf.core.errors import InputError
from modelshelf.core.model import Status
from modelshelf.core.stores.hf_cache import Damage, InstalledModel, scan_repo, scan_store
from modelshelf.core.stores.layout import repo_folder, snapshot_path

FILES = {
    "config.json": b'{"model_type": "bert"}',
    "model.safetensors": WEIGHTS * 500,
    "onnx/model.onnx": b"onnx" * 300,
    "1_Pooling/config.json": b"{}",
    "empty.txt": b"",
}


def scan_one(store: Path) -> InstalledModel:
    (found,) = scan_store(store).models
    return found


def kinds(found: InstalledModel) -> set[Damage]:
    return {note.kind for note in found.damage}


def build_healthy(store: Path) -> None:
    add_model(store, "acme/one", FILES)
    add_model(store, "gpt2", {"config.json": b"{}", "model.safetensors": WEIGHTS})
    second = FILES | {"config.json": b'{"model_type": "bert", "more": 1}'}
    add_model(store, "acme/one", second, commit=commit_of("2"), refs=("v2", "refs/pr/7"))
    add_model(store, "acme/shared-a", {"config.json": b"{}", "w.safetensors": WEIGHTS * 90})
    add_model(store, "acme/shared-b", {"config.json": b"{}", "w.safetensors": WEIGHTS * 90})
    share_blob(store, "acme/shared-a", "w.safetensors", WEIGHTS * 90)
    share_blob(store, "acme/shared-b", "w.safetensors", WEIGHTS * 90)
    add_model_without_links(store, "acme/flat", FILES)
    (store / "datasets--acme--data" / "snapshots").mkdir(parents=True)


def test_a_healthy_cache_is_told_as_the_official_client_tells_it(store: Path):
    build_healthy(store)
    official = {repo.repo_id: repo for repo in scan_cache_dir(store).repos}
    del official["acme/data"]

    ours = {found.model_id: found for found in scan_store(store).models}

    assert ours.keys() == official.keys()
    for model_id, found in ours.items():
        theirs = official[model_id]
        assert found.status is Status.INSTALLED
        assert found.damage == ()
        assert found.size_bytes == theirs.size_on_disk
        assert found.modified.timestamp() == pytest.approx(theirs.last_modified, abs=1e-5)
        revisions = {revision.commit_hash: revision for revision in theirs.revisions}
        assert {revision.commit for revision in found.revisions} == revisions.keys()
        for revision in found.revisions:
            expected = revisions[revision.commit]
            assert set(revision.refs) == expected.refs
            assert revision.size_bytes == expected.size_on_disk
            assert revision.is_complete
            assert {(file.path, file.size) for file in revision.files} == {
                (file.file_path.relative_to(expected.snapshot_path).as_posix(), file.size_on_disk)
                for file in expected.files
            }
            linked = {file.blob for file in revision.files if file.blob}
            assert linked == {f.blob_path for f in expected.files if f.file_path != f.blob_path}


def test_the_current_revision_is_what_main_says(store: Path):
    build_healthy(store)
    found = scan_repo(store, repo_folder(store, model("acme/one")))

    assert found.current is not None
    assert found.current.refs == ("main",)
    assert found.path == snapshot_path(found.folder, commit_of("acme/one"))
    assert found.revision("v2") is found.revision(commit_of("2"))
    assert found.revision("nothing") is None


def test_without_main_the_newest_complete_revision_is_the_current_one(store: Path):
    add_model(store, "acme/one", {"config.json": b"1"}, commit=commit_of("old"), refs=())
    old = repo_folder(store, model("acme/one")) / "blobs" / blob_name("config.json", b"1")
    os.utime(old, (1, 1))
    add_model(store, "acme/one", {"config.json": b"22"}, commit=commit_of("new"), refs=())

    found = scan_one(store)

    assert found.current is not None
    assert found.current.commit == commit_of("new")


def test_shared_bytes_count_for_each_model_that_has_them(store: Path):
    build_healthy(store)
    sizes = {found.model_id: found.size_bytes for found in scan_store(store).models}
    assert sizes[model("acme/shared-a")] == sizes[model("acme/shared-b")] == 2 + len(WEIGHTS) * 90


def test_a_blob_that_no_revision_uses_still_takes_its_room(store: Path):
    add_model(store, "acme/one", {"config.json": b"{}"})
    (repo_folder(store, model("acme/one")) / "blobs" / ("a" * 64)).write_bytes(b"x" * 1000)
    assert scan_one(store).size_bytes == 1002


def test_two_blobs_that_are_one_inode_count_once_and_keep_their_names(store: Path):
    add_model(store, "acme/one", {"a.safetensors": WEIGHTS, "b.safetensors": WEIGHTS + b"!"})
    blobs = repo_folder(store, model("acme/one")) / "blobs"
    first, second = (
        blobs / blob_name("a.safetensors", WEIGHTS),
        blobs / blob_name("b.safetensors", WEIGHTS + b"!"),
    )
    second.unlink()
    second.hardlink_to(first)

    found = scan_one(store)

    assert found.size_bytes == len(WEIGHTS)
    assert [file.blob for file in found.revisions[0].files] == [first, second]


def test_a_missing_store_has_no_models(tmp_path: Path):
    scan = scan_store(tmp_path / "nowhere")
    assert not scan.exists
    assert scan.writable
    assert scan.models == ()


def test_a_folder_named_like_no_model_is_told_and_left_out(store: Path):
    (store / "models--a--b--c").mkdir()
    (store / "models--acme--x").write_text("a file")
    scan = scan_store(store)
    assert scan.models == ()
    assert len(scan.problems) == 2


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_that_leads_to_itself_hides_no_other_model(store: Path):
    add_model(store, "acme/good", FILES)
    loop = store / "models--acme--loop"
    loop.symlink_to(loop.name)
    scan = scan_store(store)
    assert [found.model_id for found in scan.models] == ["acme/good"]
    assert "models--acme--loop" in scan.problems[0]
    with pytest.raises(InputError):
        scan_repo(store, store / "models--a--b--c")


def test_a_scan_can_be_stopped(store: Path):
    build_healthy(store)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        scan_store(store, token)


# --- damage ---------------------------------------------------------------------------------------


def test_a_broken_link_is_a_damaged_model_not_an_absent_one(store: Path):
    add_model(store, "acme/one", FILES)
    blob = repo_folder(store, model("acme/one")) / "blobs"
    (blob / blob_name("model.safetensors", FILES["model.safetensors"])).unlink()

    found = scan_one(store)

    assert found.status is Status.DAMAGED
    assert kinds(found) == {Damage.BROKEN_LINK}
    assert "model.safetensors" in found.damage[0].sentence
    assert not found.revisions[0].is_complete
    missing = [file for file in found.revisions[0].files if file.is_missing]
    assert [(file.path, file.size) for file in missing] == [("model.safetensors", 0)]


def test_an_empty_blob_that_should_hold_bytes_is_damage(store: Path):
    add_model(store, "acme/one", FILES)
    blobs = repo_folder(store, model("acme/one")) / "blobs"
    os.truncate(blobs / blob_name("config.json", FILES["config.json"]), 0)

    found = scan_one(store)

    assert found.status is Status.DAMAGED
    assert kinds(found) == {Damage.EMPTY_FILE}
    assert "config.json" in found.damage[0].path


def test_an_empty_weight_is_damage_where_files_lie_without_links(store: Path):
    add_model_without_links(store, "acme/one", FILES | {"model.safetensors": b""})
    assert kinds(scan_one(store)) == {Damage.EMPTY_FILE}


def test_a_ref_to_a_revision_that_is_not_here_is_damage(store: Path):
    add_model(store, "acme/one", FILES)
    add_ref(store, "acme/one", "main", commit_of("elsewhere"))

    found = scan_one(store)

    assert found.status is Status.DAMAGED
    assert kinds(found) == {Damage.REF_WITHOUT_SNAPSHOT}


def test_only_a_ref_is_what_an_asked_for_revision_leaves(store: Path):
    add_ref(store, "acme/one", "main", commit_of("x"))
    found = scan_one(store)
    assert found.status is Status.DAMAGED
    assert kinds(found) == {Damage.NO_SNAPSHOT, Damage.REF_WITHOUT_SNAPSHOT}
    assert found.current is None
    assert found.path is None


def test_a_shared_payload_that_is_gone_is_a_broken_link(store: Path):
    add_model(store, "acme/one", {"config.json": b"{}", "w.safetensors": WEIGHTS})
    share_blob(store, "acme/one", "w.safetensors", WEIGHTS).unlink()
    assert kinds(scan_one(store)) == {Damage.BROKEN_LINK}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_folder_is_told(store: Path):
    add_model(store, "acme/one", FILES)
    blobs = repo_folder(store, model("acme/one")) / "blobs"
    blobs.chmod(0)
    try:
        assert Damage.UNREADABLE in kinds(scan_one(store))
    finally:
        blobs.chmod(0o755)


@pytest.mark.parametrize("place", ["blobs", "snapshots", "refs"])
def test_a_file_where_a_folder_belongs_is_told(store: Path, place: str):
    add_model(store, "acme/one", FILES)
    folder = repo_folder(store, model("acme/one")) / place
    folder.rename(folder.with_name("aside"))
    folder.write_text("not a folder")
    assert Damage.NOT_A_FILE in kinds(scan_one(store))


def test_pipes_sockets_and_loops_neither_hang_nor_crash(store: Path, tmp_path: Path):
    commit = add_model(store, "acme/one", FILES)
    repo = repo_folder(store, model("acme/one"))
    snapshot = snapshot_path(repo, commit)
    for folder in (snapshot, repo / "blobs", repo / "refs", repo / "snapshots"):
        os.mkfifo(folder / "pipe")
    (snapshot / "loop").symlink_to("loop")
    (snapshot / "folder").symlink_to("/")
    (repo / "refs" / "link").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(snapshot)
        listener.bind("socket")
        found = scan_one(store)

    assert found.status is Status.DAMAGED
    assert kinds(found) == {Damage.NOT_A_FILE, Damage.BROKEN_LINK}
    assert found.size_bytes == sum(map(len, FILES.values()))


def test_names_that_are_no_text_are_read(store: Path):
    commit = add_model(store, "acme/one", FILES)
    snapshot = os.fsencode(snapshot_path(repo_folder(store, model("acme/one")), commit))
    with open(os.path.join(snapshot, b"caf\xe9.json"), "wb") as file:
        file.write(b"{}")
    os.mkdir(os.path.join(snapshot, b"line\nbreak"))
    with open(os.path.join(snapshot, b"line\nbreak", b"x.json"), "wb") as file:
        file.write(b"{}")

    found = scan_one(store)

    assert found.status is Status.INSTALLED
    assert {"caf\udce9.json", "line\nbreak/x.json"} <= {f.path for f in found.revisions[0].files}


def test_a_link_out_of_the_store_is_noticed_and_not_counted(store: Path, tmp_path: Path):
    outside = tmp_path / "outside.safetensors"
    outside.write_bytes(b"x" * 5000)
    commit = add_model(store, "acme/one", {"config.json": b"{}"})
    link = snapshot_path(repo_folder(store, model("acme/one")), commit) / "model.safetensors"
    link.symlink_to(outside)

    found = scan_one(store)

    assert kinds(found) == {Damage.LEAVES_STORE}
    assert found.status is Status.INSTALLED
    assert found.size_bytes == 2
    (row,) = [file for file in found.revisions[0].files if file.path == link.name]
    assert (row.size, row.blob, row.is_missing) == (5000, None, False)


def test_a_model_folder_that_is_a_link_out_of_the_store_is_noticed(store: Path, tmp_path: Path):
    add_model(store, "acme/one", FILES)
    repo = repo_folder(store, model("acme/one"))
    repo.rename(tmp_path / "elsewhere")
    repo.symlink_to(tmp_path / "elsewhere")
    assert Damage.LEAVES_STORE in kinds(scan_one(store))


def test_a_very_deep_snapshot_ends(store: Path):
    commit = add_model(store, "acme/one", FILES)
    deep = snapshot_path(repo_folder(store, model("acme/one")), commit).joinpath(*["d"] * 200)
    deep.mkdir(parents=True)
    assert scan_one(store).status is Status.INSTALLED


# --- unfinished -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["blobs/{}.1a2b3c4d.incomplete", "blobs/{}.downloadInProgress", ".modelshelf/{}.part"]
)
def test_unfinished_files_alone_are_a_partial_model(store: Path, name: str):
    partial = repo_folder(store, model("acme/one")) / name.format("a" * 64)
    partial.parent.mkdir(parents=True)
    partial.write_bytes(b"x" * 9000)

    found = scan_one(store)

    assert found.status is Status.PARTIAL
    assert found.partial_bytes == 9000
    assert found.size_bytes == 0


def test_holes_of_an_unfinished_file_are_no_bytes(store: Path):
    part = add_part(store, "acme/one", "a" * 64, b"x" * 4096)
    os.truncate(part, 100_000_000)
    assert scan_one(store).partial_bytes == 4096


def test_a_chosen_file_list_without_its_files_is_a_partial_model(store: Path):
    commit = add_model(store, "acme/one", {"config.json": b"{}"})
    own = repo_folder(store, model("acme/one")) / ".modelshelf"
    own.mkdir()
    plan = own / f"{commit}.plan.json"
    plan.write_text('{"files": [{"path": "config.json"}, {"path": "model.safetensors"}]}')
    assert scan_one(store).status is Status.PARTIAL

    plan.write_text('{"files": ["config.json"]}')
    assert scan_one(store).status is Status.INSTALLED


def test_a_model_stays_installed_while_its_next_revision_arrives(store: Path):
    add_model(store, "acme/one", FILES)
    add_part(store, "acme/one", "a" * 64, b"x" * 100)
    found = scan_one(store)
    assert found.status is Status.INSTALLED
    assert found.partial_bytes == 100


def test_files_nothing_can_be_loaded_from_are_a_partial_model(store: Path):
    add_model(store, "acme/one", {"README.md": b"# one"})
    found = scan_one(store)
    assert found.status is Status.PARTIAL
    assert found.damage == ()


# --- weights in parts -----------------------------------------------------------------------------

INDEX = (
    b'{"metadata": {}, "weight_map": {"a.weight": "model-a.safetensors", '
    b'"b.weight": "model-b.safetensors"}}'
)


def test_an_index_tells_the_part_that_is_missing(store: Path):
    files = {"model.safetensors.index.json": INDEX, "model-a.safetensors": WEIGHTS}
    add_model(store, "acme/one", files)
    found = scan_one(store)
    assert found.status is Status.DAMAGED
    assert kinds(found) == {Damage.MISSING_PART}
    assert "model-b.safetensors" in found.damage[0].sentence


def test_all_parts_of_an_index_are_a_complete_model(store: Path):
    weights = {"model-a.safetensors": WEIGHTS, "model-b.safetensors": WEIGHTS}
    add_model(
        store,
        "acme/one",
        {"unet/model.safetensors.index.json": INDEX}
        | {f"unet/{name}": content for name, content in weights.items()},
    )
    assert scan_one(store).status is Status.INSTALLED


def test_an_index_of_the_format_that_was_not_chosen_misses_nothing(store: Path):
    files = {
        "config.json": b"{}",
        "pytorch_model.bin.index.json": INDEX.replace(b"safetensors", b"bin"),
        "model.safetensors": WEIGHTS,
    }
    add_model(store, "acme/one", files)
    assert scan_one(store).status is Status.INSTALLED


def test_an_index_alone_is_not_complete(store: Path):
    add_model(store, "acme/one", {"config.json": b"{}", "model.safetensors.index.json": INDEX})
    assert not scan_one(store).revisions[0].is_complete


@pytest.mark.parametrize("suffix", [".gguf", ".safetensors"])
def test_numbered_parts_must_all_be_there(store: Path, suffix: str):
    add_model(store, "acme/one", {f"m-0000{n}-of-00003{suffix}": WEIGHTS for n in (1, 3)})
    found = scan_one(store)
    assert kinds(found) == {Damage.MISSING_PART}
    assert f"m-00002-of-00003{suffix}" in found.damage[0].sentence


def test_an_index_that_is_a_pipe_is_not_waited_for(store: Path):
    commit = add_model(store, "acme/one", FILES)
    snapshot = snapshot_path(repo_folder(store, model("acme/one")), commit)
    os.mkfifo(snapshot / "model.safetensors.index.json")
    assert kinds(scan_one(store)) == {Damage.NOT_A_FILE}
