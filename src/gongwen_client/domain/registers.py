"""Register books (收文登记簿, 发文登记簿): what their entries are, and the columns that each book has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from gongwen_protocol.messages import DeliveryView, Elements


class Book(StrEnum):
    """One book a year of each."""

    RECEIVED = "received"
    SENT = "sent"


class Filing(StrEnum):
    """已登记, 已归档, 已注销: how far an entry has come."""

    REGISTERED = "registered"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


BOOK_NAMES = {Book.RECEIVED: "收文登记簿", Book.SENT: "发文登记簿"}
NUMBER_NAMES = {Book.RECEIVED: "收文号", Book.SENT: "顺序号"}
DATE_NAMES = {Book.RECEIVED: "收文日期", Book.SENT: "发文日期"}

NOT_CLASSIFIED = "非密"
"""密级 of everything that goes through the exchange (管理办法 art. 19)."""

FIELD_NAMES: Mapping[Book, Mapping[str, str]] = {
    Book.RECEIVED: {
        "unit": "来文机关",
        "doc_number": "来文字号",
        "title": "文件标题",
        "attachments": "附件",
        "copies": "份数",
        "level": "密级",
        "office": "承办单位",
        "signer": "签收人",
        "reply_number": "复文号",
        "filed_on": "归卷日期",
        "file_number": "归入卷号",
        "urgency": "紧急程度",
        "way": "接收方式",
        "copy_numbers": "份号",
        "paper": "纸质到件",
        "completed_on": "办结日期",
        "remark": "备注",
    },
    Book.SENT: {
        "doc_number": "发文字号",
        "title": "文件标题",
        "attachments": "附件",
        "level": "密级",
        "copies": "份数",
        "unit": "发往机关",
        "signer": "签收人",
        "filed_on": "归卷日期",
        "file_number": "归入卷号",
        "completed_on": "办结日期",
        "remark": "备注",
    },
}
"""Columns of each book beside number and date, in their order, by the key under which an entry keeps them."""

HANDLING: Mapping[Book, tuple[str, ...]] = {
    Book.RECEIVED: ("office", "reply_number", "completed_on", "paper", "remark"),
    Book.SENT: ("signer", "completed_on", "remark"),
}
"""What the clerk writes as the work goes on."""

ON_PAPER: Mapping[Book, tuple[str, ...]] = {
    Book.RECEIVED: ("unit", "doc_number", "title", "attachments", "copies", "urgency", "office", "remark"),
    Book.SENT: ("unit", "doc_number", "title", "attachments", "copies", "signer", "remark"),
}
"""What the clerk writes for a document that came or went on paper only."""

DATES = frozenset({"filed_on", "completed_on", "paper"})
"""Columns that hold an ISO date."""

FOLLOWED = ("unit", "copies", "copy_numbers", "paper")
"""What the exchange may still change about an entry: units added later, more copies, paper that arrived."""

_WAYS = {"first_original_print": "打印", "first_working_copy": "下载", "oa_read": "OA"}
_MOST_UNITS = 12
_CHINA = timezone(timedelta(hours=8))


def local_day(moment: datetime) -> date:
    """The day of a moment by the clocks of China: books change with the year there."""
    return moment.astimezone(_CHINA).date()


@dataclass(frozen=True)
class RegisterEntry:
    """One line of a book. ``subject`` is the delivery or document, empty for paper; ``cancelled`` is
    the reason of a cancellation (注销); ``changes`` counts corrections; ``archived_at`` says when it went to
    the archive, ``file_code`` under which number."""

    entry_id: int
    book: Book
    year: int
    number: int
    subject: str
    entered_on: date
    fields: Mapping[str, str]
    cancelled: str = ""
    changes: int = 0
    archived_at: datetime | None = None
    file_code: str = ""

    @property
    def label(self) -> str:
        """2026-0012."""
        return f"{self.year}-{self.number:04d}"

    def text(self, key: str) -> str:
        """A column's text, empty where nothing is written."""
        return self.fields.get(key, "")

    @property
    def filing(self) -> Filing:
        """How far it has come."""
        if self.cancelled:
            return Filing.CANCELLED
        return Filing.REGISTERED if self.archived_at is None else Filing.ARCHIVED

    @property
    def completed_on(self) -> date:
        """办结日期; while the clerk has written none, the day of the entry."""
        text = self.text("completed_on")
        return date.fromisoformat(text) if text else self.entered_on


@dataclass(frozen=True)
class Change:
    """A correction: what stood there before stays to be read. ``by_post`` is empty where the exchange said so
    (more copies, units added)."""

    at: datetime
    by_post: str
    field: str
    old: str
    new: str
    reason: str


@dataclass(frozen=True)
class RegisterQuery:
    """What to look for in a book. ``month`` 0 means the whole year; ``words`` must all occur."""

    book: Book
    year: int
    month: int = 0
    unit: str = ""
    words: str = ""
    newest_first: bool = True


@dataclass(frozen=True)
class RegisterPage:
    """Part of what was found: ``entries`` from the ``first`` on (from 0) of ``total``."""

    entries: tuple[RegisterEntry, ...]
    first: int
    total: int


@dataclass(frozen=True)
class NewEntry:
    """A line before it has its number."""

    book: Book
    entered_on: date
    fields: Mapping[str, str]
    subject: str | None = None
    units: tuple[str, ...] = field(default=())
    """Units by which it is found; all of them, also where the column names the first few only."""


def received_fields(
    delivery: DeliveryView, sender_name: str, elements: Elements, files: int
) -> dict[str, str]:
    """What the exchange's word says of a received document."""
    numbers = "、".join(
        str(one.first) if one.first == one.last else f"{one.first}—{one.last}" for one in delivery.ranges
    )
    arrived = delivery.paper_arrived_at
    return {
        "unit": sender_name,
        "doc_number": elements.doc_number,
        "title": elements.title,
        "attachments": str(files) if files else "",
        "copies": str(delivery.copies),
        "level": NOT_CLASSIFIED,
        "signer": delivery.handled_by,
        "urgency": elements.urgency,
        "way": _WAYS.get(delivery.receipt_by, "接收"),
        "copy_numbers": numbers,
        "paper": "" if arrived is None else local_day(arrived).isoformat(),
    }


def sent_fields(elements: Elements, files: int, units: tuple[str, ...], copies: int) -> dict[str, str]:
    """What the exchange's word says of a sent document."""
    return {
        "doc_number": elements.doc_number,
        "title": elements.title,
        "attachments": str(files) if files else "",
        "level": NOT_CLASSIFIED,
        "copies": str(copies),
        "unit": units_text(units),
    }


def units_text(units: tuple[str, ...]) -> str:
    """发往机关: all names where they are few, else the first and how many."""
    shown = "、".join(units[:_MOST_UNITS])
    return shown if len(units) <= _MOST_UNITS else f"{shown}等 {len(units)} 个单位"
