"""The unmodified huggingface_hub client in its own process: it reads HF_ENDPOINT at import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_PRELUDE = """
import json
import huggingface_hub as h
from huggingface_hub import errors

def failure(call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except Exception as error:
        return [kind.__name__ for kind in type(error).__mro__]

api = h.HfApi()
answer = {}
"""


def ask_client(url: str, code: str, home: Path, *, token: str | None = None) -> dict[str, Any]:
    """Run `code` with `h` (huggingface_hub), `api` and `failure`; return what it put in `answer`.

    `failure(call, …)` gives the names of the error's classes. `home` is the client's HF_HOME.
    """
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    environment = {
        **inherited,
        "HF_ENDPOINT": url,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }
    if token is not None:
        environment["HF_TOKEN"] = token
    script = _PRELUDE + textwrap.dedent(code) + "\nprint(json.dumps(answer))\n"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
