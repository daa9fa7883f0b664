"""What receivers of the open document ask for, above it, until it is answered."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.domain.board import OpenRequest
from gongwen_client.ui import words
from gongwen_client.ui.theme import Space, Tone
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.widgets.basics import button, column
from gongwen_client.ui.widgets.note_line import NoteLine

_SHOWN = 2


class RequestsBar(QWidget):
    """``answer_wanted(request, grant)``; hidden while nobody asks."""

    answer_wanted = Signal(object, bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("requests_bar")
        self._lines = column(gap=Space.INSIDE, margins=(Space.GROUP, Space.INSIDE, Space.GROUP, Space.INSIDE))
        self.setLayout(self._lines)
        self.requests: list[OpenRequest] = []
        self.hide()

    def show_requests(self, requests: Sequence[OpenRequest]) -> None:
        """The open requests of this document, the oldest first."""
        if list(requests) == self.requests:
            return
        self.requests = list(requests)
        while (item := self._lines.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for one in self.requests[:_SHOWN]:
            self._lines.addWidget(self._line(one, len(self.requests) - _SHOWN))
        self.setVisible(bool(self.requests))

    def _line(self, one: OpenRequest, more: int) -> NoteLine:
        rest = f" · 另有 {more} 项" if more > 0 and one is self.requests[_SHOWN - 1] else ""
        grant = button("同意(&Y)…", lambda: self.answer_wanted.emit(one, True), name="request_grant")
        refuse = button("不同意(&N)…", lambda: self.answer_wanted.emit(one, False), name="request_refuse")
        grant.setAccessibleName(f"同意{one.row.unit_name}的申请")
        refuse.setAccessibleName(f"不同意{one.row.unit_name}的申请")
        return NoteLine(
            "request",
            f"{one.row.unit_name}申请{terms.request(one.request)}：{one.request.reason}",
            f"{words.when(one.request.asked_at)} {one.request.asked_by}{rest}",
            Tone.WARNING,
            refuse,
            grant,
        )
