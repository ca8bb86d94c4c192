"""Default models: one per role, the tiers, and the embedding model used where none is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from modelshelf.core.model import ROLE_OF_TYPE, ModelType, Role, short_name
from modelshelf.core.usage.tiers import BUILT_IN
from modelshelf.gui import text
from modelshelf.gui.dialogs.naming import NamingDialog
from modelshelf.gui.dialogs.pick_model import PickModelDialog
from modelshelf.gui.pages.setting_row import SettingCard, SettingRow
from modelshelf.gui.widgets import Button, IconButton, Label, Look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelshelf.core.catalogue.catalogue import CatalogueEntry
    from modelshelf.core.model import ModelId
    from modelshelf.core.settings import Settings
    from modelshelf.core.usage.tiers import Tier

_TYPE_OF_ROLE = {role: kind for kind, role in ROLE_OF_TYPE.items()}
_EMBEDDING_KEY = "defaults.embedding_model"


class ModelChoice(QWidget):
    """A button with the chosen model, and a cross to choose none; `asked` wants a picker."""

    asked = Signal()
    cleared = Signal()

    def __init__(self, name: str, *, clear_words: str = "", can_always_clear: bool = False) -> None:
        super().__init__()
        self._name = name
        self._can_always_clear = can_always_clear
        self.setAccessibleName(name)
        self._button = Button("")
        words = clear_words or self.tr("{name}: choose none").format(name=name)
        self._clear = IconButton("x", words)
        policy = self._clear.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._clear.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._button)
        row.addWidget(self._clear)
        self._button.clicked.connect(self.asked)
        self._clear.clicked.connect(self.cleared)
        self.show_model(None)

    def show_model(self, model_id: str | None) -> None:
        """Show the model in force; None or an empty text for none."""
        words = short_name(model_id) if model_id else self.tr("Choose…")
        self._button.setText(words)
        self._button.setToolTip(model_id or "")
        self._button.setAccessibleName(f"{self._name}: {model_id or self.tr('none')}")
        self._clear.setVisible(bool(model_id) or self._can_always_clear)


class DefaultsSettings(QWidget):
    """Emits what the page emits; `changed` carries key and value of a setting."""

    changed = Signal(str, object)
    default_set = Signal(object, str)
    default_cleared = Signal(object)
    tier_set = Signal(str, str)
    tier_cleared = Signal(str)
    tier_removed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[CatalogueEntry, ...] = ()
        self._tiers: tuple[Tier, ...] | None = None
        self._roles = SettingCard(
            self.tr("Default models"), self.tr("What a task gets when nobody names a model.")
        )
        self._choices = {role: self._role_choice(role) for role in Role}
        self._embedding = ModelChoice(self.tr("Default embedding model"))
        self._embedding.asked.connect(self._ask_embedding)
        self._embedding.cleared.connect(self._clear_embedding)
        embedding = SettingRow(
            self.tr("Embedding for scripts"),
            self.tr("What programs on this machine get that ask for the default embedding model."),
            self._embedding,
        )
        self._roles.add(embedding)
        self._tier_card = SettingCard(
            self.tr("Tiers"), self.tr("Levels of quality for language models, by name.")
        )
        add = Button(self.tr("Add a tier…"), icon="plus")
        add.clicked.connect(self._on_add_tier)
        self._tier_card.head.addWidget(add, 0, Qt.AlignmentFlag.AlignBottom)
        self._tier_problem = Label(look=Look.DANGER, wrap=True)
        self._tier_problem.hide()
        self.rows = {_EMBEDDING_KEY: embedding}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(24)
        column.addWidget(self._roles)
        column.addWidget(self._tier_card)
        column.addWidget(self._tier_problem)
        column.addStretch(1)

    def show_settings(self, settings: Settings) -> None:
        """Show the default embedding model, and whether the environment decides it."""
        self._embedding.show_model(settings.default_embedding_model)
        is_decided = bool(settings.environment.default_embedding_model)
        self.rows[_EMBEDDING_KEY].lock("DEFAULT_EMBEDDING_MODEL" if is_decided else "")

    def show_defaults(self, preferences: Mapping[Role, ModelId], tiers: Sequence[Tier]) -> None:
        """Show the default model per role, and the tiers."""
        for role, choice in self._choices.items():
            choice.show_model(preferences.get(role))
        if tuple(tiers) != self._tiers:
            self._tiers = tuple(tiers)
            self._rebuild_tiers()

    def show_entries(self, entries: Sequence[CatalogueEntry]) -> None:
        """Replace the models that can be chosen."""
        self._entries = tuple(entries)

    def refuse_tier(self, sentence: str) -> None:
        """Say why the tiers could not be changed."""
        self._tier_problem.setText(sentence)
        self._tier_problem.setVisible(bool(sentence))

    def ask_default(self, role: Role) -> PickModelDialog:
        """Ask for the default model of a role."""
        title = self.tr("Default for {role}").format(role=text.role_label(role).lower())
        dialog = self._pick(title, _TYPE_OF_ROLE[role])
        dialog.setProperty("role", role)
        dialog.picked.connect(self._on_default_picked)
        return dialog

    def ask_tier(self, name: str) -> PickModelDialog:
        """Ask for the model of a tier."""
        title = self.tr("Model of the tier “{name}”").format(name=name)
        dialog = self._pick(title, ModelType.LLM)
        dialog.setProperty("tier", name)
        dialog.picked.connect(self._on_tier_picked)
        return dialog

    def ask_new_tier(self) -> NamingDialog:
        """Ask for the name of a new tier; its model is asked for next."""
        dialog = NamingDialog(
            self.tr("New tier"),
            self.tr("Choose its model…"),
            self.window(),
            what="tier",
            taken=[tier.name for tier in self._tiers or ()],
            name_label=self.tr("Name"),
        )
        dialog.named.connect(self.ask_tier)
        return dialog.show_over()

    def _role_choice(self, role: Role) -> ModelChoice:
        choice = ModelChoice(text.role_label(role))
        choice.setProperty("role", role)
        choice.asked.connect(self._on_default_asked)
        choice.cleared.connect(self._on_default_cleared)
        sentence = text.purpose(_TYPE_OF_ROLE[role])
        self._roles.add(SettingRow(text.role_label(role), sentence, choice))
        return choice

    def _rebuild_tiers(self) -> None:
        self.refuse_tier("")
        self._tier_card.clear()
        for tier in self._tiers or ():
            is_own = tier.name not in BUILT_IN
            remove = self.tr("Remove the tier {name}").format(name=tier.name) if is_own else ""
            choice = ModelChoice(tier.name, clear_words=remove, can_always_clear=is_own)
            choice.show_model(tier.model_id)
            choice.setProperty("tier", tier.name)
            choice.asked.connect(self._on_tier_asked)
            choice.cleared.connect(self._on_tier_cleared)
            self._tier_card.add(SettingRow(tier.name, "", choice))

    def _pick(self, title: str, kind: ModelType) -> PickModelDialog:
        return PickModelDialog.ask(
            self.window(),
            title,
            self._entries,
            action=self.tr("Choose"),
            kind=kind,
            asks_role=False,
        )

    def _ask_embedding(self) -> None:
        dialog = self._pick(self.tr("Default embedding model"), ModelType.EMBEDDING)
        dialog.picked.connect(self._on_embedding_picked)

    def _clear_embedding(self) -> None:
        self.changed.emit(_EMBEDDING_KEY, "")

    def _on_embedding_picked(self, model_id: str) -> None:
        self.changed.emit(_EMBEDDING_KEY, model_id)

    def _on_default_asked(self) -> None:
        self.ask_default(Role(self.sender().property("role")))

    def _on_default_cleared(self) -> None:
        self.default_cleared.emit(Role(self.sender().property("role")))

    def _on_default_picked(self, model_id: str) -> None:
        self.default_set.emit(Role(self.sender().property("role")), model_id)

    def _on_tier_asked(self) -> None:
        self.ask_tier(str(self.sender().property("tier")))

    def _on_tier_cleared(self) -> None:
        name = str(self.sender().property("tier"))
        if name in BUILT_IN:
            self.tier_cleared.emit(name)
        else:
            self.tier_removed.emit(name)

    def _on_tier_picked(self, model_id: str) -> None:
        self.tier_set.emit(str(self.sender().property("tier")), model_id)

    def _on_add_tier(self) -> None:
        self.ask_new_tier()
