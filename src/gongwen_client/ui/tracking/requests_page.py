"""待答复申请: what receivers ask of this unit, over all documents; nobody should wait unseen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from gongwen_client.domain.board import OpenRequest
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.lists.page import ListPage
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.tracking.answering import GrantDialog, RefuseDialog
from gongwen_client.ui.widgets.basics import button
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.states import EmptyState
from gongwen_client.ui.words import StateWord
from gongwen_protocol.profile import RegionProfile

_COPIES = StateWord("追加份数", "plus", Tone.WARNING)
_RESEND = StateWord("重发", "send", Tone.WARNING)


class RequestsPage(ListPage):
    """A list like the others; ``opened`` carries an OpenRequest: its document is wanted."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.dialog: Sheet | None = None
        model: RowModel[OpenRequest] = RowModel(_COLUMNS, lambda one: one.request.request_id)
        super().__init__(
            "requests",
            "待答复申请",
            RowTable(model, "requests_table", "待答复申请列表"),
            EmptyState(
                "ticket", "没有待答复的申请", "接收单位申请追加打印份数或重发时，会出现在这里，请及时答复。"
            ),
            office.boards.open_requests,
            lambda one, text: text in one.sent.elements.title or text in one.row.unit_name,
        )
        self.search.setPlaceholderText("查找标题、申请单位")
        self.refuse_button = button(
            "不同意(&B)…", lambda: self._answer(grant=False), picture="stop", name="refuse_request"
        )
        self.grant_button = button(
            "同意(&Y)…",
            lambda: self._answer(grant=True),
            kind="primary",
            picture="accept",
            name="grant_request",
        )
        for act in (self.refuse_button, self.grant_button):
            self.add_action(act)
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self._check())
        self.shown_rows.connect(lambda _count: self._check())
        self._check()

    def _check(self) -> None:
        chosen = self.table.chosen() is not None
        for act in (self.refuse_button, self.grant_button):
            act.setEnabled(chosen)

    def _answer(self, *, grant: bool) -> None:
        chosen: OpenRequest | None = self.table.chosen()
        if chosen is not None:
            self.dialog = answer(self, self._office, chosen, grant=grant)
            self.dialog.finished.connect(lambda _result: self.reload())


def answer(parent: QWidget, office: Office, one: OpenRequest, *, grant: bool) -> Sheet:
    """Open the dialog that grants or refuses a request."""
    if not grant:
        refuse = RefuseDialog(parent, office, one)
        refuse.open()
        return refuse
    dialog = GrantDialog(parent, office, one)

    def came(rules: RegionProfile) -> None:
        limit = rules.extra_copies_limit
        dialog.show_limit(limit.value, rules.cite(limit.article))

    work(dialog, lambda: office.boards.rules(one.sent.document_id)).then(came).failed(dialog.explain).start()
    dialog.open()
    return dialog


_COLUMNS: Sequence[Column[OpenRequest]] = (
    Column("公文", lambda one: one.sent.elements.title),
    Column("申请单位", lambda one: one.row.unit_name, 176, most=260),
    Column(
        "申请事项",
        lambda one: terms.request(one.request),
        112,
        state=lambda one: _COPIES if one.request.count else _RESEND,
        sort=lambda one: one.request.count,
    ),
    Column(
        "份数", lambda one: str(one.request.count or ""), 52, sort=lambda one: one.request.count, right=True
    ),
    Column("原因", lambda one: one.request.reason, 200, most=480),
    Column("照片", lambda one: "有" if one.request.pictured else "", 48, quiet=True),
    Column(
        "申请时间",
        lambda one: words.when(one.request.asked_at),
        104,
        sort=lambda one: one.request.asked_at.timestamp(),
        tip=lambda one: words.stamp(one.request.asked_at),
    ),
    Column("申请人", lambda one: one.request.asked_by, 72, quiet=True),
)
