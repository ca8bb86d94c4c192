"""A model is dragged from its card, over the name of a page, into a collection."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent
from pytestqt.qtbot import QtBot
from tests.support.scenes import QWEN, catalogue
from tests.support.speech import found

from modelshelf.gui.frame.navigation import Navigation, NavigationItem
from modelshelf.gui.models.catalogue_model import CatalogueModel
from modelshelf.gui.roles import MODEL_MIME


def carrying(model_id: str, mime: str = MODEL_MIME) -> tuple[QDragEnterEvent, QMimeData]:
    data = QMimeData()
    data.setData(mime, model_id.encode())
    none = Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    return QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, left, none), data


def waits(item: NavigationItem) -> bool:
    return any(timer.isActive() for timer in item.findChildren(QTimer))


def test_a_card_carries_the_id_of_its_model(qtbot: QtBot) -> None:
    model = CatalogueModel()
    model.show(catalogue())
    index = model.index(0)
    assert model.flags(index) & Qt.ItemFlag.ItemIsDragEnabled
    data = model.mimeData([index])
    assert bytes(data.data(MODEL_MIME).data()).decode() == QWEN


def test_holding_a_model_over_a_page_opens_it(qtbot: QtBot) -> None:
    navigation = Navigation()
    qtbot.addWidget(navigation)
    navigation.add("Collections", "folder-heart")
    item = found(navigation, NavigationItem)
    event, _data = carrying(QWEN)
    with qtbot.waitSignal(navigation.chosen) as told:
        item.dragEnterEvent(event)
    assert told.args == [0]


def test_passing_over_it_or_carrying_something_else_does_not(qtbot: QtBot) -> None:
    navigation = Navigation()
    qtbot.addWidget(navigation)
    navigation.add("Collections", "folder-heart")
    item = found(navigation, NavigationItem)
    event, _data = carrying(QWEN)
    item.dragEnterEvent(event)
    assert waits(item)
    item.dragLeaveEvent(QDragLeaveEvent())
    other, _text = carrying("words", "text/plain")
    other.ignore()
    item.dragEnterEvent(other)
    assert not other.isAccepted()
    assert not waits(item)
