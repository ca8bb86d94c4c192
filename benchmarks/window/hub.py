"""A sample hub in a process of its own, with a few large models and a speed limit."""

from __future__ import annotations

import sys
from pathlib import Path

from modelshelf.sample.content import SampleFile
from modelshelf.sample.model import SampleModel
from modelshelf.sample.server import SampleHub

_CONFIG = b'{"model_type": "gpt2"}'


def run(folder: Path, size: int, bytes_per_second: int, model_ids: list[str]) -> int:
    """Serve until standard input ends; the address is the first line on standard output."""
    weights = folder / "model.safetensors"
    with weights.open("wb") as file:
        file.truncate(size)
    files = [
        SampleFile.from_bytes("config.json", _CONFIG),
        SampleFile.from_path("model.safetensors", weights),
    ]
    models = [SampleModel.from_files(model_id, files) for model_id in model_ids]
    with SampleHub(models, bytes_per_second=bytes_per_second) as hub:
        print(hub.url, flush=True)
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
