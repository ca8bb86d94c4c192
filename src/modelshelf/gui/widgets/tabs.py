"""Tabs with counts and an accent line below the one in front."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QTabBar, QToolButton, QWidget

from modelshelf.gui.theme import Weight, colour, font, icon, scaled
from modelshelf.gui.widgets.painting import paint_box, paint_text

_GAP = 24
_HEIGHT = 40
_BEFORE_COUNT = 6


class Tabs(QTabBar):
    """`currentChanged` tells which tab is in front. A count of None shows no number."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._dress_arrows()

    def add(self, text: str, count: int | None = None) -> int:
        """Append a tab and return its place."""
        place = self.addTab(text)
        self.set_count(place, count)
        return place

    def set_count(self, place: int, count: int | None) -> None:
        """Show how many things the tab holds."""
        if self.tabData(place) != count or count is None:
            self.setTabData(place, count)
            # Setting the text makes the bar ask for sizes again.
            self.setTabText(place, self.tabText(place))
        spoken = self.tabText(place) if count is None else f"{self.tabText(place)}, {count}"
        self.setAccessibleTabName(place, spoken)
        self.update()

    def count_of(self, place: int) -> int | None:
        """Return the number shown on a tab."""
        return self.tabData(place)

    def setTabVisible(self, index: int, visible: bool) -> None:
        """Show or hide a tab; told the same twice, Qt would forget the layout that is due."""
        if visible != self.isTabVisible(index):
            super().setTabVisible(index, visible)

    def show_next(self, step: int = 1) -> None:
        """Bring the next tab to the front, round and round."""
        if self.count():
            self.setCurrentIndex((self.currentIndex() + step) % self.count())

    def tabSizeHint(self, index: int) -> QSize:
        """Room for the words in their widest weight, so that nothing jumps."""
        words, number = self._widths(index)
        return QSize(words + number + scaled(_GAP), scaled(_HEIGHT))

    def minimumTabSizeHint(self, index: int) -> QSize:
        """The same: tabs are not squeezed."""
        return self.tabSizeHint(index)

    def changeEvent(self, event: QEvent) -> None:
        """Tint the arrows anew when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress_arrows()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint words, numbers and the line."""
        painter = QPainter(self)
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), colour("line"))
        for index in range(self.count()):
            self._paint_tab(painter, index)

    def _dress_arrows(self) -> None:
        """Qt's own arrows, where tabs do not fit, are pictures of another style."""
        for button, arrow in zip(
            self.findChildren(QToolButton), ("chevron-left", "chevron-right"), strict=False
        ):
            button.setArrowType(Qt.ArrowType.NoArrow)
            button.setIcon(icon(arrow, "secondary"))

    def _paint_tab(self, painter: QPainter, index: int) -> None:
        chosen = index == self.currentIndex()
        hovered = self.tabAt(self.mapFromGlobal(self.cursor().pos())) == index and self.underMouse()
        words, number = self._widths(index)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        place = self.tabRect(index)
        content = QRect(place.x(), place.y(), words + number, place.height() - 2)
        if mirrored:
            content.moveRight(place.right())
        used = font(14, Weight.SEMIBOLD if chosen else Weight.REGULAR)
        ink = colour("text" if chosen or hovered else "secondary")
        shown = QFontMetrics(used).horizontalAdvance(self.tabText(index)) + 1
        x = content.right() + 1 - shown if mirrored else content.x()
        first = QRect(x, content.y(), shown, content.height())
        paint_text(painter, first, self.tabText(index), used, ink)
        if (count := self.count_of(index)) is not None:
            gap, room = scaled(_BEFORE_COUNT), number - scaled(_BEFORE_COUNT) + 1
            x = first.x() - gap - room if mirrored else first.right() + gap
            second = QRect(x, content.y(), room, content.height())
            paint_text(painter, second, str(count), font(13), colour("tertiary"))
        if chosen:
            line = QRect(content.x(), self.height() - 2, content.width(), 2)
            painter.fillRect(line, colour("accent"))
            if self.hasFocus():
                ring = content.adjusted(-6, 4, 6, -2)
                paint_box(painter, ring & self.rect(), 6, border=colour("accent"), width=2)

    def _widths(self, index: int) -> tuple[int, int]:
        words = QFontMetrics(font(14, Weight.SEMIBOLD)).horizontalAdvance(self.tabText(index))
        count = self.count_of(index)
        if count is None:
            return words, 0
        number = QFontMetrics(font(13)).horizontalAdvance(str(count))
        return words, number + scaled(_BEFORE_COUNT)
