"""What is to be archived, by when, and under which number (GB/T 39362-2020; DA/T 22 for the numbers)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gongwen_client.domain.registers import RegisterEntry

PERIOD_CODES = {"永久": "Y", "定期30年": "D30", "定期10年": "D10"}
"""保管期限 and how numbers of the archive write it."""

SOON_DAYS = 30


@dataclass(frozen=True)
class ArchiveCounts:
    """How many documents wait to be archived; of these ``soon`` are due within 30 days, ``overdue`` are past
    their day."""

    waiting: int = 0
    soon: int = 0
    overdue: int = 0


@dataclass(frozen=True)
class ArchiveRow:
    """One document of the reminder list; ``due_on`` is the last day (办结后三个月内)."""

    entry: RegisterEntry
    due_on: date
    days_left: int


@dataclass(frozen=True)
class ArchiveDue:
    """The reminder list: numbers of all, and the first of them, the most urgent first; within how many months
    of its completion the region wants a document in the archive."""

    counts: ArchiveCounts
    rows: tuple[ArchiveRow, ...]
    within_months: int = 3


@dataclass(frozen=True)
class ArchiveItem:
    """One item (件): its number is bound to the entry before the package is made."""

    entry_id: int
    year: int
    period: str
    number: int
    code: str
    archived_at: datetime | None


@dataclass(frozen=True)
class ArchiveExport:
    """One making of a package: where to, and the digest (SM3) of its list of files."""

    at: datetime
    by_post: str
    place: str
    digest: str


def item_code(fonds: str, year: int, period: str, number: int) -> str:
    """档号 in the form of DA/T 22: [全宗号-]WS·2026-Y-0012."""
    code = f"WS·{year}-{PERIOD_CODES.get(period, 'D')}-{number:04d}"
    return f"{fonds}-{code}" if fonds else code
