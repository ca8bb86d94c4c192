"""Deleting: what is refused, what goes and what stays."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import scan_cache_dir, snapshot_download
from tests.core.storage.conftest import FILES, ONE, TWO, World, build, kinds
from tests.support.caches import (
    add_locks,
    add_model,
    add_model_without_links,
    add_part,
    blob_name,
    bytes_on_disk,
    commit_of,
    model,
    names_below,
    share_blob,
)

from modelshelf.core.db.database import Database
from modelshelf.core.errors import (
    BusyError,
    ConfirmationNeededError,
    InUseError,
    NotFoundError,
    PermissionRefusedError,
    StalePlanError,
)
from modelshelf.core.events import InventoryChanged, JobChanged
from modelshelf.core.model import JobKind, JobState, Role
from modelshelf.core.plan import FindingKind, Weight
from modelshelf.core.settings import Policy, Settings
from modelshelf.core.stores.layout import repo_folder, snapshot_path

# --- the straight way -----------------------------------------------------------------------------


def test_the_disk_is_as_before(world: World, store: Path):
    add_model(store, TWO, FILES)
    add_locks(store, TWO)
    before, before_bytes = names_below(store), bytes_on_disk(store)
    add_model(store, ONE, FILES, refs=("main", "refs/pr/1"))
    add_part(store, ONE, "a" * 64, b"x" * 9000)
    add_locks(store, ONE)
    added = bytes_on_disk(store) - before_bytes

    plan = world.plan()
    assert plan.can_execute
    assert not plan.requires_confirmation
    assert plan.freed_bytes == added
    assert plan.size_bytes == sum(map(len, FILES.values())) + 9000

    result = world.deletion.execute(plan, confirmed=False)

    assert names_below(store) == before
    assert result.freed_bytes == plan.freed_bytes
    assert result.notes == ()
    assert world.inventory.find(ONE) is None
    assert world.inventory.find(TWO) is not None
    assert scan_cache_dir(store).warnings == []


def test_planning_changes_nothing(world: World, store: Path):
    add_model(store, ONE, FILES)
    add_locks(store, ONE)
    before = names_below(store)
    json.dumps(world.plan().as_json())
    assert names_below(store) == before
    assert world.ledger.history() == []


def test_listeners_and_history_are_told(world: World, store: Path):
    add_model(store, ONE, FILES)
    world.delete()
    states = [event.state for event in world.events if isinstance(event, JobChanged)]
    assert states == [JobState.RUNNING, JobState.DONE]
    assert InventoryChanged(frozenset({ONE})) in world.events
    events = world.database.rows("SELECT what FROM usage_events")
    assert [row["what"] for row in events] == ["deleted"]
    (job,) = world.ledger.history()
    assert (job.kind, job.state) == (JobKind.DELETE, JobState.DONE)


def test_what_is_not_here_cannot_be_planned(world: World):
    with pytest.raises(NotFoundError):
        world.plan()


@pytest.mark.parametrize("build_odd", ["flat", "partial", "refs_only", "broken"])
def test_odd_models_go_without_a_trace(world: World, store: Path, build_odd: str):
    if build_odd == "flat":
        add_model_without_links(store, ONE, FILES)
    elif build_odd == "partial":
        add_part(store, ONE, "a" * 64, b"x" * 5000)
    elif build_odd == "refs_only":
        (repo_folder(store, ONE) / "refs").mkdir(parents=True)
        (repo_folder(store, ONE) / "refs" / "main").write_text(commit_of("x"))
    else:
        add_model(store, ONE, FILES)
        shutil.rmtree(repo_folder(store, ONE) / "blobs")
        os.mkfifo(repo_folder(store, ONE) / "snapshots" / "pipe")
    world.delete()
    assert names_below(store) <= {".locks"}


# --- one revision ---------------------------------------------------------------------------------


def two_revisions(store: Path) -> tuple[str, str]:
    old, new = commit_of("old"), commit_of("new")
    add_model(store, ONE, FILES | {"config.json": b"old"}, commit=old, refs=("v1",))
    add_model(store, ONE, FILES | {"config.json": b"new"}, commit=new, refs=("main",))
    return old, new


def test_one_revision_goes_and_the_other_still_loads(world: World, store: Path):
    old, new = two_revisions(store)
    blobs = repo_folder(store, ONE) / "blobs"

    plan = world.plan(revision="v1")
    before = bytes_on_disk(store)
    result = world.deletion.execute(plan, confirmed=True)

    assert plan.revision == old
    assert before - bytes_on_disk(store) == plan.freed_bytes == result.freed_bytes
    assert not snapshot_path(repo_folder(store, ONE), old).exists()
    assert not (repo_folder(store, ONE) / "refs" / "v1").exists()
    assert not (blobs / blob_name("config.json", b"old")).exists()
    found = snapshot_download(ONE, cache_dir=store, local_files_only=True)
    assert Path(found) == snapshot_path(repo_folder(store, ONE), new)
    assert (Path(found) / "model.safetensors").read_bytes() == FILES["model.safetensors"]
    assert scan_cache_dir(store).warnings == []


def test_a_revision_that_is_not_here_is_not_found(world: World, store: Path):
    two_revisions(store)
    with pytest.raises(NotFoundError):
        world.plan(revision="v7")


# --- shared bytes ---------------------------------------------------------------------------------


def test_a_shared_payload_goes_with_its_last_model(world: World, store: Path):
    before = names_below(store)
    content = FILES["model.safetensors"]
    for one in (ONE, TWO):
        add_model(store, one, FILES)
        payload = share_blob(store, one, "model.safetensors", content)
    add_model(store, model("acme/three"), {"config.json": b"{}"})

    plan = world.plan(ONE)
    assert FindingKind.SHARED_BYTES in kinds(plan, Weight.INFORMATION)
    assert plan.freed_bytes < len(content)
    world.deletion.execute(plan, confirmed=True)
    assert payload.exists()
    assert (Path(snapshot_download(TWO, cache_dir=store, local_files_only=True))).exists()

    used = bytes_on_disk(store)
    plan = world.plan(TWO)
    assert plan.freed_bytes > len(content)
    assert world.deletion.execute(plan, confirmed=True).freed_bytes == plan.freed_bytes
    assert used - bytes_on_disk(store) == plan.freed_bytes
    assert not payload.exists()
    world.delete(model("acme/three"))
    left = names_below(store) - before
    # The lock of a payload stays, as with the official client: removing it would split waiters.
    assert {name for name in left if not name.startswith("blobs")} <= {".locks"}


def test_bytes_hard_linked_into_another_store_free_nothing(
    world: World, store: Path, tmp_path: Path
):
    add_model(store, ONE, FILES)
    for blob in (repo_folder(store, ONE) / "blobs").iterdir():
        (tmp_path / f"ollama-{blob.name}").hardlink_to(blob)
    plan = world.plan()
    assert plan.freed_bytes == 0
    assert FindingKind.SHARED_BYTES in kinds(plan, Weight.INFORMATION)
    assert world.deletion.execute(plan, confirmed=True).freed_bytes == 0
    assert len(list(tmp_path.glob("ollama-*"))) == len(FILES)


# --- refusals -------------------------------------------------------------------------------------


def test_a_collection_blocks_and_nothing_overrides_it(world: World, store: Path):
    add_model(store, ONE, FILES)
    world.collections.create("thesis")
    world.collections.add("thesis", ONE, Role.EMBEDDING)
    before = names_below(store)
    plan = world.plan()
    assert not plan.can_execute
    assert not plan.can_be_forced
    with pytest.raises(InUseError, match="thesis"):
        world.deletion.execute(plan, confirmed=True, force=True)
    assert names_below(store) == before
    assert world.ledger.history() == []


def test_warnings_need_a_yes_and_then_defaults_are_reset(world: World, store: Path):
    add_model(store, ONE, FILES)
    world.preferences.set(Role.EMBEDDING, ONE)
    world.tiers.set("high", ONE)
    plan = world.plan()
    with pytest.raises(ConfirmationNeededError):
        world.deletion.execute(plan, confirmed=False)
    assert world.preferences.all() == {Role.EMBEDDING: ONE}

    notes = world.deletion.execute(plan, confirmed=True).notes

    assert world.preferences.all() == {}
    assert all(tier.model_id is None for tier in world.tiers.all())
    assert len(notes) == 2


def test_defaults_stay_while_another_store_has_the_model(
    settings: Settings, database: Database, store: Path, tmp_path: Path
):
    second = tmp_path / "second"
    second.mkdir()
    world = build(settings.with_value("storage.locations", (str(second),)), database)
    add_model(second, ONE, FILES)
    add_model(store, ONE, FILES)
    world.preferences.set(Role.EMBEDDING, ONE)

    plan = world.plan()
    assert plan.store == second
    world.deletion.execute(plan, confirmed=True)

    found = world.inventory.find(ONE)
    assert found is not None
    assert found.store == store
    assert world.preferences.all() == {Role.EMBEDDING: ONE}


def test_an_open_file_blocks_unless_forced(world: World, store: Path):
    add_model(store, ONE, FILES)
    blob = (
        repo_folder(store, ONE)
        / "blobs"
        / blob_name("model.safetensors", FILES["model.safetensors"])
    )
    with blob.open("rb"):
        plan = world.plan()
        assert not plan.can_execute
        assert plan.can_be_forced
        with pytest.raises(InUseError) as refused:
            world.deletion.execute(plan, confirmed=True)
        [finding] = plan.blockers
        assert refused.value.message.endswith(f"cannot be deleted. {finding.text}")
        assert "--force" in refused.value.hint
        assert blob.exists()
        result = world.deletion.execute(plan, confirmed=True, force=True)
    assert any("become free" in note for note in result.notes)
    assert not repo_folder(store, ONE).exists()


def test_a_download_blocks(world: World, store: Path):
    add_model(store, ONE, FILES)
    plan = world.plan()
    job = world.ledger.claim(ONE, JobKind.DOWNLOAD, request="{}", store=store).job
    with pytest.raises(BusyError, match=job.id):
        world.deletion.execute(plan, confirmed=True, force=True)
    assert repo_folder(store, ONE).exists()


def test_another_programs_download_blocks(world: World, store: Path):
    add_model(store, ONE, FILES)
    lock = min(add_locks(store, ONE).iterdir())
    plan = world.plan()
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert FindingKind.JOB in kinds(world.plan(), Weight.BLOCKER)
        with pytest.raises(BusyError, match="Another program"):
            world.deletion.execute(plan, confirmed=True, force=True)
    assert repo_folder(store, ONE).exists()
    assert world.deletion.execute(plan, confirmed=True).freed_bytes > 0


def test_the_policy_refuses_whoever_is_no_admin(
    settings: Settings, database: Database, store: Path, tmp_path: Path
):
    add_model(store, ONE, FILES)
    world = build(settings, database, Policy(source=tmp_path / "policy.yaml", admins=("root",)))
    plan = world.plan()
    assert FindingKind.PERMISSION in kinds(plan, Weight.BLOCKER)
    with pytest.raises(PermissionRefusedError):
        world.deletion.execute(plan, confirmed=True, force=True)
    with pytest.raises(PermissionRefusedError, match="anna"):
        world.deletion.execute(replace(plan, findings=()), confirmed=True, force=True)
    assert repo_folder(store, ONE).exists()


def test_files_nobody_downloaded_are_named_before_they_go(world: World, store: Path):
    commit = add_model(store, ONE, FILES)
    repo = repo_folder(store, ONE)
    (snapshot_path(repo, commit) / "my-adapter.safetensors").write_bytes(b"mine")
    (repo / "notes.txt").write_text("mine too")
    plan = world.plan()
    (finding,) = plan.warnings
    assert finding.kind is FindingKind.FOREIGN_FILE
    assert "my-adapter.safetensors" in finding.sentence
    assert "notes.txt" in finding.sentence
    with pytest.raises(ConfirmationNeededError):
        world.deletion.execute(plan, confirmed=False)


# --- the world moves between plan and execution ---------------------------------------------------


def appear(store: Path) -> None:
    (repo_folder(store, ONE) / "blobs" / ("f" * 64)).write_bytes(b"new")


def replace_blob(store: Path) -> None:
    blob = repo_folder(store, ONE) / "blobs" / blob_name("config.json", b"{}")
    other = blob.with_name("other")
    other.write_bytes(b"{}")
    other.rename(blob)


def add_another_revision(store: Path) -> None:
    add_model(store, ONE, {"config.json": b"3"}, commit=commit_of("third"), refs=())


def leave_own_file(store: Path) -> None:
    (repo_folder(store, ONE) / "thesis.txt").write_text("mine")


@pytest.mark.parametrize("change", [appear, replace_blob, add_another_revision, leave_own_file])
def test_a_changed_world_makes_the_plan_stale(
    world: World, store: Path, change: Callable[[Path], None]
):
    add_model(store, ONE, FILES)
    plan = world.plan()
    change(store)
    before = names_below(store)
    with pytest.raises(StalePlanError):
        world.deletion.execute(plan, confirmed=True)
    assert names_below(store) == before
    assert world.ledger.history() == []
    world.deletion.execute(world.plan(), confirmed=True)
    assert not repo_folder(store, ONE).exists()


def test_a_new_use_makes_the_plan_stale(world: World, store: Path):
    add_model(store, ONE, FILES)
    plan = world.plan()
    world.preferences.set(Role.EMBEDDING, ONE)
    with pytest.raises(StalePlanError):
        world.deletion.execute(plan, confirmed=True)
    world.collections.create("thesis")
    world.collections.add("thesis", ONE, Role.EMBEDDING)
    with pytest.raises(InUseError, match="thesis"):
        world.deletion.execute(plan, confirmed=True)


def test_what_somebody_else_deleted_is_fine(world: World, store: Path):
    add_model(store, ONE, FILES)
    plan = world.plan()
    (repo_folder(store, ONE) / "refs" / "main").unlink()
    world.deletion.execute(plan, confirmed=True)
    assert not repo_folder(store, ONE).exists()

    again = world.deletion.execute(plan, confirmed=True)
    assert again.freed_bytes == 0
    assert again.notes == ("It was gone already.",)
