"""Why a model may not be fetched with this account, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from modelshelf.core.hub.schema import Access
from modelshelf.core.plan import Finding, FindingKind, Weight
from modelshelf.gui.widgets import FindingList
from modelshelf.gui.widgets.token_field import TokenField

_NEEDS_TOKEN = (Access.NO_TOKEN, Access.INVALID_TOKEN, Access.MISSING_SCOPE)


class AccessPanel(QWidget):
    """A sentence for each kind of refusal, with a token field or a way to the model's page."""

    token_given = Signal(str)
    page_opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reason = FindingList()
        self._token = TokenField(self.tr("Use this token"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._reason)
        column.addWidget(self._token)
        self._reason.opened.connect(self._open_page)
        self._token.given.connect(self.token_given)

    def show_access(self, access: Access) -> None:
        """Explain `access`; there is nothing to explain when it is granted."""
        if access is Access.GRANTED:
            self._reason.show_findings([])
            self._token.hide()
            return
        sentence, reason = access_words(access)
        finding = Finding(FindingKind.ACCESS, Weight.WARNING, sentence, reason)
        needs_page = access is not Access.INVALID_TOKEN
        actions = {FindingKind.ACCESS: self.tr("Open its page")} if needs_page else {}
        self._reason.show_findings([finding], actions)
        self._token.setVisible(access in _NEEDS_TOKEN)
        if access in _NEEDS_TOKEN:
            self._token.setFocus()

    def _open_page(self) -> None:
        self.page_opened.emit()


def access_words(access: Access) -> tuple[str, str]:
    """Return what is missing, and what to do."""
    match access:
        case Access.GRANTED:
            return _("This account has access."), ""
        case Access.NO_TOKEN:
            return (
                _("This model needs an access token"),
                _("Ask for access on its page, then paste a token of that account."),
            )
        case Access.INVALID_TOKEN:
            return (
                _("The access token is not valid any more"),
                _("Make a new one in your settings on the Hub, and paste it here."),
            )
        case Access.MISSING_SCOPE:
            return (
                _("The access token may not read gated models"),
                _("Paste one that may: a token with read access, or with access to gated models."),
            )
        case Access.NOT_ACCEPTED:
            return (
                _("Its licence has not been accepted yet"),
                _("Accept it on its page with the account of your token, then try again."),
            )
        case Access.PENDING:
            return (
                _("Your request for access is waiting"),
                _("The owner of the model decides. Its page shows how it stands."),
            )


def _(text: str) -> str:
    return QCoreApplication.translate("Access", text)
