from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.job_process import JobProcess

from modelshelf.core.db.database import Database
from modelshelf.core.errors import BusyError, ErrorCode, ErrorInfo, InputError, NotFoundError
from modelshelf.core.jobs import JobRecord, Ledger, Owner, Wanted, record
from modelshelf.core.jobs import ledger as ledger_module
from modelshelf.core.model import JobKind, JobState, ModelId

MODEL = ModelId("BAAI/bge-small-en-v1.5")
OTHER = ModelId("openai-community/gpt2")
ELSEWHERE = Owner("another-host", 4242, 17.0)


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


@pytest.fixture
def another(database: Database) -> Iterator[JobProcess]:
    with JobProcess(database.path) as process:
        yield process


def download(ledger: Ledger, model_id: ModelId = MODEL) -> JobRecord:
    claim = ledger.claim(model_id, JobKind.DOWNLOAD, request="{}", store=Path("/store"))
    assert claim.is_mine
    return claim.job


def beat(database: Database, job_id: str, moment: datetime) -> None:
    database.write("UPDATE jobs SET updated = ? WHERE id = ?", (moment.isoformat(), job_id))


class TestClaim:
    def test_of_fifty_races_between_two_processes_each_has_one_winner(self, database: Database):
        with JobProcess(database.path) as one, JobProcess(database.path) as two:
            for number in range(50):
                for process in (one, two):
                    process.send("claim", f"org/model-{number}", "download")
                first, second = one.answer(), two.answer()
                assert first["job"] == second["job"]
                assert [first["mine"], second["mine"]].count(True) == 1
        assert len(database.rows("SELECT * FROM jobs")) == 50

    def test_a_second_download_gets_the_running_job_to_watch(
        self, ledger: Ledger, another: JobProcess
    ):
        theirs = another.call("claim", MODEL, "download")
        another.call("start", theirs["job"])
        claim = ledger.claim(MODEL, JobKind.DOWNLOAD, request="{}", store=Path("/store"))
        assert not claim.is_mine
        assert (claim.job.id, claim.job.state) == (theirs["job"], JobState.RUNNING)

    def test_in_a_store_whose_name_is_no_text_is_refused_in_words(
        self, ledger: Ledger, database: Database
    ):
        store = Path("/caf\udce9")
        with pytest.raises(InputError, match=r"“/caf\\xdce9” is not valid Unicode"):
            ledger.claim(MODEL, JobKind.DOWNLOAD, request="{}", store=store)
        assert database.rows("SELECT * FROM jobs") == []

    def test_the_same_process_asking_twice_does_not_restart_its_running_job(self, ledger: Ledger):
        job = download(ledger)
        ledger.start(job.id)
        again = ledger.claim(MODEL, JobKind.DOWNLOAD, request="{}", store=Path("/store"))
        assert again.is_mine
        assert (again.job.id, again.job.state) == (job.id, JobState.RUNNING)

    @pytest.mark.parametrize("state", ["queued", "running", "paused"])
    def test_deleting_what_is_being_downloaded_is_refused_and_names_the_job(
        self, ledger: Ledger, state: str
    ):
        job = download(ledger)
        if state == "running":
            ledger.start(job.id)
        if state == "paused":
            ledger.want(job.id, Wanted.PAUSE)
        with pytest.raises(BusyError, match=job.id):
            ledger.claim(MODEL, JobKind.DELETE, request="{}", store=Path("/store"))

    def test_downloading_what_another_process_deletes_is_refused(
        self, ledger: Ledger, another: JobProcess
    ):
        theirs = another.call("claim", MODEL, "delete")
        with pytest.raises(BusyError, match=f"being deleted .job {theirs['job']}"):
            ledger.claim(MODEL, JobKind.DOWNLOAD, request="{}", store=Path("/store"))

    def test_other_models_are_free(self, ledger: Ledger):
        download(ledger)
        assert download(ledger, OTHER).model_id == OTHER

    def test_an_ended_job_makes_room_for_a_new_one(self, ledger: Ledger):
        job = download(ledger)
        ledger.finish(job.id, JobState.DONE)
        assert download(ledger).id != job.id


class TestOrphans:
    def test_a_killed_owner_is_noticed_and_its_job_goes_on_here(
        self, ledger: Ledger, another: JobProcess
    ):
        job_id = another.call("claim", MODEL, "download")["job"]
        another.call("start", job_id)
        assert ledger.adopt(job_id) is None
        another.kill()
        assert ledger.get(job_id).is_orphaned
        claim = ledger.claim(MODEL, JobKind.DOWNLOAD, request="{}", store=Path("/store"))
        assert claim.is_mine
        assert (claim.job.id, claim.job.owner) == (job_id, ledger.owner)

    @pytest.mark.parametrize(
        ("wish", "state"),
        [("run", JobState.QUEUED), ("pause", JobState.PAUSED), ("cancel", JobState.CANCELLED)],
    )
    def test_an_orphan_becomes_what_was_wanted_of_it(
        self, ledger: Ledger, another: JobProcess, wish: str, state: JobState
    ):
        job_id = another.call("claim", MODEL, "download")["job"]
        another.call("start", job_id)
        ledger.want(job_id, Wanted(wish))
        assert ledger.release_orphans() == []
        another.kill()
        (freed,) = ledger.release_orphans()
        assert (freed.id, freed.state, freed.owner) == (job_id, state, None)
        assert ledger.release_orphans() == []

    def test_an_interrupted_deletion_stays_to_be_finished_whatever_was_wanted(
        self, ledger: Ledger, another: JobProcess
    ):
        job_id = another.call("claim", MODEL, "delete")["job"]
        another.call("start", job_id)
        ledger.want(job_id, Wanted.CANCEL)
        another.kill()
        (freed,) = ledger.release_orphans()
        assert freed.state is JobState.QUEUED

    def test_two_processes_that_adopt_the_same_orphan_do_not_both_get_it(
        self, database: Database, ledger: Ledger
    ):
        with JobProcess(database.path) as dead, JobProcess(database.path) as rival:
            job_id = dead.call("claim", MODEL, "download")["job"]
            dead.kill()
            rival.send("adopt", job_id)
            mine = ledger.adopt(job_id)
            assert (mine is None) != (rival.answer() is None)

    def test_a_reused_pid_is_another_process(self, database: Database, ledger: Ledger):
        me = Owner.this_process()
        before = Ledger(database, Owner(me.host, me.pid, me.started - 1))
        job = download(before)
        before.start(job.id)
        assert ledger.get(job.id).is_orphaned
        assert ledger.adopt(job.id) is not None

    @pytest.mark.parametrize(
        ("age", "held"),
        [
            (timedelta(seconds=2), True),
            (timedelta(seconds=40), False),
            (timedelta(days=-3650), False),
        ],
        ids=["fresh", "silent", "from the future"],
    )
    def test_on_another_machine_a_fresh_heartbeat_is_life(
        self, database: Database, ledger: Ledger, age: timedelta, held: bool
    ):
        theirs = Ledger(database, ELSEWHERE)
        job = download(theirs)
        theirs.start(job.id)
        beat(database, job.id, datetime.now(UTC) - age)
        assert ledger.get(job.id).is_held is held
        claim = ledger.claim(MODEL, JobKind.DOWNLOAD, request="{}", store=Path("/store"))
        assert claim.is_mine is not held

    def test_a_wish_is_no_heartbeat(self, database: Database, ledger: Ledger):
        theirs = Ledger(database, ELSEWHERE)
        job = download(theirs)
        theirs.start(job.id)
        long_ago = datetime.now(UTC) - timedelta(seconds=20)
        beat(database, job.id, long_ago)
        ledger.want(job.id, Wanted.PAUSE)
        assert ledger.get(job.id).updated == long_ago


class TestLostLease:
    """A process that was taken for dead (suspended, another machine) must not disturb the heir."""

    @pytest.fixture
    def lost(self, database: Database) -> tuple[Ledger, str]:
        before = Ledger(database, ELSEWHERE)
        job = download(before)
        before.start(job.id)
        beat(database, job.id, datetime.now(UTC) - timedelta(minutes=5))
        heir = Ledger(database)
        assert heir.adopt(job.id) is not None
        heir.start(job.id)
        return before, job.id

    def test_its_progress_is_not_recorded_and_it_is_told_to_stop(
        self, lost: tuple[Ledger, str], ledger: Ledger
    ):
        before, job_id = lost
        wish = before.progress(job_id, done=9, total=9, per_second=1, fetched=9, reused=0)
        assert wish is Wanted.PAUSE
        assert ledger.get(job_id).bytes_done == 0

    def test_it_cannot_end_the_job(self, lost: tuple[Ledger, str], ledger: Ledger):
        before, job_id = lost
        before.finish(job_id, JobState.FAILED)
        assert ledger.get(job_id).state is JobState.RUNNING

    def test_it_cannot_start_it_again(self, lost: tuple[Ledger, str]):
        before, job_id = lost
        with pytest.raises(BusyError):
            before.start(job_id)


class TestWishes:
    def test_a_running_job_keeps_running_until_its_owner_obeys(
        self, ledger: Ledger, another: JobProcess
    ):
        job_id = another.call("claim", MODEL, "download")["job"]
        another.call("start", job_id)
        assert ledger.want(job_id, Wanted.PAUSE).state is JobState.RUNNING
        wish = another.call("progress", job_id, done=1, total=2, per_second=1, fetched=1, reused=0)
        assert wish == "pause"
        another.call("finish", job_id, "paused")
        assert ledger.get(job_id).state is JobState.PAUSED

    def test_a_waiting_job_obeys_at_once_and_its_process_finds_out(
        self, ledger: Ledger, another: JobProcess
    ):
        job_id = another.call("claim", MODEL, "download")["job"]
        assert ledger.want(job_id, Wanted.CANCEL).state is JobState.CANCELLED
        assert another.call("start", job_id) == "cancel"
        assert ledger.get(job_id).state is JobState.CANCELLED

    def test_a_paused_job_can_go_on_in_another_process(self, ledger: Ledger, another: JobProcess):
        job_id = another.call("claim", MODEL, "download")["job"]
        ledger.want(job_id, Wanted.PAUSE)
        assert ledger.want(job_id, Wanted.RUN).state is JobState.QUEUED
        assert ledger.adopt(job_id) is not None
        assert ledger.start(job_id) is Wanted.RUN
        refused = another.call("start", job_id)
        assert refused["error"] == ErrorCode.BUSY

    def test_an_ended_job_ignores_wishes(self, ledger: Ledger):
        job = download(ledger)
        ledger.finish(job.id, JobState.DONE, path="/store/models--x")
        for wish in Wanted:
            assert ledger.want(job.id, wish).state is JobState.DONE
        assert ledger.start(job.id) is Wanted.CANCEL

    def test_a_wish_for_an_unknown_job_is_refused(self, ledger: Ledger):
        with pytest.raises(NotFoundError, match="no job"):
            ledger.want("nothing", Wanted.RUN)


class TestRecord:
    def test_progress_is_seen_by_everybody(self, ledger: Ledger, another: JobProcess):
        job_id = another.call("claim", MODEL, "download")["job"]
        another.call("start", job_id)
        another.call(
            "progress", job_id, done=3 << 32, total=4 << 32, per_second=2**32, fetched=1, reused=2
        )
        job = ledger.get(job_id)
        assert (job.bytes_done, job.bytes_total, job.eta_seconds) == (3 << 32, 4 << 32, 1)

    def test_an_error_survives_the_database(self, ledger: Ledger):
        job = download(ledger)
        error = ErrorInfo(ErrorCode.DISK_SPACE, "3 GB are missing.", "Free some.", "on /home")
        assert ledger.finish(job.id, JobState.FAILED, error=error).error == error

    def test_a_job_that_does_not_move_has_no_time_left(self, ledger: Ledger):
        job = download(ledger)
        ledger.start(job.id)
        ledger.progress(job.id, done=1, total=2, per_second=0, fetched=0, reused=0)
        assert ledger.get(job.id).eta_seconds is None

    def test_the_history_has_active_jobs_first_and_in_queue_order(self, ledger: Ledger):
        ended = download(ledger, ModelId("a/ended"))
        first, second = download(ledger, ModelId("a/first")), download(ledger, ModelId("a/second"))
        ledger.finish(ended.id, JobState.DONE)
        ledger.move(second.id, 0)
        assert [job.id for job in ledger.history()] == [second.id, first.id, ended.id]
        ledger.forget(second.id)
        ledger.forget(ended.id)
        assert [job.id for job in ledger.history()] == [second.id, first.id]


class TestClockJumps:
    @pytest.fixture
    def set_clock(self, monkeypatch: pytest.MonkeyPatch):
        def shift(years: int) -> None:
            moment = datetime.now(UTC) + timedelta(days=3653 * years // 10)
            for module in (ledger_module, record):
                monkeypatch.setattr(module, "utc_now", lambda: moment)

        return shift

    @pytest.mark.parametrize("years", [-10, 10])
    def test_a_living_owner_keeps_its_job(
        self, ledger: Ledger, another: JobProcess, set_clock, years: int
    ):
        job_id = another.call("claim", MODEL, "download")["job"]
        another.call("start", job_id)
        set_clock(years)
        assert ledger.release_orphans() == []
        assert ledger.adopt(job_id) is None

    def test_the_latest_job_is_the_one_that_came_last(self, ledger: Ledger, set_clock):
        set_clock(10)
        first = download(ledger)
        ledger.finish(first.id, JobState.FAILED)
        set_clock(0)
        second = download(ledger)
        assert ledger.latest() == {MODEL: ledger.get(second.id)}
