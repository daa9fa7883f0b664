"""What became of a person's wishes: waiting for the exchange, or refused with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from gongwen_client.domain.intents import Intent, IntentKind, RefusedWish
from gongwen_client.ui import words
from gongwen_client.ui.theme import Space, Tone
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.widgets.basics import button, column
from gongwen_client.ui.widgets.note_line import NoteLine

_SHOWN = 3
_QUIET = (IntentKind.VIEW, IntentKind.SETTLE, IntentKind.VOID, IntentKind.RESERVE, IntentKind.SEND)


class WishNotes(QWidget):
    """Hidden while there is nothing to say. ``put_aside`` is called with a refused wish that was read."""

    def __init__(self, put_aside: Callable[[RefusedWish], None]) -> None:
        super().__init__()
        self.setObjectName("wish_notes")
        self._put_aside = put_aside
        self._lines = column(gap=Space.INSIDE, margins=(Space.GROUP, Space.INSIDE, Space.GROUP, Space.INSIDE))
        self.setLayout(self._lines)
        self.texts: list[str] = []
        self.hide()

    def show_wishes(self, waiting: Sequence[Intent], refused: Sequence[RefusedWish]) -> None:
        """Refused ones first, each with 知道了; then what is under way."""
        while (item := self._lines.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.texts = []
        for wish in refused[:_SHOWN]:
            self._add(self._refused(wish))
        pending = [intent for intent in waiting if intent.kind not in _QUIET]
        if pending:
            acts = "、".join(dict.fromkeys(terms.ACTS[intent.kind] for intent in pending))
            what = f"{acts}已登记，等待送达交换中心。"
            self._add(NoteLine("waiting_wishes", what, "联网后自动完成，不需要重复操作", Tone.INFO))
        self.setVisible(bool(self.texts))

    def _add(self, note: NoteLine) -> None:
        self.texts.append(note.text)
        self._lines.addWidget(note)

    def _refused(self, wish: RefusedWish) -> NoteLine:
        said, small = words.said_parts(wish.why)
        act, when = terms.ACTS.get(wish.kind, ""), words.when(wish.refused_at)
        read = button("知道了", lambda: self._put_aside(wish), kind="link", name="wish_read")
        read.setAccessibleName(f"知道了：{act}没有成功")
        what = f"{act}{_whom(wish)}没有成功（{when}）：{said}"
        return NoteLine("refused_wish", what, small, Tone.INVALID, read)


def _whom(wish: RefusedWish) -> str:
    codes = json.loads(wish.payload).get("unit_codes") or ()
    return f" {len(codes)} 个单位" if codes else ""
