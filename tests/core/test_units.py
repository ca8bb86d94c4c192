import contextlib
import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelshelf.core.errors import InputError
from modelshelf.core.units import (
    format_ago,
    format_bytes,
    format_count,
    format_duration,
    format_exact_bytes,
    format_speed,
    parse_size,
)


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (None, "unknown"),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (8192, "8 kB"),
        (999_499, "999 kB"),
        (999_999, "1.0 MB"),
        (2_340_000, "2.3 MB"),
        (9_960_000, "10 MB"),
        (436_000_000, "436 MB"),
        (960_000_000, "960 MB"),
        (999_960_000, "1.0 GB"),
        (1_191_586_416, "1.2 GB"),
        (16_060_000_000, "16.1 GB"),
        (999_990_000_000, "1.0 TB"),
        (3 * 10**15, "3,000.0 TB"),
        (-1_900_000_000, "-1.9 GB"),
    ],
)
def test_sizes_are_decimal_as_on_disks_and_the_hub(count: int | None, shown: str):
    assert format_bytes(count) == shown


@given(count=st.integers(0, 10**14))
def test_a_shown_size_is_read_back_within_its_rounding(count: int):
    shown = format_bytes(count)
    assert abs(parse_size(shown) - count) <= max(0.051 * count, 500)
    number = shown.split(" ")[0]
    assert len(number.replace(".", "")) <= 4


def test_exact_sizes_and_speeds():
    assert format_exact_bytes(1_234_567) == "1,234,567 bytes"
    assert format_exact_bytes(1) == "1 byte"
    assert format_speed(41_300_000.7) == "41 MB/s"
    assert format_speed(0) == "0 B/s"


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (70_426_624, "70.4 M"),
        (22_713_216, "22.7 M"),
        (8_030_261_248, "8.03 B"),
        (9_996_000, "10.0 M"),
        (124_439_808, "124 M"),
        (999_960, "1.00 M"),
        (1_600_000_000_000, "1.60 T"),
    ],
)
def test_parameters_are_said_as_people_say_them(count: int, shown: str):
    assert format_count(count) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, ""),
        (math.inf, ""),
        (math.nan, ""),
        (-5, "0 s"),
        (0.4, "0 s"),
        (59.6, "1 min"),
        (113, "1 min 53 s"),
        (3599.7, "1 h"),
        (7500, "2 h 5 min"),
        (3 * 86_400, "3 days"),
    ],
)
def test_durations(seconds: float | None, shown: str):
    assert format_duration(seconds) == shown


NOON = datetime(2026, 11, 20, 12, 0).astimezone()


@pytest.mark.parametrize(
    ("before", "shown"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=1), "a minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "an hour ago"),
        (timedelta(hours=11), "11 hours ago"),
        (timedelta(hours=13), "yesterday"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=8), "12 Nov 2026"),
        (timedelta(days=-3650), "17 Nov 2036"),
    ],
)
def test_how_long_ago(before: timedelta, shown: str):
    assert format_ago((NOON - before).astimezone(UTC), NOON) == shown


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1000", 1000),
        ("20M", 20_000_000),
        ("1.5 GB", 1_500_000_000),
        ("0.29GB", 290_000_000),
        ("512KiB", 524_288),
        ("1Ti", 2**40),
        (" 5k ", 5000),
        ("7B", 7),
    ],
)
def test_sizes_as_people_type_them(text: str, size: int):
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text", ["", "M", "-5", "1,5 GB", "5 PB", "1e9", "٣", "9" * 500, "9" * 30 + "T", "5\x1bM"]
)
def test_what_is_no_size_is_refused_with_an_example(text: str):
    with pytest.raises(InputError, match="is not a size") as caught:
        parse_size(text)
    assert "20M" in caught.value.hint
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 100


@settings(max_examples=200)
@given(text=st.text(max_size=30))
def test_any_text_is_a_size_or_refused(text: str):
    with contextlib.suppress(InputError):
        assert 0 <= parse_size(text) < 2**63
