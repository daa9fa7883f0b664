"""What receivers of the open document ask for, above it, until it is answered."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from gongwen_client.domain.board import OpenRequest
from gongwen_client.ui import words
from gongwen_client.ui.theme import Tone
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.widgets.basics import button
from gongwen_client.ui.widgets.note_area import Notes
from gongwen_client.ui.widgets.note_line import NoteLine

_SHOWN = 2


class RequestsBar(QObject):
    """``answer_wanted(request, grant)``; nothing is said while nobody asks."""

    answer_wanted = Signal(object, bool)

    def __init__(self, notes: Notes) -> None:
        super().__init__(notes)
        self._notes = notes
        self.requests: list[OpenRequest] = []

    def show_requests(self, requests: Sequence[OpenRequest]) -> None:
        """The open requests of this document, the oldest first."""
        if list(requests) == self.requests:
            return
        self.requests = list(requests)
        more = len(self.requests) - _SHOWN
        self._notes.put("requests", [self._line(one, more) for one in self.requests[:_SHOWN]])

    def _line(self, one: OpenRequest, more: int) -> NoteLine:
        rest = f" · 另有 {more} 项" if more > 0 and one is self.requests[_SHOWN - 1] else ""
        first = one is self.requests[0]  # a letter can press one button only
        grant = button(
            "同意(&G)…" if first else "同意…",
            lambda: self.answer_wanted.emit(one, True),
            name="request_grant",
        )
        refuse = button(
            "不同意(&B)…" if first else "不同意…",
            lambda: self.answer_wanted.emit(one, False),
            name="request_refuse",
        )
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
