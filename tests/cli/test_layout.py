"""What fits on a terminal, and what is done with what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelshelf.cli.layout import (
    Column,
    clipped,
    display_width,
    encodable,
    labelled,
    table,
    visible,
    wrapped,
)

COLUMNS = (
    Column("Model", spills=True),
    Column("Type", leaves=2),
    Column("Size", is_right=True),
    Column("Used by", shrinks=True, leaves=1),
)
ROWS = [
    *([("acme/tiny", "llm", "7 B", "")] * 20),
    ("a-long-owner/and-a-very-long-name-indeed", "embedding", "12.3 GB", "a collection, a tier"),
]


def test_columns_line_up_and_numbers_stand_at_the_right():
    lines = table(COLUMNS, ROWS, None)
    assert lines[0].split() == ["Model", "Type", "Size", "Used", "by"]
    ends = {line.index("B") for line in lines[1:21]} | {lines[21].index("GB") + 1}
    assert len(ends) == 1


def test_nothing_is_cut_or_wrapped_in_a_file():
    lines = table(COLUMNS, ROWS, None)
    assert len(lines) == len(ROWS) + 1
    assert all(cell in lines[-1] for cell in ROWS[-1])


def test_a_column_with_nothing_in_it_is_not_shown():
    assert "Used by" not in table(COLUMNS, ROWS[:3], None)[0]


@pytest.mark.parametrize("width", [40, 50, 60, 72, 80, 120])
def test_lines_fit_and_ids_are_never_broken(width):
    lines = table(COLUMNS, ROWS, width)
    assert max(map(display_width, lines)) <= width
    assert any(ROWS[-1][0] in line for line in lines)
    assert any("12.3 GB" in line for line in lines)


def test_a_rare_long_id_gets_a_line_of_its_own_so_that_the_others_stay_narrow():
    lines = table(COLUMNS, ROWS, 60)
    assert lines[-2] == ROWS[-1][0]
    assert lines[-1].split()[:2] == ["embedding", "12.3"]


def test_sentences_are_wrapped_at_words_and_paths_stay_whole():
    path = "/a/very/long/path/that/is/longer/than/the/terminal/is/wide/and-has-hyphens"
    lines = wrapped(f"It is at {path} now.", 40, indent="  ", hanging="    ")
    assert lines[0] == "  It is at"
    assert any(line.strip() == path for line in lines)


def test_labels_stand_in_one_column():
    lines = labelled([("Size:", "1 GB"), ("Licence:", "a b c " * 10)], 40)
    assert {len(label) for label, _ in lines} == {10}
    assert len(lines) > 2


@given(st.text(max_size=30), st.integers(min_value=1, max_value=40))
def test_clipped_text_is_never_wider_than_asked(text, width):
    assert display_width(clipped(text, width)) <= width


def test_wide_characters_count_twice():
    assert display_width("模型") == 4
    assert display_width("e\u0301") == 1
    assert clipped("模型模型", 5) == "模型…"


@given(st.text(max_size=50))
def test_nothing_shown_can_steer_a_terminal(text):
    shown = visible(text)
    assert shown.replace("\n", "").isprintable()
    assert "\x1b" not in shown


@given(st.text(max_size=50), st.sampled_from(["ascii", "latin-1", "utf-8", "cp1252"]))
def test_whatever_the_terminal_knows_there_is_something_to_show(text, encoding):
    encodable(visible(text), encoding).encode(encoding)


def test_typographic_characters_have_plain_relatives():
    assert encodable("“x” …", "ascii") == '"x" ...'
