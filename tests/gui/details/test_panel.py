"""The details panel: facts, files, users."""

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tests.support.entries import NOW, entries_by_state, installed, make_entry, make_job
from tests.support.speech import found, nameless

from modelshelf.core.catalogue import facts as known_facts
from modelshelf.core.model import JobState, ModelType
from modelshelf.core.plan import Finding, FindingKind, Weight
from modelshelf.core.usage.report import UsageReport
from modelshelf.gui.actions import Action
from modelshelf.gui.details.overview import overview_facts, usage_facts
from modelshelf.gui.details.panel import DetailsPanel
from modelshelf.gui.models.files_model import FileRow
from modelshelf.gui.widgets import Button, EmptyState, FindingRow, IconButton, Label

STATES = entries_by_state()
ENTRY = STATES["in_use"]


def report(*findings: Finding, can_delete: bool = True) -> UsageReport:
    return UsageReport(
        model_id=ENTRY.id,
        revision=None,
        is_installed=True,
        size_on_disk=1_200_000_000,
        estimated_freed=1_190_000_000,
        blocked_by_collections=(),
        user_preferences_count=0,
        llm_config_count=0,
        is_default_embedding_model=False,
        loaded_in=(),
        findings=findings,
        can_delete=can_delete,
    )


@pytest.fixture
def panel(qtbot: QtBot) -> DetailsPanel:
    made = DetailsPanel(clock=lambda: NOW)
    made.resize(384, 780)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def words(panel: DetailsPanel) -> list[str]:
    return [label.text() for label in panel.findChildren(Label) if label.isVisibleTo(panel)]


def test_the_overview_says_what_is_known_and_nothing_else() -> None:
    facts = dict(overview_facts(ENTRY, NOW))
    assert facts["Licence"] == "Apache-2.0"
    assert facts["Parameters"] == "596 M"
    assert facts["On disk"] == "1.2 GB"
    assert facts["Last used"] == "Yesterday"
    assert facts["Languages"] == "English"
    assert "To download" not in facts
    bare = dict(overview_facts(make_entry(licence=None, parameters=None, size_bytes=None), NOW))
    assert {"Licence", "Parameters", "To download"}.isdisjoint(bare)


def test_an_encoder_says_how_it_wants_to_be_asked() -> None:
    entry = known_facts.RegistryEntry(
        id=ENTRY.id,
        aliases=(),
        name="x",
        team="x",
        type=ModelType.EMBEDDING,
        family="x",
        description="x",
        licence=None,
        gated=False,
        languages=(),
        capabilities=(),
        link="",
        added=date(2026, 1, 1),
        tested=known_facts.Tested("Anna", date(2026, 2, 3)),
        pooling="last",
        query_prefix="Instruct: ",
    )
    known = replace(ENTRY, registry=entry)
    assert usage_facts(known) == [("Pooling", "last"), ("Query prefix", "Instruct: ")]
    assert dict(overview_facts(known, NOW))["Tested"] == "By Anna on 2026-02-03"


def test_it_names_the_model_and_its_revision(panel: DetailsPanel) -> None:
    panel.show_entry(ENTRY)
    assert panel.model_id == ENTRY.id
    assert "Qwen · embedding model · revision 4b1c0de" in words(panel)


def test_files_are_asked_for_when_their_tab_comes_to_the_front(
    qtbot: QtBot, panel: DetailsPanel
) -> None:
    with qtbot.assertNotEmitted(panel.files_wanted):
        panel.show_entry(ENTRY)
    with qtbot.waitSignal(panel.files_wanted) as told:
        panel.tabs.setCurrentIndex(1)
    assert told.args == [ENTRY.id]
    panel.show_files(ENTRY.id, [FileRow("model.safetensors", 7_500_000_000)], "on this machine")
    assert "1 file, 7.5 GB, on this machine" in words(panel)
    assert panel.files.model.rowCount() == 1


def test_an_answer_for_another_model_is_too_late(panel: DetailsPanel) -> None:
    panel.tabs.setCurrentIndex(1)
    panel.show_entry(ENTRY)
    panel.show_files(STATES["available"].id, [FileRow("a", 1)], "on the Hub")
    assert panel.files.model.rowCount() == 0


def test_files_that_cannot_be_listed_say_why(panel: DetailsPanel) -> None:
    panel.tabs.setCurrentIndex(1)
    panel.show_entry(ENTRY)
    panel.files.refuse("The Hub cannot be reached.", "Check the connection.")
    empty = found(panel.files, EmptyState)
    assert empty.accessibleName() == "The Hub cannot be reached. Check the connection."


def test_who_uses_it_is_listed_and_leads_to_the_collection(
    qtbot: QtBot, panel: DetailsPanel
) -> None:
    panel.show_entry(ENTRY)
    with qtbot.waitSignal(panel.usage_wanted):
        panel.tabs.setCurrentIndex(2)
    finding = Finding(
        FindingKind.COLLECTION,
        Weight.BLOCKER,
        "Collection “thesis-rag” uses it for embedding",
        subject="thesis-rag",
    )
    panel.show_usage(ENTRY.id, report(finding, can_delete=False))
    qtbot.waitUntil(lambda: finding.sentence in words(panel))
    assert "It cannot be deleted while this is so." in words(panel)
    with qtbot.waitSignal(panel.collection_requested) as told:
        qtbot.mouseClick(found(found(panel.used_by, FindingRow), Button), Qt.MouseButton.LeftButton)
    assert told.args == ["thesis-rag"]


def test_an_unused_model_says_what_deleting_would_free(panel: DetailsPanel) -> None:
    panel.show_entry(ENTRY)
    panel.tabs.setCurrentIndex(2)
    panel.show_usage(ENTRY.id, report())
    assert "Deleting it would free 1.2 GB." in words(panel)


def test_what_was_looked_up_is_kept_while_the_model_stays(
    qtbot: QtBot, panel: DetailsPanel
) -> None:
    panel.tabs.setCurrentIndex(1)
    panel.show_entry(ENTRY)
    panel.show_files(ENTRY.id, [FileRow("a", 1)], "on this machine")
    with qtbot.assertNotEmitted(panel.files_wanted):
        panel.show_entry(replace(ENTRY, favourite=False))
    assert panel.files.model.rowCount() == 1


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        ("available", ["download"]),
        ("downloading", ["pause", "cancel"]),
        ("in_use", ["delete"]),
        ("failed", ["retry"]),
    ],
)
def test_the_actions_of_the_card_are_here_too(
    qtbot: QtBot, panel: DetailsPanel, state: str, actions: list[str]
) -> None:
    panel.show_entry(STATES[state])
    offered = [
        button
        for button in panel.overview.findChildren(Button)
        if button.isVisibleTo(panel) and button.objectName() in actions
    ]
    assert [button.objectName() for button in offered] == actions
    with qtbot.waitSignal(panel.requested) as told:
        qtbot.mouseClick(offered[0], Qt.MouseButton.LeftButton)
    assert told.args == [Action(actions[0]), STATES[state].id]


def test_progress_does_not_rebuild_the_buttons(panel: DetailsPanel) -> None:
    panel.show_entry(STATES["downloading"])
    before = panel.overview.findChildren(Button)
    moved = replace(
        STATES["downloading"], job=make_job("Qwen/Qwen3-Embedding-4B", done=5_000_000_000)
    )
    panel.show_entry(moved)
    assert panel.overview.findChildren(Button) == before
    assert any(text.startswith("62 %") for text in words(panel))


def test_a_failure_is_told_in_full(panel: DetailsPanel) -> None:
    panel.show_entry(STATES["failed"])
    said = "The connection to the Hub was lost. Retry continues where it stopped."
    assert said in words(panel)
    paused = replace(STATES["paused"], id=ENTRY.id)
    panel.show_entry(paused)
    assert paused.job is not None
    assert paused.job.state is JobState.PAUSED
    assert said not in words(panel)


def test_the_heart_and_the_cross(qtbot: QtBot, panel: DetailsPanel) -> None:
    panel.show_entry(ENTRY)
    heart, cross = panel.findChildren(IconButton)[:2]
    assert heart.accessibleName() == "Remove from favourites"
    with qtbot.waitSignal(panel.requested) as told:
        qtbot.mouseClick(heart, Qt.MouseButton.LeftButton)
    assert told.args == [Action.FAVOURITE, ENTRY.id]
    with qtbot.waitSignal(panel.closed):
        qtbot.mouseClick(cross, Qt.MouseButton.LeftButton)


def test_escape_closes(qtbot: QtBot, panel: DetailsPanel) -> None:
    panel.show_entry(installed())
    with qtbot.waitSignal(panel.closed):
        qtbot.keyClick(panel, Qt.Key.Key_Escape)


def test_every_control_has_a_name(panel: DetailsPanel) -> None:
    panel.show_entry(ENTRY)
    for place in range(3):
        panel.tabs.setCurrentIndex(place)
        assert list(nameless(panel)) == []
