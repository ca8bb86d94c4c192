"""The one list: what is known, what is on disk, what is being done, joined."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.support import caches

from modelshelf.core.catalogue.catalogue import Catalogue, CatalogueEntry, Source
from modelshelf.core.catalogue.custom import CustomModel, CustomModels
from modelshelf.core.catalogue.facts import RegistryEntry, WeightFacts
from modelshelf.core.catalogue.registry import Registry
from modelshelf.core.db.database import Database
from modelshelf.core.errors import ErrorCode, ErrorInfo, InputError, NotFoundError
from modelshelf.core.events import ignore
from modelshelf.core.jobs import JobRecord, Ledger
from modelshelf.core.model import JobKind, JobState, ModelId, ModelType, Role, Status
from modelshelf.core.settings import Environment, Policy, Settings
from modelshelf.core.stores.inventory import Inventory
from modelshelf.core.stores.layout import repo_folder
from modelshelf.core.usage.collections import Collections
from modelshelf.core.usage.notes import Notes
from modelshelf.core.usage.preferences import Preferences
from modelshelf.core.usage.service import UsageService
from modelshelf.core.usage.tiers import Tiers

from .test_custom import KNOWN

GPT2 = replace(
    KNOWN,
    id=ModelId("openai-community/gpt2"),
    aliases=("gpt2",),
    name="GPT-2",
    type=ModelType.LLM,
    family="gpt2",
    parameters=1_000_000,
    context=1024,
    weights=WeightFacts("float16"),
)
OWN = CustomModel(
    ModelId("acme/own"), ModelType.RERANKER, dimension=None, max_tokens=77, size_bytes=5_000
)
STRANGER = ModelId("someone/stranger")
FILES = {"config.json": b"{}", "model.safetensors": caches.WEIGHTS * 1000}
FAILURE = ErrorInfo(ErrorCode.NETWORK, "The connection was lost.")


class Rooms:
    """Everything a catalogue stands on, real, over one database and two stores."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.ledger = Ledger(database)
        self.inventory = Inventory(settings, database)
        self.collections = Collections(database, ignore)
        self.preferences = Preferences(database, ignore)
        self.notes = Notes(database, ignore)
        self.usage = UsageService(
            database,
            self.ledger,
            self.inventory,
            self.collections,
            self.preferences,
            Tiers(database, ignore),
            settings,
            Policy(),
        )
        registry = Registry([KNOWN, GPT2])
        self.custom = CustomModels(database, ignore, registry)
        self.catalogue = Catalogue(
            registry, self.custom, self.inventory, self.usage, self.notes, self.ledger
        )

    def entry(self, model_id: str) -> CatalogueEntry:
        self.inventory.refresh()
        found = [entry for entry in self.catalogue.entries() if entry.id == model_id]
        assert [self.catalogue.get(ModelId(model_id))] == found
        return found[0]

    def job(self, model_id: str, kind: JobKind = JobKind.DOWNLOAD, *, total: int = 0) -> JobRecord:
        job = self.ledger.claim(ModelId(model_id), kind, request="{}", store=Path("/hub")).job
        self.ledger.start(job.id)
        self.ledger.progress(job.id, done=1, total=total, per_second=1.0, fetched=1, reused=0)
        return self.ledger.get(job.id)


@pytest.fixture
def second_store(tmp_path: Path) -> Path:
    folder = tmp_path / "second"
    folder.mkdir()
    return folder


@pytest.fixture
def rooms(database: Database, settings: Settings, store: Path, second_store: Path) -> Rooms:
    both = Environment(hub_cache=second_store, models_dir=store)
    return Rooms(database, Settings(settings.paths, both, {}))


def test_the_registry_comes_first_then_ones_own_then_strangers_by_name(rooms: Rooms, store: Path):
    rooms.custom.add(OWN)
    for model_id in ("z/beta", "a/Gamma", STRANGER, "x/alpha"):
        caches.add_model(store, model_id, FILES)
    rooms.inventory.refresh()
    assert [entry.id for entry in rooms.catalogue.entries()] == [
        *(KNOWN.id, GPT2.id, OWN.model_id),
        *("x/alpha", "z/beta", "a/Gamma", STRANGER),
    ]


def test_a_registry_model_that_is_not_here_is_available_with_an_estimate(rooms: Rooms):
    entry = rooms.entry(GPT2.id)
    assert entry.status is Status.AVAILABLE
    assert (entry.size_bytes, entry.is_size_estimated) == (2_000_000, True)
    assert (entry.installed_bytes, entry.store, entry.path) == (0, None, None)
    assert (entry.managed, entry.source) == (True, Source.REGISTRY)
    assert (entry.name, entry.owner, entry.family) == ("GPT-2", "openai-community", "gpt2")
    assert (entry.context, entry.aliases, entry.registry) == (1024, ("gpt2",), GPT2)


def test_an_unknown_size_stays_unknown(rooms: Rooms):
    entry = rooms.entry(KNOWN.id)
    assert (entry.size_bytes, entry.is_size_estimated) == (None, False)


def test_an_installed_model_has_its_real_size_and_its_place(rooms: Rooms, store: Path):
    commit = caches.add_model(store, GPT2.id, FILES)
    entry = rooms.entry(GPT2.id)
    assert entry.status is Status.INSTALLED
    assert entry.size_bytes == entry.installed_bytes > 0
    assert not entry.is_size_estimated
    assert entry.store == store
    assert entry.path == repo_folder(store, GPT2.id) / "snapshots" / commit


def test_a_partial_model_weighs_what_it_should_weigh_in_the_end(rooms: Rooms, store: Path):
    caches.add_part(store, GPT2.id, "a" * 64, b"x" * 10_000)
    entry = rooms.entry(GPT2.id)
    assert entry.status is Status.PARTIAL
    assert entry.partial_bytes > 0
    assert (entry.size_bytes, entry.is_size_estimated) == (2_000_000, True)


def test_a_damaged_model_says_what_is_wrong(rooms: Rooms, store: Path):
    caches.add_model(store, GPT2.id, FILES)
    for blob in (repo_folder(store, GPT2.id) / "blobs").iterdir():
        blob.unlink()
    entry = rooms.entry(GPT2.id)
    assert entry.status is Status.DAMAGED
    assert entry.damage
    assert all(sentence.endswith(".") for sentence in entry.damage)


def test_a_custom_model_shows_what_the_user_said(rooms: Rooms):
    rooms.custom.add(OWN)
    entry = rooms.entry(OWN.model_id)
    assert (entry.managed, entry.source, entry.type) == (True, Source.CUSTOM, ModelType.RERANKER)
    assert (entry.name, entry.context, entry.dimensions) == ("own", 77, None)
    assert (entry.size_bytes, entry.is_size_estimated) == (5_000, True)
    assert entry.custom is not None


@pytest.mark.parametrize(
    ("extra", "kind"),
    [
        ({}, ModelType.OTHER),
        ({"1_Pooling/config.json": b"{}"}, ModelType.EMBEDDING),
        ({"1_SpladePooling/config.json": b"{}"}, ModelType.SPLADE),
    ],
)
def test_a_stranger_on_disk_is_unmanaged_and_typed_only_without_doubt(
    rooms: Rooms, store: Path, extra: dict[str, bytes], kind: ModelType
):
    caches.add_model(store, STRANGER, {**FILES, **extra})
    entry = rooms.entry(STRANGER)
    assert (entry.managed, entry.source, entry.type) == (False, Source.DISK, kind)
    assert (entry.name, entry.licence, entry.parameters) == ("stranger", None, None)
    assert entry.status is Status.INSTALLED


def test_a_stranger_that_is_being_downloaded_is_in_the_list(rooms: Rooms):
    job = rooms.job(STRANGER, total=123)
    entry = rooms.entry(STRANGER)
    assert entry.job == job
    assert (entry.status, entry.size_bytes) == (Status.AVAILABLE, 123)
    assert not entry.is_size_estimated
    rooms.ledger.finish(job.id, JobState.CANCELLED)
    assert STRANGER not in {entry.id for entry in rooms.catalogue.entries()}


def test_a_failed_download_stays_on_the_card(rooms: Rooms):
    job = rooms.job(GPT2.id)
    failed = rooms.ledger.finish(job.id, JobState.FAILED, error=FAILURE)
    assert rooms.entry(GPT2.id).job == failed


@pytest.mark.parametrize(("hours", "is_shown"), [(-1, False), (1, True)])
def test_a_failure_is_forgotten_when_the_model_came_whole_by_another_way(
    rooms: Rooms, store: Path, database: Database, hours: int, is_shown: bool
):
    job = rooms.job(GPT2.id)
    rooms.ledger.finish(job.id, JobState.FAILED, error=FAILURE)
    caches.add_model(store, GPT2.id, FILES)
    rooms.inventory.refresh()
    model = rooms.inventory.find(GPT2.id)
    assert model is not None
    moment = model.modified + timedelta(hours=hours)
    database.write("UPDATE jobs SET updated = ? WHERE id = ?", (moment.isoformat(), job.id))
    assert (rooms.entry(GPT2.id).job is not None) is is_shown


@pytest.mark.parametrize("state", [JobState.DONE, JobState.CANCELLED])
def test_an_ended_job_is_no_longer_shown(rooms: Rooms, state: JobState):
    job = rooms.job(GPT2.id)
    rooms.ledger.finish(job.id, state)
    assert rooms.entry(GPT2.id).job is None


def test_a_failed_delete_is_shown_while_the_model_is_there(rooms: Rooms, store: Path):
    caches.add_model(store, GPT2.id, FILES)
    job = rooms.job(GPT2.id, JobKind.DELETE)
    failed = rooms.ledger.finish(job.id, JobState.FAILED, error=FAILURE)
    assert rooms.entry(GPT2.id).job == failed


def test_a_failed_delete_of_what_is_gone_is_not_shown(rooms: Rooms):
    job = rooms.job(GPT2.id, JobKind.DELETE)
    rooms.ledger.finish(job.id, JobState.FAILED, error=FAILURE)
    assert rooms.entry(GPT2.id).job is None


def test_who_uses_it_and_what_is_liked_is_joined_in(rooms: Rooms, store: Path):
    rooms.collections.create("thesis-rag")
    rooms.collections.add("thesis-rag", KNOWN.id, Role.EMBEDDING)
    rooms.preferences.set(Role.LLM, GPT2.id)
    rooms.notes.set_favourite(GPT2.id, True)
    assert rooms.entry(KNOWN.id).used_by == ("thesis-rag",)
    entry = rooms.entry(GPT2.id)
    assert entry.used_by == ("default for llm",)
    assert entry.favourite
    assert not rooms.entry(KNOWN.id).favourite


def test_only_what_changed_is_made_anew(rooms: Rooms, store: Path):
    caches.add_model(store, "acme/found-on-disk", FILES)
    rooms.inventory.refresh()
    before = {entry.id: entry for entry in rooms.catalogue.entries()}
    rooms.notes.set_favourite(GPT2.id, True)
    after = {entry.id: entry for entry in rooms.catalogue.entries()}
    assert list(after) == list(before)
    assert [i for i in after if after[i] is not before[i]] == [GPT2.id]
    assert after[GPT2.id].favourite


def test_the_later_of_recorded_and_observed_use_counts(rooms: Rooms, store: Path):
    assert rooms.entry(GPT2.id).last_used is None
    caches.add_model(store, GPT2.id, FILES)
    rooms.inventory.refresh()
    rooms.usage.record(GPT2.id, "loaded")
    recorded = rooms.usage.last_used()[GPT2.id]
    model = rooms.inventory.find(GPT2.id)
    assert model is not None
    observed = model.last_used
    assert rooms.entry(GPT2.id).last_used == max(filter(None, (recorded, observed)))


def test_sizes_tell_managed_from_unmanaged_in_all_stores(
    rooms: Rooms, store: Path, second_store: Path
):
    rooms.custom.add(OWN)
    for folder, model_id in (
        (store, GPT2.id),
        (second_store, GPT2.id),
        (store, OWN.model_id),
        (second_store, STRANGER),
    ):
        caches.add_model(folder, model_id, FILES)
    caches.add_part(store, STRANGER, "b" * 64, b"x" * 50_000)
    rooms.inventory.refresh()
    sizes = rooms.catalogue.sizes()
    one = rooms.entry(GPT2.id).installed_bytes
    assert sizes.managed_bytes == 3 * one
    assert sizes.unmanaged_bytes >= one + 50_000
    assert sizes.total_bytes == sizes.managed_bytes + sizes.unmanaged_bytes
    assert sizes.unmanaged_repos == 1


def test_types_are_counted(rooms: Rooms):
    rooms.custom.add(OWN)
    counted = rooms.catalogue.types()
    assert counted[ModelType.EMBEDDING] == counted[ModelType.RERANKER] == 1
    assert counted[ModelType.SPLADE] == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BAAI/bge-small-en-v1.5", KNOWN.id),
        ("baai/BGE-small-en-v1.5", KNOWN.id),
        ("  bge-small ", KNOWN.id),
        ("BGE SMALL", KNOWN.id),
        ("https://huggingface.co/BAAI/bge-small-en-v1.5/tree/main", KNOWN.id),
        ("hf.co/baai/bge-small-en-v1.5", KNOWN.id),
        ("gpt2", GPT2.id),
        ("ACME/own", OWN.model_id),
        ("own", OWN.model_id),
        ("Stranger", STRANGER),
    ],
)
def test_a_model_is_found_by_whatever_people_call_it(
    rooms: Rooms, store: Path, text: str, expected: ModelId
):
    rooms.custom.add(OWN)
    caches.add_model(store, STRANGER, FILES)
    rooms.inventory.refresh()
    assert rooms.catalogue.resolve(text) == expected


def test_an_id_on_disk_comes_before_an_alias(rooms: Rooms, store: Path):
    caches.add_model(store, "gpt2", FILES)
    rooms.inventory.refresh()
    assert rooms.catalogue.resolve("gpt2") == "gpt2"


def test_a_short_name_that_two_models_have_names_neither(rooms: Rooms, store: Path):
    for model_id in ("a/twin", "b/twin"):
        caches.add_model(store, model_id, FILES)
    rooms.inventory.refresh()
    with pytest.raises(NotFoundError) as caught:
        rooms.catalogue.resolve("twin")
    assert caught.value.hint == "Did you mean a/twin or b/twin?"


def test_an_unknown_id_gets_the_nearest_names(rooms: Rooms):
    with pytest.raises(NotFoundError) as caught:
        rooms.catalogue.resolve("BAAI/bge-smal-en")
    assert caught.value.message.startswith("There is no model “BAAI/bge-smal-en”")
    assert caught.value.hint == "Did you mean BAAI/bge-small-en-v1.5?"
    with pytest.raises(NotFoundError, match="There is no model “zzz/qqq”") as caught:
        rooms.catalogue.resolve("zzz/qqq")
    assert "Did you mean" not in caught.value.hint


def test_an_unknown_id_is_taken_as_it_is_where_that_is_wanted(rooms: Rooms):
    resolve: Callable[..., ModelId] = rooms.catalogue.resolve
    assert resolve("zzz/qqq", allow_unknown=True) == "zzz/qqq"
    assert resolve("https://huggingface.co/zzz/qqq", allow_unknown=True) == "zzz/qqq"
    assert resolve("BGE-small", allow_unknown=True) == KNOWN.id


@pytest.mark.parametrize(
    "text", ["../../etc/passwd", "/etc/passwd", "\\\\server\\share", "a/b\0", "", "a b", "x" * 999]
)
def test_what_could_not_be_an_id_is_refused(rooms: Rooms, text: str):
    with pytest.raises(InputError, match="is not a model id"):
        rooms.catalogue.resolve(text, allow_unknown=True)


def test_a_mistyped_name_gets_the_nearest_one(rooms: Rooms):
    with pytest.raises(InputError) as caught:
        rooms.catalogue.resolve("BGE smal")
    assert caught.value.hint == "Did you mean BAAI/bge-small-en-v1.5?"


def test_an_entry_without_any_description_is_unmanaged_and_available(rooms: Rooms):
    entry = rooms.catalogue.get(ModelId("nobody/knows"))
    assert (entry.managed, entry.status, entry.size_bytes) == (False, Status.AVAILABLE, None)


def test_the_registry_itself_is_within_reach(rooms: Rooms):
    entry: RegistryEntry = rooms.catalogue.registry.by_id[GPT2.id]
    assert entry is GPT2
