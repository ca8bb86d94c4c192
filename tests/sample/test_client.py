"""The unmodified huggingface_hub client against the sample hub."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from modelshelf.sample.access import Account
from modelshelf.sample.model import Consent, Gate, SampleModel
from modelshelf.sample.server import SampleHub
from tests.support.hub_client import ask_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WEIGHTS = hashlib.shake_128(b"weights").digest(1_500_000)
README = b"---\nlicense: mit\nlanguage: en\npipeline_tag: fill-mask\nlibrary_name: x\n---\nText\n"
FILES = {
    "README.md": README,
    "config.json": b'{"model_type": "bert", "architectures": ["BertModel"]}',
    "1_Pooling/config.json": b"{}",
    "onnx/deep/model.onnx": b"onnx",
    "model.safetensors": WEIGHTS,
}


@pytest.fixture
def hub() -> Iterator[SampleHub]:
    models = [
        SampleModel.from_bytes("acme/tiny", FILES),
        SampleModel.from_bytes("acme/gated", FILES, gate=Gate.AUTO),
        SampleModel.from_bytes("acme/other", {"config.json": b"{}"}),
    ]
    with SampleHub(models, page_size=2) as hub:
        yield hub


def test_a_snapshot_is_downloaded_from_two_origins(hub: SampleHub, tmp_path: Path) -> None:
    code = """
        answer["path"] = h.snapshot_download("acme/tiny")
        answer["again"] = h.snapshot_download("acme/tiny", local_files_only=True)
        answer["one"] = h.hf_hub_download("acme/tiny", "config.json")
        answer["problems"] = len(h.scan_cache_dir().warnings)
        check = api.verify_repo_checksums("acme/tiny")
        answer["checked"] = check.checked_count
        answer["wrong"] = [str(item) for item in check.mismatches]
    """
    answer = ask_client(hub.url, code, tmp_path / "hf")
    folder = tmp_path / "hf/hub/models--acme--tiny/snapshots" / hub.model("acme/tiny").head.sha
    assert answer["path"] == answer["again"] == str(folder)
    assert answer["one"] == str(folder / "config.json")
    assert {path: (folder / path).read_bytes() for path in FILES} == FILES
    assert (answer["problems"], answer["checked"], answer["wrong"]) == (0, len(FILES), [])


def test_facts_are_read_from_the_files(hub: SampleHub, tmp_path: Path) -> None:
    code = """
        info = api.model_info("acme/tiny", files_metadata=True)
        answer["licence"] = info.card_data.license
        answer["facts"] = [info.pipeline_tag, info.library_name, info.gated, info.config]
        answer["tags"] = info.tags
        answer["files"] = {s.rfilename: [s.size, s.lfs and s.lfs.sha256] for s in info.siblings}
        answer["expanded"] = api.model_info("acme/tiny", expand=["gated", "sha"]).sha
        answer["refs"] = [ref.name for ref in api.list_repo_refs("acme/tiny").branches]
        answer["commits"] = [commit.commit_id for commit in api.list_repo_commits("acme/tiny")]
        answer["exists"] = [api.file_exists("acme/tiny", name) for name in ("config.json", "no")]
    """
    answer = ask_client(hub.url, code, tmp_path / "hf")
    config = {"model_type": "bert", "architectures": ["BertModel"]}
    assert answer["licence"] == "mit"
    assert answer["facts"] == ["fill-mask", "x", False, config]
    assert "license:mit" in answer["tags"]
    digest = hashlib.sha256(WEIGHTS).hexdigest()
    assert answer["files"]["model.safetensors"] == [len(WEIGHTS), digest]
    assert answer["files"]["README.md"] == [len(README), None]
    assert answer["expanded"] == hub.model("acme/tiny").head.sha
    assert answer["refs"] == ["main"]
    assert answer["commits"] == [hub.model("acme/tiny").head.sha]
    assert answer["exists"] == [True, False]


def test_trees_and_searches_come_in_pages(hub: SampleHub, tmp_path: Path) -> None:
    code = """
        tree = list(api.list_repo_tree("acme/tiny", recursive=True))
        answer["all"] = sorted(entry.path for entry in tree)
        answer["oids"] = {entry.path: entry.blob_id for entry in tree if hasattr(entry, "blob_id")}
        answer["top"] = sorted(entry.path for entry in api.list_repo_tree("acme/tiny"))
        answer["deep"] = [e.path for e in api.list_repo_tree("acme/tiny", "onnx/deep")]
        answer["expanded"] = [
            e.last_commit.title for e in api.list_repo_tree("acme/tiny", "1_Pooling", expand=True)
        ]
        asked = ["onnx", "no", "README.md"]
        answer["paths"] = [entry.path for entry in api.get_paths_info("acme/tiny", asked)]
        answer["found"] = sorted(model.id for model in api.list_models(search="ACME"))
        open_ones = api.list_models(filter="license:mit", gated=False)
        answer["filtered"] = [model.id for model in open_ones]
        answer["limited"] = len(list(api.list_models(search="acme", limit=1)))
        answer["author"] = len(list(api.list_models(author="acme", sort="downloads", full=True)))
    """
    answer = ask_client(hub.url, code, tmp_path / "hf")
    assert answer["all"] == sorted([*FILES, "1_Pooling", "onnx", "onnx/deep"])
    git_sha1 = hashlib.sha1(b"blob %d\0" % len(README) + README).hexdigest()
    assert answer["oids"]["README.md"] == git_sha1
    assert answer["top"] == ["1_Pooling", "README.md", "config.json", "model.safetensors", "onnx"]
    assert answer["deep"] == ["onnx/deep/model.onnx"]
    assert answer["expanded"] == ["Add the model"]
    assert answer["paths"] == ["onnx", "README.md"]
    assert answer["found"] == ["acme/gated", "acme/other", "acme/tiny"]
    assert answer["filtered"] == ["acme/tiny"]
    assert (answer["limited"], answer["author"]) == (1, 3)


def test_what_is_missing_is_named(hub: SampleHub, tmp_path: Path) -> None:
    code = """
        answer["repo"] = failure(api.model_info, "acme/none")
        answer["revision"] = failure(api.model_info, "acme/tiny", revision="v9")
        answer["file"] = failure(h.hf_hub_download, "acme/tiny", "no.bin")
        answer["folder"] = failure(lambda: list(api.list_repo_tree("acme/tiny", "no")))
        answer["login"] = failure(api.whoami, token="hf_wrong")
    """
    answer = ask_client(hub.url, code, tmp_path / "hf")
    assert answer["repo"][0] == "RepositoryNotFoundError"
    assert answer["revision"][0] == "RevisionNotFoundError"
    assert answer["file"][0] == "RemoteEntryNotFoundError"
    assert "EntryNotFoundError" in answer["folder"]
    assert answer["login"][0] == "HfHubHTTPError"


def test_a_gate_opens_to_those_who_accepted(hub: SampleHub, tmp_path: Path) -> None:
    hub.add_account(Account("hf_narrow", "narrow", can_read_gated=False))
    code = """
        answer["listed"] = [s.rfilename for s in api.model_info("acme/gated", token=False).siblings]
        answer["anonymous"] = failure(h.hf_hub_download, "acme/gated", "config.json", token=False)
        answer["narrow"] = failure(api.auth_check, "acme/gated", token="hf_narrow")
        answer["invalid"] = failure(api.auth_check, "acme/gated", token="hf_wrong")
        answer["asked"] = failure(api.auth_check, "acme/gated")
        answer["name"] = api.whoami()["name"]
    """
    answer = ask_client(hub.url, code, tmp_path / "hf", token=hub.token)
    assert "config.json" in answer["listed"]
    for case in ("anonymous", "narrow", "asked"):
        assert "GatedRepoError" in answer[case], case
    assert answer["invalid"][0] == "HfHubHTTPError"
    assert answer["name"] == "sample-reader"
    hub.set_consent("acme/gated", Consent.ACCEPTED)
    code = """
        api.auth_check("acme/gated")
        answer["path"] = h.hf_hub_download("acme/gated", "model.safetensors")
    """
    assert ask_client(hub.url, code, tmp_path / "hf", token=hub.token)["path"]


def test_former_ids_and_older_revisions_lead_somewhere(hub: SampleHub, tmp_path: Path) -> None:
    old = SampleModel.from_files(
        "acme/moved", SampleModel.from_bytes("x/y", FILES).head.files, aliases=("moved",)
    )
    hub.add(old.with_tag("v1.0", old.head.sha))
    new = hub.publish_update("acme/moved", {"config.json": b'{"new": true}', "README.md": None})
    code = """
        info = api.model_info("moved")
        answer["id"], answer["sha"] = info.id, info.sha
        answer["path"] = h.snapshot_download("moved")
        answer["old"] = api.model_info("acme/moved", revision="v1.0").sha
        config = h.hf_hub_download("acme/moved", "config.json", revision="v1.0")
        answer["config"] = open(config).read()
        answer["files"] = api.list_repo_files("acme/moved")
        answer["history"] = [commit.commit_id for commit in api.list_repo_commits("acme/moved")]
    """
    answer = ask_client(hub.url, code, tmp_path / "hf")
    assert (answer["id"], answer["sha"]) == ("acme/moved", new)
    assert answer["path"].endswith(new)
    assert answer["old"] == old.head.sha
    assert answer["config"] == FILES["config.json"].decode()
    assert "README.md" not in answer["files"]
    assert answer["history"] == [new, old.head.sha]


def test_safetensors_headers_are_read_by_ranges(tmp_path: Path) -> None:
    header = b'{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}   '
    content = len(header).to_bytes(8, "little") + header + bytes(24)
    model = SampleModel.from_bytes("acme/st", {"model.safetensors": content})
    with SampleHub([model]) as hub:
        code = """
            meta = api.get_safetensors_metadata("acme/st")
            answer["counts"] = meta.parameter_count
            answer["told"] = api.model_info("acme/st").safetensors.total
        """
        answer = ask_client(hub.url, code, tmp_path / "hf")
    assert answer == {"counts": {"F32": 6}, "told": 6}
