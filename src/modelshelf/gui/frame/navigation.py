"""The column of pages at the side."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from modelshelf.gui.roles import MODEL_MIME
from modelshelf.gui.theme import Weight, colour, font, paint_icon, scaled
from modelshelf.gui.widgets.painting import paint_box, paint_text

_WIDE, _NARROW = 208, 60
_HEIGHT = 36
_SPRING_MS = 500


class NavigationItem(QPushButton):
    """One page: icon, name, and how many things wait there."""

    def __init__(self, text: str, icon: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._icon = icon
        self._key = key
        self._count = 0
        self._is_narrow = False
        self._spring = QTimer(self, singleShot=True, interval=_SPRING_MS)
        self._spring.timeout.connect(self.click)
        self.setAcceptDrops(True)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_count(0)

    def set_count(self, count: int) -> None:
        """Show how many things wait on the page; 0 shows nothing."""
        self._count = count
        spoken = f"{self.text()}, {count}" if count else self.text()
        self.setAccessibleName(spoken)
        self.setToolTip(f"{self.text()}  ({self._key})" if self._key else self.text())
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Show the icon alone."""
        self._is_narrow = narrow
        self.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A model that is held here for a moment opens the page, to be dropped there."""
        if event.mimeData().hasFormat(MODEL_MIME):
            event.acceptProposedAction()
            self._spring.start()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """It was only passing."""
        self._spring.stop()

    def dropEvent(self, _event: QDropEvent) -> None:
        """A page's name keeps nothing."""
        self._spring.stop()

    def sizeHint(self) -> QSize:
        """A row of the column."""
        return QSize(scaled(_NARROW - 16), scaled(_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the row."""
        painter = QPainter(self)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        chosen = self.isChecked()
        if chosen:
            paint_box(painter, self.rect(), 8, fill=colour("accent_soft"))
        elif self.underMouse():
            paint_box(painter, self.rect(), 8, fill=colour("sunken"))
        if self.hasFocus():
            paint_box(painter, self.rect(), 8, border=colour("accent"), width=2)
        ink = colour("accent" if chosen else "secondary")
        side, pad = scaled(18), scaled(12)
        x = self.width() - pad - side if mirrored else pad
        if self._is_narrow:
            x = (self.width() - side) // 2
        paint_icon(painter, QRect(x, (self.height() - side) // 2, side, side), self._icon, ink)
        if self._is_narrow:
            if self._count:
                dot = QRect(x + side - 4, scaled(7), 7, 7)
                paint_box(painter, dot, 3.5, fill=colour("accent"))
            return
        painter.setLayoutDirection(self.layoutDirection())
        start, end = pad + side + scaled(12), pad + scaled(28)
        words = self.rect().adjusted(end if mirrored else start, 0, -start if mirrored else -end, 0)
        weight = Weight.SEMIBOLD if chosen else Weight.REGULAR
        paint_text(painter, words, self.text(), font(14, weight), ink)
        if self._count:
            number = self.rect().adjusted(pad, 0, -pad, 0)
            trailing = Qt.AlignmentFlag.AlignRight
            paint_text(painter, number, str(self._count), font(13), colour("tertiary"), trailing)


class Navigation(QWidget):
    """`chosen` carries the place of a page. Pages that are reached otherwise have no item."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Pages"))
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.idClicked.connect(self.chosen)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 12, 8, 12)
        self._column.setSpacing(4)
        self._column.addStretch(1)
        self._is_narrow = False
        self.setFixedWidth(scaled(_WIDE))

    def add(self, text: str, icon: str) -> int:
        """Append a page and return its place; its key is Ctrl and the place, counted from 1."""
        place = len(self._group.buttons())
        item = NavigationItem(text, icon, f"Ctrl+{place + 1}", self)
        self._group.addButton(item, place)
        self._column.insertWidget(place, item)
        return place

    def show_page(self, place: int | None) -> None:
        """Mark a page as the one in front; None marks none."""
        button = None if place is None else self._group.button(place)
        if button is not None:
            button.setChecked(True)
            return
        self._group.setExclusive(False)
        for other in self._group.buttons():
            other.setChecked(False)
        self._group.setExclusive(True)

    def set_count(self, place: int, count: int) -> None:
        """Show how many things wait on a page."""
        item = self._group.button(place)
        if isinstance(item, NavigationItem):
            item.set_count(count)

    def set_narrow(self, narrow: bool) -> None:
        """Show icons alone, where the window has little room."""
        if narrow == self._is_narrow:
            return
        self._is_narrow = narrow
        self.setFixedWidth(scaled(_NARROW if narrow else _WIDE))
        for button in self._group.buttons():
            if isinstance(button, NavigationItem):
                button.set_narrow(narrow)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line at the side of the pages."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("background"))
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = 0 if mirrored else self.width() - 1
        painter.fillRect(QRect(x, 0, 1, self.height()), colour("line"))
