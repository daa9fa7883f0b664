"""What a receiver does about an open document besides accepting, returning and printing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gongwen_client.domain.intents import RefusedWish
from gongwen_client.services.office import Office
from gongwen_client.ui.receive.asking import AskDialog, ReplyDialog
from gongwen_client.ui.receive.paper_parts import ArrivalDialog
from gongwen_client.ui.tasks import work
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_crypto.errors import GongwenError

if TYPE_CHECKING:
    from gongwen_client.ui.receive.incoming_view import IncomingView

_PAPER = "纸质公文"
FORWARD_TIP = "以这份公文为附件拟一份转发通知，发给其他单位；来文原样附上，印章可以核验"


class IncomingActs(QObject):
    """``done``: a wish is on record; the view reads again what is known. ``draft_made``: a draft to go on
    with. ``dialogs``: those that are open."""

    done = Signal()
    draft_made = Signal(object)

    def __init__(self, view: IncomingView, office: Office) -> None:
        super().__init__(view)
        self._view = view
        self._office = office
        self.dialogs: list[Sheet] = []

    def _show(self, dialog: Sheet) -> None:
        self.dialogs.append(dialog)
        dialog.finished.connect(lambda _result: self._closed(dialog))
        dialog.open()

    def _closed(self, dialog: Sheet) -> None:
        self.dialogs.remove(dialog)
        self.done.emit()

    def ask(self, *, copies: bool) -> None:
        """申请追加打印份数 or 申请重发."""
        standing = self._view.standing
        rules = standing.rules if standing else None
        self._show(AskDialog(self._view, self._office, self._view.row, rules, copies=copies))

    def reply(self) -> None:
        """会议回执, where the document asks for one."""
        standing = self._view.standing
        if standing is not None and standing.more.meeting is not None:
            meeting, earlier = standing.more.meeting, standing.details.reply
            self._show(ReplyDialog(self._view, self._office, self._view.row, meeting, earlier))

    def forward(self) -> None:
        """转发: a draft with this document attached."""
        delivery, button = self._view.row.delivery_id, self._view.forward_button
        button.setEnabled(False)  # a second click would make a second draft
        work(self, lambda: self._office.forwarding.begin(delivery)).always(
            lambda: button.setEnabled(True)
        ).then(self.draft_made.emit).failed(self._hint).start()

    def arrived(self, position: int | None) -> None:
        """登记到件 of a special attachment, or of the document's paper."""
        standing = self._view.standing
        if standing is None:
            return
        name = _PAPER if position is None else standing.more.special_attachments[position].name
        self._show(ArrivalDialog(self._view, self._office, self._view.row.delivery_id, position, name))

    def withdraw(self, request_id: str) -> None:
        """Take a request back."""
        work(self, lambda: self._office.asking.withdraw(request_id)).then(
            lambda _nothing: self.done.emit()
        ).failed(self._hint).start()

    def put_aside(self, wish: RefusedWish) -> None:
        """A person has read why a wish was refused."""
        work(self, lambda: self._office.asking.put_aside(wish)).then(
            lambda _nothing: self.done.emit()
        ).failed(self._hint).start()

    def prove(self) -> None:
        """Ask the exchange to prove that the receipts are in its log, and check that here."""
        document = self._view.row.document_id
        work(self, lambda: self._office.evidence.prove(document)).then(
            lambda _proven: self.done.emit()
        ).failed(self._hint).start()

    def _hint(self, error: GongwenError) -> None:
        self._view.reader.pages.hint.explain(error)
