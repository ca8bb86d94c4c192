import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelshelf.core.downloads.journal import (
    Journal,
    JournalHeader,
    bytes_recorded,
    read_journal,
)

SLOT = 4096
HEADER = JournalHeader("acme/tiny", "c" * 40, "model.safetensors", "b" * 64, 3 * SLOT + 10, SLOT)


def journal(path: Path, *counts: int) -> None:
    made = Journal.open(path, HEADER, arrived=HEADER.size)
    for slot, count in enumerate(counts):
        made.record(slot, count)
    made.close()


def test_what_was_recorded_is_there_after_a_crash(tmp_path: Path):
    path = tmp_path / "x.journal"
    journal(path, SLOT, 17, 0, 10)
    again = Journal.open(path, HEADER, arrived=HEADER.size)
    again.close()
    assert again.counts == [SLOT, 17, 0, 10]


def test_a_journal_never_changes_its_length(tmp_path: Path):
    path = tmp_path / "x.journal"
    journal(path)
    before = path.stat().st_size
    journal(path, SLOT, SLOT, SLOT, 10)
    assert path.stat().st_size == before


@pytest.mark.parametrize(
    "other",
    [
        JournalHeader("acme/tiny", "c" * 40, "model.safetensors", "e" * 64, HEADER.size, SLOT),
        JournalHeader("acme/tiny", "c" * 40, "model.safetensors", "b" * 64, HEADER.size + 1, SLOT),
    ],
    ids=["another hash", "another size"],
)
def test_a_journal_of_other_content_is_begun_anew(tmp_path: Path, other: JournalHeader):
    path = tmp_path / "x.journal"
    journal(path, SLOT, SLOT)
    fresh = Journal.open(path, other, arrived=HEADER.size)
    fresh.close()
    assert fresh.counts == [0, 0, 0, 0]
    found = read_journal(path)
    assert found is not None
    assert found[0] == other


def test_the_same_content_at_another_commit_and_path_goes_on(tmp_path: Path):
    path = tmp_path / "x.journal"
    journal(path, SLOT)
    moved = JournalHeader("acme/tiny", "d" * 40, "weights.safetensors", "b" * 64, HEADER.size, SLOT)
    again = Journal.open(path, moved, arrived=HEADER.size)
    again.close()
    assert again.counts == [SLOT, 0, 0, 0]


def test_slots_of_an_older_version_keep_their_length(tmp_path: Path):
    path = tmp_path / "x.journal"
    journal(path, SLOT, 5)
    wider = JournalHeader("acme/tiny", "c" * 40, "model.safetensors", "b" * 64, HEADER.size)
    again = Journal.open(path, wider, arrived=HEADER.size)
    again.close()
    assert again.header.slot_size == SLOT
    assert again.counts == [SLOT, 5, 0, 0]


def test_nothing_is_believed_beyond_the_end_of_a_shrunken_partial(tmp_path: Path):
    path, part = tmp_path / "x.journal", tmp_path / "x.part"
    journal(path, SLOT, SLOT, SLOT, 10)
    part.write_bytes(bytes(SLOT + 100))
    assert bytes_recorded(path, part, HEADER.blob_name, HEADER.size) == SLOT + 100


def test_a_journal_without_its_partial_is_worth_nothing(tmp_path: Path):
    path = tmp_path / "x.journal"
    journal(path, SLOT)
    assert bytes_recorded(path, tmp_path / "x.part", HEADER.blob_name, HEADER.size) == 0


def test_a_count_longer_than_its_slot_is_not_believed(tmp_path: Path):
    path, part = tmp_path / "x.journal", tmp_path / "x.part"
    journal(path, SLOT + 1, SLOT, 0, 11)
    part.write_bytes(bytes(HEADER.size))
    assert bytes_recorded(path, part, HEADER.blob_name, HEADER.size) == SLOT


def _state_of(path: Path, content: bytes) -> list[int]:
    path.write_bytes(content)
    opened = Journal.open(path, HEADER, arrived=HEADER.size)
    opened.close()
    lengths = [HEADER.slot_length(slot) for slot in range(HEADER.slots)]
    assert len(opened.counts) == opened.header.slots
    assert all(0 <= count <= opened.header.slot_length(s) for s, count in enumerate(opened.counts))
    assert sum(lengths) == HEADER.size
    return opened.counts


@given(content=st.binary(max_size=600))
def test_any_bytes_are_a_fresh_journal(tmp_path_factory, content: bytes):
    path = tmp_path_factory.getbasetemp() / "any.journal"
    assert _state_of(path, content) == [0, 0, 0, 0]


@given(data=st.data())
def test_a_damaged_journal_is_a_valid_state_or_a_fresh_one(tmp_path_factory, data: st.DataObject):
    path = tmp_path_factory.getbasetemp() / "damaged.journal"
    path.unlink(missing_ok=True)
    journal(path, SLOT, 100, 0, 10)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        spot = data.draw(st.integers(0, len(content) - 1))
        content[spot] = data.draw(st.integers(0, 255))
    _state_of(path, bytes(content[: data.draw(st.integers(0, len(content)))]))


@given(
    header=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["model_id", "commit", "path", "blob_name", "size", "slot_size", "other"]
                ),
                inner,
                max_size=7,
            )
        ),
        max_leaves=8,
    )
)
def test_a_well_sealed_header_of_nonsense_is_a_fresh_journal(tmp_path_factory, header: object):
    import json  # noqa: PLC0415

    text = json.dumps(header).encode()
    prelude = struct.pack("<8sIII", b"MSHELFJ\n", 1, len(text), zlib.crc32(text))
    path = tmp_path_factory.getbasetemp() / "sealed.journal"
    assert _state_of(path, prelude + text) == [0, 0, 0, 0]
