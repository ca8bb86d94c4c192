"""Nothing outside the store, and nothing through a link."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.core.storage.conftest import FILES, ONE, World, build, kinds
from tests.support.caches import (
    add_model,
    blob_name,
    commit_of,
    names_below,
)

from modelshelf.core.db.database import Database
from modelshelf.core.errors import (
    PermissionRefusedError,
)
from modelshelf.core.plan import FindingKind, Weight
from modelshelf.core.settings import Settings
from modelshelf.core.storage import anchor
from modelshelf.core.storage.anchor import Anchor, Outcome
from modelshelf.core.stores.layout import repo_folder, snapshot_path
from modelshelf.core.stores.removal import list_model


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


@pytest.fixture(params=[True, False], ids=["descriptors", "paths"])
def _ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Walk by descriptors, and by paths as where the system has none."""
    monkeypatch.setattr(anchor, "_HAS_DESCRIPTORS", request.param)


@pytest.mark.usefixtures("_ways")
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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_store_whose_name_is_no_text_is_refused_in_the_plan(
    settings: Settings, database: Database, tmp_path: Path
):
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    odd.mkdir()
    add_model(odd, ONE, FILES)
    world = build(settings.with_value("storage.locations", (str(odd),)), database)
    before = names_below(odd)
    (finding,) = world.plan().blockers
    assert finding.kind is FindingKind.PERMISSION
    assert finding.sentence.endswith("caf\\xdce9” is not valid Unicode")
    with pytest.raises(PermissionRefusedError, match="not valid Unicode"):
        world.delete()
    assert names_below(odd) == before


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


@pytest.mark.usefixtures("_ways")
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
    with Anchor(store) as open_store:
        outcomes = {name.path: open_store.remove(name)[0] for name in removal.names}
    inside = [path for path in outcomes if path.startswith(f"models--acme--one/{swapped}")]
    assert {outcomes[path] for path in inside} <= {Outcome.CHANGED, Outcome.GONE}
    assert folder.is_symlink()
    for name in ("refs", "blobs", "snapshots"):
        if not swapped:
            (precious / name).rmdir()


@pytest.mark.usefixtures("_ways")
def test_a_name_that_became_another_file_is_left(store: Path):
    add_model(store, ONE, FILES)
    removal = list_model(store, ONE)
    blob = repo_folder(store, ONE) / "blobs" / blob_name("config.json", b"{}")
    blob.unlink()
    blob.write_bytes(b"new bytes")
    os.utime(blob, ns=(5, 5))
    with Anchor(store) as open_store:
        outcomes = {name.path: open_store.remove(name)[0] for name in removal.names}
    assert outcomes[f"models--acme--one/blobs/{blob.name}"] is Outcome.CHANGED
    assert outcomes["models--acme--one/blobs"] is Outcome.NOT_EMPTY
    assert blob.read_bytes() == b"new bytes"
