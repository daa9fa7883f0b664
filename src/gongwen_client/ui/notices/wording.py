"""Words about announcements and outages."""

from __future__ import annotations

from datetime import datetime

from gongwen_client.domain.notices import NoticeCard, NoticeState
from gongwen_client.host.clock import to_local
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.words import StateWord
from gongwen_protocol.announcements import Notice, NoticeKind, Outage, OutageService

KINDS = {
    NoticeKind.ANNOUNCEMENT: StateWord("公告", "bell", Tone.INFO),
    NoticeKind.OUTAGE: StateWord("停机通知", "warning", Tone.WARNING),
    NoticeKind.RECOVERY: StateWord("恢复通知", "check", Tone.VALID),
    NoticeKind.WITHDRAWAL: StateWord("撤回通知", "back", Tone.NEUTRAL),
}
STATES = {
    NoticeState.CURRENT: StateWord("有效", "check", Tone.VALID),
    NoticeState.ENDED: StateWord("已结束", "stop", Tone.NEUTRAL),
    NoticeState.EXPIRED: StateWord("已过期", "clock", Tone.NEUTRAL),
}
SERVICES = {
    OutageService.ALL: "全部功能",
    OutageService.LOGIN: "登录",
    OutageService.SEND: "发送",
    OutageService.RECEIVE: "接收",
    OutageService.PRINT: "打印原件",
}


def state_of(card: NoticeCard) -> StateWord:
    """Whether it may be acted upon; of one that was ended, how."""
    if card.ended_by is not None:
        word = {NoticeKind.RECOVERY: "已恢复", NoticeKind.WITHDRAWAL: "已撤回"}.get(
            card.ended_by.kind, "已更新"
        )
        return StateWord(word, "stop", Tone.NEUTRAL)
    return STATES[card.state]


def day_time(moment: datetime) -> str:
    """11月22日 18:00, local."""
    local = to_local(moment)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def span(outage: Outage) -> str:
    """From when to when, as far as it is known."""
    end = day_time(outage.expected_end) if outage.expected_end else "时间待定"
    return f"{day_time(outage.begins)} 至 {end}"


def services(outage: Outage) -> str:
    """What does not work."""
    return "、".join(SERVICES[one] for one in outage.services)


def headline(notice: Notice) -> str:
    """One line about a notice."""
    if notice.outage is not None:
        return f"{notice.title}：{span(notice.outage)}，影响{services(notice.outage)}"
    return notice.title
