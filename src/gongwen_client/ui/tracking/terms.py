"""Words of following up: levels, requests, replies, causes, deadlines; one table each."""

from __future__ import annotations

from datetime import datetime, timedelta

from gongwen_client.domain.board import BoardLine
from gongwen_client.domain.intents import IntentKind
from gongwen_client.host.clock import to_local
from gongwen_client.ui import words
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.words import StateWord
from gongwen_protocol.actions import Attendance, PaperCause, RequestKind, RequestView
from gongwen_protocol.profile import NoticeChannel, ReminderLevel
from gongwen_protocol.states import RequestState

LEVELS = {
    ReminderLevel.NOTIFY: StateWord("通知", "bell", Tone.INFO),
    ReminderLevel.URGE: StateWord("催办", "urge", Tone.WARNING),
    ReminderLevel.SUPERVISE: StateWord("督办", "warning", Tone.INVALID),
}
CHANNELS = {NoticeChannel.SMS: "短信", NoticeChannel.WECHAT: "微信", NoticeChannel.PHONE: "电话"}
REQUESTS = {RequestKind.COPIES: "追加打印份数", RequestKind.RESEND: "重发"}
REQUEST_STATES = {
    RequestState.OPEN: StateWord("待答复", "clock", Tone.WARNING),
    RequestState.GRANTED: StateWord("已同意", "check", Tone.VALID),
    RequestState.REFUSED: StateWord("未同意", "stop", Tone.INVALID),
    RequestState.WITHDRAWN: StateWord("已撤销", "back", Tone.NEUTRAL),
}
ATTENDANCES = {
    Attendance.ATTENDS: StateWord("参加", "check", Tone.VALID),
    Attendance.SENDS_DEPUTY: StateWord("派员参加", "people", Tone.INFO),
    Attendance.ABSENT: StateWord("不参加", "stop", Tone.WARNING),
}
NO_REPLY = StateWord("未回执", "clock", Tone.WARNING)
CAUSES = {
    PaperCause.OUTAGE: "平台故障，短时间内不能恢复",
    PaperCause.UNIT_CANNOT_RECEIVE: "接收单位暂时不能接收电子公文",
    PaperCause.OTHER: "其他原因",
}
ACTS = {
    IntentKind.RECALL: "撤回",
    IntentKind.REMIND: "催办",
    IntentKind.RESEND: "重发",
    IntentKind.SUPPLEMENT: "补发",
    IntentKind.PAPER: "转纸质",
    IntentKind.GRANT: "同意申请",
    IntentKind.REFUSE: "不同意申请",
    IntentKind.REQUEST: "申请",
    IntentKind.WITHDRAW: "撤销申请",
    IntentKind.REPLY: "会议回执",
    IntentKind.ARRIVE: "到件登记",
    IntentKind.ACCEPT: "接收",
    IntentKind.RETURN: "退文",
    IntentKind.VIEW: "查看",
    IntentKind.COPY: "下载副本",
}
REMINDER_TEXTS = {
    ReminderLevel.NOTIFY: "{title}已发送，请及时查收。",
    ReminderLevel.URGE: "{title}于 {sent} 发送，贵单位尚未接收，请尽快核验接收。",
    ReminderLevel.SUPERVISE: "{title}于 {sent} 发送，经催办仍未接收。请立即核验接收，说明未按时接收的原因。",
}
_NAMED = 6


def span(time: timedelta) -> str:
    """A length of working time: 35 分, 3 小时 20 分, 52 小时."""
    minutes = max(1, int(time.total_seconds() // 60))
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} 分"
    return f"{hours} 小时 {rest} 分" if rest and hours < 10 else f"{hours} 小时"


def due(line: BoardLine, now: datetime) -> StateWord | None:
    """应收时限 of a unit: what is overdue is said in words; None where nothing is awaited."""
    if line.due_at is None:
        return None
    if line.late:
        return StateWord(f"已超 {span(line.late)}", "warning", Tone.INVALID)
    soon = line.due_at - now < timedelta(hours=1)
    return StateWord(f"{until(line.due_at, now)} 前", "clock", Tone.WARNING if soon else Tone.NEUTRAL)


def until(moment: datetime, now: datetime) -> str:
    """A moment to come: 今天 17:30, 明天 10:00, 11-25 10:00."""
    there, here = to_local(moment), to_local(now)
    days = (there.date() - here.date()).days
    if days == 1:
        return f"明天 {there:%H:%M}"
    return words.when(moment, now)


def unit_names(names: list[str]) -> str:
    """教育局、财政局等 12 个单位."""
    if len(names) <= _NAMED:
        return "、".join(names)
    return f"{'、'.join(names[:_NAMED])}等 {len(names)} 个单位"


def request(one: RequestView) -> str:
    """追加打印份数 2 份 / 重发."""
    return f"{REQUESTS[one.kind]} {one.count} 份" if one.kind is RequestKind.COPIES else REQUESTS[one.kind]
