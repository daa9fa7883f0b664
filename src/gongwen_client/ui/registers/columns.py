"""What the lists of the register books show; an entry's dialog, paper and exports have every column."""

from __future__ import annotations

from collections.abc import Sequence

from gongwen_client.domain.registers import DATE_NAMES, NUMBER_NAMES, Book, Filing, RegisterEntry
from gongwen_client.services.register_book import FILINGS
from gongwen_client.ui.lists.table import Column
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.words import StateWord

STATES = {
    Filing.REGISTERED: StateWord(FILINGS[Filing.REGISTERED], "register", Tone.INFO),
    Filing.ARCHIVED: StateWord(FILINGS[Filing.ARCHIVED], "folder", Tone.VALID),
    Filing.CANCELLED: StateWord(FILINGS[Filing.CANCELLED], "stop", Tone.NEUTRAL),
}


def filing_state(entry: RegisterEntry) -> StateWord:
    """已登记, 已归档, 已注销."""
    return STATES[entry.filing]


def _field(key: str, title: str, width: int = 0, most: int = 0) -> Column[RegisterEntry]:
    return Column(title, lambda entry: entry.text(key), width, most=most)


def _tip(entry: RegisterEntry) -> str:
    """What the word does not say: corrections, the archive's number, why it is cancelled."""
    told = [filing_state(entry).word, entry.file_code, entry.cancelled]
    if entry.changes:
        told.append(f"更正 {entry.changes} 处")
    return "，".join(filter(None, told))


def _title(entry: RegisterEntry) -> str:
    if entry.cancelled:
        return f"（注销：{entry.cancelled}）{entry.text('title')}"
    return entry.text("title")


def columns_of(book: Book) -> Sequence[Column[RegisterEntry]]:
    """The columns of one book's list."""
    head: tuple[Column[RegisterEntry], ...] = (
        Column(NUMBER_NAMES[book], lambda entry: str(entry.number), 72),
        Column(DATE_NAMES[book], lambda entry: entry.entered_on.isoformat(), 100),
    )
    state = Column("状态", lambda entry: filing_state(entry).word, 96, state=filing_state, tip=_tip)
    if book is Book.RECEIVED:
        return (
            *head,
            _field("unit", "来文机关", 164, 260),
            _field("doc_number", "来文字号", 172),
            Column("文件标题", _title),
            _field("copies", "份数", 56),
            _field("office", "承办单位", 104, 180),
            _field("signer", "签收人", 76),
            state,
        )
    return (
        *head,
        _field("doc_number", "发文字号", 172),
        Column("文件标题", _title),
        _field("copies", "份数", 56),
        _field("unit", "发往机关", 200, 420),
        _field("signer", "签收人", 108),
        state,
    )
