"""A program that has a file open or mapped, as a model server would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import mmap, sys
path, how = sys.argv[1:3]
file = open(path, "rb")
if how == "mapped":
    # llama.cpp closes the file once it is mapped.
    held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    file.close()
sys.stdout.write("ready\\n")
sys.stdout.flush()
sys.stdin.readline()
"""


class FileHolder:
    """`how` is `open` or `mapped`. The script is called `serve.py` and gets secret arguments."""

    def __init__(self, path: Path, how: str, folder: Path) -> None:
        script = folder / "serve.py"
        script.write_text(_PROGRAM)
        self._process = subprocess.Popen(
            [sys.executable, str(script), str(path), how, "--token", "hf_secret"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def __enter__(self) -> FileHolder:
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.kill()
        self._process.communicate(timeout=10)
