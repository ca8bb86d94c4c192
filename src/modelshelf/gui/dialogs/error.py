"""What went wrong: a sentence, what to do, and the details for those who want them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from modelshelf.core.errors import ErrorCode, ErrorInfo
from modelshelf.core.hub.auth import redact
from modelshelf.gui.theme import scaled
from modelshelf.gui.widgets import Button, Kind, Label, Look, ModelshelfDialog
from modelshelf.gui.widgets.fold import Fold

_DETAILS_HEIGHT = 160


class ErrorDialog(ModelshelfDialog):
    """`acted` is emitted when the offered action is pressed; the dialog closes then.

    `title` says what was tried; without it the message is the title. `report` goes with Copy
    report besides what is on screen. Secrets are taken out of both.
    """

    acted = Signal()

    def __init__(
        self,
        error: ErrorInfo,
        parent: QWidget | None = None,
        *,
        title: str = "",
        action: str = "",
        report: str = "",
    ) -> None:
        message = redact(error.message)
        super().__init__(title or message, message if title else "", parent, width=520)
        self._error = error
        self._report = redact(report)
        hint = Label(redact(error.hint), wrap=True, selectable=True)
        hint.setVisible(bool(error.hint))
        self.body.addWidget(hint)
        self.fold = Fold(self.tr("Details"))
        self.fold.setVisible(bool(error.details))
        self._details = QPlainTextEdit(redact(error.details))
        self._details.setReadOnly(True)
        self._details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._details.setTabChangesFocus(True)
        self._details.setAccessibleName(self.tr("Details"))
        self._details.setFixedHeight(scaled(_DETAILS_HEIGHT))
        self.fold.column.addWidget(self._details)
        self.fold.toggled.connect(self.fit)
        self.body.addWidget(self.fold)
        code = Label(error.code.value, Look.HINT, selectable=True)
        code.setAccessibleName(self.tr("Error code {code}").format(code=error.code.value))
        self.add_left_widget(code)
        self._copy = self.add_button(self.tr("Copy report"))
        self._copy.clicked.connect(self._copy_report)
        close = self.add_button(
            self.tr("Close"), Kind.PLAIN if action else Kind.PRIMARY, default=not action
        )
        close.clicked.connect(self.reject)
        if action:
            self._offer(self.add_button(action, Kind.PRIMARY, default=True))

    @classmethod
    def tell(
        cls,
        parent: QWidget | None,
        error: ErrorInfo,
        *,
        title: str = "",
        action: str = "",
        report: str = "",
    ) -> ErrorDialog:
        """Open the dialog over `parent` and return it."""
        dialog = cls(error, parent, title=title, action=action, report=report)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    @classmethod
    def tell_bug(cls, parent: QWidget | None, traceback: str, *, report: str = "") -> ErrorDialog:
        """Open it for a failure nobody expected; `traceback` is folded away.

        One is enough at a time: a failure that comes back every few seconds must not bury the
        window. While one is open it stays, and is returned.
        """
        for shown in parent.findChildren(cls) if parent is not None else ():
            if shown.isVisible() and shown.is_bug:
                return shown
        return cls.tell(parent, bug_info(traceback), report=report)

    @property
    def is_bug(self) -> bool:
        """Whether it is about a failure nobody expected."""
        return self._error.code is ErrorCode.BUG

    @property
    def report(self) -> str:
        """What Copy report copies: what is on screen, the details, and what else is known."""
        error = self._error
        head = f"{error.code.value}: {error.message}"
        parts = [head, error.hint, error.details, self._report]
        return redact("\n\n".join(part.strip() for part in parts if part.strip())) + "\n"

    def _offer(self, button: Button) -> None:
        button.clicked.connect(self._act)

    def _act(self) -> None:
        self.accept()
        self.acted.emit()

    def _copy_report(self) -> None:
        QGuiApplication.clipboard().setText(self.report)
        self._copy.setText(self.tr("Copied"))
        self._copy.set_icon("check")


def bug_info(traceback: str) -> ErrorInfo:
    """Return a failure nobody expected in words for people."""
    return ErrorInfo(
        ErrorCode.BUG,
        _("Something in Modelshelf went wrong"),
        _(
            "The program goes on, and downloads keep what they have. If it happens again, a "
            "copied report helps to find the cause."
        ),
        traceback,
    )


def _(text: str) -> str:
    return QCoreApplication.translate("Error", text)
