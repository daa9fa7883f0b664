"""Answering a receiver's request: grant with a number, or refuse with a reason."""

from __future__ import annotations

from PySide6.QtWidgets import QSpinBox, QWidget

from gongwen_client.domain.board import OpenRequest
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.theme import Space
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.tracking.photograph_dialog import PhotographDialog
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import button, label, row, rule
from gongwen_client.ui.widgets.forms import FormSheet, words_of
from gongwen_protocol.actions import RequestKind

_MOST = 999


def _facts(one: OpenRequest) -> FactList:
    return FactList(
        (
            ("公文", one.sent.elements.title),
            ("发文字号", one.sent.elements.doc_number),
            ("申请单位", one.row.unit_name),
            ("申请事项", terms.request(one.request)),
            ("申请原因", one.request.reason),
            ("申请时间", f"{words.when(one.request.asked_at)}　{one.request.asked_by}"),
            ("已有份数", f"{one.row.copies} 份，已打印 {one.row.printed} 份"),
        )
    )


def _picture(parent: FormSheet, office: Office, one: OpenRequest) -> None:
    """A way to the photograph, where one came."""
    if one.request.pictured:
        act = button(
            "查看所附照片(&I)…",
            lambda: PhotographDialog(parent, office, one).open(),
            picture="eye",
            name="see_photograph",
        )
        parent.body.addLayout(row(act, None))


class GrantDialog(FormSheet):
    """同意: copies may be fewer than were asked for; a resending has no number."""

    def __init__(self, parent: QWidget | None, office: Office, one: OpenRequest) -> None:
        copies = one.request.kind is RequestKind.COPIES
        headline = (
            f"同意后，「{one.row.unit_name}」可以多打印下面的份数，新的份号接着本公文已有的份号。"
            if copies
            else f"同意后，这份公文重新发给「{one.row.unit_name}」，由其再次核验接收。"
        )
        super().__init__(parent, "grant_dialog", "同意申请", headline, picture="accept")
        self._office, self._request = office, one.request
        self.body.addWidget(_facts(one))
        _picture(self, office, one)
        self.body.addWidget(rule())
        self.count = QSpinBox()
        self.count.setObjectName("grant_count")
        self.count.setAccessibleName("同意的份数")
        self.count.setRange(1, _MOST)
        self.count.setValue(one.request.count or 1)
        self.count.setSuffix(" 份")
        self.count.lineEdit().setTextMargins(Space.INSIDE, 0, 0, 0)
        self._caption = label("同意的份数", "section")
        if copies:
            self.body.addWidget(self._caption)
            self.body.addWidget(self.count)
        self.note = self.add_text("答复（可不填）", "答复", "grant_note")
        self.add_safe("取消(&C)")
        self.add_act("确认同意(&Y)", self._grant, name="grant")
        self.keep(office.notepad, one.request.request_id, note=self.note)

    def show_limit(self, limit: int | None, article: str) -> None:
        """The region's number at once, where it has one."""
        if limit is not None:
            self.count.setMaximum(limit)
            self._caption.setText(f"同意的份数（一次不超过 {limit} 份，{article}）")

    def _grant(self) -> None:
        office, request, note = self._office, self._request, words_of(self.note)
        count = self.count.value() if request.kind is RequestKind.COPIES else 0
        self.hand_in(lambda: office.followup.grant(request.request_id, count, note))


class RefuseDialog(FormSheet):
    """不同意, with the reason that the unit reads."""

    def __init__(self, parent: QWidget | None, office: Office, one: OpenRequest) -> None:
        super().__init__(
            parent,
            "refuse_dialog",
            "不同意申请",
            f"「{one.row.unit_name}」会看到不同意的原因，可以重新申请。",
            picture="stop",
            tone="invalid",
        )
        self._office, self._request = office, one.request
        self.body.addWidget(_facts(one))
        _picture(self, office, one)
        self.body.addWidget(rule())
        self.reason = self.add_text(
            "不同意的原因（必填）", "不同意的原因", "refuse_reason", "如：核定份数已够，请使用副本"
        )
        self.add_safe("取消(&C)")
        act = self.add_act("确认不同意(&N)", self._refuse, kind="danger", name="refuse")
        act.setEnabled(False)
        self.reason.textChanged.connect(lambda: act.setEnabled(bool(words_of(self.reason))))
        self.keep(office.notepad, one.request.request_id, reason=self.reason)

    def _refuse(self) -> None:
        office, request, reason = self._office, self._request, words_of(self.reason)
        self.hand_in(lambda: office.followup.refuse(request.request_id, reason))
