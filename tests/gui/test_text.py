"""Words made from facts."""

from datetime import timedelta

import pytest
from tests.support.entries import GB, NOW, entries_by_state, installed, make_entry, make_job

from modelshelf.core.errors import ErrorCode
from modelshelf.core.model import JobState, ModelType, Status
from modelshelf.gui import text
from modelshelf.gui.actions import (
    Action,
    CardState,
    action_words,
    can_delete,
    card_actions,
    main_action,
    menu_actions,
    state_of,
)

STATES = entries_by_state()


def facts(entry) -> list[str]:
    return [fact.plain for fact in text.card_facts(entry, NOW)]


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("available", CardState.AVAILABLE),
        ("gated", CardState.GATED),
        ("downloading", CardState.DOWNLOADING),
        ("paused", CardState.PAUSED),
        ("queued", CardState.QUEUED),
        ("installed", CardState.INSTALLED),
        ("in_use", CardState.IN_USE),
        ("failed", CardState.FAILED),
        ("partial", CardState.PARTIAL),
        ("damaged", CardState.DAMAGED),
        ("deleting", CardState.DELETING),
        ("unmanaged", CardState.INSTALLED),
    ],
)
def test_each_entry_stands_for_one_state(name: str, state: CardState) -> None:
    assert state_of(STATES[name]) is state


def test_a_model_that_was_installed_after_all_does_not_show_an_old_failure() -> None:
    entry = installed(job=make_job(state=JobState.FAILED))
    assert state_of(entry) is CardState.INSTALLED


def test_an_installed_model_says_what_it_weighs_and_who_uses_it() -> None:
    assert facts(STATES["in_use"]) == [
        "1.2 GB on disk",
        "Used by 2 collections",
        "Apache-2.0",
        "Last used yesterday",
        "596 M parameters",
    ]


def test_one_collection_is_named() -> None:
    assert "Used by thesis-rag" in facts(installed(used_by=("thesis-rag",)))


def test_a_default_is_no_collection() -> None:
    assert "Default for embedding" in facts(installed(used_by=("default for embedding",)))


def test_an_available_model_says_what_it_takes() -> None:
    assert facts(STATES["available"]) == [
        "134 MB to download",
        "MIT",
        "384 dimensions",
        "33.4 M parameters",
    ]


def test_what_is_not_known_is_called_unknown_and_an_estimate_is_called_one() -> None:
    assert facts(make_entry(size_bytes=None))[0] == "Size unknown"
    assert facts(make_entry(is_size_estimated=True))[0] == "about 134 MB to download"


def test_progress_has_percent_amount_speed_and_time() -> None:
    said = [fact.plain for fact in text.progress_facts(make_job())]
    assert said == ["46 %", "3.7 GB of 8.0 GB", "38 MB/s", "1 min 53 s left"]


def test_progress_beyond_32_bits_and_beyond_the_end() -> None:
    said = text.progress_facts(make_job(done=901 * GB, total=900 * GB))
    assert said[0].plain == "100 %"
    assert said[1].plain == "901.0 GB of 900.0 GB"


def test_a_queued_job_says_that_it_waits() -> None:
    said = text.progress_facts(make_job(state=JobState.QUEUED, done=0, total=0))
    assert [fact.plain for fact in said] == ["Waiting for its turn"]


def test_a_failure_says_what_is_kept() -> None:
    entry = STATES["failed"]
    assert text.state_words(CardState.FAILED, entry) == "Connection lost"
    assert text.card_line(CardState.FAILED, entry) == (
        "1.9 GB of 2.3 GB are here and verified; nothing has to be fetched twice"
    )


def test_a_failure_with_nothing_kept_says_why() -> None:
    job = STATES["failed"].job
    assert job is not None
    entry = make_entry(job=make_job(state=JobState.FAILED, done=0, total=0, error=job.error))
    line = text.card_line(CardState.FAILED, entry)
    assert line == "The connection to the Hub was lost. Retry continues where it stopped."


@pytest.mark.parametrize("code", [*ErrorCode, None])
def test_every_failure_has_words(code: ErrorCode | None) -> None:
    assert text.failure_word(code)


@pytest.mark.parametrize("name", STATES)
def test_every_card_speaks_a_sentence(name: str) -> None:
    said = text.spoken(STATES[name], NOW)
    assert said.startswith(STATES[name].id.split("/")[1])
    assert text.state_words(state_of(STATES[name]), STATES[name]).lower() in said


def test_the_spoken_card_has_the_figures() -> None:
    said = text.spoken(STATES["downloading"], NOW)
    assert said == (
        "Qwen3-Embedding-4B, by Qwen, downloading, 46 %, 3.7 GB of 8.0 GB, 38 MB/s, 1 min 53 s left"
    )


@pytest.mark.parametrize("kind", [*ModelType, None])
def test_every_type_has_a_label_and_a_purpose(kind: ModelType | None) -> None:
    assert text.type_label(kind)
    assert text.purpose(kind)


@pytest.mark.parametrize("status", [*Status, None])
def test_every_status_has_a_label(status: Status | None) -> None:
    assert text.status_label(status)


def test_tooltips_are_exact() -> None:
    tip = text.card_tip(STATES["in_use"])
    assert "1,200,000,000 bytes" in tip
    assert "thesis-rag, notes" in tip


def test_languages_are_named_and_many_are_counted() -> None:
    assert text.language_names(("en", "de")) == "English, German"
    assert text.language_names(("en",) * 20, limit=2) == "English, English, 18 more"
    assert text.language_names(("xx-nobody",)) == "xx-nobody"


def test_the_pill_in_the_bar_is_short() -> None:
    assert text.downloads_pill(2, 41_300_000) == "2 · 41 MB/s"
    assert text.downloads_pill(1, 0) == "1"


@pytest.mark.parametrize(
    ("name", "actions", "main"),
    [
        ("available", (Action.DOWNLOAD,), Action.DOWNLOAD),
        ("gated", (Action.ACCESS, Action.DOWNLOAD), Action.DOWNLOAD),
        ("downloading", (Action.PAUSE, Action.CANCEL), Action.PAUSE),
        ("paused", (Action.RESUME, Action.CANCEL), Action.RESUME),
        ("queued", (Action.CANCEL,), Action.DETAILS),
        ("installed", (Action.DETAILS, Action.DELETE), Action.DETAILS),
        ("failed", (Action.RETRY,), Action.RETRY),
        ("partial", (Action.DELETE, Action.RESUME), Action.RESUME),
        ("damaged", (Action.DELETE, Action.REPAIR), Action.REPAIR),
        ("deleting", (), Action.DETAILS),
    ],
)
def test_the_action_follows_the_state(name, actions, main) -> None:
    assert card_actions(STATES[name]) == actions
    assert main_action(STATES[name]) is main


@pytest.mark.parametrize("name", STATES)
def test_everything_on_a_card_is_in_its_menu(name: str) -> None:
    entry = STATES[name]
    offered = menu_actions(entry)
    assert set(card_actions(entry)) <= set(offered)
    assert len(offered) == len(set(offered))
    assert all(action_words(action, entry).text for action in offered)


def test_what_is_running_cannot_be_deleted() -> None:
    assert not can_delete(STATES["downloading"])
    assert not can_delete(STATES["available"])
    assert can_delete(STATES["partial"])


def test_last_use_is_told_in_words() -> None:
    assert text.relative(NOW - timedelta(days=1), NOW) == "Yesterday"
    assert text.relative(None, NOW) == ""
