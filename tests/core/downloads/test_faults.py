"""What networks and servers do, and what is left on the disk of it."""

import hashlib
import threading
from dataclasses import fields
from pathlib import Path

import pytest
from tests.core.downloads.conftest import HASTY, MIB, MODEL, Rig, noise
from tests.support.fake_hub import FakeHub, Fault

from modelshelf.core.cancel import CancelToken
from modelshelf.core.downloads.connections import Patience
from modelshelf.core.errors import ErrorCode
from modelshelf.core.jobs import JobRecord
from modelshelf.core.model import JobState

WEIGHTS = noise(3 * MIB + 77)
FILES = {"config.json": b'{"model_type": "bert"}', "model.safetensors": WEIGHTS}


@pytest.fixture(autouse=True)
def published(fake_hub: FakeHub) -> FakeHub:
    fake_hub.put(MODEL, FILES)
    return fake_hub


def assert_whole(rig: Rig, job: JobRecord) -> None:
    """A final name means whole, and nothing of ours is left beside it."""
    assert job.state is JobState.DONE, job.error
    assert rig.content(job) == FILES
    assert not rig.own.exists()
    assert_final_names_mean_whole(rig)


def assert_final_names_mean_whole(rig: Rig) -> None:
    for blob in (rig.repo / "blobs").iterdir():
        content = blob.read_bytes()
        git = hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()
        assert blob.name in (hashlib.sha256(content).hexdigest(), git)


def bytes_on_disk(rig: Rig) -> int:
    return sum(path.stat().st_size for path in rig.repo.rglob("*") if path.is_file())


def _name(value: object) -> str | None:
    if not isinstance(value, Fault):
        return None
    changed = [
        f"{f.name}={getattr(value, f.name)!r}"
        for f in fields(Fault)
        if getattr(value, f.name) not in (None, False, 0, {})
        or (f.name.endswith("_after") and getattr(value, f.name) == 0)
    ]
    return " ".join(changed)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(reset_after=1_000_000),
        Fault(cut_after=1_000_000),
        Fault(cut_after=0),
        Fault(length_lie=-1000, cut_after=500_000),
        Fault(length_lie=1000),
        Fault(no_length=True),
        Fault(wrong_range=5),
        Fault(hang_up=True),
        Fault(portal=True),
        Fault(gzip=True),
        Fault(expired=True),
        Fault(status=416),
        Fault(status=500),
        Fault(status=503, headers={"Retry-After": "0"}),
        Fault(status=429, headers={"Retry-After": "1000000000"}),
        Fault(status=429, headers={"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}),
        Fault(corrupt_at=5),
        Fault(ignore_range=True),
        Fault(etag='"0000"'),
    ],
    ids=_name,
)
def test_one_fault_is_survived(rig: Rig, fault: Fault):
    rig.hub.fail("model.safetensors", fault)
    assert_whole(rig, rig.download())
    assert rig.hub.faults_left == 0


def test_a_connection_that_breaks_again_and_again_still_gets_there(rig: Rig):
    rig.hub.fail("model.safetensors", Fault(cut_after=200_000), times=12)
    assert_whole(rig, rig.download())
    # What arrived before a cut is never sent again; a cut loses nothing.
    assert rig.hub.bytes_sent_for("model.safetensors") <= len(WEIGHTS) + (256 << 10)


def test_a_server_without_ranges_sends_one_stream(rig: Rig):
    rig.hub.fail("model.safetensors", Fault(ignore_range=True, cut_after=2_000_000), times=1)
    rig.hub.fail("model.safetensors", Fault(ignore_range=True), times=50)
    assert_whole(rig, rig.download())


def test_an_endless_body_ends_at_the_expected_size(rig: Rig):
    rig.hub.fail("model.safetensors", Fault(endless=True))
    assert_whole(rig, rig.download())


def test_a_stalled_connection_is_replaced(rig: Rig):
    gate = threading.Event()
    rig.hub.fail("model.safetensors", Fault(hold=gate, hold_after=1_000_000))
    queue = rig.queue(Patience(stall=0.2, first_delay=0.001, longest_delay=0.01))
    try:
        assert_whole(rig, rig.download(queue))
    finally:
        gate.set()


def test_a_server_that_drips_is_left(rig: Rig):
    rig.hub.fail("model.safetensors", Fault(drip=10))
    queue = rig.queue(Patience(slow_window=0.3, slowest=10_000, first_delay=0.001))
    assert_whole(rig, rig.download(queue))


def test_silence_without_end_is_a_timeout_that_keeps_what_came(rig: Rig):
    gate = threading.Event()
    rig.hub.fail("model.safetensors", Fault(hold=gate, hold_after=1_000_000))
    rig.hub.fail("model.safetensors", Fault(hold=gate), times=50)
    queue = rig.queue(Patience(stall=0.1, attempts=2, first_delay=0.001, longest_delay=0.01))
    try:
        job = rig.download(queue)
    finally:
        gate.set()
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code is ErrorCode.TIMEOUT
    assert job.bytes_done >= 1_000_000
    rig.hub.heal()
    again = rig.download(queue)
    assert_whole(rig, again)
    assert again.bytes_reused >= 1_000_000
    assert again.bytes_fetched <= len(WEIGHTS) - 1_000_000


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(reset_after=0), ErrorCode.NETWORK),
        (Fault(status=500), ErrorCode.NETWORK),
        (Fault(status=429), ErrorCode.NETWORK),
        (Fault(expired=True), ErrorCode.NETWORK),
        (Fault(status=404), ErrorCode.NOT_FOUND),
        (Fault(portal=True), ErrorCode.NETWORK),
        (Fault(wrong_range=5), ErrorCode.INTEGRITY),
        (Fault(redirect_to="http://127.0.0.1:9/elsewhere"), ErrorCode.NETWORK),
    ],
    ids=_name,
)
def test_a_fault_that_stays_ends_with_a_sentence_and_a_code(
    rig: Rig, fault: Fault, code: ErrorCode
):
    rig.hub.fail("model.safetensors", fault, times=100)
    job = rig.download()
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code is code
    assert job.error.message.endswith(".")
    assert "Traceback" not in job.error.details
    assert rig.hub.faults_left > 80, "retries without end"
    # What concerns one file keeps no other from coming.
    assert (rig.repo / "blobs").exists()
    assert_final_names_mean_whole(rig)


def test_wrong_bytes_are_fetched_once_more_and_then_refused(rig: Rig):
    rig.hub.fail("model.safetensors", Fault(corrupt_at=1_500_000), times=100)
    job = rig.download()
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code is ErrorCode.INTEGRITY
    assert "model.safetensors" in job.error.message
    assert hashlib.sha256(WEIGHTS).hexdigest() in job.error.message
    assert_final_names_mean_whole(rig)
    kept = list(rig.own.glob("*.rejected"))
    assert [path.stat().st_size for path in kept] == [len(WEIGHTS)]
    assert not list(rig.own.glob("*.part"))
    # The other file came all the same, and is not fetched again.
    rig.hub.heal()
    sent = rig.hub.bytes_sent_for("config.json")
    assert rig.download().state is JobState.DONE
    assert rig.hub.bytes_sent_for("config.json") == sent
    assert_final_names_mean_whole(rig)


def test_a_partial_that_was_damaged_on_disk_is_replaced(rig: Rig):
    gate = threading.Event()
    rig.hub.fail("model.safetensors", Fault(hold=gate, hold_after=2_000_000))
    queue = rig.queue()
    job = queue.add(rig.plan(queue))
    assert rig.wait_for(lambda: any(e.bytes_done >= 2_000_000 for e in rig.progress()))
    queue.cancel(job.id)
    gate.set()
    (part,) = rig.own.glob("*.part")
    with part.open("r+b") as file:
        file.seek(1000)
        file.write(b"rot")
    assert_whole(rig, rig.download(queue))


def test_an_address_that_expires_every_moment_is_asked_for_again(rig: Rig):
    big = noise(20 * MIB)
    rig.hub.put(MODEL, {"model.safetensors": big})
    rig.hub.fail("model.safetensors", Fault(expired=True), times=3)
    job = rig.download()
    assert job.state is JobState.DONE, job.error
    assert rig.content(job) == {"model.safetensors": big}


def test_the_token_goes_to_the_hub_alone(rig: Rig):
    rig.token[0] = rig.hub.token
    assert_whole(rig, rig.download())
    carried = {
        (one.origin, one.headers.get("Authorization") is not None)
        for one in rig.hub.requests_for("model.safetensors")
    }
    assert carried == {("cdn", False)}
    small = rig.hub.requests_for("config.json")
    assert all(one.headers.get("Authorization") for one in small)


def test_files_are_asked_for_as_they_are(rig: Rig):
    rig.download()
    for one in rig.hub.requests_for("model.safetensors"):
        assert one.headers["Accept-Encoding"] == "identity"
        assert one.headers["Range"].startswith("bytes=")


def test_no_error_and_no_record_holds_an_address_or_a_token(rig: Rig, caplog):
    rig.token[0] = rig.hub.token
    rig.hub.fail("model.safetensors", Fault(reset_after=0), times=100)
    job = rig.download()
    assert job.state is JobState.FAILED
    written = rig.database.path.read_bytes() + caplog.text.encode()
    wal = Path(f"{rig.database.path}-wal")
    written += wal.read_bytes() if wal.exists() else b""
    assert rig.hub.token.encode() not in written
    assert b"Signature" not in written
    assert repr(job).find("?") == -1


def test_a_hub_that_goes_away_ends_the_job_and_keeps_the_bytes(rig: Rig):
    rig.hub.put(MODEL, {"a.safetensors": noise(2 * MIB, 2), "b.safetensors": noise(2 * MIB, 3)})
    rig.hub.fail(lambda one: one.method == "GET" and bool(one.file), Fault(reset_after=300_000))
    rig.hub.fail(lambda one: bool(one.file), Fault(reset_after=0), times=1000)
    job = rig.download(rig.queue(HASTY))
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code is ErrorCode.NETWORK
    rig.hub.heal()
    assert rig.download().state is JobState.DONE


def test_other_files_come_while_one_is_missing(rig: Rig):
    files = {f"part-{n}.bin": noise(50_000, n) for n in range(6)}
    rig.hub.put(MODEL, files)
    rig.hub.fail("part-3.bin", Fault(status=404), times=100)
    job = rig.download()
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert "part-3.bin" in job.error.message
    assert len(list((rig.repo / "blobs").iterdir())) == 5
    rig.hub.heal()
    again = rig.download()
    assert again.state is JobState.DONE
    assert again.bytes_fetched == 50_000


def test_waiting_for_a_broken_server_can_be_cancelled(rig: Rig):
    rig.hub.fail("model.safetensors", Fault(status=503), times=1000)
    queue = rig.queue(Patience(first_delay=60.0, longest_delay=60.0))
    job = queue.add(rig.plan(queue))
    assert rig.hub.wait_until(lambda: bool(rig.hub.requests_for("model.safetensors")))
    assert queue.cancel(job.id).state is JobState.CANCELLED
    assert queue.wait(job.id, CancelToken()).state is JobState.CANCELLED
