from collections.abc import Callable

import pytest

from modelshelf.core.errors import InputError
from modelshelf.core.events import UsageChanged
from modelshelf.core.model import ModelId
from modelshelf.core.usage.notes import Note, Notes

BGE = ModelId("BAAI/bge-m3")


@pytest.fixture
def notes(make_world: Callable) -> Notes:
    return make_world().notes


def test_remarks_are_kept_side_by_side(notes: Notes):
    notes.set_favourite(BGE, True)
    notes.set_tags(BGE, ("search", "german", "search"))
    notes.set_text(BGE, "Better with\na prefix")
    notes.pin(BGE, "a" * 40)
    expected = Note(True, ("search", "german"), "Better with\na prefix", "a" * 40)
    assert notes.get(BGE) == expected
    assert notes.all() == {BGE: expected}
    notes.pin(BGE, None)
    notes.set_favourite(BGE, False)
    assert notes.get(BGE) == Note(False, ("search", "german"), "Better with\na prefix")


def test_favourites_are_those_with_a_heart(notes: Notes):
    other = ModelId("gpt2")
    notes.set_text(other, "fine")
    notes.set_favourite(BGE, True)
    assert notes.favourites() == frozenset({BGE})


def test_no_remark_is_an_empty_note(notes: Notes):
    assert notes.get(BGE) == Note()


def test_what_cannot_be_kept_is_refused(notes: Notes):
    with pytest.raises(InputError):
        notes.set_tags(BGE, ("ok", "two\nlines"))
    with pytest.raises(InputError):
        notes.set_text(BGE, "x" * 20_001)
    with pytest.raises(InputError):
        notes.pin(BGE, "../../escape")
    assert notes.all() == {}


def test_changes_are_told(make_world: Callable):
    world = make_world()
    world.notes.set_favourite(BGE, True)
    assert world.events == [UsageChanged("notes")]
