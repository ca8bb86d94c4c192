"""One at a time across processes, and what a crash leaves behind."""

import os
import shutil
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from huggingface_hub import snapshot_download
from huggingface_hub.errors import LocalEntryNotFoundError
from tests.core.storage.conftest import FILES, ONE, TWO, World, broken_links, build
from tests.support.caches import (
    WEIGHTS,
    add_locks,
    add_model,
    add_part,
    commit_of,
    names_below,
    share_blob,
)

from modelshelf.core.db.database import Database
from modelshelf.core.errors import (
    BusyError,
    PermissionRefusedError,
)
from modelshelf.core.model import JobKind, JobState, ModelId
from modelshelf.core.settings import Settings
from modelshelf.core.storage.anchor import Anchor
from modelshelf.core.storage.delete_plan import intent, read_intent
from modelshelf.core.stores.layout import repo_folder
from modelshelf.core.stores.removal import ListedName, list_model

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
