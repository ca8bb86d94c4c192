"""Numbers to words and back. Sizes are decimal: 1 GB = 10^9 bytes, as on disks and the Hub."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from modelshelf.core.errors import InputError
from modelshelf.core.model import printable

_STEPS = ((10**3, "kB"), (10**6, "MB"), (10**9, "GB"), (10**12, "TB"))
_SIZE = re.compile(r"\s*(\d{1,30}(?:\.\d{1,30})?)\s*([kKMGT]?)(i?)[bB]?\s*", re.ASCII)
_LARGEST = 2**63 - 1
_POWERS = {"": 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4}


def format_bytes(count: int | None) -> str:
    """Return `count` bytes as `1.2 GB`; GB and TB with one decimal, `unknown` for None."""
    if count is None:
        return "unknown"
    if abs(count) < 1000:
        return f"{count} B"
    for step, unit in _STEPS:
        shown = count / step
        small = unit == "MB" and abs(round(shown, 1)) < 10
        digits = 1 if small or unit in ("GB", "TB") else 0
        # 999,960,000 is "1.0 GB", not "1000 MB".
        if abs(round(shown, digits)) < 1000:
            return f"{shown:.{digits}f} {unit}"
    return f"{count / 10**12:,.1f} TB"


def format_exact_bytes(count: int) -> str:
    """Return `1,234,567 bytes`, for tooltips."""
    return f"{count:,} byte" if count == 1 else f"{count:,} bytes"


def format_speed(bytes_per_second: float) -> str:
    """Return `41.3 MB/s`."""
    return f"{format_bytes(int(bytes_per_second))}/s"


def format_count(count: int) -> str:
    """Return a parameter count as people say it: `22.7 M`, `8.03 B`."""
    if count < 1000:
        return str(count)
    for step, unit in ((10**3, "k"), (10**6, "M"), (10**9, "B"), (10**12, "T")):
        shown = count / step
        digits = 2 if round(shown, 2) < 10 else 1 if round(shown, 1) < 100 else 0
        if round(shown, digits) < 1000:
            return f"{shown:.{digits}f} {unit}"
    return f"{count / 10**12:,.0f} T"


def format_duration(seconds: float | None) -> str:
    """Return `1 min 53 s`, `2 h 5 min`, `3 days`; empty for None and for ever."""
    if seconds is None or not math.isfinite(seconds):
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
    """Return how long ago `moment` was: `just now`, `5 minutes ago`, `yesterday`, `12 Mar 2026`.

    A moment that is still to come, as a wrong clock leaves behind, is a date.
    """
    days = (now.astimezone().date() - moment.astimezone().date()).days
    passed = now - moment
    if timedelta(days=-1) < passed < timedelta(minutes=1):
        return "just now"
    if days == 0:
        if passed < timedelta(hours=1):
            minutes = int(passed.total_seconds() // 60)
            return "a minute ago" if minutes == 1 else f"{minutes} minutes ago"
        hours = int(passed.total_seconds() // 3600)
        return "an hour ago" if hours <= 1 else f"{hours} hours ago"
    if days == 1:
        return "yesterday"
    if 1 < days < 7:
        return f"{days} days ago"
    local = moment.astimezone()
    return f"{local.day} {local:%b %Y}"


def parse_size(text: str) -> int:
    """Read `20M`, `1.5 GB`, `512KiB` or `1000` as bytes; a bare letter is decimal.

    Raises:
        InputError: when `text` is not a size.
    """
    match = _SIZE.fullmatch(text)
    size = 0
    if match is not None:
        number, power, binary = match.groups()
        size = int(Decimal(number) * (1024 if binary else 1000) ** _POWERS[power])
    if match is None or size > _LARGEST:
        raise InputError(
            f"“{printable(text, 40)}” is not a size.", hint="Write it like 20M, 1.5GB or 512KiB."
        )
    return size


def utc_now() -> datetime:
    """The present moment, with its zone; what gets stored is always UTC."""
    return datetime.now(UTC)
