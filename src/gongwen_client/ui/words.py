"""Words for states, times, sizes and copies: one table each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from gongwen_client.domain.drafts import DraftFinding
from gongwen_client.domain.rows import Connection, IncomingState
from gongwen_client.exchange.key_directory import Protection
from gongwen_client.host.clock import to_local
from gongwen_client.host.printing import PdfPrinter
from gongwen_client.token.keys import KeyState
from gongwen_client.ui.theme.tokens import Tone
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.messages import Finding, ReceiptEvent, RecipientRole, ReturnReason
from gongwen_protocol.sentences import sentence
from gongwen_protocol.states import DeliveryState, DocumentState, TicketState


@dataclass(frozen=True)
class StateWord:
    """A state as a person sees it: word, shape (an icon) and colour, always the three together."""

    word: str
    shape: str
    tone: Tone


DOCUMENT_STATES = {
    DocumentState.DRAFT: StateWord("草稿", "draft", Tone.NEUTRAL),
    DocumentState.AWAITING_SEAL: StateWord("待盖章", "seal", Tone.WARNING),
    DocumentState.READY: StateWord("待发", "outbox", Tone.INFO),
    DocumentState.SENDING: StateWord("发送中", "progress", Tone.INFO),
    DocumentState.SENT: StateWord("已发", "send", Tone.INFO),
    DocumentState.PARTLY_RECEIVED: StateWord("部分接收", "half", Tone.INFO),
    DocumentState.ALL_RECEIVED: StateWord("全部接收", "check", Tone.VALID),
    DocumentState.RECALLED: StateWord("已撤回", "back", Tone.NEUTRAL),
    DocumentState.VOIDED: StateWord("已作废", "stop", Tone.NEUTRAL),
}
DELIVERY_STATES = {
    DeliveryState.DELIVERED: StateWord("已送达（未收）", "half", Tone.WARNING),
    DeliveryState.VIEWED: StateWord("已查看", "eye", Tone.WARNING),
    DeliveryState.VERIFIED: StateWord("已核验", "eye", Tone.INFO),
    DeliveryState.RECEIVED: StateWord("已接收", "check", Tone.VALID),
    DeliveryState.RETURNED: StateWord("已退文", "returned", Tone.INVALID),
    DeliveryState.RECALLED: StateWord("已撤回", "back", Tone.NEUTRAL),
    DeliveryState.RESENT: StateWord("已补发", "send", Tone.INFO),
    DeliveryState.PAPER_FALLBACK: StateWord("已转纸质", "file", Tone.NEUTRAL),
}
INCOMING_STATES = {
    IncomingState.PENDING: StateWord("待收", "dot", Tone.INVALID),
    IncomingState.DOWNLOADING: StateWord("下载中", "download", Tone.INFO),
    IncomingState.LOCKED: StateWord("未能解密", "lock", Tone.WARNING),
    IncomingState.TO_VERIFY: StateWord("待核验", "half", Tone.WARNING),
    IncomingState.VERIFIED: StateWord("已核验", "eye", Tone.INFO),
    IncomingState.RECEIVED: StateWord("已接收", "check", Tone.VALID),
    IncomingState.RETURNED: StateWord("已退文", "returned", Tone.INVALID),
    IncomingState.RECALLED: StateWord("已撤回", "back", Tone.NEUTRAL),
    IncomingState.RESENT: StateWord("已补发", "send", Tone.INFO),
    IncomingState.PAPER_FALLBACK: StateWord("已转纸质", "file", Tone.NEUTRAL),
}
VERDICTS = {
    "valid": StateWord("有效", "valid", Tone.VALID),
    "warning": StateWord("有效（有提示）", "warning", Tone.WARNING),
    "unknown": StateWord("无法确认", "unknown", Tone.NEUTRAL),
    "invalid": StateWord("无效", "invalid", Tone.INVALID),
    "unsigned": StateWord("未签章", "unsigned", Tone.NEUTRAL),
}
FINDINGS = {
    Finding.OK: StateWord("通过", "valid", Tone.VALID),
    Finding.WARNING: StateWord("有提示", "warning", Tone.WARNING),
    Finding.UNKNOWN: StateWord("无法确认", "unknown", Tone.NEUTRAL),
    Finding.FAILED: StateWord("未通过", "invalid", Tone.INVALID),
}
TICKET_STATES = {
    TicketState.RESERVED: StateWord("已预留", "circle", Tone.NEUTRAL),
    TicketState.SPOOLED: StateWord("待确认", "half", Tone.WARNING),
    TicketState.PRINTED: StateWord("已打印", "check", Tone.VALID),
    TicketState.VOID: StateWord("作废", "stop", Tone.INVALID),
}
CONNECTIONS = {
    Connection.ONLINE: StateWord("在线", "check", Tone.VALID),
    Connection.OFFLINE: StateWord("未连接", "offline", Tone.INVALID),
    Connection.SESSION_EXPIRED: StateWord("登录已过期", "warning", Tone.WARNING),
}
KEY_STATES = {
    KeyState.ABSENT: StateWord("秘钥盘未插入", "key", Tone.NEUTRAL),
    KeyState.PROBING: StateWord("秘钥盘识别中", "key", Tone.NEUTRAL),
    KeyState.READY: StateWord("秘钥盘就绪", "key", Tone.VALID),
    KeyState.PIN_LOW: StateWord("口令将锁定", "warning", Tone.WARNING),
    KeyState.PIN_LOCKED: StateWord("秘钥盘已锁定", "lock", Tone.INVALID),
    KeyState.EXPIRING: StateWord("证书将到期", "warning", Tone.WARNING),
    KeyState.EXPIRED: StateWord("证书已过期", "invalid", Tone.INVALID),
    KeyState.SUSPENDED: StateWord("印章已停用", "stop", Tone.INVALID),
    KeyState.FOREIGN: StateWord("非本单位秘钥盘", "invalid", Tone.INVALID),
}
ROLES = {RecipientRole.MAIN: "主送", RecipientRole.CC: "抄送"}
RETURN_REASONS = {
    ReturnReason.BODY_FAULT: "正文缺失或错误",
    ReturnReason.ATTACHMENT_FAULT: "附件缺失",
    ReturnReason.SEAL_FAULT: "印章无效或不显示",
    ReturnReason.LAYOUT_FAULT: "版式错误",
    ReturnReason.MISDIRECTED: "误送",
    ReturnReason.CLASSIFIED: "涉密或不应交换",
    ReturnReason.OTHER: "其他",
}
RECEIPT_EVENTS = {
    ReceiptEvent.SENT: "已发送",
    ReceiptEvent.DELIVERED: "已送达",
    ReceiptEvent.VIEWED: "已查看",
    ReceiptEvent.RECEIVED: "已接收",
    ReceiptEvent.RETURNED: "已退文",
    ReceiptEvent.PRINTED: "已打印原件",
    ReceiptEvent.PRINT_VOIDED: "打印作废",
    ReceiptEvent.VERIFIED: "已核验",
    ReceiptEvent.COPIED: "已下载副本",
    ReceiptEvent.RECALLED: "已撤回",
    ReceiptEvent.RESENT: "已重发",
    ReceiptEvent.REPLACED: "已补发更正",
    ReceiptEvent.NOTIFIED: "已通知",
    ReceiptEvent.URGED: "已催办",
    ReceiptEvent.SUPERVISED: "已督办",
    ReceiptEvent.REQUESTED: "已提出申请",
    ReceiptEvent.GRANTED: "已同意申请",
    ReceiptEvent.REFUSED: "未同意申请",
    ReceiptEvent.WITHDRAWN: "申请已撤销",
    ReceiptEvent.REPLIED: "已回执",
    ReceiptEvent.ON_PAPER: "已转纸质",
    ReceiptEvent.PAPER_ARRIVED: "纸质已到件",
    ReceiptEvent.ATTACHMENT_ARRIVED: "特殊附件已到件",
}
DOC_KINDS = (
    *("决议", "决定", "命令", "公报", "公告", "通告", "意见", "通知"),
    *("通报", "报告", "请示", "批复", "议案", "函", "纪要"),
)
URGENCIES = ("平件", "加急", "特急")
INTENTS = {"accept": "接收已登记，等待送达交换中心", "return": "退文已登记，等待送达交换中心"}


def return_reason(value: str) -> str:
    """A return reason's words; what is not in the table is shown as it came."""
    try:
        return RETURN_REASONS[ReturnReason(value)]
    except ValueError:
        return value


# An article may have brackets of its own: 第四条第（二）项.
_SMALL_PRINT = re.compile(r"(.*。)（((?:.* · )?[a-z0-9_]+(?:\.[a-z0-9_]+)+)）", re.DOTALL)


def finding_parts(finding: DraftFinding) -> tuple[str, str]:
    """(sentence, small print) of a finding whose sentence ends in （article · code）."""
    return said_parts(finding.sentence)


def explained(error: GongwenError) -> str:
    """What happened, what to do, the rule and the code: a line each, where there is room for no notice."""
    said = sentence(error)
    small = " · ".join(part for part in (said.rule, said.code) if part)
    return "\n".join(part for part in (said.what, said.do, small) if part)


def explained_in_line(error: GongwenError) -> str:
    """The same in one line."""
    said = sentence(error)
    small = " · ".join(part for part in (said.rule, said.code) if part)
    return f"{said.what}{said.do}（{small}）"


def said_parts(said: str) -> tuple[str, str]:
    """(sentence, small print) of a sentence that was kept as text with its （article · code）."""
    parts = _SMALL_PRINT.fullmatch(said)
    return (parts[1], parts[2]) if parts else (said, "")


def when(moment: datetime | None, now: datetime | None = None) -> str:
    """今天 09:12, 昨天 16:40, 11-20 10:05, 2025-11-20; local time."""
    if moment is None:
        return "—"
    local = to_local(moment)
    today = to_local(now or datetime.now(local.tzinfo)).date()
    if local.date() == today:
        return f"今天 {local:%H:%M}"
    if local.date() == today - timedelta(days=1):
        return f"昨天 {local:%H:%M}"
    if local.year == today.year:
        return f"{local:%m-%d %H:%M}"
    return f"{local:%Y-%m-%d}"


def stamp(moment: datetime | None) -> str:
    """The full time, for tooltips and records: 2025-11-20 10:05:31."""
    return "—" if moment is None else f"{to_local(moment):%Y-%m-%d %H:%M:%S}"


def size(count: int) -> str:
    """Bytes for people: 812 B, 34 KB, 1.2 MB."""
    if count < 1024:
        return f"{count} B"
    if count < 1024 * 1024:
        return f"{count / 1024:.0f} KB"
    return f"{count / 1024 / 1024:.1f} MB"


def protection(how: Protection | None) -> str:
    """How a document will travel, as the confirmation says it."""
    if how is None:
        return ""
    if how.end_to_end:
        return "加密，交换中心不能读取内容" + ("；密钥由两人分管托管" if how.escrow else "")
    if how.without:
        return f"不加密：{'、'.join(how.without)}没有加密证书"
    return "不加密（本地区未启用）"


def printer(name: str) -> str:
    """A printer's name for people; the printer of files is named by what it does."""
    return "存为 PDF 文件" if name == PdfPrinter.NAME else name


def copy_number(number: int, of: int) -> str:
    """份号 8（本单位共 5 份）: numbers run through all copies of a document; the count says whose it is."""
    return f"份号 {number}（本单位共 {of} 份）"


def record_number(document_id: str) -> str:
    """发文记录 of a document, as seal confirmation and ledger name it: short enough to compare by eye."""
    return document_id[:8].upper()


def chinese_date(iso: str) -> str:
    """2018-12-05 → 2018年12月5日; other texts stay as they are."""
    try:
        day = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.year}年{day.month}月{day.day}日"
