"""What a command loads: only what it needs, so that it answers at once."""

import subprocess
import sys

import pytest

HEAVY = ("huggingface_hub", "httpx2", "PySide6", "qasync", "modelshelf.sample", "modelshelf.gui")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["list", "--json"], ["status"]])
def test_commands_that_ask_no_hub_load_nothing_heavy(arguments, cache):
    program = (
        "import sys\n"
        "from modelshelf.cli.main import modelshelf, run\n"
        f"code = run(modelshelf, {arguments!r})\n"
        "print(*sys.modules, file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(answer.stderr.split())
    assert "modelshelf.core.shelf" in loaded
    assert not [name for name in HEAVY if name in loaded]
