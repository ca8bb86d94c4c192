"""What the plan says before anything is fetched."""

from pathlib import Path

import pytest
from tests.core.downloads.conftest import MODEL, Rig

from modelshelf.core.downloads.request import DownloadRequest
from modelshelf.core.downloads.selection import VariantNeededError
from modelshelf.core.errors import GatedError, NotFoundError, TokenError
from modelshelf.core.model import ModelId
from modelshelf.core.plan import FindingKind, Weight
from modelshelf.sample.model import Consent, Gate

FILES = {"config.json": b"{}", "model.safetensors": b"w" * 5000, "pytorch_model.bin": b"p" * 5000}


def test_a_plan_names_files_bytes_and_place(rig: Rig):
    rig.hub.put(MODEL, FILES)
    plan = rig.plan(rig.queue())
    assert [file.path for file in plan.files] == ["config.json", "model.safetensors"]
    assert (plan.bytes_total, plan.bytes_here, plan.bytes_to_fetch) == (5002, 0, 5002)
    assert plan.disk_after == plan.disk_free - 5002
    assert plan.folder == rig.repo
    assert not plan.is_blocked
    assert not rig.repo.exists(), "planning changes nothing"
    printed = plan.as_json()
    assert printed["bytes_to_fetch"] == 5002
    assert [v["name"] for v in printed["variants"]] == ["safetensors", "pytorch"]  # pyright: ignore


def test_the_same_content_twice_is_counted_and_fetched_once(rig: Rig):
    rig.hub.put(MODEL, {"a.json": b"same bytes", "b.json": b"same bytes"})
    assert rig.plan(rig.queue()).bytes_total == 10
    job = rig.download()
    assert rig.content(job) == {"a.json": b"same bytes", "b.json": b"same bytes"}
    assert job.bytes_fetched == 10


def test_quantisations_need_a_choice(rig: Rig):
    rig.hub.put(MODEL, {"m-Q4_K_M.gguf": b"4", "m-Q8_0.gguf": b"88"})
    queue = rig.queue()
    with pytest.raises(VariantNeededError, match="Q4_K_M"):
        rig.plan(queue)
    assert [f.path for f in rig.plan(queue, variant="Q8_0").files] == ["m-Q8_0.gguf"]


def test_a_renamed_model_is_kept_under_its_present_name(rig: Rig):
    rig.hub.put("acme/new-name", FILES, aliases=("acme/old-name",))
    plan = rig.queue().plan(DownloadRequest(ModelId("acme/old-name")))
    assert plan.model_id == "acme/new-name"
    assert plan.folder.name == "models--acme--new-name"


def test_a_revision_that_does_not_exist_is_not_found(rig: Rig):
    rig.hub.put(MODEL, FILES)
    with pytest.raises(NotFoundError):
        rig.plan(rig.queue(), revision="no-such-branch")


@pytest.mark.parametrize(
    ("token", "consent", "error"),
    [
        (None, Consent.NONE, GatedError),
        ("good", Consent.NONE, GatedError),
        ("good", Consent.PENDING, GatedError),
        ("hf_wrongwrongwrongwrongwrongwrongwrong", Consent.ACCEPTED, TokenError),
    ],
)
def test_a_gated_model_is_refused_before_anything_is_written(rig: Rig, token, consent, error):
    rig.hub.put(MODEL, FILES, gate=Gate.MANUAL, consent=consent)
    rig.token[0] = rig.hub.token if token == "good" else token
    with pytest.raises(error) as refusal:
        rig.plan(rig.queue())
    assert refusal.value.exit_code == 5
    assert "http" in refusal.value.hint
    assert not rig.repo.exists()


def test_a_gated_model_comes_with_access(rig: Rig):
    rig.hub.put(MODEL, FILES, gate=Gate.MANUAL, consent=Consent.ACCEPTED)
    rig.token[0] = rig.hub.token
    assert rig.plan(rig.queue()).gated
    assert rig.content(rig.download())["model.safetensors"] == FILES["model.safetensors"]


def test_a_model_in_another_store_is_mentioned(rig: Rig, tmp_path: Path):
    rig.hub.put(MODEL, FILES)
    rig.download()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    plan = rig.plan(rig.queue(), store=elsewhere)
    (finding,) = plan.findings
    assert (finding.kind, finding.weight) == (FindingKind.SHARED_BYTES, Weight.INFORMATION)
    assert plan.store == elsewhere
    job = rig.download(store=elsewhere)
    assert Path(job.path).is_relative_to(elsewhere)


def test_a_truncated_blob_is_fetched_again(rig: Rig):
    rig.hub.put(MODEL, FILES)
    job = rig.download()
    weights = (Path(job.path) / "model.safetensors").resolve()
    weights.write_bytes(b"")
    plan = rig.plan(rig.queue())
    assert plan.bytes_to_fetch == 5000
    assert rig.content(rig.download())["model.safetensors"] == FILES["model.safetensors"]
