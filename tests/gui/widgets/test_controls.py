"""Buttons, fields, choices, tabs: what they say, what they emit, how they are reached."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from tests.support.speech import found, name_of, nameless

from modelshelf.core.catalogue.query import Sort
from modelshelf.gui.theme import Theme
from modelshelf.gui.widgets import (
    Button,
    CheckBox,
    ChoiceButton,
    DropDown,
    ElidedLabel,
    FlowRow,
    IconButton,
    Kind,
    Label,
    Labelled,
    Look,
    NumberField,
    Pill,
    ProgressBar,
    RadioButton,
    SearchField,
    Segments,
    Tabs,
    Tone,
    permille,
)


def shown(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("theme_name", ["light", "dark"])
def test_a_button_is_a_control_high_and_never_cuts_its_words(
    qtbot: QtBot, theme: Theme, kind: Kind, theme_name: str
) -> None:
    theme.choose(theme_name)
    button = Button("Download 16.1 GB", kind, "download")
    shown(qtbot, button)
    assert button.height() == 32
    assert button.width() > button.fontMetrics().horizontalAdvance(button.text())
    assert not button.grab().toImage().isNull()


def test_an_icon_button_has_a_name_and_a_tooltip(qtbot: QtBot) -> None:
    button = IconButton("settings", "Settings")
    shown(qtbot, button)
    assert name_of(button) == "Settings"
    assert button.toolTip() == "Settings"


def test_a_choice_is_told_once_and_said_in_words(qtbot: QtBot) -> None:
    button = ChoiceButton("Sort")
    shown(qtbot, button)
    button.set_choices([("", Sort.RECOMMENDED), ("Name", Sort.NAME)])
    assert button.text() == "Sort"
    assert not button.is_narrowing
    menu = button.menu()
    menu.aboutToShow.emit()
    with qtbot.waitSignal(button.chosen) as told:
        menu.actions()[1].trigger()
    assert told.args == [Sort.NAME]
    assert button.value is Sort.NAME
    assert button.text() == "Sort: Name"
    assert name_of(button) == "Sort: Name"
    with qtbot.assertNotEmitted(button.chosen):
        menu.actions()[1].trigger()


def test_a_remembered_word_becomes_the_offered_value(qtbot: QtBot) -> None:
    button = ChoiceButton("Sort")
    qtbot.addWidget(button)
    button.set_choices([("", Sort.RECOMMENDED), ("Size", Sort.SIZE)])
    button.choose("size")
    assert button.value is Sort.SIZE
    button.choose("nonsense")
    assert button.value is Sort.SIZE


def test_a_choice_that_is_no_longer_offered_falls_to_the_first(qtbot: QtBot) -> None:
    button = ChoiceButton("Family")
    qtbot.addWidget(button)
    button.set_choices([("", None), ("bge", "bge")])
    button.choose("bge")
    button.set_choices([("", None), ("gte", "gte")])
    assert button.value is None


def test_tabs_say_their_counts_and_go_round(qtbot: QtBot) -> None:
    tabs = Tabs("Model types")
    tabs.add("Embedding", 24)
    tabs.add("LLMs", 31)
    shown(qtbot, tabs)
    spoken = QAccessible.queryAccessibleInterface(tabs).child(0)
    assert spoken.text(QAccessible.Text.Name) == "Embedding, 24"
    with qtbot.waitSignal(tabs.currentChanged) as told:
        tabs.show_next(-1)
    assert told.args == [1]
    tabs.show_next()
    assert tabs.currentIndex() == 0


def test_a_hidden_tab_leaves_no_gap_however_often_it_is_hidden(qtbot: QtBot) -> None:
    tabs = Tabs("Model types")
    for name in ("Captioning", "Other", "All"):
        tabs.add(name, 1)
    shown(qtbot, tabs)
    assert tabs.tabRect(2).x() == tabs.tabRect(1).right() + 1
    for _ in range(2):
        tabs.setTabVisible(1, False)
    assert tabs.tabRect(2).x() == tabs.tabRect(0).right() + 1


def test_a_tab_does_not_move_when_it_comes_to_the_front(qtbot: QtBot) -> None:
    tabs = Tabs("Model types")
    for name in ("Embedding", "LLMs", "Rerankers"):
        tabs.add(name, 5)
    shown(qtbot, tabs)
    before = [tabs.tabRect(place) for place in range(3)]
    tabs.setCurrentIndex(2)
    assert [tabs.tabRect(place) for place in range(3)] == before


def test_escape_clears_the_search_and_then_is_left_to_the_window(qtbot: QtBot) -> None:
    field = SearchField("Filter this list", hint="Ctrl K")
    shown(qtbot, field)
    qtbot.keyClicks(field, "bge")
    assert field.text() == "bge"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""
    assert name_of(field) == "Filter this list"


def test_the_cross_in_the_search_clears_it(qtbot: QtBot) -> None:
    field = SearchField("Filter")
    shown(qtbot, field)
    cross = found(field, IconButton)
    assert cross.isHidden()
    qtbot.keyClicks(field, "x")
    assert not cross.isHidden()
    qtbot.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert field.text() == ""


def test_segments_hold_one_value(qtbot: QtBot) -> None:
    segments = Segments("Pooling", [("Mean", "mean"), ("Last token", "last")])
    shown(qtbot, segments)
    assert segments.value == "mean"
    second = segments.findChildren(QWidget)[1]
    with qtbot.waitSignal(segments.chosen) as told:
        qtbot.mouseClick(second, Qt.MouseButton.LeftButton)
    assert told.args == ["last"]
    with qtbot.assertNotEmitted(segments.chosen):
        segments.choose("mean")
    assert segments.value == "mean"


@pytest.mark.parametrize("kind", [CheckBox, RadioButton])
def test_the_words_of_a_mark_belong_to_it(qtbot: QtBot, kind: type[CheckBox]) -> None:
    box = kind("Tokenizer and configuration")
    shown(qtbot, box)
    end = QPoint(box.width() - 6, box.height() // 2)
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=end)
    assert box.isChecked()


def test_a_field_says_in_its_place_what_is_wrong(qtbot: QtBot) -> None:
    field = QLineEdit()
    labelled = Labelled("Dimension", field, "Detected when left empty")
    shown(qtbot, labelled)
    assert name_of(field) == "Dimension"
    labelled.refuse("Use a whole number.")
    assert field.accessibleDescription() == "Use a whole number."
    assert field.property("invalid") is True
    labelled.refuse("")
    assert field.accessibleDescription() == "Detected when left empty"


def test_controls_are_named(qtbot: QtBot) -> None:
    page = QWidget()
    row = QHBoxLayout(page)
    for widget in (
        Button("Download"),
        IconButton("x", "Close"),
        SearchField("Search"),
        DropDown("Type"),
        NumberField("Connections", 1, 64),
        CheckBox("All files"),
        Segments("Pooling", [("Mean", 1), ("Last", 2)]),
        Labelled("Token", QLineEdit()),
    ):
        row.addWidget(widget)
    shown(qtbot, page)
    assert list(nameless(page)) == []


def test_a_label_shows_markup_as_it_is_written(qtbot: QtBot) -> None:
    label = Label("<b>not bold</b>", Look.BODY)
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_a_cut_line_says_all_of_it_in_its_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel("a very long name of a model that nobody wants to read")
    shown(qtbot, label)
    label.resize(80, 20)
    assert label.text().endswith("…")
    assert label.toolTip() == label.full_text
    assert name_of(label) == label.full_text
    label.resize(800, 20)
    assert label.text() == label.full_text
    assert label.toolTip() == ""


def test_a_pill_is_as_wide_as_its_words(qtbot: QtBot) -> None:
    pill = Pill("Installed", Tone.GOOD, "check")
    shown(qtbot, pill)
    before = pill.sizeHint().width()
    pill.say("Licence needed", Tone.CAUTION, "lock")
    assert pill.sizeHint().width() > before
    assert pill.accessibleName() == "Licence needed"


@pytest.mark.parametrize(
    ("done", "total", "expected"),
    [
        (0, 0, 0),
        (5, 10, 500),
        (2_500_000_000, 5_000_000_000, 500),
        (10**13, 10**13, 1000),
        (11, 10, 1000),
        (-1, 10, 0),
    ],
)
def test_bars_count_to_a_thousand_whatever_the_bytes(done: int, total: int, expected: int) -> None:
    assert permille(done, total) == expected


def test_a_bar_shows_more_bytes_than_32_bits_hold(qtbot: QtBot) -> None:
    bar = ProgressBar("Download")
    shown(qtbot, bar)
    bar.set_fraction(3 * 10**12, 4 * 10**12)
    assert bar.value() == 750
    assert name_of(bar) == "Download"


@pytest.mark.parametrize("width", [200, 320, 480, 900])
@pytest.mark.parametrize(
    "direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft]
)
def test_a_flowing_row_overlaps_nowhere(
    qtbot: QtBot, width: int, direction: Qt.LayoutDirection
) -> None:
    page = QWidget()
    page.setLayoutDirection(direction)
    row = FlowRow(page)
    children = [SearchField("Filter"), Button("Status"), Button("Family"), Button("Add model…")]
    for child in children:
        row.addWidget(child)
    page.resize(width, row.heightForWidth(width))
    shown(qtbot, page)
    rects = [child.geometry() for child in children]
    for place, rect in enumerate(rects):
        assert page.rect().contains(rect)
        assert not any(rect.intersects(other) for other in rects[place + 1 :])
