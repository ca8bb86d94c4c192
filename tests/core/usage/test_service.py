from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.caches import WEIGHTS, add_model, add_part, blob_name, bytes_on_disk
from tests.support.file_holder import FileHolder

from modelshelf.core.errors import NotFoundError
from modelshelf.core.model import JobKind, JobState, ModelId, Role
from modelshelf.core.plan import Finding, FindingKind, Weight
from modelshelf.core.settings import Policy, Settings
from modelshelf.core.stores.inventory import Inventory
from modelshelf.core.stores.layout import repo_folder, snapshot_path
from modelshelf.core.usage.findings import about_processes
from modelshelf.core.usage.people import PersonUsage, publish
from modelshelf.core.usage.processes import FileUser, ProcessScan
from modelshelf.core.usage.report import UsageReport

BGE = ModelId("BAAI/bge-m3")
FILES = {"config.json": b"{}", "model.safetensors": WEIGHTS * 20_000}
OLD = {"config.json": b"{}", "model.safetensors": b"old" + WEIGHTS * 20_000}


@pytest.fixture
def installed(store: Path) -> str:
    return add_model(store, BGE, FILES)


def kinds(report: UsageReport) -> list[tuple[str, str]]:
    return [(finding.kind.value, finding.weight.value) for finding in report.findings]


def only(report: UsageReport) -> Finding:
    (finding,) = report.findings
    return finding


class TestNobodyUsesIt:
    def test_it_can_be_deleted_and_frees_what_it_weighs(
        self, make_world: Callable, store: Path, installed: str
    ):
        report = make_world().usage.report(BGE)
        assert report.findings == ()
        assert report.can_delete
        assert not report.requires_confirmation
        assert report.is_installed
        assert report.size_on_disk == sum(map(len, FILES.values()))
        assert report.estimated_freed == bytes_on_disk(store)

    def test_what_is_not_on_disk_has_a_report_but_nothing_to_delete(self, make_world: Callable):
        report = make_world().usage.report(BGE)
        assert (report.is_installed, report.can_delete, report.size_on_disk) == (False, False, 0)
        assert report.as_json() == {
            "model_id": BGE,
            "revision": None,
            "is_installed": False,
            "size_on_disk": 0,
            "estimated_freed": 0,
            "blocked_by_collections": [],
            "user_preferences_count": 0,
            "llm_config_count": 0,
            "is_default_embedding_model": False,
            "loaded_in": [],
            "warnings": [],
            "can_delete": False,
            "requires_confirmation": False,
            "findings": [],
        }

    def test_a_part_of_a_download_can_be_deleted_but_is_not_installed(
        self, make_world: Callable, store: Path
    ):
        add_part(store, BGE, "a" * 64, b"x" * 9000)
        report = make_world().usage.report(BGE)
        assert (report.is_installed, report.can_delete) == (False, True)
        assert report.size_on_disk >= 9000


class TestReferences:
    def test_a_collection_blocks_and_says_what_to_do(self, make_world: Callable, installed: str):
        world = make_world()
        world.collections.create("thesis-rag")
        world.collections.add("thesis-rag", BGE, Role.EMBEDDING)
        world.collections.add("thesis-rag", BGE, Role.SPARSE)
        world.collections.create("other")
        world.collections.add("other", ModelId("gpt2"), Role.LLM)
        report = world.usage.report(BGE)
        finding = only(report)
        assert finding.sentence == "Collection “thesis-rag” uses it for embedding and sparse search"
        assert finding.reason == "Choose another model there first."
        assert (finding.kind, finding.weight) == (FindingKind.COLLECTION, Weight.BLOCKER)
        assert (finding.subject, finding.overridable) == ("thesis-rag", False)
        assert report.blocked_by_collections == ("thesis-rag",)
        assert not report.can_delete
        world.collections.remove("thesis-rag", BGE)
        assert world.usage.report(BGE).can_delete

    def test_defaults_and_tiers_need_a_yes_and_are_reset_by_it(
        self, make_world: Callable, installed: str, settings: Settings
    ):
        world = make_world()
        world.preferences.set(Role.EMBEDDING, BGE)
        world.preferences.set(Role.SPARSE, BGE)
        world.tiers.set("low", BGE)
        world.usage.settings = settings.with_value("defaults.embedding_model", BGE)
        report = world.usage.report(BGE)
        assert report.can_delete
        assert report.requires_confirmation
        assert (report.user_preferences_count, report.llm_config_count) == (2, 1)
        assert report.is_default_embedding_model
        assert report.warnings == (
            "It is your default for embedding",
            "It is your default for sparse search",
            "The tier “low” uses it",
            "It is the default embedding model",
        )
        assert "the setting defaults.embedding_model" in report.findings[-1].reason
        assert world.usage.release(BGE) == (
            "No model is the default for embedding now.",
            "No model is the default for sparse search now.",
            "The tier “low” is empty now.",
        )
        # The setting is a person's to change.
        assert world.usage.report(BGE).warnings == ("It is the default embedding model",)

    def test_the_environment_is_named_where_it_decides(
        self, make_world: Callable, installed: str, settings: Settings
    ):
        world = make_world()
        environment = replace(settings.environment, default_embedding_model=BGE)
        world.usage.settings = replace(settings, environment=environment)
        assert (
            "environment variable DEFAULT_EMBEDDING_MODEL" in only(world.usage.report(BGE)).reason
        )

    def test_a_pinned_revision_is_asked_about(self, make_world: Callable, installed: str):
        world = make_world()
        world.notes.pin(BGE, installed)
        assert world.usage.report(BGE).warnings == (f"You pinned its revision {installed[:12]}",)

    def test_blockers_come_first(self, make_world: Callable, installed: str):
        world = make_world()
        world.tiers.set("high", BGE)
        world.collections.create("c")
        world.collections.add("c", BGE, Role.LLM)
        assert kinds(world.usage.report(BGE)) == [("collection", "blocker"), ("tier", "warning")]


class TestJobs:
    @pytest.mark.parametrize("state", ["waiting", "running", "paused"])
    def test_a_job_on_it_blocks_and_is_named(
        self, make_world: Callable, installed: str, store: Path, state: str
    ):
        world = make_world()
        job = world.ledger.claim(BGE, JobKind.DOWNLOAD, request="{}", store=store).job
        if state == "running":
            world.ledger.start(job.id)
        if state == "paused":
            world.ledger.finish(job.id, JobState.PAUSED)
        finding = only(world.usage.report(BGE))
        assert finding.sentence == f"A download of it is {state} (job {job.id})"
        assert (finding.weight, finding.subject) == (Weight.BLOCKER, job.id)
        assert not finding.overridable
        assert world.usage.report(BGE, own_job=job.id).findings == ()
        world.ledger.finish(job.id, JobState.CANCELLED)
        assert world.usage.report(BGE).can_delete

    def test_an_interrupted_deletion_does_not_stand_in_the_way_of_the_next(
        self, make_world: Callable, installed: str, store: Path
    ):
        world = make_world()
        job = world.ledger.claim(BGE, JobKind.DELETE, request="{}", store=store).job
        world.ledger.start(job.id)
        assert not world.usage.report(BGE).can_delete
        world.database.write("UPDATE jobs SET owner_started = owner_started - 1")
        report = world.usage.report(BGE)
        assert report.can_delete
        assert only(report).weight is Weight.INFORMATION


class TestPrograms:
    def test_a_program_that_has_it_in_memory_blocks_unless_forced(
        self, make_world: Callable, installed: str, store: Path, tmp_path: Path
    ):
        weights = snapshot_path(repo_folder(store, BGE), installed) / "model.safetensors"
        world = make_world()
        with FileHolder(weights, "mapped", tmp_path) as holder:
            report = world.usage.report(BGE)
        finding = only(report)
        assert f"(process {holder.pid}) has its files in use" in finding.sentence
        assert finding.sentence.startswith("python")
        assert finding.reason.startswith("serve.py, since ")
        assert (finding.subject, finding.overridable) == (str(holder.pid), True)
        assert [user.pid for user in report.loaded_in] == [holder.pid]
        assert report.as_json()["loaded_in"] != []
        assert not report.can_delete
        assert world.usage.report(BGE).can_delete

    def test_what_is_told_of_a_program_begins_like_a_sentence(self):
        since = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
        nameless = FileUser(7, "python", "python", "ada", since)
        [finding] = about_processes(ProcessScan((nameless,), True))
        assert finding.reason.startswith("Running since ")
        [finding] = about_processes(ProcessScan((replace(nameless, since=None),), True))
        assert finding.reason == "Started by ada"

    def test_this_program_is_called_so(self, make_world: Callable, installed: str, store: Path):
        weights = snapshot_path(repo_folder(store, BGE), installed) / "model.safetensors"
        with weights.open("rb"):
            finding = only(make_world().usage.report(BGE))
        assert finding.sentence == "This program has its files in use"

    def test_a_foreign_download_that_still_writes_is_seen(
        self, make_world: Callable, store: Path, tmp_path: Path
    ):
        part = add_part(store, BGE, "a" * 64, b"x" * 9000)
        with FileHolder(part, "open", tmp_path):
            assert only(make_world().usage.report(BGE)).kind is FindingKind.PROCESS


class TestRevisions:
    @pytest.fixture
    def two(self, store: Path) -> tuple[str, str]:
        old = add_model(store, BGE, OLD, commit="0" * 40, refs=("v1",))
        return old, add_model(store, BGE, FILES, commit="1" * 40)

    def test_sizes_are_those_of_the_revision_alone(
        self, make_world: Callable, two: tuple[str, str], store: Path
    ):
        report = make_world().usage.report(BGE, revision="v1")
        assert report.revision == two[0]
        blob = (
            repo_folder(store, BGE)
            / "blobs"
            / blob_name("model.safetensors", OLD["model.safetensors"])
        )
        assert blob.stat().st_size <= report.size_on_disk <= blob.stat().st_size + 8192
        assert report.estimated_freed >= blob.stat().st_size
        assert report.estimated_freed < bytes_on_disk(store) * 0.6

    def test_an_old_revision_is_nobodys_model(
        self, make_world: Callable, two: tuple[str, str], store: Path, tmp_path: Path
    ):
        world = make_world()
        world.collections.create("c")
        world.collections.add("c", BGE, Role.LLM)
        world.tiers.set("high", BGE)
        old, current = two
        assert world.usage.report(BGE, revision=old).findings == ()
        assert kinds(world.usage.report(BGE, revision=current)) == [
            ("collection", "blocker"),
            ("tier", "warning"),
        ]
        # Both have this file, so a program that reads it does not need the old revision.
        shared = snapshot_path(repo_folder(store, BGE), current) / "config.json"
        with FileHolder(shared, "open", tmp_path):
            assert world.usage.report(BGE, revision=old).can_delete
        weights = snapshot_path(repo_folder(store, BGE), old) / "model.safetensors"
        with FileHolder(weights, "open", tmp_path):
            assert not world.usage.report(BGE, revision=old).can_delete
            assert world.usage.report(BGE, revision=current).loaded_in == ()

    def test_the_pin_counts_for_its_revision_alone(
        self, make_world: Callable, two: tuple[str, str]
    ):
        world = make_world()
        world.notes.pin(BGE, "v1")
        assert world.usage.report(BGE, revision=two[0]).requires_confirmation
        assert not world.usage.report(BGE, revision=two[1]).requires_confirmation

    def test_one_that_is_not_here_is_not_found(self, make_world: Callable, two: tuple[str, str]):
        with pytest.raises(NotFoundError, match="not on this machine"):
            make_world().usage.report(BGE, revision="v2")
        with pytest.raises(NotFoundError):
            make_world().usage.report(ModelId("gpt2"), revision="main")


class TestBytes:
    def test_bytes_that_live_on_elsewhere_are_not_promised(
        self, make_world: Callable, installed: str, store: Path, tmp_path: Path
    ):
        blob = (
            repo_folder(store, BGE)
            / "blobs"
            / blob_name("model.safetensors", FILES["model.safetensors"])
        )
        (tmp_path / "ollama").hardlink_to(blob)
        report = make_world().usage.report(BGE)
        finding = only(report)
        assert finding.kind is FindingKind.SHARED_BYTES
        assert finding.weight is Weight.INFORMATION
        assert report.estimated_freed < 50_000 < report.size_on_disk
        assert report.can_delete

    def test_a_copy_in_another_store_is_mentioned(
        self, make_world: Callable, installed: str, store: Path, settings: Settings, tmp_path: Path
    ):
        second = tmp_path / "second"
        second.mkdir()
        add_model(second, BGE, FILES)
        world = make_world()
        assert world.usage.report(BGE).findings == ()
        both = settings.with_value("storage.locations", (str(store), str(second)))
        inventory = Inventory(both, world.database)
        inventory.refresh()
        world.usage._inventory = inventory
        assert only(world.usage.report(BGE)).subject == str(second)


class TestPeople:
    def test_who_is_no_administrator_is_told_who_is(
        self, make_world: Callable, installed: str, policy: Policy
    ):
        shared = replace(policy, admins=("maria", "ml-admins"))
        finding = only(make_world(shared, person="ben").usage.report(BGE))
        assert (finding.kind, finding.weight) == (FindingKind.PERMISSION, Weight.BLOCKER)
        assert finding.reason == "maria or ml-admins may."
        assert make_world(shared, person="maria").usage.report(BGE).can_delete
        member = make_world(shared, person="ben", groups=frozenset({"ml-admins"}))
        assert member.usage.report(BGE).can_delete

    def test_a_policy_nobody_understands_lets_nobody_delete(
        self, make_world: Callable, installed: str, tmp_path: Path
    ):
        broken = Policy(source=tmp_path / "policy.yaml", problem="The policy is broken.")
        finding = only(make_world(broken).usage.report(BGE))
        assert finding.weight is Weight.BLOCKER
        assert finding.reason == "The policy is broken."

    def test_what_others_use_counts_and_what_is_unknown_needs_a_yes(
        self, make_world: Callable, installed: str, policy: Policy
    ):
        ben = make_world(policy, person="ben")
        ben.collections.create("corpus")
        ben.collections.add("corpus", BGE, Role.EMBEDDING)
        assert ben.usage.publish() == ""
        ben.collections.delete("corpus")
        publish(policy, PersonUsage("cleo", {}, {Role.LLM: BGE}, {"high": BGE}, BGE))
        publish(policy, PersonUsage("dora", {}, {Role.LLM: ModelId("gpt2")}, {}, None))
        assert policy.usage_folder
        (policy.usage_folder / "emil.json").write_text("{")
        report = make_world(policy).usage.report(BGE)
        assert [finding.sentence for finding in report.findings] == [
            "Collection “corpus” of ben uses it for embedding",
            "For cleo it is the default for text generation, the tier “high” and the default "
            "embedding model",
            "Whether emil uses it is not known",
        ]
        assert {finding.kind for finding in report.findings} == {FindingKind.OTHER_PERSON}
        assert report.blocked_by_collections == ("corpus (ben)",)
        assert not report.can_delete
        assert len(report.warnings) == 2

    def test_not_being_able_to_tell_the_others_is_a_sentence(
        self, make_world: Callable, policy: Policy
    ):
        assert policy.usage_folder
        policy.usage_folder.rmdir()
        assert "could not be written" in make_world(policy).usage.publish()

    def test_a_folder_one_may_not_write_blocks(
        self,
        make_world: Callable,
        installed: str,
        store: Path,
        monkeypatch: pytest.MonkeyPatch,
    ):
        # Root may write everywhere, so the system's answer is put in its mouth.
        monkeypatch.setattr("modelshelf.core.usage.service.can_write", lambda _folder: False)
        finding = only(make_world().usage.report(BGE))
        assert (finding.kind, finding.weight) == (FindingKind.PERMISSION, Weight.BLOCKER)
        assert finding.reason == f"It is {repo_folder(store, BGE)}."


class TestLists:
    def test_used_by_names_everything_of_ones_own_in_a_word(
        self, make_world: Callable, settings: Settings
    ):
        world = make_world()
        gpt2 = ModelId("gpt2")
        for name in ("b", "a"):
            world.collections.create(name)
            world.collections.add(name, BGE, Role.EMBEDDING)
        world.collections.add("a", BGE, Role.SPARSE)
        world.preferences.set(Role.LLM, gpt2)
        world.tiers.set("low", gpt2)
        world.tiers.set("high", gpt2)
        world.tiers.clear("high")
        world.usage.settings = settings.with_value("defaults.embedding_model", BGE)
        assert world.usage.used_by() == {
            BGE: ("a", "b", "default embedding model"),
            gpt2: ("default for llm", "tier low"),
        }

    def test_last_used_is_what_was_recorded_last_whatever_the_clock_said(
        self, make_world: Callable, monkeypatch: pytest.MonkeyPatch
    ):
        world = make_world()
        now = datetime.now(UTC)
        for moment in (now + timedelta(days=3650), now):
            monkeypatch.setattr("modelshelf.core.usage.service.utc_now", lambda m=moment: m)
            world.usage.record(BGE, "loaded")
        assert world.usage.last_used() == {BGE: now}

    def test_deleting_is_no_use(self, make_world: Callable):
        world = make_world()
        world.usage.record(BGE, "deleted")
        assert world.usage.last_used() == {}
        world.usage.record(BGE, "loaded")
        used = world.usage.last_used()
        world.usage.record(BGE, "revision deleted")
        assert world.usage.last_used() == used != {}

    def test_the_history_of_a_model_does_not_grow_without_end(self, make_world: Callable):
        world = make_world()
        world.usage.record(ModelId("gpt2"), "opened")
        for _ in range(105):
            world.usage.record(BGE, "loaded")
        count = "SELECT count(*) FROM usage_events WHERE model_id = ?"
        assert world.database.row(count, (BGE,))[0] == 100
        assert set(world.usage.last_used()) == {BGE, ModelId("gpt2")}
