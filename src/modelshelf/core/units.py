"""Numbers to words and back. Sizes are decimal: 1 GB = 10^9 bytes, as on disks and the Hub."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from modelshelf.core.errors import InputError

_STEPS = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
_SIZE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([kKMGT]?)(i?)[bB]?\s*$")
_POWERS = {"": 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4}


def format_bytes(count: int | None) -> str:
    """Return `count` bytes as `1.2 GB`; GB and TB with one decimal, `unknown` for None."""
    if count is None:
        return "unknown"
    for step, unit in _STEPS:
        # 999,960,000 is "1.0 GB", not "1000 MB".
        shown = count / step
        if unit in ("GB", "TB") and round(shown, 1) >= 1:
            return f"{shown:.1f} {unit}"
        if unit == "MB" and shown >= 1:
            return f"{shown:.1f} MB" if round(shown, 1) < 10 else f"{shown:.0f} MB"
        if unit == "kB" and shown >= 1:
            return f"{shown:.0f} kB"
    return f"{count} B"


def format_exact_bytes(count: int) -> str:
    """Return `1,234,567 bytes`, for tooltips."""
    return f"{count:,} byte" if count == 1 else f"{count:,} bytes"


def format_speed(bytes_per_second: float) -> str:
    """Return `41.3 MB/s`."""
    return f"{format_bytes(int(bytes_per_second))}/s"


def format_count(count: int) -> str:
    """Return a parameter count as people say it: `22.7 M`, `8.03 B`."""
    for step, unit in ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k")):
        if count >= step:
            shown = count / step
            digits = 2 if shown < 10 else 1 if shown < 100 else 0
            return f"{shown:.{digits}f} {unit}"
    return str(count)


def format_duration(seconds: float | None) -> str:
    """Return `1 min 53 s`, `2 h 5 min`, `3 days`; empty for None."""
    if seconds is None:
        return ""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} days"


def format_ago(moment: datetime, now: datetime) -> str:
    """Return how long ago `moment` was: `just now`, `5 minutes ago`, `yesterday`, `12 Mar 2026`."""
    days = (now.astimezone().date() - moment.astimezone().date()).days
    passed = now - moment
    if passed < timedelta(minutes=1):
        return "just now"
    if days == 0:
        if passed < timedelta(hours=1):
            minutes = int(passed.total_seconds() // 60)
            return "a minute ago" if minutes == 1 else f"{minutes} minutes ago"
        hours = int(passed.total_seconds() // 3600)
        return "an hour ago" if hours <= 1 else f"{hours} hours ago"
    if days == 1:
        return "yesterday"
    if days < 7:
        return f"{days} days ago"
    local = moment.astimezone()
    return f"{local.day} {local:%b %Y}"


def parse_size(text: str) -> int:
    """Read `20M`, `1.5 GB`, `512KiB` or `1000` as bytes; a bare letter is decimal.

    Raises:
        InputError: when `text` is not a size.
    """
    match = _SIZE.match(text)
    if match is None:
        raise InputError(f"“{text}” is not a size.", hint="Write it like 20M, 1.5GB or 512KiB.")
    number, power, binary = match.groups()
    base = 1024 if binary else 1000
    return int(float(number) * base ** _POWERS[power])


def utc_now() -> datetime:
    """The present moment, with its zone; what gets stored is always UTC."""
    return datetime.now(UTC)
