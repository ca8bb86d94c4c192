"""The bar at the bottom: what the models weigh, and how full this machine is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from modelshelf.core.units import format_bytes, format_exact_bytes
from modelshelf.gui.theme import colour, scaled
from modelshelf.gui.widgets import Label, Look, ProgressBar, Tone

if TYPE_CHECKING:
    from modelshelf.core.catalogue.catalogue import CacheSizes
    from modelshelf.core.machine import Disk, Gpu, Memory

_HEIGHT = 36
_TIGHT = 0.9


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """How full this machine is. None where the system does not say."""

    memory: Memory | None
    disk: Disk | None
    gpus: tuple[Gpu, ...] = ()


class Meter(QWidget):
    """A label, a thin bar, and the amounts in words."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._bar = ProgressBar(label, thickness=6)
        self._bar.setFixedWidth(scaled(72))
        self._words = Label(look=Look.HINT)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Label(label, Look.HINT))
        row.addWidget(self._bar)
        row.addWidget(self._words)

    def show_use(self, used: int, total: int, words: str) -> None:
        """Show `used` of `total`; nearly full is told by the colour and by the words."""
        self._bar.set_fraction(used, total)
        tight = total > 0 and used > _TIGHT * total
        self._bar.set_tone(Tone.CAUTION if tight else Tone.ACCENT)
        self._words.setText(words)
        self.setAccessibleName(f"{self._label}: {words}")


class StatusBar(QWidget):
    """Meters appear only for what this machine has."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(scaled(_HEIGHT))
        self._managed = Label(look=Look.HINT)
        self._others = Label(look=Look.HINT)
        self._gpus = [Meter(self.tr("GPU {n}").format(n=n)) for n in range(2)]
        self._memory = Meter(self.tr("RAM"))
        self._disk = Meter(self.tr("Disk"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 1, 16, 0)
        self._row.setSpacing(24)
        self._row.addWidget(self._managed)
        self._row.addWidget(self._others)
        self._row.addStretch(1)
        self._wanted: set[QWidget] = {self._managed, self._others}
        for meter in (*self._gpus, self._memory, self._disk):
            meter.hide()
            self._row.addWidget(meter)

    def show_sizes(self, sizes: CacheSizes) -> None:
        """Say what the models weigh."""
        managed = format_bytes(sizes.managed_bytes)
        others = format_bytes(sizes.unmanaged_bytes)
        self._managed.setText(self.tr("{size} by registry models").format(size=managed))
        self._managed.setToolTip(format_exact_bytes(sizes.managed_bytes))
        self._others.setText(self.tr("{size} by other downloads").format(size=others))
        count = self.tr("{count} models that are not in the registry")
        tip = f"{count.format(count=sizes.unmanaged_repos)}, "
        self._others.setToolTip(tip + format_exact_bytes(sizes.unmanaged_bytes))
        self._settle()

    def show_machine(self, facts: MachineFacts) -> None:
        """Say how full this machine is."""
        for meter, gpu in zip(self._gpus, facts.gpus, strict=False):
            used = gpu.total - gpu.free
            meter.show_use(used, gpu.total, _of(used, gpu.total))
            meter.setToolTip(gpu.name)
        self._wanted = {self._managed, self._others, *self._gpus[: len(facts.gpus)]}
        if facts.memory is not None:
            self._wanted.add(self._memory)
            used = facts.memory.total - facts.memory.available
            self._memory.show_use(used, facts.memory.total, _of(used, facts.memory.total))
            free = format_bytes(facts.memory.available)
            self._memory.setToolTip(self.tr("{size} available").format(size=free))
        if facts.disk is not None:
            self._wanted.add(self._disk)
            free = self.tr("{size} free").format(size=format_bytes(facts.disk.free))
            self._disk.show_use(facts.disk.total - facts.disk.free, facts.disk.total, free)
            self._disk.setToolTip(f"{facts.disk.mount}, {format_exact_bytes(facts.disk.free)}")
        self._settle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What matters least goes first where there is little room."""
        super().resizeEvent(event)
        self._settle()

    def _settle(self) -> None:
        parts = (
            self._managed,
            self._disk,
            self._memory,
            self._gpus[0],
            self._others,
            self._gpus[1],
        )
        left = self.width() - 32
        for part in parts:
            needed = part.sizeHint().width() + self._row.spacing()
            fits = needed <= left + self._row.spacing()
            part.setVisible(part in self._wanted and fits)
            left -= needed if part.isVisibleTo(self) else 0

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground and the line above."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("surface"))
        painter.fillRect(QRect(0, 0, self.width(), 1), colour("line"))


def _of(used: int, total: int) -> str:
    return f"{used / 1e9:.1f} / {total / 1e9:.0f} GB"
