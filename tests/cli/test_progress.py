"""The one moving line of a download."""

import pytest

from modelshelf.cli.layout import display_width
from modelshelf.cli.progress import progress_line
from modelshelf.core.events import JobProgress
from modelshelf.core.model import ModelId

MODEL = ModelId("sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2")


def at(done: int, total: int = 8_000_000_000, speed: float = 41_300_000) -> JobProgress:
    eta = (total - done) / speed if speed else None
    return JobProgress("job", MODEL, done, total, speed, eta)


@pytest.mark.parametrize("width", [20, 40, 60, 77, 100, 200])
@pytest.mark.parametrize("done", [0, 1, 3_999_999_999, 7_999_999_999, 8_000_000_000])
def test_it_fits_whatever_the_terminal(width, done):
    assert display_width(progress_line(at(done), width)) <= width


def test_it_says_everything_where_there_is_room():
    line = progress_line(at(2_000_000_000), 120)
    assert "paraphrase-multilingual-MiniLM-L12-v2" in line
    for part in ("25 %", "2.0 GB of 8.0 GB", "41 MB/s", "2 min 25 s left", "━", "─"):
        assert part in line


def test_what_matters_least_goes_first():
    assert "left" not in progress_line(at(2_000_000_000), 50)
    assert "%" in progress_line(at(2_000_000_000), 24)


def test_the_bar_is_full_at_the_end_only():
    assert "─" in progress_line(at(7_999_999_999), 120)
    full = progress_line(at(8_000_000_000), 120)
    assert "─" not in full
    assert "100 %" in full
    assert "MB/s" not in full


def test_no_speed_and_no_time_are_shown_before_they_are_known():
    line = progress_line(at(0, speed=0), 120)
    assert "/s" not in line
    assert "left" not in line
    assert progress_line(at(0, total=0), 80).endswith("starting")
