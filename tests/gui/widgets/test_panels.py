"""Grounds, facts, empty states, banners, findings."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tests.support.speech import found

from modelshelf.core.plan import Finding, FindingKind, Weight
from modelshelf.gui.widgets import Banner, Button, EmptyState, Facts, FindingList, FindingRow, Label
from modelshelf.gui.widgets.findings import finding_icon

BLOCKER = Finding(
    FindingKind.COLLECTION,
    Weight.BLOCKER,
    "Collection “thesis-rag” uses it for embedding",
    "Choose another model there first.",
    subject="thesis-rag",
)
WARNING = Finding(FindingKind.PREFERENCE, Weight.WARNING, "It is the default embedding model")


def shown(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.addWidget(widget)
    widget.resize(max(widget.width(), 320), max(widget.height(), 240))
    with qtbot.waitExposed(widget):
        widget.show()


def words(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(Label) if label.isVisibleTo(widget)]


def test_facts_are_replaced_whole(qtbot: QtBot) -> None:
    facts = Facts()
    shown(qtbot, facts)
    facts.show_facts([("Licence", "MIT"), ("Context", "512 tokens")])
    facts.show_facts([("Licence", "Apache-2.0")], {"Licence": "exactly"})
    qtbot.waitUntil(lambda: words(facts) == ["Licence", "Apache-2.0"])
    value = next(label for label in facts.findChildren(Label) if label.text() == "Apache-2.0")
    assert value.toolTip() == "exactly"
    assert value.accessibleName() == "Licence: Apache-2.0"


def test_an_empty_page_offers_the_next_step(qtbot: QtBot) -> None:
    empty = EmptyState("search", "Nothing matches", "No model has “foo”.", "Clear filters")
    shown(qtbot, empty)
    button = found(empty, Button)
    with qtbot.waitSignal(empty.acted):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    empty.say("package", "No models yet")
    assert button.isHidden()
    assert empty.accessibleName() == "No models yet"


def test_long_sentences_of_an_empty_page_are_not_cut(qtbot: QtBot) -> None:
    sentence = "A sentence that goes on for much longer than one line has room for. " * 3
    empty = EmptyState("search", "Nothing matches", sentence)
    empty.resize(400, 500)
    shown(qtbot, empty)
    label = next(one for one in empty.findChildren(Label) if one.text() == sentence)
    assert label.height() >= label.heightForWidth(label.width())


def test_a_banner_says_its_state_and_acts(qtbot: QtBot) -> None:
    banner = Banner("cloud-off", "Offline.", "Try again")
    shown(qtbot, banner)
    assert banner.accessibleName() == "Offline."
    with qtbot.waitSignal(banner.acted):
        qtbot.mouseClick(found(banner, Button), Qt.MouseButton.LeftButton)


def test_findings_are_rows_that_open_their_subject(qtbot: QtBot) -> None:
    rows = FindingList()
    shown(qtbot, rows)
    rows.show_findings((BLOCKER, WARNING), {FindingKind.COLLECTION: "Open"})
    said = [BLOCKER.sentence, BLOCKER.reason, WARNING.sentence]
    qtbot.waitUntil(lambda: words(rows) == said)
    with qtbot.waitSignal(rows.opened) as told:
        qtbot.mouseClick(found(rows, Button), Qt.MouseButton.LeftButton)
    assert told.args == [BLOCKER]
    rows.show_findings(())
    qtbot.waitUntil(lambda: words(rows) == [])


def test_the_weight_of_a_finding_is_an_icon_and_not_only_a_colour(qtbot: QtBot) -> None:
    assert finding_icon(WARNING) == "triangle-alert"
    assert finding_icon(BLOCKER) == "folder-heart"
    row = FindingRow(BLOCKER)
    qtbot.addWidget(row)
    assert row.accessibleName() == BLOCKER.text
