"""The frame that all dialogs share: title, subtitle, body, a row of buttons."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QGuiApplication,
    QHideEvent,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from modelshelf.gui.theme import colour, scaled
from modelshelf.gui.widgets.buttons import Button, IconButton
from modelshelf.gui.widgets.labels import Label, Look
from modelshelf.gui.widgets.painting import Kind, paint_box, paint_shadow

_RADIUS = 16
_SHADOW = 28
_PADDING = 24
_LEAST_BODY = 160
_SCROLL_BAR = 16


class _Scrim(QWidget):
    """Dims the window behind a dialog."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(window.rect())

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), colour("scrim", 0.35))


class ModelshelfDialog(QDialog):
    """Put widgets into `body`, buttons in with `add_button`; Esc and the cross reject.

    Show it with `open()`: it is modal to its window and the event loop goes on. The first button
    added with `default=True` answers to Enter.
    """

    def __init__(
        self,
        title: str,
        subtitle: str = "",
        parent: QWidget | None = None,
        *,
        width: int = 480,
        closable: bool = False,
    ) -> None:
        super().__init__(parent)
        self._floats = QGuiApplication.platformName() != "xcb"
        self._closable = closable
        self._scrim: _Scrim | None = None
        self._middle = self.geometry().center()
        self._body_scroll: QScrollArea | None = None
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, self._floats)
        self._title = Label(title, Look.TITLE, wrap=True)
        self._subtitle = Label(subtitle, Look.SECONDARY, wrap=True)
        self._cross = IconButton("x", self.tr("Close"), self)
        self._cross.clicked.connect(self.reject)
        self._cross.setVisible(closable)
        self._column = QVBoxLayout(self)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        self._lay_out()
        room = self.screen().availableGeometry().width()
        self.setFixedWidth(min(scaled(width) + 2 * self._margin, room))
        self.set_title(title, subtitle)

    @property
    def _margin(self) -> int:
        return _SHADOW if self._floats else 0

    def set_title(self, title: str, subtitle: str = "") -> None:
        """Say what this is about."""
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(subtitle)
        self._title.setText(title)
        self._subtitle.setText(subtitle)
        self._subtitle.setVisible(bool(subtitle))

    def add_button(self, text: str, kind: Kind = Kind.PLAIN, *, default: bool = False) -> Button:
        """Append a button to the row at the bottom and return it, to be connected."""
        button = Button(text, kind, parent=self)
        button.setAutoDefault(default)
        button.setDefault(default)
        self._buttons.addWidget(button)
        if default:
            button.setFocus()
        return button

    def add_left_widget(self, widget: QWidget) -> None:
        """Put something at the start of the button row: a link, a check box."""
        self._buttons.insertWidget(0, widget)

    def fit(self) -> None:
        """Fit the height to the contents again, after they changed while shown."""
        middle = self._middle
        for child in self.findChildren(QWidget):
            # What was added a moment ago is only shown later; the height counts what is shown.
            decided = child.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
            if not decided and not child.isWindow():
                child.show()
        self._column.invalidate()
        self._column.activate()
        self._keep_on_screen()
        self.resize(self.sizeHint())
        if self.isVisible():
            # It grows to all sides, from wherever it was dragged.
            self.move(self.pos() + middle - self.geometry().center())
            self._middle = middle

    def _keep_on_screen(self) -> None:
        """Let the body scroll where large text makes it higher than the screen."""
        width = self.minimumWidth()
        room = self.screen().availableGeometry().height()
        if self._body_scroll is None:
            if self._column.totalHeightForWidth(width) <= room:
                return
            self._body_scroll = self._wrap_body()
        self._body_scroll.setFixedHeight(0)
        rest = self._column.totalHeightForWidth(width)
        inside = width - 2 * (self._margin + _PADDING)
        body = self.body
        wraps = body.hasHeightForWidth()
        needed = body.totalHeightForWidth(inside) if wraps else body.totalSizeHint().height()
        self._body_scroll.setFixedHeight(min(needed, max(scaled(_LEAST_BODY), room - rest)))
        self._column.activate()

    def _wrap_body(self) -> QScrollArea:
        place = self._column.indexOf(self.body)
        self._column.removeItem(self.body)
        self.body.setParent(None)
        self.body.setContentsMargins(0, 0, _SCROLL_BAR, 0)
        contents = QWidget()
        contents.setLayout(self.body)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(contents)
        scroll.viewport().setAutoFillBackground(False)
        contents.setAutoFillBackground(False)
        contents.show()
        self._column.insertWidget(place, scroll)
        scroll.show()
        return scroll

    def sizeHint(self) -> QSize:
        """As wide as told, as high as the wrapped words then need."""
        width = self.minimumWidth()
        return QSize(width, self._column.totalHeightForWidth(width))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the shadow and the card."""
        painter = QPainter(self)
        margin = self._margin
        card = self.rect().adjusted(margin, margin, -margin, -margin)
        if self._floats:
            paint_shadow(painter, card, _RADIUS, _SHADOW)
        paint_box(painter, card, _RADIUS, fill=colour("surface"), border=colour("line"))

    def moveEvent(self, event: QMoveEvent) -> None:
        """Remember where it was put: parts that appear stretch it downwards before it is fitted."""
        super().moveEvent(event)
        self._middle = self.geometry().center()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the cross in its corner; cut the corners where the screen has no transparency."""
        super().resizeEvent(event)
        side, inset = self._cross.sizeHint().width(), self._margin + 16
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._cross.move(inset if mirrored else self.width() - inset - side, inset + 2)
        if not self._floats:
            shape = QPainterPath()
            shape.addRoundedRect(QRectF(self.rect()), _RADIUS, _RADIUS)
            self.setMask(QRegion(shape.toFillPolygon().toPolygon()))

    def showEvent(self, event: QShowEvent) -> None:
        """Dim the window behind and stand in its middle."""
        super().showEvent(event)
        if not event.spontaneous():
            self.fit()
        parent = self.parentWidget()
        if parent is None or event.spontaneous():
            return
        behind = parent.window()
        if self._scrim is None:
            self._scrim = _Scrim(behind)
            self._scrim.show()
            self._scrim.raise_()
        middle = behind.mapToGlobal(behind.rect().center())
        self.move(middle - self.rect().center())

    def hideEvent(self, event: QHideEvent) -> None:
        """Light the window again."""
        super().hideEvent(event)
        if self._scrim is not None and not event.spontaneous():
            self._scrim.hide()
            self._scrim.deleteLater()
            self._scrim = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let the frame be dragged, where the system allows it."""
        if event.button() is Qt.MouseButton.LeftButton and self.windowHandle() is not None:
            self.windowHandle().startSystemMove()
        super().mousePressEvent(event)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        if self._closable:
            head.addSpacing(self._cross.sizeHint().width())
        edge = self._margin + _PADDING
        column = self._column
        column.setContentsMargins(edge, edge, edge, edge)
        column.setSpacing(0)
        column.addLayout(head)
        column.addSpacing(4)
        column.addWidget(self._subtitle)
        column.addSpacing(16)
        column.addLayout(self.body)
        column.addSpacing(24)
        column.addLayout(self._buttons)
