"""What became of a person's wishes: waiting for the exchange, or refused with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from gongwen_client.domain.intents import Intent, IntentKind, RefusedWish
from gongwen_client.ui import words
from gongwen_client.ui.theme import Tone
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.widgets.basics import button
from gongwen_client.ui.widgets.note_area import Notes
from gongwen_client.ui.widgets.note_line import NoteLine

_SHOWN = 3
_QUIET = (IntentKind.VIEW, IntentKind.SETTLE, IntentKind.VOID, IntentKind.RESERVE, IntentKind.SEND)


class WishNotes:
    """``put_aside`` is called with a refused wish that was read."""

    def __init__(self, notes: Notes, put_aside: Callable[[RefusedWish], None]) -> None:
        self._notes = notes
        self._put_aside = put_aside
        self.texts: list[str] = []

    def show_wishes(self, waiting: Sequence[Intent], refused: Sequence[RefusedWish]) -> None:
        """Refused ones first, each with 知道了; then what is under way."""
        lines = [self._refused(wish) for wish in refused[:_SHOWN]]
        pending = [intent for intent in waiting if intent.kind not in _QUIET]
        if pending:
            acts = "、".join(dict.fromkeys(terms.ACTS[intent.kind] for intent in pending))
            what = f"{acts}已登记，等待送达交换中心。"
            lines.append(NoteLine("waiting_wishes", what, "联网后自动完成，不需要重复操作", Tone.INFO))
        self.texts = [line.text for line in lines]
        self._notes.put("wishes", lines)

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
