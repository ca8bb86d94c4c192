"""The stores together: what is found again, what is read again, what is remembered."""

import os
import shutil
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.support.caches import (
    WEIGHTS,
    add_model,
    add_part,
    add_ref,
    blob_name,
    commit_of,
    model,
    share_blob,
)

from modelshelf.core.cancel import Cancelled, CancelToken
from modelshelf.core.db.database import Database
from modelshelf.core.model import Status
from modelshelf.core.settings import Settings
from modelshelf.core.stores import index, witnesses
from modelshelf.core.stores.inventory import Inventory
from modelshelf.core.stores.layout import repo_folder, repo_name, snapshot_path
from modelshelf.core.stores.repo_reader import RepoReader
from modelshelf.core.units import utc_now

FILES = {"config.json": b"{}", "model.safetensors": WEIGHTS * 10, "onnx/model.onnx": b"onnx"}
ONE = model("acme/one")
TWO = model("acme/two")


def later():
    """A clock by which everything on disk happened long ago, so that it counts as settled."""
    return utc_now() + timedelta(hours=1)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the repos that were really read, in order."""
    names: list[str] = []
    real = RepoReader.read

    def counted(self: RepoReader):
        names.append(self._name)
        return real(self)

    monkeypatch.setattr(RepoReader, "read", counted)
    return names


@pytest.fixture
def inventory(settings: Settings, database: Database) -> Inventory:
    return Inventory(settings, database, later)


def test_nothing_is_known_before_the_first_refresh(inventory: Inventory):
    assert inventory.current.models == {}
    assert inventory.find(ONE) is None
    assert inventory.has_changed()


def test_models_are_found(inventory: Inventory, store: Path):
    add_model(store, ONE, FILES)
    add_model(store, TWO, FILES)
    snapshot = inventory.refresh()
    assert snapshot.models.keys() == snapshot.changed == {ONE, TWO}
    assert inventory.current is snapshot
    assert inventory.find(ONE) is snapshot.models[ONE]
    assert not inventory.has_changed()


def test_an_unchanged_store_is_not_read_again(inventory: Inventory, store: Path, reads: list[str]):
    add_model(store, ONE, FILES)
    first = inventory.refresh()
    reads.clear()
    second = inventory.refresh()
    assert reads == []
    assert second.changed == frozenset()
    assert second.models == first.models


def test_the_next_start_reads_nothing_and_knows_the_same(
    inventory: Inventory, settings: Settings, database: Database, store: Path, reads: list[str]
):
    add_model(store, ONE, FILES, refs=("main", "v1"))
    add_model(store, ONE, {"README.md": b"x"}, commit=commit_of("other"), refs=())
    add_part(store, TWO, "a" * 64, b"x" * 10)
    broken = add_model(store, "acme/broken", FILES)
    blobs = repo_folder(store, model("acme/broken")) / "blobs"
    (blobs / blob_name("config.json", b"{}")).unlink()
    odd = snapshot_path(repo_folder(store, model("acme/broken")), broken)
    Path(os.fsdecode(os.fsencode(odd) + b"/caf\xe9\n.json")).write_bytes(b"{}")
    found = inventory.refresh()
    reads.clear()

    again = Inventory(settings, database, later).refresh()

    assert reads == []
    assert again.models == found.models
    for model_id, known in again.models.items():
        for mine, theirs in zip(known.revisions, found.models[model_id].revisions, strict=True):
            assert tuple(mine.files) == tuple(theirs.files)


def change_ref(store: Path) -> None:
    add_ref(store, ONE, "main", commit_of("other"))


def add_tag(store: Path) -> None:
    add_ref(store, ONE, "v9", commit_of(ONE))


def add_nested_tag(store: Path) -> None:
    add_ref(store, ONE, "refs/pr/9", commit_of(ONE))


def add_revision(store: Path) -> None:
    add_model(store, ONE, FILES, commit=commit_of("other"), refs=())


def remove_blob(store: Path) -> None:
    (repo_folder(store, ONE) / "blobs" / blob_name("config.json", b"{}")).unlink()


def remove_link(store: Path) -> None:
    (snapshot_path(repo_folder(store, ONE), commit_of(ONE)) / "config.json").unlink()


def remove_nested_link(store: Path) -> None:
    (snapshot_path(repo_folder(store, ONE), commit_of(ONE)) / "onnx" / "model.onnx").unlink()


def start_download(store: Path) -> None:
    add_part(store, ONE, "b" * 64, b"x")


def leave_foreign_partial(store: Path) -> None:
    (repo_folder(store, ONE) / "blobs" / f"{'c' * 64}.incomplete").write_bytes(b"x")


def replace_snapshot(store: Path) -> None:
    snapshot = snapshot_path(repo_folder(store, ONE), commit_of(ONE))
    other = snapshot.with_name("other")
    shutil.copytree(snapshot, other, symlinks=True)
    (other / "config.json").unlink()
    shutil.rmtree(snapshot)
    other.rename(snapshot)


def remove_shared_payload(store: Path) -> None:
    (payload,) = (store / "blobs").glob("??/" + "?" * 64)
    payload.unlink()


@pytest.mark.parametrize(
    "change",
    [
        change_ref,
        add_tag,
        add_nested_tag,
        add_revision,
        remove_blob,
        remove_link,
        remove_nested_link,
        start_download,
        leave_foreign_partial,
        replace_snapshot,
        remove_shared_payload,
    ],
)
@pytest.mark.parametrize("has_descriptors", [True, False], ids=["descriptors", "paths"])
def test_every_change_is_seen_and_only_that_model_is_read(
    settings: Settings,
    database: Database,
    store: Path,
    reads: list[str],
    change: Callable[[Path], None],
    has_descriptors: bool,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(witnesses, "_HAS_DESCRIPTORS", has_descriptors)
    add_model(store, ONE, FILES | {"shared.bin": b"shared"})
    share_blob(store, ONE, "shared.bin", b"shared")
    add_ref(store, ONE, "refs/pr/1", commit_of(ONE))
    add_model(store, TWO, FILES)
    inventory = Inventory(settings, database, later)
    before = inventory.refresh().models[ONE]
    assert not inventory.has_changed()
    reads.clear()

    change(store)

    just_started = Inventory(settings, database, later)
    assert inventory.has_changed()
    assert inventory.refresh().changed == {ONE}
    assert reads == [repo_name(ONE)]
    assert not inventory.has_changed()
    just_started.refresh()
    assert just_started.find(ONE) == inventory.find(ONE) != before


def test_a_program_that_just_started_sees_each_change(
    settings: Settings, database: Database, store: Path, reads: list[str]
):
    add_model(store, ONE, FILES | {"shared.bin": b"shared"})
    share_blob(store, ONE, "shared.bin", b"shared")
    add_model(store, TWO, FILES)
    Inventory(settings, database, later).refresh()
    for change in (change_ref, add_tag, add_revision, remove_link, start_download):
        reads.clear()
        change(store)
        Inventory(settings, database, later).refresh()
        assert reads == [repo_name(ONE)], change.__name__


def test_what_one_change_writes_again_leaves_all_the_others_known(
    settings: Settings, database: Database, store: Path, reads: list[str]
):
    # More models than the index has rows, so that some lie in one row.
    for number in range(100):
        add_model(store, f"acme/m{number}", {"config.json": b"{}", f"{number}.json": b"[]"})
    found = Inventory(settings, database, later).refresh().models
    add_ref(store, "acme/m7", "v2", commit_of("acme/m7"))
    shutil.rmtree(repo_folder(store, model("acme/m8")))
    Inventory(settings, database, later).refresh()
    reads.clear()

    again = Inventory(settings, database, later).refresh().models

    assert reads == []
    assert again.keys() == found.keys() - {model("acme/m8")}
    assert {i for i, known in again.items() if known != found[i]} == {model("acme/m7")}
    for model_id in found.keys() - {model("acme/m8")}:
        assert [file.path for file in again[model_id].revisions[0].files] == [
            file.path for file in found[model_id].revisions[0].files
        ]


def test_two_programs_that_write_the_index_in_turn_are_both_right(
    settings: Settings, database: Database, store: Path
):
    for number in range(100):
        add_model(store, f"acme/m{number}", FILES)
    one = Inventory(settings, database, later)
    other = Inventory(settings, database, later)
    one.refresh()
    other.refresh()
    add_ref(store, "acme/m1", "v2", commit_of("acme/m1"))
    one.refresh()
    # The other does not know yet of what the first wrote, and writes about its own model.
    other.rescan(model("acme/m2"))
    add_ref(store, "acme/m1", "v3", commit_of("acme/m1"))
    for model_id in other.current.models:
        other.rescan(model_id)
    one.refresh()
    last = Inventory(settings, database, later).refresh().models
    assert last == one.current.models == other.refresh().models
    assert last[model("acme/m1")].revisions[0].refs == ("main", "v2", "v3")


def test_a_missing_folder_of_shared_blobs_is_read_about_once(
    settings: Settings, database: Database, store: Path, reads: list[str]
):
    add_model(store, ONE, FILES | {"shared.bin": b"shared"})
    payload = share_blob(store, ONE, "shared.bin", b"shared")
    aside = payload.parent.with_name("aside")
    payload.parent.rename(aside)
    inventory = Inventory(settings, database, later)
    assert inventory.refresh().models[ONE].status is Status.DAMAGED
    assert not inventory.has_changed()
    aside.rename(payload.parent)
    assert inventory.has_changed()
    assert inventory.refresh().models[ONE].status is Status.INSTALLED


def test_an_unfinished_file_that_grows_is_seen(inventory: Inventory, store: Path):
    part = add_part(store, ONE, "b" * 64, b"x")
    inventory.refresh()
    with part.open("ab") as file:
        file.write(b"y" * 9)
    assert inventory.has_changed()
    assert inventory.refresh().models[ONE].partial_bytes == 10


def test_models_come_and_go(inventory: Inventory, store: Path):
    add_model(store, ONE, FILES)
    inventory.refresh()
    add_model(store, TWO, FILES)
    assert inventory.has_changed()
    assert inventory.refresh().changed == {TWO}

    shutil.rmtree(repo_folder(store, ONE))
    assert inventory.has_changed()
    snapshot = inventory.refresh()
    assert snapshot.changed == {ONE}
    assert snapshot.models.keys() == {TWO}


def test_facts_read_right_after_a_change_are_not_trusted(
    settings: Settings, database: Database, store: Path, reads: list[str]
):
    # A second change in the same tick of the file system's clock would leave the same time.
    add_model(store, ONE, FILES)
    inventory = Inventory(settings, database)
    inventory.refresh()
    reads.clear()
    assert inventory.has_changed()
    assert inventory.refresh().changed == frozenset()
    assert len(reads) == 1


def test_one_model_is_read_again_on_request(inventory: Inventory, store: Path, reads: list[str]):
    add_model(store, ONE, FILES)
    add_model(store, TWO, FILES)
    inventory.refresh()
    reads.clear()
    # In place, which no folder tells.
    blob = repo_folder(store, ONE) / "blobs" / blob_name("config.json", b"{}")
    os.truncate(blob, 0)
    inventory.rescan(ONE)
    assert len(reads) == 1
    found = inventory.find(ONE)
    assert found is not None
    assert found.status is Status.DAMAGED

    shutil.rmtree(repo_folder(store, ONE))
    inventory.rescan(ONE)
    assert inventory.find(ONE) is None


def test_the_first_store_wins(settings: Settings, database: Database, tmp_path: Path, store: Path):
    second = tmp_path / "second"
    second.mkdir()
    add_model(store, ONE, FILES)
    add_model(second, ONE, FILES)
    add_model(second, TWO, FILES)
    both = settings.with_value("storage.locations", (str(second), str(store), f"{store}/."))
    inventory = Inventory(both, database, later)

    snapshot = inventory.refresh()

    assert snapshot.models[ONE].store == second
    assert [found.store for found in snapshot.duplicates[ONE]] == [store]
    assert snapshot.models[TWO].store == second
    assert TWO not in snapshot.duplicates
    assert len(snapshot.stores) == 2


def test_one_store_under_two_names_is_one(
    settings: Settings, database: Database, tmp_path: Path, store: Path
):
    add_model(store, ONE, FILES)
    alias = tmp_path / "alias"
    alias.symlink_to(store)
    both = settings.with_value("storage.locations", (str(alias),))
    snapshot = Inventory(both, database, later).refresh()
    assert [scan.path for scan in snapshot.stores] == [alias]
    assert not snapshot.duplicates


@pytest.mark.parametrize("mount_point_stays", [True, False])
def test_an_unplugged_store_is_remembered(
    inventory: Inventory,
    settings: Settings,
    database: Database,
    store: Path,
    reads: list[str],
    mount_point_stays: bool,
):
    add_model(store, ONE, FILES)
    inventory.refresh()
    aside = store.with_name("unplugged")
    store.rename(aside)
    if mount_point_stays:
        store.mkdir()

    assert inventory.has_changed()
    for one in (inventory, Inventory(settings, database, later)):
        snapshot = one.refresh()
        (scan,) = snapshot.stores
        assert snapshot.models == {}
        assert not scan.exists
        assert not scan.writable
        assert scan.is_unplugged
        assert [known.model_id for known in scan.remembered] == [ONE]
        assert "not connected" in scan.problems[0]
        assert not one.has_changed()

    if mount_point_stays:
        store.rmdir()
    aside.rename(store)
    reads.clear()
    assert inventory.has_changed()
    assert inventory.refresh().models.keys() == {ONE}


def test_a_store_unplugged_while_it_is_read_is_remembered_as_it_was(
    inventory: Inventory,
    settings: Settings,
    database: Database,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    add_model(store, ONE, FILES)
    before = inventory.refresh().models
    add_ref(store, ONE, "v2", commit_of(ONE))
    real = RepoReader.read

    def pull_the_plug(self: RepoReader):
        store.rename(store.with_name("unplugged"))
        return real(self)

    monkeypatch.setattr(RepoReader, "read", pull_the_plug)
    (scan,) = inventory.refresh().stores
    assert scan.is_unplugged
    assert scan.remembered == (before[ONE],)
    (again,) = Inventory(settings, database, later).refresh().stores
    assert again.remembered == (before[ONE],)


def test_a_model_deleted_while_it_is_read_is_gone(
    inventory: Inventory, store: Path, monkeypatch: pytest.MonkeyPatch
):
    add_model(store, ONE, FILES)
    real = RepoReader.read

    def delete_first(self: RepoReader):
        shutil.rmtree(repo_folder(store, ONE))
        return real(self)

    monkeypatch.setattr(RepoReader, "read", delete_first)
    assert inventory.refresh().models == {}
    assert not inventory.has_changed()


def test_a_store_whose_name_is_no_text_works(
    settings: Settings, database: Database, tmp_path: Path
):
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    odd.mkdir()
    add_model(odd, ONE, FILES)
    changed = settings.with_value("storage.locations", (str(odd),))
    found = Inventory(changed, database, later).refresh().models
    assert Inventory(changed, database, later).refresh().models == found != {}


def test_a_store_that_was_emptied_is_empty_not_unplugged(inventory: Inventory, store: Path):
    add_model(store, ONE, FILES)
    inventory.refresh()
    shutil.rmtree(repo_folder(store, ONE))
    (scan,) = inventory.refresh().stores
    assert scan.exists
    assert not scan.is_unplugged


def test_a_store_that_never_was_is_no_problem(settings: Settings, database: Database):
    missing = settings.with_value("storage.locations", ("/nowhere/at/all",))
    inventory = Inventory(missing, database, later)
    scan = inventory.refresh().stores[0]
    assert not scan.exists
    assert scan.problems == ()
    assert not inventory.has_changed()


def test_a_changed_setting_is_heeded(inventory: Inventory, tmp_path: Path, store: Path):
    inventory.refresh()
    second = tmp_path / "second"
    second.mkdir()
    add_model(second, TWO, FILES)
    inventory.settings = inventory.settings.with_value("storage.locations", (str(second),))
    assert inventory.has_changed()
    assert inventory.refresh().models.keys() == {TWO}


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE inventory SET facts = 'nonsense'",
        "UPDATE inventory SET facts = replace(facts, 'installed', 'excellent')",
        "UPDATE inventory SET files = zeroblob(length(files))",
        "UPDATE inventory SET checksum = checksum + 1",
        "DELETE FROM inventory",
    ],
)
def test_a_damaged_index_costs_a_scan_and_nothing_else(
    inventory: Inventory, settings: Settings, database: Database, store: Path, damage: str
):
    add_model(store, ONE, FILES)
    found = inventory.refresh()
    assert database.write(damage)
    assert Inventory(settings, database, later).refresh().models == found.models


def test_an_index_of_another_version_is_read_anew_not_misunderstood(
    inventory: Inventory,
    settings: Settings,
    database: Database,
    store: Path,
    reads: list[str],
    monkeypatch: pytest.MonkeyPatch,
):
    add_model(store, ONE, FILES)
    found = inventory.refresh()
    reads.clear()
    monkeypatch.setattr(index, "_VERSION", index._VERSION + 1)
    assert Inventory(settings, database, later).refresh().models == found.models
    assert reads == [repo_name(ONE)]


def test_a_lost_database_is_said_and_the_models_are_shown(
    inventory: Inventory, database: Database, store: Path
):
    add_model(store, ONE, FILES)
    database.write("DROP TABLE inventory")
    snapshot = inventory.refresh()
    assert snapshot.models.keys() == {ONE}
    assert snapshot.problems


def test_a_refresh_can_be_stopped_and_keeps_what_was_known(inventory: Inventory, store: Path):
    add_model(store, ONE, FILES)
    before = inventory.refresh()
    add_model(store, TWO, FILES)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        inventory.refresh(token)
    assert inventory.current is before
    assert inventory.refresh().changed == {TWO}


def test_threads_may_ask_at_once(inventory: Inventory, store: Path):
    for number in range(20):
        add_model(store, f"acme/m{number}", FILES)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(5):
                inventory.refresh()
                inventory.rescan(model("acme/m1"))
                inventory.has_changed()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failures
    assert len(inventory.current.models) == 20
