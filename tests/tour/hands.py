"""What a person can do with the window: press what is seen, type, and wait for what comes."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QTabBar, QWidget

from modelshelf.gui.actions import Action
from modelshelf.gui.job_words import JobAction
from modelshelf.gui.main_window import MainWindow
from modelshelf.gui.widgets import ModelshelfDialog
from tests.support.waiting import wait_until

_LEFT = Qt.MouseButton.LeftButton
W = TypeVar("W", bound=QWidget)
D = TypeVar("D", bound=ModelshelfDialog)


class Hands:
    """Every press goes to a point of the window that is seen and that nothing covers."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    def press(self, name: str, within: QWidget | None = None) -> None:
        """Press the button that says `name`, or is called so by a screen reader."""
        button = self._button(name, within or self.window)
        self.press_at(button, button.rect().center())

    def sees(self, name: str, within: QWidget | None = None) -> bool:
        """Whether there is a button that says `name` and can be pressed."""
        found = self._buttons(name, within or self.window)
        return bool(found) and found[0].isEnabled()

    def press_card(self, model_id: str, action: Action) -> None:
        """Press a painted button on the card of a model."""
        cards = self.window.models_page.list
        row = self.window.models_page.model.row_of(model_id)
        assert row is not None, f"{model_id} is not in the list"
        cards.scrollTo(self.window.models_page.model.index(row))
        corners = cards.button_rect(model_id, action)
        assert corners is not None, f"the card of {model_id} does not offer “{action}”"
        self.press_at(cards.viewport(), QRect(*corners).center())

    def choose_card(self, model_id: str) -> None:
        """Press the card itself, where it has no button."""
        cards = self.window.models_page.list
        row = self.window.models_page.model.row_of(model_id)
        assert row is not None, f"{model_id} is not in the list"
        index = self.window.models_page.model.index(row)
        cards.scrollTo(index)
        self.press_at(cards.viewport(), cards.visualRect(index).topLeft() + QPoint(24, 24))

    def press_job(self, job_id: str, action: JobAction) -> None:
        """Press a painted button in the list of downloads."""
        jobs = self.window.downloads_page.list
        rect = jobs.button_rect(job_id, action)
        assert rect is not None, f"the row of {job_id} does not offer “{action}”"
        self.press_at(jobs.viewport(), rect.center())

    def choose_tab(self, tabs: QTabBar, words: str) -> None:
        """Bring the tab that says `words` to the front."""
        for place in range(tabs.count()):
            if tabs.tabText(place) == words:
                self.press_at(tabs, tabs.tabRect(place).center())
                return
        raise AssertionError(f"there is no tab “{words}”")

    def press_at(self, widget: QWidget, point: QPoint) -> None:
        """Press a point of a widget, as long as that is what lies there."""
        modal = QApplication.activeModalWidget()
        if modal is not None:
            assert modal.isAncestorOf(widget), f"“{modal.windowTitle()}” is in the way"
        assert widget.isVisible(), f"{_name(widget)} is not seen"
        assert widget.isEnabled(), f"{_name(widget)} cannot be pressed"
        top = widget.window()
        wait_until(
            lambda: _is_part(top.childAt(widget.mapTo(top, point)), widget),
            f"nothing covers {_name(widget)}",
            seconds=8,
        )
        QTest.mouseClick(widget, _LEFT, pos=point)

    def key(self, key: str | Qt.Key, widget: QWidget | None = None) -> None:
        """Press a key where the keyboard is: a `Qt.Key`, or a shortcut such as `Ctrl+K`."""
        if isinstance(key, Qt.Key):
            QTest.keyClick(widget or self.focus(), key)
        else:
            QTest.keySequence(widget or self.window, key)

    def type(self, words: str, widget: QWidget | None = None) -> None:
        """Type words where the keyboard is."""
        QTest.keyClicks(widget or self.focus(), words)

    def focus(self) -> QWidget:
        """What has the keyboard."""
        widget = QApplication.focusWidget()
        assert widget is not None, "nothing has the keyboard"
        return widget

    def dialog(self, kind: type[D]) -> D:
        """Wait for a dialog of this kind to have the keyboard, and return it."""
        wait_until(lambda: self._open(kind) is not None, f"a {kind.__name__} opens")
        found = self._open(kind)
        assert found is not None
        wait_until(found.isActiveWindow, f"the {kind.__name__} has the keyboard")
        return found

    def no_dialog(self) -> None:
        """Wait until no dialog is open and the window has the keyboard."""
        wait_until(lambda: not self.has_dialog(), "the dialog closes")
        # What a window manager does; without a screen there is none.
        self.window.activateWindow()
        wait_until(self.window.isActiveWindow, "the window has the keyboard")

    def has_dialog(self) -> bool:
        """Whether a dialog is open."""
        return self._open(ModelshelfDialog) is not None

    def _open(self, kind: type[D]) -> D | None:
        dialogs = (d for d in self.window.findChildren(kind) if d.isVisible())
        return next(dialogs, None)

    def _buttons(self, name: str, within: QWidget) -> list[QAbstractButton]:
        return [
            button
            for button in within.findChildren(QAbstractButton)
            if button.isVisible() and name in (button.text(), button.accessibleName())
        ]

    def _button(self, name: str, within: QWidget) -> QAbstractButton:
        wait_until(lambda: bool(self._buttons(name, within)), f"a button “{name}” is seen")
        found = self._buttons(name, within)
        assert len(found) == 1, f"{len(found)} buttons say “{name}”"
        return found[0]


def one(within: QWidget, kind: type[W]) -> W:
    """Return the only widget of a kind that is seen there."""
    found = [widget for widget in within.findChildren(kind) if widget.isVisible()]
    assert len(found) == 1, f"{len(found)} of {kind.__name__} are seen"
    return found[0]


def _is_part(found: QWidget | None, of: QWidget) -> bool:
    return found is not None and (found is of or of.isAncestorOf(found))


def _name(widget: QWidget) -> str:
    return widget.accessibleName() or type(widget).__name__
