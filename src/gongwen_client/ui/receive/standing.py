"""All that is known of a received document besides its pages, and what the person must read of it first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtWidgets import QPushButton

from gongwen_client.domain.following import DocumentMore
from gongwen_client.domain.intents import Intent, RefusedWish
from gongwen_client.domain.rows import IncomingRow, IncomingState, ReceiptRow
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.theme import Tone
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.widgets.basics import button
from gongwen_client.ui.widgets.note_area import Notes
from gongwen_client.ui.widgets.note_line import NoteLine
from gongwen_client.ui.widgets.notice import Notice
from gongwen_crypto.errors import GongwenError, RefusedError
from gongwen_protocol.calendar import WorkCalendar
from gongwen_protocol.messages import DeliveryView, Unit
from gongwen_protocol.profile import RegionProfile, ReminderLevel
from gongwen_protocol.states import RequestState

GONE = {
    IncomingState.RECALLED: "delivery.recalled",
    IncomingState.RESENT: "delivery.resent",
    IncomingState.PAPER_FALLBACK: "delivery.on_paper",
}
"""States in which the document is out of this unit's hands, and the code that says so."""
_MOVES = {
    IncomingState.RECEIVED: ("received", "已收公文"),
    IncomingState.RETURNED: ("returned", "本单位退文"),
}
"""Where a document goes once a person has decided: (list, its name)."""
_TONES = {
    ReminderLevel.NOTIFY: Tone.INFO,
    ReminderLevel.URGE: Tone.WARNING,
    ReminderLevel.SUPERVISE: Tone.INVALID,
}


@dataclass(frozen=True)
class Standing:
    """What the store says of a delivery now. ``now`` and ``due_at`` are by the exchange's clock; ``proven``:
    the sequences of receipts whose place in the exchange's log was checked here."""

    row: IncomingRow
    details: DeliveryView
    more: DocumentMore
    rules: RegionProfile
    receipts: list[ReceiptRow]
    sender: Unit | None
    waiting: list[Intent]
    refused: list[RefusedWish]
    due_at: datetime | None
    now: datetime
    calendar: WorkCalendar
    proven: frozenset[int]

    @property
    def open_request(self) -> str:
        """The identity of a request that waits for its answer, empty for none."""
        found = (one.request_id for one in self.details.requests if one.state is RequestState.OPEN)
        return next(found, "")


def look(office: Office, delivery_id: str) -> Standing:
    """Read it all; nothing here asks the exchange. Raises KnownError("delivery.not_found")."""
    row, details = office.incoming.get(delivery_id), office.incoming.details(delivery_id)
    document = office.boards.document(row.document_id)
    receipts = office.tracking.receipts(row.document_id)
    subjects = [delivery_id, *(one.request_id for one in details.requests)]
    refused = office.asking.refused(subjects)
    for wish in refused:
        office.notepad.bring_back(wish)
    return Standing(
        row,
        details,
        document.more,
        office.boards.rules(row.document_id),
        receipts,
        next((unit for unit in office.directory.units() if unit.code == document.sender_code), None),
        [intent for subject in subjects for intent in office.asking.waiting(subject)],
        refused,
        office.attention.due(row),
        office.boards.now(),
        office.attention.calendar(),
        frozenset(
            one.receipt.receipt.sequence for one in receipts if office.evidence.proof(one.receipt) is not None
        ),
    )


class StandingNotes:
    """What must be read before anything is done: taken back, replaced, gone on paper, reminded, asked for.

    ``acts``: what the notices offer, by name (open, paper_arrived, reply, withdraw).
    """

    def __init__(self, notes: Notes, acts: dict[str, Callable[[str], object]]) -> None:
        self._notes = notes
        self._acts = acts
        self.texts: list[str] = []

    def show_standing(self, standing: Standing) -> None:
        """The notices as they are now."""
        tellers = (_gone, _replaced, _replacing, _reminded, _again, _meeting, _asked)
        told = [line for tell in tellers if (line := tell(standing, self._acts)) is not None]
        self.texts = [line.text for line in told]
        self._notes.put("standing", told)


Acts = dict[str, Callable[[str], object]]


def _line(what: str, rest: str, tone: Tone, *acts: QPushButton) -> NoteLine:
    return NoteLine("standing", what, rest, tone, *acts)


def _notice(what: str, do: str, small: str, tone: Tone, *acts: QPushButton) -> Notice:
    """In full, for what takes the paper's place."""
    notice = Notice("standing", strip=True)
    notice.show_text(what, do, small, tone)
    for act in acts:
        notice.add_act(act)
    return notice


def _gone(standing: Standing, acts: Acts) -> Notice | None:
    """撤回, 转纸质: why, and what is to be done now."""
    row, details = standing.row, standing.details
    reason = f"：{row.sender_note}" if row.sender_note else "。"
    if row.state is IncomingState.RECALLED:
        when = words.when(details.recalled_at, standing.now)
        do = "请停止办理；已经打印或下载的，请封存并按发文单位要求处理。"
        article = standing.rules.article_of("recall")
        return _notice(f"{row.sender_name}于 {when} 撤回了这份公文{reason}", do, article, Tone.INVALID)
    if row.state is IncomingState.PAPER_FALLBACK:
        article = standing.rules.article_of("paper_fallback")
        if details.paper_arrived_at is not None:
            when = words.when(details.paper_arrived_at, standing.now)
            return _notice(f"这份公文已转纸质送达，{when}登记到件。", "", article, Tone.VALID)
        act = button("登记到件(&D)…", lambda: acts["paper_arrived"](""), kind="primary", name="paper_arrived")
        return _notice(
            f"这份公文已转纸质送达{reason}", "收到纸质公文后请登记到件。", article, Tone.WARNING, act
        )
    return None


def _replaced(standing: Standing, acts: Acts) -> Notice | None:
    """A corrected document took its place."""
    row = standing.row
    if not row.replaced_by:
        return None
    act = button("打开更正后的公文(&G)", lambda: acts["open"](row.replaced_by), name="open_corrected")
    article = standing.rules.article_of("resend")
    if row.state is IncomingState.RESENT:
        what = f"{row.sender_name}已补发更正后的公文，这一份不再有效。"
        return _notice(what, "请办理更正后的公文。", article, Tone.INVALID, act)
    return _notice(
        f"{row.sender_name}已补发更正后的公文。",
        "已接收的这一份请与更正后的公文一并办理。",
        article,
        Tone.WARNING,
        act,
    )


def _replacing(standing: Standing, acts: Acts) -> NoteLine | None:
    old = standing.more.replaces
    if not old:
        return None
    act = button("打开原公文", lambda: acts["open"](old), kind="link", name="open_replaced")
    return _line("这份公文是对此前一份公文的更正，原公文以此为准。", "", Tone.INFO, act)


def _reminded(standing: Standing, acts: Acts) -> NoteLine | None:
    """The newest reminder while the document still waits."""
    details = standing.details
    waits = standing.row.state not in (*GONE, IncomingState.RECEIVED, IncomingState.RETURNED)
    if not details.reminders or not waits:
        return None
    newest = details.reminders[-1]
    word = terms.LEVELS[newest.level].word
    times = f"，共催办 {len(details.reminders)} 次" if len(details.reminders) > 1 else ""
    article = standing.rules.article_of("reminders")
    when = f"{words.when(newest.at, standing.now)} {newest.by_post}{times}"
    rest = " · ".join(part for part in (when, article) if part)
    return _line(f"{word}：{newest.text}", rest, _TONES[newest.level])


def _again(standing: Standing, acts: Acts) -> NoteLine | None:
    """重发: why it is here once more."""
    row, details = standing.row, standing.details
    if details.round < 2 or row.state in (*GONE, IncomingState.RECEIVED, IncomingState.RETURNED):
        return None
    reason = f"：{row.sender_note}" if row.sender_note else "。"
    what = f"{row.sender_name}第 {details.round} 次发送这份公文{reason}"
    return _line(what, "请重新核验接收。", Tone.INFO)


def _meeting(standing: Standing, acts: Acts) -> NoteLine | None:
    """会议回执: asked for, given, too late."""
    meeting, reply = standing.more.meeting, standing.details.reply
    if meeting is None or standing.row.state in (*GONE, IncomingState.RETURNED):
        return None
    over = meeting.reply_by is not None and meeting.reply_by < standing.now
    until = f"，{terms.until(meeting.reply_by, standing.now)} 截止" if meeting.reply_by else ""
    if reply is not None:
        said = terms.ATTENDANCES[reply.attendance].word
        posts = f"（{'、'.join(reply.posts)}）" if reply.posts else ""
        change = button("修改回执(&H)…", lambda: acts["reply"](""), name="reply")
        what = f"会议回执已提交：{said}{posts}"
        return _line(what, f"{meeting.meeting}{until}", Tone.VALID, *(() if over else (change,)))
    if over:
        return _line(f"会议回执已截止：{meeting.meeting}", "请电话联系发文单位", Tone.INVALID)
    fill = button("填写会议回执(&H)…", lambda: acts["reply"](""), kind="primary", name="reply")
    return _line(f"请填写会议回执：{meeting.meeting}{until}", "", Tone.WARNING, fill)


def _asked(standing: Standing, acts: Acts) -> NoteLine | None:
    """The newest request with its answer."""
    if not standing.details.requests:
        return None
    newest = standing.details.requests[-1]
    what = f"申请{terms.request(newest)}"
    if newest.state is RequestState.OPEN:
        act = button("撤销申请(&X)", lambda: acts["withdraw"](newest.request_id), name="withdraw")
        return _line(f"{what}，等待发文单位答复", f"原因：{newest.reason}", Tone.INFO, act)
    if newest.state is RequestState.WITHDRAWN:
        return None
    granted = newest.state is RequestState.GRANTED
    number = f" {newest.granted} 份" if newest.granted else ""
    answer = f"：{newest.answer}" if newest.answer else "。"
    when = words.when(newest.answered_at, standing.now)
    word = f"已同意{number}" if granted else "未同意"
    return _line(f"{what}，发文单位{word}{answer}", when, Tone.VALID if granted else Tone.INVALID)


def gone_error(row: IncomingRow, article: str) -> GongwenError | None:
    """Why nothing more can be done with a document that was taken out of this unit's hands."""
    code = GONE.get(row.state)
    return None if code is None else RefusedError(code, article=article)


def moved_to(before: IncomingState, now: IncomingState) -> str:
    """The list that a document went over to by this change, empty when it stays where it is."""
    if before in _MOVES or before in GONE:
        return ""
    return _MOVES[now][0] if now in _MOVES else ""


def moved_note(state: IncomingState, waiting: int, go_on: Callable[[], object]) -> list[NoteLine]:
    """Which list it is in now, and the way back to those that wait."""
    if state not in _MOVES:
        return []
    acts = []
    if waiting:
        text = f"继续办理待收公文（还有 {waiting} 份）(&W)"
        acts.append(button(text, go_on, kind="link", name="next_pending"))
    return [_line(f"这份公文已转入“{_MOVES[state][1]}”。", "", Tone.VALID, *acts)]
