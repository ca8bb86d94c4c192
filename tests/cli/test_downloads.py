"""Downloads seen and steered from the command line."""

from tests.cli.conftest import MODEL, WEIGHTS
from tests.support.fake_hub import Fault


def test_a_failed_one_is_listed_with_its_reason_and_can_be_tried_again(call, published, cache):
    published.fail("model.safetensors", Fault(corrupt_at=7), times=20)
    assert call("download", MODEL).code == 8
    (job,) = call("downloads", "list", "--json").json["downloads"]
    assert job["state"] == "failed"
    assert job["error"]["code"] == "ERR_INTEGRITY"
    listed = call("downloads", "list")
    assert job["id"] in listed.out
    assert "failed" in listed.out
    published.heal()
    again = call("downloads", "retry", job["id"], "--json")
    assert again.code == 0
    assert again.events[-1]["event"] == "done"


def test_a_stopped_one_goes_on_from_what_is_here(call, stopped):
    again = call("downloads", "retry", MODEL, "--json")
    assert again.code == 0
    done = again.events[-1]
    assert done["bytes_reused"] >= stopped - (256 << 10)
    assert done["bytes_fetched"] <= len(WEIGHTS) - done["bytes_reused"] + 1000


def test_going_on_can_be_planned(call, stopped, published):
    before, sent = call("downloads", "list", "--json").json, published.file_bytes_sent
    for command in ("retry", "resume"):
        plan = call("downloads", command, MODEL, "--dry-run", "--json").json
        assert plan["event"] == "plan"
        assert 0 < plan["bytes_to_fetch"] < plan["bytes_total"]
    assert published.file_bytes_sent == sent
    assert call("downloads", "list", "--json").json == before


def test_a_job_is_found_by_id_model_name_and_alias(call, installed):
    (job,) = call("downloads", "list", "--json").json["downloads"]
    for text in (job["id"], MODEL, "bge-small-en-v1.5", "bge-small"):
        assert call("downloads", "cancel", text, "--json").json["id"] == job["id"]


def test_what_has_ended_is_not_paused_and_that_is_said(call, installed):
    answer = call("downloads", "pause", MODEL)
    assert answer.code == 0
    assert "nothing to pause" in answer.err
    assert "is done" in answer.out


def test_an_empty_list_offers_the_next_step(call, cache):
    answer = call("downloads", "list")
    assert (answer.code, answer.out) == (0, "")
    assert "modelshelf download" in answer.err
