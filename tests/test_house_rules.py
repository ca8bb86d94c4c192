"""Rules that no linter knows: nobody waits by time, nobody writes colours into code."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(path for folder in ("src", "tests") for path in (ROOT / folder).rglob("*.py"))
_WAITING = re.compile(r"\btime\.sleep\(|\bqtbot\.wait\(|\bQTest\.qWait\(|\bprocessEvents\(")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_waits_by_time(path: Path):
    found = _WAITING.findall(path.read_text(encoding="utf-8"))
    if path != Path(__file__).resolve():
        assert not found, f"{path.name} waits by time: {found}"
