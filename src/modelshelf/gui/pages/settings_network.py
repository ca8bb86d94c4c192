"""Settings of the Hub: its address, being offline, connections, the access token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from modelshelf.core.errors import InputError
from modelshelf.core.hub.auth import TokenSource
from modelshelf.core.hub.targets import Origin
from modelshelf.core.settings.declared import DEFAULT_ENDPOINT
from modelshelf.gui.pages.setting_row import SettingCard, SettingRow
from modelshelf.gui.pages.settings_facts import TokenFacts
from modelshelf.gui.pages.settings_general import number_field, set_number
from modelshelf.gui.widgets import Button, CheckBox, Kind, Label, TintedIcon
from modelshelf.gui.widgets.token_field import TokenField

if TYPE_CHECKING:
    from modelshelf.core.settings import Settings


class NetworkSettings(QWidget):
    """`changed` carries key and value."""

    changed = Signal(str, object)
    token_given = Signal(str)
    token_forgotten = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown_endpoint = ""
        self._endpoint = QLineEdit()
        self._endpoint.setPlaceholderText(DEFAULT_ENDPOINT)
        self._endpoint.setFixedWidth(300)
        self._offline = CheckBox(self.tr("Offline"))
        self._connections = number_field("network.connections", self.tr("Connections"))
        self.rows = {
            "network.offline": SettingRow(
                self.tr("Stay offline"),
                self.tr("Never talk to the Hub. Everything on this machine works."),
                self._offline,
            ),
            "network.endpoint": SettingRow(
                self.tr("Address of the Hub"),
                self.tr("A mirror can be used instead. Empty means the Hub itself."),
                self._endpoint,
            ),
            "network.connections": SettingRow(
                self.tr("Connections"),
                self.tr("For all downloads together. More help on fast lines only."),
                self._connections,
            ),
        }
        hub = SettingCard(self.tr("The Hub"))
        for row in self.rows.values():
            hub.add(row)
        self.token = _TokenRow()
        self.rows["token"] = self.token
        access = SettingCard(self.tr("Access token"))
        access.add(self.token)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(24)
        column.addWidget(hub)
        column.addWidget(access)
        column.addStretch(1)
        self._endpoint.editingFinished.connect(self._on_endpoint)
        self._offline.clicked.connect(self._on_offline)
        self._connections.valueChanged.connect(self._on_connections)
        self.token.given.connect(self.token_given)
        self.token.forgotten.connect(self.token_forgotten)

    def show_settings(self, settings: Settings) -> None:
        """Show these values, and what the environment decides."""
        environment = settings.environment
        own = settings.text("network.endpoint")
        self._shown_endpoint = environment.endpoint or own
        self._endpoint.setText(self._shown_endpoint)
        self._endpoint.setCursorPosition(0)
        self._offline.setChecked(settings.is_offline)
        set_number(self._connections, settings.number("network.connections"))
        self.rows["network.endpoint"].lock("HF_ENDPOINT" if environment.endpoint else "")
        self.rows["network.offline"].lock("HF_HUB_OFFLINE" if environment.offline else "")
        if not environment.endpoint:
            self._judge_endpoint(own)

    def show_token(self, token: TokenFacts) -> None:
        """Show where the access token comes from."""
        self.token.show_token(token)

    def _judge_endpoint(self, address: str) -> None:
        row = self.rows["network.endpoint"]
        try:
            is_safe = not address or Origin.of(address).may_see_token
        except InputError as error:
            row.refuse(f"{error.message} {error.hint}")
            return
        if not is_safe:
            row.advise(self.tr("This address is not encrypted: your token is not sent to it."))

    def _on_endpoint(self) -> None:
        typed = self._endpoint.text().strip().rstrip("/")
        if typed == self._shown_endpoint:
            self.rows["network.endpoint"].refuse("")
            return
        try:
            if typed:
                Origin.of(typed)
        except InputError as error:
            self.rows["network.endpoint"].refuse(f"{error.message} {error.hint}")
            return
        self._shown_endpoint = typed
        self.changed.emit("network.endpoint", typed)

    def _on_offline(self, checked: bool) -> None:
        self.changed.emit("network.offline", checked)

    def _on_connections(self, value: int) -> None:
        self.changed.emit("network.connections", value)


class _TokenRow(SettingRow):
    """Says whose token is in use, takes another one, or forgets it."""

    given = Signal(str)
    forgotten = Signal()

    def __init__(self) -> None:
        inside = QWidget()
        self._icon = TintedIcon("key", side=16)
        self._words = Label(wrap=True)
        self._forget = Button(self.tr("Forget it"), Kind.DANGER)
        self._field = TokenField(self.tr("Keep this token"))
        state = QHBoxLayout()
        state.setSpacing(10)
        state.addWidget(self._icon)
        state.addWidget(self._words, 1)
        state.addWidget(self._forget)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(state)
        column.addWidget(self._field)
        inside.setAccessibleName(self.tr("Access token"))
        super().__init__(
            self.tr("Your account on the Hub"),
            self.tr(
                "Gated and private models need it. It is kept where “hf auth login” keeps it, "
                "readable by you alone."
            ),
            inside,
            is_wide=True,
        )
        self._field.given.connect(self._give)
        self._forget.clicked.connect(self.forgotten)
        self.show_token(TokenFacts(TokenSource.NONE))

    def show_token(self, token: TokenFacts) -> None:
        """Say where the token comes from, and whether it works."""
        is_kept = token.source is TokenSource.FILE
        is_given = token.source is TokenSource.ENVIRONMENT
        self._forget.setVisible(is_kept)
        self._field.setVisible(not is_given)
        self.refuse("")
        if token.source is TokenSource.NONE:
            self._say_state("key", "secondary", self.tr("No token is kept."))
        elif token.problem:
            self._say_state("triangle-alert", "caution", token.problem)
        elif token.account:
            words = self.tr("Signed in as {name}.").format(name=token.account)
            self._say_state("circle-check", "good", words)
        else:
            self._say_state("key", "secondary", self.tr("A token is kept."))
        if is_given:
            self.advise(self.tr("HF_TOKEN decides this."))

    def _say_state(self, icon: str, tint: str, words: str) -> None:
        self._icon.set_icon(icon, tint)
        self._words.setText(words)

    def _give(self, token: str) -> None:
        self._say_state("clock", "secondary", self.tr("Asking the Hub whose token it is…"))
        self.given.emit(token)
