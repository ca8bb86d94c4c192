"""Deleting: what is refused, what goes, what stays, and what a crash leaves behind."""

import fcntl
import json
import os
import shutil
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from huggingface_hub import scan_cache_dir, snapshot_download
from huggingface_hub.errors import LocalEntryNotFoundError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.support.caches import (
    WEIGHTS,
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
from modelshelf.core.events import Event, InventoryChanged, JobChanged
from modelshelf.core.jobs import Ledger
from modelshelf.core.model import JobKind, JobState, ModelId, Role
from modelshelf.core.plan import FindingKind, Weight
from modelshelf.core.settings import Policy, Settings
from modelshelf.core.settings.person import Person
from modelshelf.core.storage.anchor import Anchor, Outcome
from modelshelf.core.storage.delete import Deletion
from modelshelf.core.storage.delete_plan import DeletePlan, intent, read_intent
from modelshelf.core.stores.inventory import Inventory
from modelshelf.core.stores.layout import repo_folder, snapshot_path
from modelshelf.core.stores.removal import ListedName, list_model
from modelshelf.core.units import utc_now
from modelshelf.core.usage.collections import Collections
from modelshelf.core.usage.preferences import Preferences
from modelshelf.core.usage.service import UsageService
from modelshelf.core.usage.tiers import Tiers

ONE, TWO = model("acme/one"), model("acme/two")
FILES = {"config.json": b"{}", "model.safetensors": WEIGHTS * 10_000, "sub/more.json": b"[1]"}
ANNA = Person("anna", frozenset({"staff"}))


@dataclass
class World:
    """The rooms a deletion needs, over real files and a real database."""

    database: Database
    inventory: Inventory
    ledger: Ledger
    collections: Collections
    preferences: Preferences
    tiers: Tiers
    usage: UsageService
    deletion: Deletion
    events: list[Event]

    def plan(self, model_id: ModelId = ONE, revision: str | None = None) -> DeletePlan:
        return self.deletion.plan(model_id, revision)

    def delete(self, model_id: ModelId = ONE) -> int:
        return self.deletion.execute(self.plan(model_id), confirmed=True).freed_bytes


def build(settings: Settings, database: Database, policy: Policy | None = None) -> World:
    policy = policy or Policy()
    events: list[Event] = []
    inventory = Inventory(settings, database, lambda: utc_now() + timedelta(hours=1))
    inventory.refresh()
    ledger = Ledger(database)
    collections = Collections(database, events.append)
    preferences = Preferences(database, events.append)
    tiers = Tiers(database, events.append)
    usage = UsageService(
        database, ledger, inventory, collections, preferences, tiers, settings, policy, ANNA
    )
    deletion = Deletion(inventory, usage, ledger, policy, settings, events.append, ANNA)
    return World(
        database, inventory, ledger, collections, preferences, tiers, usage, deletion, events
    )


@pytest.fixture
def world(settings: Settings, database: Database) -> World:
    return build(settings, database)


def kinds(plan: DeletePlan, weight: Weight) -> set[FindingKind]:
    return {finding.kind for finding in plan.findings if finding.weight is weight}


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
    assert ONE in world.usage.last_used()
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
        with pytest.raises(InUseError):
            world.deletion.execute(plan, confirmed=True)
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


# --- the fence ------------------------------------------------------------------------------------


@pytest.fixture
def precious(tmp_path: Path) -> Iterator[Path]:
    """Something outside the store that must survive every test."""
    folder = tmp_path / "precious"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "photo.jpg").write_bytes(b"photo" * 100)
    (folder / "main").write_text(commit_of(ONE))
    before = {name: (folder / name).lstat().st_ino for name in names_below(folder)}
    yield folder
    assert {name: (folder / name).lstat().st_ino for name in names_below(folder)} == before


def test_links_out_of_the_store_are_removed_as_links(world: World, store: Path, precious: Path):
    commit = add_model(store, ONE, FILES)
    repo = repo_folder(store, ONE)
    (snapshot_path(repo, commit) / "photo.jpg").symlink_to(precious / "inner" / "photo.jpg")
    (snapshot_path(repo, commit) / "folder").symlink_to(precious)
    (repo / "blobs" / "up").symlink_to(precious)
    shutil.rmtree(repo / "refs")
    (repo / "refs").symlink_to(precious)
    (repo / "trees").symlink_to(precious / "inner")
    world.delete()
    assert not repo.exists()


@pytest.mark.parametrize("revision", [None, "main"])
def test_a_model_folder_that_is_a_link_is_refused(
    world: World, store: Path, tmp_path: Path, precious: Path, revision: str | None
):
    add_model(store, ONE, FILES)
    elsewhere = tmp_path / "elsewhere"
    repo_folder(store, ONE).rename(elsewhere)
    repo_folder(store, ONE).symlink_to(elsewhere)
    plan = world.plan(revision=revision)
    assert FindingKind.PERMISSION in kinds(plan, Weight.BLOCKER)
    with pytest.raises(PermissionRefusedError, match="link"):
        world.deletion.execute(plan, confirmed=True, force=True)
    assert (elsewhere / "refs" / "main").exists()


def test_a_store_that_is_no_longer_configured_is_refused(world: World, store: Path, tmp_path: Path):
    add_model(store, ONE, FILES)
    plan = world.plan()
    world.deletion.settings = replace(
        world.deletion.settings,
        environment=replace(world.deletion.settings.environment, hub_cache=tmp_path / "new"),
    )
    with pytest.raises(PermissionRefusedError, match="no store"):
        world.deletion.execute(plan, confirmed=True)


@pytest.mark.parametrize("swapped", ["", "refs", "blobs", "snapshots"])
def test_a_folder_swapped_for_a_link_at_the_last_moment_is_not_entered(
    store: Path, precious: Path, tmp_path: Path, swapped: str
):
    add_model(store, ONE, FILES)
    folder = repo_folder(store, ONE) / swapped
    removal = list_model(store, ONE)
    folder.rename(tmp_path / "aside")
    for name in ("refs", "blobs", "snapshots"):
        if not swapped:
            (precious / name).mkdir()
    folder.symlink_to(precious)
    with Anchor(store) as anchor:
        outcomes = {name.path: anchor.remove(name)[0] for name in removal.names}
    inside = [path for path in outcomes if path.startswith(f"models--acme--one/{swapped}")]
    assert {outcomes[path] for path in inside} <= {Outcome.CHANGED, Outcome.GONE}
    assert folder.is_symlink()
    for name in ("refs", "blobs", "snapshots"):
        if not swapped:
            (precious / name).rmdir()


def test_a_name_that_became_another_file_is_left(store: Path):
    add_model(store, ONE, FILES)
    removal = list_model(store, ONE)
    blob = repo_folder(store, ONE) / "blobs" / blob_name("config.json", b"{}")
    blob.unlink()
    blob.write_bytes(b"new bytes")
    os.utime(blob, ns=(5, 5))
    with Anchor(store) as anchor:
        outcomes = {name.path: anchor.remove(name)[0] for name in removal.names}
    assert outcomes[f"models--acme--one/blobs/{blob.name}"] is Outcome.CHANGED
    assert outcomes["models--acme--one/blobs"] is Outcome.NOT_EMPTY
    assert blob.read_bytes() == b"new bytes"


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


# --- one at a time --------------------------------------------------------------------------------


def test_a_second_request_gets_the_result_of_the_first(
    world: World, store: Path, monkeypatch: pytest.MonkeyPatch
):
    add_model(store, ONE, FILES)
    plan = world.plan()
    entered, go_on = threading.Event(), threading.Event()
    real = Anchor.remove

    def gated(self: Anchor, name: ListedName):
        entered.set()
        assert go_on.wait(10)
        return real(self, name)

    monkeypatch.setattr(Anchor, "remove", gated)
    freed: list[int] = []
    first = threading.Thread(
        target=lambda: freed.append(world.deletion.execute(plan, confirmed=True).freed_bytes)
    )
    first.start()
    assert entered.wait(10)
    second = threading.Thread(
        target=lambda: freed.append(world.deletion.execute(plan, confirmed=True).freed_bytes)
    )
    second.start()
    assert world.deletion.finish_interrupted() == []
    go_on.set()
    first.join(10)
    second.join(10)
    assert freed == [plan.freed_bytes, plan.freed_bytes]
    assert len(world.ledger.history()) == 1


@contextmanager
def child(work: Callable[[], None]) -> Iterator[int]:
    """Run `work` in a process of its own, which ends by force."""
    with warnings.catch_warnings():
        # Newer Pythons warn of forking beside threads; the child touches nothing of theirs.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    try:
        yield pid
    finally:
        os.waitpid(pid, 0)


def deleting(settings: Settings, model_id: ModelId, at: int, happen: Callable[[], None]) -> None:
    """Delete in this process; when name number `at` is due, let something happen."""
    count = 0
    real = Anchor.remove

    def counted(self: Anchor, name: ListedName):
        nonlocal count
        if count == at:
            happen()
        count += 1
        return real(self, name)

    Anchor.remove = counted
    database = Database.open(settings.paths.database)
    world = build(settings, database)
    world.deletion.execute(world.plan(model_id), confirmed=True)


def test_another_processs_deletion_is_waited_for(world: World, settings: Settings, store: Path):
    add_model(store, ONE, FILES)
    plan = world.plan()
    told, gate = os.pipe(), os.pipe()

    def stop_here() -> None:
        os.write(told[1], b"!")
        os.read(gate[0], 1)

    with child(lambda: deleting(settings, ONE, 1, stop_here)):
        assert os.read(told[0], 1) == b"!"
        freed: list[int] = []
        watcher = threading.Thread(
            target=lambda: freed.append(world.deletion.execute(plan, confirmed=True).freed_bytes)
        )
        with pytest.raises(BusyError):
            world.ledger.claim(ONE, JobKind.DOWNLOAD, request="{}", store=store)
        with pytest.raises(BusyError):
            world.deletion.execute(replace(plan, revision=commit_of(ONE)), confirmed=True)
        watcher.start()
        os.write(gate[1], b"!")
        watcher.join(20)
    for descriptor in (*told, *gate):
        os.close(descriptor)
    assert not repo_folder(store, ONE).exists()
    assert len(freed) == 1


# --- kill -9 --------------------------------------------------------------------------------------


def broken_links(store: Path) -> list[str]:
    return [
        name
        for name in names_below(store)
        if (store / name).is_symlink() and not (store / name).exists()
    ]


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_killed_at_any_moment_it_is_finished_at_the_next_start(
    world: World, settings: Settings, store: Path, tmp_path: Path
):
    content = FILES["model.safetensors"]
    add_model(store, TWO, FILES)
    share_blob(store, TWO, "model.safetensors", content)
    add_locks(store, TWO)
    before = names_below(store)
    steps = 0
    while True:
        add_model(store, ONE, FILES)
        share_blob(store, ONE, "model.safetensors", content)
        add_part(store, ONE, "a" * 64, b"x")
        add_locks(store, ONE)
        names = len(list_model(store, ONE).names)
        if steps > names:
            break
        with child(partial(deleting, settings, ONE, steps, kill_self)):
            pass
        assert broken_links(store) == []
        if steps:
            with pytest.raises(LocalEntryNotFoundError):
                snapshot_download(ONE, cache_dir=store, local_files_only=True)

        finished = world.deletion.finish_interrupted()

        if steps == 0:
            # Nothing was removed yet, so the wish is dropped and the model is whole.
            assert finished == []
            assert snapshot_download(ONE, cache_dir=store, local_files_only=True)
            world.delete()
        elif steps < names:
            assert finished == [ONE]
        assert names_below(store) == before
        assert world.ledger.active() == []
        assert world.inventory.find(ONE) is None
        steps += 1
    assert steps > 15


def test_a_model_that_came_back_after_the_crash_is_kept(
    world: World, settings: Settings, store: Path
):
    add_model(store, ONE, FILES)
    with child(lambda: deleting(settings, ONE, 6, kill_self)):
        pass
    shutil.rmtree(repo_folder(store, ONE))
    again = {"config.json": b"{}", "model.safetensors": WEIGHTS}
    add_model(store, ONE, again)
    for blob in (repo_folder(store, ONE) / "blobs").iterdir():
        os.utime(blob, ns=(7, 7))

    world.deletion.finish_interrupted()

    found = Path(snapshot_download(ONE, cache_dir=store, local_files_only=True))
    assert {name: (found / name).read_bytes() for name in again} == again
    assert world.ledger.active() == []


def test_a_deletion_on_an_unplugged_disk_waits_for_it(
    world: World, settings: Settings, store: Path
):
    add_model(store, ONE, FILES)
    with child(lambda: deleting(settings, ONE, 3, kill_self)):
        pass
    aside = store.with_name("unplugged")
    store.rename(aside)
    assert world.deletion.finish_interrupted() == []
    assert len(world.ledger.active()) == 1
    aside.rename(store)
    assert world.deletion.finish_interrupted() == [ONE]
    assert not repo_folder(store, ONE).exists()


def test_deleting_again_finishes_what_was_interrupted(
    world: World, settings: Settings, store: Path
):
    add_model(store, ONE, FILES)
    with child(lambda: deleting(settings, ONE, 4, kill_self)):
        pass
    plan = world.plan()
    assert plan.can_execute
    world.deletion.execute(plan, confirmed=True)
    assert not repo_folder(store, ONE).exists()
    assert world.ledger.active() == []


def test_what_a_job_keeps_is_read_back_also_on_a_renumbered_volume(store: Path):
    add_model(store, ONE, FILES)
    removal = list_model(store, ONE)
    device = store.stat().st_dev
    assert read_intent(intent(removal, None, device), device) == (removal, None)
    moved, revision = read_intent(intent(removal, "abc", device), device + 1)
    assert revision == "abc"
    assert {name.device for name in moved.names} == {device + 1}
    for nonsense in ("", "[]", "{}", '{"names": 3}'):
        with pytest.raises(ValueError, match=r"\S"):
            read_intent(nonsense, 1)


def test_a_read_only_folder_is_told_and_the_job_says_why(
    world: World, store: Path, monkeypatch: pytest.MonkeyPatch
):
    add_model(store, ONE, FILES)
    real = Anchor.remove

    def refusing(self: Anchor, name: ListedName):
        if "/blobs/" in name.path:
            raise PermissionError(13, "Permission denied", name.path)
        return real(self, name)

    with monkeypatch.context() as patch:
        patch.setattr(Anchor, "remove", refusing)
        with pytest.raises(PermissionRefusedError, match="could not be removed"):
            world.delete()
    (job,) = world.ledger.history()
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert broken_links(store) == []
    world.delete()
    assert not repo_folder(store, ONE).exists()


# --- any cache at all -----------------------------------------------------------------------------

CONTENTS = st.sampled_from([b"", b"x", b"y" * 5000, b"z" * 100_000])
NAMES = st.sampled_from(["config.json", "a.safetensors", "b.bin", "sub/c.json", "sub/deep/d.gguf"])
REVISIONS = st.lists(st.dictionaries(NAMES, CONTENTS, min_size=1), min_size=1, max_size=3)


@hypothesis_settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    revisions=REVISIONS,
    others=REVISIONS,
    shared=st.booleans(),
    linked=st.booleans(),
    part=st.booleans(),
    one_revision=st.booleans(),
)
def test_exactly_the_planned_names_go_and_exactly_the_promised_bytes(
    world: World,
    store: Path,
    revisions: list[dict[str, bytes]],
    others: list[dict[str, bytes]],
    shared: bool,
    linked: bool,
    part: bool,
    one_revision: bool,
):
    shutil.rmtree(store)
    store.mkdir()
    for model_id, many in ((ONE, revisions), (TWO, others)):
        for number, files in enumerate(many):
            commit = commit_of(f"{model_id}{number}")
            add_model(store, model_id, files, commit=commit, refs=(f"v{number}",))
            for name, content in files.items():
                blob = repo_folder(store, model_id) / "blobs" / blob_name(name, content)
                if shared and name.endswith(".safetensors") and not blob.is_symlink():
                    share_blob(store, model_id, name, content)
    if part:
        add_part(store, ONE, "a" * 64, b"p" * 6000)
    outside = store.parent / "outside"
    shutil.rmtree(outside, ignore_errors=True)
    outside.mkdir()
    if linked:
        for blob in (repo_folder(store, ONE) / "blobs").iterdir():
            if not blob.is_symlink():
                (outside / blob.name).hardlink_to(blob)
                break
    add_locks(store, ONE)

    plan = world.plan(revision="v0" if one_revision else None)
    before, used = names_below(store), bytes_on_disk(store, outside)
    result = world.deletion.execute(plan, confirmed=True)

    gone = before - names_below(store)
    planned = {name.path for name in plan.names}
    swept = {name for name in gone if name.startswith("blobs/")}
    assert gone - swept == planned
    assert swept <= {f"blobs/{h[:2]}/{h}{end}" for h in plan.payloads for end in ("", ".refs")}
    freed = used - bytes_on_disk(store, outside)
    assert result.freed_bytes == plan.freed_bytes
    assert plan.freed_bytes in (freed, 0)
    # Nothing but folders and links went: that is told as nothing.
    assert plan.freed_bytes or freed <= 4096 * (len(planned) + 2 * len(plan.payloads))
    assert broken_links(store) == []
