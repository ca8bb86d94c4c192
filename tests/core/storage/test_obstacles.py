"""What the disk itself says against a deletion."""

import os
from pathlib import Path

import pytest
from tests.core.storage.conftest import FILES, ONE
from tests.support.caches import add_locks, add_model, add_model_without_links, add_part

from modelshelf.core.plan import FindingKind, Weight
from modelshelf.core.storage.obstacles import about_foreign_files, about_place, without_closed_locks
from modelshelf.core.stores.layout import repo_folder
from modelshelf.core.stores.removal import NameKind, Removal, list_model


def close(monkeypatch: pytest.MonkeyPatch, closed: Path) -> None:
    """Take the right to write in one folder away; root has it whatever the mode says."""
    real = os.access

    def access(path: str | Path, mode: int) -> bool:
        return real(path, mode) and not (Path(path) == closed and mode & os.W_OK)

    monkeypatch.setattr(os, "access", access)


def test_nothing_speaks_against_a_model_in_its_store(store: Path):
    add_model(store, ONE, FILES)
    assert about_place(list_model(store, ONE), repo_folder(store, ONE), [store]) == []


def test_a_folder_that_cannot_be_written_blocks(store: Path, monkeypatch: pytest.MonkeyPatch):
    add_model(store, ONE, FILES)
    close(monkeypatch, repo_folder(store, ONE) / "blobs")
    (finding,) = about_place(list_model(store, ONE), repo_folder(store, ONE), [store])
    assert (finding.kind, finding.weight) == (FindingKind.PERMISSION, Weight.BLOCKER)
    assert not finding.overridable
    assert "blobs" in finding.sentence


def test_locks_of_others_are_left_and_block_nothing(store: Path, monkeypatch: pytest.MonkeyPatch):
    add_model(store, ONE, FILES)
    locks = add_locks(store, ONE)
    close(monkeypatch, locks)
    close(monkeypatch, locks.parent)
    removal = without_closed_locks(list_model(store, ONE))
    assert not [name for name in removal.names if name.path.startswith(f"{locks.parent.name}/")]
    assert about_place(removal, repo_folder(store, ONE), [store]) == []


def test_what_cannot_be_read_blocks(store: Path):
    add_model(store, ONE, FILES)
    listed = list_model(store, ONE)
    removal = Removal(store, listed.names, (), ("“refs” cannot be read: Permission denied.",))
    (finding,) = about_place(removal, repo_folder(store, ONE), [store])
    assert finding.sentence == "“refs” cannot be read: Permission denied"


@pytest.mark.parametrize("flat", [True, False])
def test_downloaded_files_are_nobodys_own_work(store: Path, flat: bool):
    (add_model_without_links if flat else add_model)(store, ONE, FILES)
    add_part(store, ONE, "a" * 64, b"x")
    (repo_folder(store, ONE) / ".DS_Store").touch()
    (repo_folder(store, ONE) / "trees").mkdir()
    (repo_folder(store, ONE) / "trees" / "x.json").touch()
    removal = list_model(store, ONE)
    assert any(name.kind is NameKind.OTHER for name in removal.names)
    assert about_foreign_files(removal) == []
