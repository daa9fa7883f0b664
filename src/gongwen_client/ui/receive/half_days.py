"""The two half-days of the attended check (上午、下午查收): which is done, which is open and until when."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from gongwen_client.domain.attention import Attention, CheckState, Clocks, HalfDayClock
from gongwen_client.host.clock import to_local
from gongwen_client.ui.receive.attention_bar import HALVES
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import ElidedLabel, button, label, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.words import StateWord
from gongwen_protocol.access import StandIn

_TONES = {
    CheckState.FREE: ("unsigned", Tone.NEUTRAL),
    CheckState.DONE: ("valid", Tone.VALID),
    CheckState.OPEN: ("clock", Tone.NEUTRAL),
    CheckState.SOON: ("warning", Tone.WARNING),
    CheckState.MISSED: ("invalid", Tone.INVALID),
}


def half_day_word(half: HalfDayClock) -> StateWord:
    """上午已查收 09:12 / 下午待查收，17:30 前 / 上午漏查."""
    name = HALVES[half.half]
    last = f" {to_local(half.last):%H:%M}" if half.last else ""
    times = f" {half.done}/{half.wanted} 次" if half.wanted > 1 else ""
    texts = {
        CheckState.FREE: f"{name}不要求查收",
        CheckState.DONE: f"{name}已查收{last}{times}",
        CheckState.OPEN: f"{name}待查收{times}，{to_local(half.ends):%H:%M} 前",
        CheckState.SOON: f"{name}待查收{times}，{to_local(half.ends):%H:%M} 截止",
        CheckState.MISSED: f"{name}漏查{times}",
    }
    shape, tone = _TONES[half.state]
    return StateWord(texts[half.state], shape, tone)


class HalfDays(QFrame):
    """A strip above the waiting documents. ``deputies_wanted``: who stands in for whom."""

    deputies_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("half_days")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        none = StateWord("", "unsigned", Tone.NEUTRAL)
        self.morning, self.afternoon = Chip(none), Chip(none)
        self._free = label("", "muted")
        self._deputy = ElidedLabel("", "muted")
        self._deputy.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.deputies = button(
            "代班(&A)…", self.deputies_wanted.emit, kind="link", picture="people", name="deputies"
        )
        layout = row(gap=Space.SECTION, margins=(Space.GROUP, 0, Space.GROUP, Space.INSIDE))
        for part in (self.morning, self.afternoon, self._free):
            layout.addWidget(part)
        layout.addWidget(self._deputy, 1)
        layout.addWidget(self.deputies)
        self.setLayout(layout)

    def show_attention(self, attention: Attention) -> None:
        """The half-days as they stand now."""
        clocks = attention.clocks
        for chip, half in ((self.morning, clocks.morning), (self.afternoon, clocks.afternoon)):
            chip.show_state(half_day_word(half))
            chip.setToolTip(_tip(clocks))
            chip.setVisible(clocks.workday or half.state is not CheckState.FREE)
        self._free.setText(_free(clocks))
        self._free.setVisible(bool(self._free.text()))

    def show_deputies(self, stand_ins: tuple[StandIn, ...], now: datetime) -> None:
        """Who stands in now."""
        running = [one for one in stand_ins if one.since <= now < one.until]
        told = [f"{one.substitute_post}代{one.post}至 {to_local(one.until):%m-%d}" for one in running]
        self._deputy.setText("；".join(told))


def _tip(clocks: Clocks) -> str:
    rule = f"（{clocks.article}）" if clocks.article else ""
    return f"有人查看待收公文并按“查收”才算，程序自动轮询不算{rule}"


def _free(clocks: Clocks) -> str:
    if not clocks.workday:
        return "今天不是工作日"
    return "本年度放假安排未知，按周一至周五计算" if clocks.assumed else ""


def put_above(page: QWidget, strip: HalfDays) -> None:
    """Lay the strip under the head of a list."""
    whole = page.layout()
    assert whole is not None, "a page is laid out"
    whole.insertWidget(1, strip)  # type: ignore[attr-defined]
