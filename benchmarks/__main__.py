"""Run benchmarks, each in a process of its own: `python -m benchmarks [stores] [catalogue]`.

A name is a room or one of its modules (`stores.scan`); without names all of them run.
"""

from __future__ import annotations

import importlib.util
import pkgutil
import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def found() -> list[str]:
    """Return every benchmark by its name, `room.module`, in order."""
    rooms = [room.name for room in pkgutil.iter_modules([str(_HERE)]) if room.ispkg]
    return [
        f"{room}.{module.name}"
        for room in rooms
        for module in pkgutil.iter_modules([str(_HERE / room)])
        if _has_main(room, module.name)
    ]


def _has_main(room: str, module: str) -> bool:
    source = importlib.util.find_spec(f"benchmarks.{room}.{module}")
    return bool(source and source.origin and "def main(" in Path(source.origin).read_text("utf-8"))


def main(names: list[str]) -> int:
    """Run the chosen benchmarks one after the other; return 1 when one missed its bar."""
    benchmarks = found()
    chosen = [b for b in benchmarks if not names or b in names or b.split(".")[0] in names]
    if not chosen:
        print(f"There is no such benchmark. There are: {', '.join(benchmarks)}", file=sys.stderr)
        return 2
    missed: list[str] = []
    for name in chosen:
        print(f"== {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        if subprocess.run(command, cwd=_HERE.parent, check=False).returncode:
            missed.append(name)
        print(flush=True)
    if missed:
        print(f"Outside their bars: {', '.join(missed)}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
