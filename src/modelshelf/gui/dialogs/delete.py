"""Deleting a model: what it frees, who speaks against it, and a clear yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from modelshelf.core.model import ModelId, short_name
from modelshelf.core.plan import Finding, FindingKind, Weight
from modelshelf.core.units import format_bytes
from modelshelf.gui.widgets import (
    Button,
    CheckBox,
    DropDown,
    FindingList,
    Kind,
    Label,
    Labelled,
    Look,
    ModelshelfDialog,
)
from modelshelf.gui.widgets.busy import BusyBar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from modelshelf.core.errors import ErrorInfo
    from modelshelf.core.storage.delete import DeletePlan
    from modelshelf.core.stores.installed import InstalledRevision


class DeleteDialog(ModelshelfDialog):
    """Opens at once; the plan arrives later through `show_plan`.

    `plan_requested` carries the revision to plan for, None for the whole model; it is emitted when
    the user chooses a revision or tries again, not when the dialog opens. `accepted_plan` carries
    the `DeletePlan` and whether open files are overridden; the dialog closes with it.
    `is_on_hub` is whether the model can be fetched again.
    """

    plan_requested = Signal(object)
    accepted_plan = Signal(object, bool)
    collection_opened = Signal(str)
    job_opened = Signal(str)

    def __init__(
        self,
        model_id: ModelId,
        revisions: Sequence[InstalledRevision] = (),
        parent: QWidget | None = None,
        *,
        is_on_hub: bool = True,
    ) -> None:
        super().__init__("", "", parent)
        self.model_id = model_id
        self._is_on_hub = is_on_hub
        self._plan: DeletePlan | None = None
        self._revision = DropDown(self.tr("What to delete"))
        self._choice = Labelled(self.tr("What to delete"), self._revision)
        self._busy = BusyBar(self.tr("Finding out who uses it"))
        self._findings = FindingList()
        self._anyway = CheckBox(self.tr("Delete anyway"))
        self._finality = Label(self.tr("This action cannot be undone."), Look.CAPTION)
        self._fill_body(revisions)
        self._cancel = self.add_button(self.tr("Cancel"), default=True)
        self._retry = self.add_button(self.tr("Try again"))
        self._delete = self.add_button(self.tr("Delete"), Kind.DESTRUCTIVE)
        self._close = self.add_button(self.tr("Close"), Kind.PRIMARY)
        for button in (self._cancel, self._close):
            button.clicked.connect(self.reject)
        self._retry.clicked.connect(self._ask_again)
        self._delete.clicked.connect(self._accept_plan)
        self._anyway.toggled.connect(self._delete.setEnabled)
        self._findings.opened.connect(self._open)
        self._revision.activated.connect(self._ask_again)
        self._show_loading()

    @classmethod
    def ask(
        cls,
        parent: QWidget,
        model_id: ModelId,
        revisions: Sequence[InstalledRevision] = (),
        *,
        is_on_hub: bool = True,
    ) -> DeleteDialog:
        """Open the dialog over `parent` and return it, to be connected and fed with a plan."""
        dialog = cls(model_id, revisions, parent, is_on_hub=is_on_hub)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    @property
    def revision(self) -> str | None:
        """The chosen revision; None means the whole model."""
        return self._revision.currentData()

    def show_plan(self, plan: DeletePlan, disk: Path | None = None) -> None:
        """Say what `plan` would do; `disk` is the mount point of its store, where known.

        A plan for what is no longer chosen is ignored.
        """
        if plan.model_id != self.model_id or plan.revision != self.revision:
            return
        self._plan = plan
        blockers = [f for f in plan.findings if f.weight is Weight.BLOCKER]
        if any(not finding.overridable for finding in blockers):
            self._show_blocked(blockers)
        else:
            self._show_question(plan, disk, is_open=bool(blockers))

    def show_error(self, error: ErrorInfo) -> None:
        """Say why no plan could be made, and offer to try again."""
        self._plan = None
        self.set_title(self._question(), f"{error.message} {error.hint}".strip())
        self._arrange(shown=(self._cancel, self._retry), default=self._cancel)

    def _fill_body(self, revisions: Sequence[InstalledRevision]) -> None:
        count = len(revisions)
        everything = self.tr("The whole model, {count} revisions").format(count=count)
        self._revision.addItem(everything, None)
        for one in revisions:
            refs = f" ({', '.join(one.refs)})" if one.refs else ""
            size = format_bytes(one.size_bytes)
            words = self.tr("Only revision {commit}{refs}, {size}")
            text = words.format(commit=one.commit[:7], refs=refs, size=size)
            self._revision.addItem(text, one.commit)
        self._choice.setVisible(count > 1)
        for widget in (self._choice, self._busy):
            self.body.addWidget(widget)
        self.body.addWidget(self._findings)
        self.body.addWidget(self._anyway)
        self.body.addWidget(self._finality)

    def _question(self) -> str:
        name = short_name(self.model_id)
        if self.revision is not None:
            words = self.tr("Delete revision {commit} of {name}?")
            return words.format(commit=self.revision[:7], name=name)
        return self.tr("Delete {name}?").format(name=name)

    def _show_loading(self) -> None:
        self._plan = None
        self.set_title(self._question(), self.tr("Finding out who uses it and what it frees…"))
        self._delete.setEnabled(False)
        self._arrange(shown=(self._busy, self._cancel, self._delete), default=self._cancel)

    def _show_blocked(self, blockers: list[Finding]) -> None:
        name = short_name(self.model_id)
        if all(finding.kind is FindingKind.PERMISSION for finding in blockers):
            title = self.tr("{name} cannot be deleted").format(name=name)
            reason = self.tr("This is for somebody else to decide.")
        else:
            title = self.tr("{name} is in use").format(name=name)
            reason = self.tr("It cannot be deleted until these let go of it.")
        self.set_title(title, reason)
        self._show_findings(blockers)
        self._arrange(shown=(self._findings, self._close), default=self._close)

    def _show_question(self, plan: DeletePlan, disk: Path | None, *, is_open: bool) -> None:
        title = self._question()
        if is_open:
            title = self.tr("{name} is in use").format(name=short_name(self.model_id))
        freed = format_bytes(plan.freed_bytes)
        where = self.tr("on {disk}") if disk is not None else self.tr("in {disk}")
        sentence = self.tr("Frees {size} {where}.")
        parts = [sentence.format(size=freed, where=where.format(disk=disk or plan.store))]
        if is_open:
            parts.append(self.tr("The programs below may fail."))
        elif self._is_on_hub:
            parts.append(self.tr("The model can be downloaded again."))
        self.set_title(title, " ".join(parts))
        self._show_findings(plan.findings)
        self._anyway.setChecked(False)
        self._delete.setEnabled(not is_open)
        shown: list[QWidget] = [self._finality, self._cancel, self._delete]
        if plan.findings:
            shown.append(self._findings)
        if is_open:
            shown.append(self._anyway)
        self._arrange(shown=shown, default=self._cancel)

    def _show_findings(self, findings: Sequence[Finding]) -> None:
        open_word = self.tr("Open")
        self._findings.show_findings(
            findings, {FindingKind.COLLECTION: open_word, FindingKind.JOB: self.tr("Show")}
        )

    def _arrange(self, *, shown: Sequence[QWidget], default: Button) -> None:
        changing: tuple[QWidget, ...] = (
            self._busy,
            self._findings,
            self._anyway,
            self._finality,
            self._cancel,
            self._retry,
            self._delete,
            self._close,
        )
        for widget in changing:
            widget.setVisible(widget in shown)
        for button in (self._cancel, self._close):
            button.setDefault(button is default)
        default.setFocus()
        self.fit()

    def _ask_again(self) -> None:
        self._show_loading()
        self.plan_requested.emit(self.revision)

    def _accept_plan(self) -> None:
        plan = self._plan
        if plan is not None:
            self.accept()
            self.accepted_plan.emit(plan, self._anyway.isChecked())

    def _open(self, finding: Finding) -> None:
        self.reject()
        if finding.kind is FindingKind.COLLECTION:
            self.collection_opened.emit(finding.subject)
        else:
            self.job_opened.emit(finding.subject)
