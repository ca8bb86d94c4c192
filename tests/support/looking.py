"""What is wrong with how a widget looks, as far as a program can tell: blank, clipped, tofu."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QLabel,
    QScrollArea,
    QTabBar,
    QWidget,
)

from modelshelf.gui.widgets import ElidedLabel

_SAMPLES = 64


def settle() -> None:
    """Let layouts and deletions that were asked for happen, without running the event loop."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QCoreApplication.sendPostedEvents()


def picture_of(widget: QWidget) -> QPixmap:
    """Return what `widget` looks like once it is laid out."""
    widget.show()
    settle()
    return widget.grab()


def over(window: QWidget, dialog: QWidget) -> QPixmap:
    """Return `dialog` in the middle of `window`, as a screen would show both."""
    settle()
    picture = window.grab()
    painter = QPainter(picture)
    middle = window.rect().center() - dialog.rect().center()
    painter.drawPixmap(middle, dialog.grab())
    painter.end()
    return picture


def is_blank(picture: QPixmap) -> bool:
    """Whether a picture shows nothing: a handful of colours, wherever one looks."""
    image: QImage = picture.toImage()
    if image.isNull():
        return True
    small = image.scaled(QSize(_SAMPLES, _SAMPLES))
    colours = {small.pixel(x, y) for x in range(_SAMPLES) for y in range(_SAMPLES)}
    return len(colours) < 8


def problems_of(root: QWidget) -> list[str]:
    """Return a sentence for each thing that is cut, sticks out, or has no glyph."""
    found: list[str] = []
    for widget in _shown(root):
        found += _clipped(widget)
        found += _sticking_out(widget)
    found += [f"no glyph for {character!r} in “{text}”" for text, character in _tofu(root)]
    return found


def _shown(root: QWidget) -> Iterator[QWidget]:
    for widget in root.findChildren(QWidget):
        if widget.isVisibleTo(root) and widget.width() > 0 and widget.window() is root.window():
            yield widget


def _clipped(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QLabel) and not isinstance(widget, ElidedLabel) and widget.text():
        if widget.wordWrap():
            needed = widget.heightForWidth(widget.width())
            if needed > widget.height() + 1:
                yield f"“{widget.text()}” needs {needed} px of height, has {widget.height()}"
        elif widget.sizeHint().width() > widget.width() + 1:
            needed = widget.sizeHint().width()
            yield f"“{widget.text()}” needs {needed} px, has {widget.width()}"
    elif isinstance(widget, QAbstractButton) and widget.text():
        size, hint = widget.size(), widget.minimumSizeHint()
        if hint.width() > size.width() + 1 or hint.height() > size.height() + 1:
            yield f"button “{widget.text()}” needs {hint.toTuple()}, has {size.toTuple()}"


def _sticking_out(widget: QWidget) -> Iterator[str]:
    parent = widget.parentWidget()
    if parent is None or _scrolls(widget) or isinstance(parent, QTabBar):
        return
    here = widget.geometry()
    if not parent.rect().adjusted(-1, -1, 1, 1).contains(here):
        name = widget.accessibleName() or type(widget).__name__
        yield f"{name} at {here.getRect()} sticks out of {parent.rect().getRect()}"


def _scrolls(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    grandparent = parent.parentWidget() if parent else None
    is_inside = isinstance(grandparent, QScrollArea) and parent is grandparent.viewport()
    return is_inside or isinstance(parent, QAbstractItemView)


def _tofu(root: QWidget) -> Iterator[tuple[str, str]]:
    for widget in _shown(root):
        metrics = QFontMetrics(widget.font())
        for text in _words(widget):
            for character in set(text):
                if character.isprintable() and not metrics.inFontUcs4(ord(character)):
                    yield text, character


def _words(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    elif isinstance(widget, QAbstractItemView) and (model := widget.model()) is not None:
        for row in range(min(50, model.rowCount())):
            index = model.index(row, 0)
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
                text = index.data(role)
                if isinstance(text, str):
                    yield text
