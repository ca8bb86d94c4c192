"""Settings of storage: the folders with models, and which of them takes downloads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from modelshelf.core.units import format_bytes
from modelshelf.gui.pages.setting_row import SettingCard
from modelshelf.gui.pages.settings_facts import (
    LocationFacts,
    configured_folders,
    decider_of,
    with_folder,
    with_folder_moved,
    without_folder,
)
from modelshelf.gui.widgets import (
    Button,
    ElidedLabel,
    IconButton,
    Label,
    Look,
    Pill,
    TintedIcon,
    Tone,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelshelf.core.settings import Settings


class LocationRow(QWidget):
    """One folder. Signals carry its path; `moved` also -1 for up and 1 for down."""

    moved = Signal(object, int)
    removed = Signal(object)
    opened = Signal(str)

    def __init__(
        self,
        facts: LocationFacts,
        *,
        decider: str,
        is_first: bool,
        is_last: bool,
        can_remove: bool,
    ) -> None:
        super().__init__()
        self.facts = facts
        path = str(facts.path)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 10, 0, 10)
        row.setSpacing(4)
        row.addWidget(TintedIcon("hard-drive" if is_first else "folder"))
        row.addSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(ElidedLabel(path, mode=Qt.TextElideMode.ElideMiddle))
        if line := location_line(facts, decider):
            words.addWidget(ElidedLabel(line, Look.CAPTION))
        row.addLayout(words, 1)
        row.addSpacing(8)
        for pill in self._pills(is_first):
            row.addWidget(pill)
        row.addSpacing(4)
        up = IconButton("arrow-up", self.tr("Move {path} up").format(path=path))
        up.setEnabled(not is_first)
        up.clicked.connect(self._move_up)
        down = IconButton("arrow-down", self.tr("Move {path} down").format(path=path))
        down.setEnabled(not is_last)
        down.clicked.connect(self._move_down)
        open_it = IconButton("folder-open", self.tr("Open {path}").format(path=path))
        open_it.setEnabled(facts.exists)
        open_it.clicked.connect(self._open)
        remove = IconButton("x", self.tr("Take {path} off the list").format(path=path))
        remove.clicked.connect(self._remove)
        if not can_remove:
            # Its room stays, so that the columns of buttons line up.
            policy = remove.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            remove.setSizePolicy(policy)
            remove.hide()
        for button in (up, down, open_it, remove):
            row.addWidget(button)

    def _move_up(self) -> None:
        self.moved.emit(self.facts.path, -1)

    def _move_down(self) -> None:
        self.moved.emit(self.facts.path, 1)

    def _open(self) -> None:
        self.opened.emit(str(self.facts.path))

    def _remove(self) -> None:
        self.removed.emit(self.facts.path)

    def _pills(self, is_first: bool) -> list[Pill]:
        pills: list[Pill] = []
        if not self.facts.is_writable:
            pills.append(Pill(self.tr("Read-only"), Tone.CAUTION, "lock"))
        elif not self.facts.exists:
            words = self.tr("Made when needed") if is_first else self.tr("Missing")
            pills.append(Pill(words, Tone.NEUTRAL if is_first else Tone.CAUTION))
        if is_first:
            pills.append(Pill(self.tr("Takes downloads"), Tone.ACCENT, "download"))
        return pills


class StorageSettings(QWidget):
    """`changed` carries key and value; `folder_opened` a path."""

    changed = Signal(str, object)
    folder_opened = Signal(str)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._locations: tuple[LocationFacts, ...] = ()
        self._card = SettingCard(
            self.tr("Folders with models"),
            self.tr("All of them are searched. The first one takes downloads."),
        )
        add = Button(self.tr("Add a folder…"), icon="folder-plus")
        add.clicked.connect(self._on_add)
        self._card.head.addWidget(add, 0, Qt.AlignmentFlag.AlignBottom)
        self._problem = Label(look=Look.DANGER, wrap=True)
        self._problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._card)
        column.addWidget(self._problem)
        column.addStretch(1)

    def show_settings(self, settings: Settings) -> None:
        """Take the settings over; the folders follow with `show_locations`."""
        self._settings = settings

    def show_locations(self, locations: Sequence[LocationFacts]) -> None:
        """Show the folders in their order."""
        self._locations = tuple(locations)
        self.refuse("")
        self._card.clear()
        configured = configured_folders(self._settings)
        for place, facts in enumerate(self._locations):
            decider = decider_of(facts.path, self._settings)
            row = LocationRow(
                facts,
                decider=decider,
                is_first=place == 0,
                is_last=place == len(self._locations) - 1,
                can_remove=facts.path in configured and not decider,
            )
            row.moved.connect(self._on_moved)
            row.removed.connect(self._on_removed)
            row.opened.connect(self.folder_opened)
            self._card.add(row)

    def add_folder(self, folder: str) -> None:
        """Add a folder that the user chose."""
        path = Path(folder).absolute()
        if any(path == facts.path for facts in self._locations):
            self.refuse(self.tr("{path} is in the list already.").format(path=path))
            return
        value = with_folder(self._settings, self._locations, path)
        self.changed.emit("storage.locations", value)

    def refuse(self, sentence: str) -> None:
        """Say why the list could not be changed."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def _on_add(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a folder with models"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.add_folder)
        dialog.open()

    def _on_moved(self, path: Path, step: int) -> None:
        value = with_folder_moved(self._settings, self._locations, path, step)
        self.changed.emit("storage.locations", value)

    def _on_removed(self, path: Path) -> None:
        self.changed.emit("storage.locations", without_folder(self._settings, path))


def location_line(facts: LocationFacts, decider: str) -> str:
    """Return what is in a folder and how much room is left there."""
    parts = [decider] if decider else []
    if facts.models:
        words = _("1 model") if facts.models == 1 else _("{count} models")
        size = format_bytes(facts.size_bytes)
        parts.append(f"{words.format(count=facts.models)}, {size}")
    if facts.disk is not None:
        parts.append(_("{free} free").format(free=format_bytes(facts.disk.free)))
    return " · ".join(parts)


def _(text: str) -> str:
    return QCoreApplication.translate("StorageSettings", text)
