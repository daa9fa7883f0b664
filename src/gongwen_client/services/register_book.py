"""收文登记簿 and 发文登记簿 as books: their columns on paper and in spreadsheets, and the files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gongwen_client.domain.registers import (
    BOOK_NAMES,
    DATE_NAMES,
    FIELD_NAMES,
    NUMBER_NAMES,
    Book,
    Change,
    Filing,
    RegisterEntry,
    RegisterQuery,
    local_day,
)
from gongwen_client.durable import write_atomically
from gongwen_client.render import RenderPool
from gongwen_client.store.registers import RegisterTable as RegisterStore
from gongwen_crypto.errors import KnownError
from gongwen_docs.register import Align, RegisterColumn, RegisterTable

FILINGS = {Filing.REGISTERED: "已登记", Filing.ARCHIVED: "已归档", Filing.CANCELLED: "已注销"}
_PART = 2000
_NAMED = frozenset(key for names in FIELD_NAMES.values() for key in names)
_CENTRED = frozenset(
    {
        "attachments",
        "copies",
        "level",
        "urgency",
        "way",
        "copy_numbers",
        "paper",
        "filed_on",
        "completed_on",
        "signer",
    }
)
_WIDTHS: Mapping[Book, Mapping[str, float]] = {
    Book.RECEIVED: {
        "number": 12,
        "date": 13,
        "unit": 26,
        "doc_number": 24,
        "title": 54,
        "attachments": 9.6,
        "copies": 9.6,
        "level": 10,
        "office": 18,
        "signer": 13,
        "reply_number": 19,
        "filed_on": 13,
        "file_number": 20,
        "urgency": 10,
        "way": 10,
        "copy_numbers": 10,
        "paper": 13,
        "completed_on": 13,
        "remark": 20,
    },
    Book.SENT: {
        "number": 12,
        "date": 14,
        "doc_number": 34,
        "title": 72,
        "attachments": 10,
        "level": 10,
        "copies": 12,
        "unit": 52,
        "signer": 22,
        "filed_on": 14,
        "file_number": 24,
        "completed_on": 14,
        "remark": 20,
    },
}
_SHEETS_ONLY = frozenset({"completed_on", "remark"})
"""Spreadsheets have columns of their own for these; on paper they stand below the title."""


def columns_of(book: Book) -> tuple[RegisterColumn, ...]:
    """The columns of a book in the order in which the trade has them."""
    widths = _WIDTHS[book]
    columns = [
        RegisterColumn(NUMBER_NAMES[book], widths["number"], Align.CENTER),
        RegisterColumn(DATE_NAMES[book], widths["date"], Align.CENTER, exported=False),
        RegisterColumn(DATE_NAMES[book], widths["date"], Align.CENTER, printed=False),
    ]
    for key, name in FIELD_NAMES[book].items():
        align = Align.CENTER if key in _CENTRED else Align.LEFT
        if key == "title":
            columns.append(RegisterColumn(name, widths[key], align, exported=False))
            columns.append(RegisterColumn(name, widths[key], align, printed=False))
        else:
            columns.append(RegisterColumn(name, widths[key], align, printed=key not in _SHEETS_ONLY))
    columns += [
        RegisterColumn("状态", 9, Align.CENTER, printed=False),
        RegisterColumn("注销原因", 20, printed=False),
        RegisterColumn("更正记录", 40, printed=False),
    ]
    return tuple(columns)


def change_words(change: Change, book: Book) -> str:
    """更正：承办单位 原“办公室”（2026-11-22 收发员，笔误）."""
    name = FIELD_NAMES[book].get(change.field, change.field)
    who = "，".join(part for part in (change.by_post or "交换平台", change.reason) if part)
    return f"{name}原“{change.old}”，改为“{change.new}”（{local_day(change.at)} {who}）"


def shown_changes(changes: Sequence[Change]) -> list[Change]:
    """The corrections that a book shows: where something stood before."""
    return [one for one in changes if one.old and one.field in _NAMED]


def entry_row(entry: RegisterEntry, changes: Sequence[Change]) -> tuple[str, ...]:
    """An entry in the columns of its book."""
    book = entry.book
    corrections = [change_words(one, book) for one in shown_changes(changes)]
    texts = [str(entry.number), f"{entry.entered_on:%m-%d}", entry.entered_on.isoformat()]
    for key in FIELD_NAMES[book]:
        text = entry.text(key)
        if key == "title":
            texts += [_printed_title(entry, corrections), text]
        else:
            texts.append(text)
    return (*texts, FILINGS[entry.filing], entry.cancelled, "\n".join(corrections))


def _printed_title(entry: RegisterEntry, corrections: Sequence[str]) -> str:
    """The title and, below it, what has no column of its own on paper."""
    notes = [f"【已注销】{entry.cancelled}"] if entry.cancelled else []
    if entry.text("remark"):
        notes.append(f"备注：{entry.text('remark')}")
    if entry.text("completed_on"):
        notes.append(f"办结：{entry.text('completed_on')}")
    notes += [f"更正：{words}" for words in corrections]
    return "\n".join((entry.text("title"), *notes))


def all_entries(store: RegisterStore, query: RegisterQuery) -> Iterator[RegisterEntry]:
    """Everything found, in the order of the numbers."""
    upwards = replace(query, newest_first=False)
    first = 0
    while True:
        page = store.page(upwards, first, _PART)
        yield from page.entries
        first += len(page.entries)
        if first >= page.total or not page.entries:
            return


def register_table(store: RegisterStore, query: RegisterQuery, unit: str) -> RegisterTable:
    """The book as a table: title, unit and year, a line for each entry."""
    changes = store.changes_of(query.book, query.year)
    rows = [entry_row(entry, changes.get(entry.entry_id, ())) for entry in all_entries(store, query)]
    period = f"{query.year} 年" + (f" {query.month} 月" if query.month else "")
    narrowed = "（查询结果，非全本）" if query.unit or query.words else ""
    first, reason = store.start_of(query.book, query.year)
    begun = f"本年自第 {first} 号起：{reason}" if reason else ""
    return RegisterTable(
        title=BOOK_NAMES[query.book],
        subtitle="　　".join(filter(None, (unit, period, f"共 {len(rows)} 件{narrowed}"))),
        columns=columns_of(query.book),
        rows=rows,
        foot=begun,
    )


def write_table(table: RegisterTable, target: Path, render: RenderPool) -> None:
    """Slow. A register as a file: CSV, Excel, OFD or PDF by the end of its name.

    Raises KnownError("ledger.format_unknown"), host.disk_full, host.not_writable.
    """
    from gongwen_docs.register.sheets import to_ofd  # fonts and spreadsheets: not at each start
    from gongwen_docs.register.spreadsheets import to_csv, to_xlsx

    suffix = target.suffix.lower()
    if suffix == ".csv":
        write_atomically(target, to_csv(table))
    elif suffix == ".xlsx":
        write_atomically(target, to_xlsx(table))
    elif suffix == ".ofd":
        write_atomically(target, to_ofd(table))
    elif suffix == ".pdf":
        with tempfile.TemporaryDirectory() as folder:
            sheets = Path(folder) / "register.ofd"
            sheets.write_bytes(to_ofd(table))
            try:
                render.export_pdf(sheets, target)
            finally:
                render.forget(sheets)
    else:
        raise KnownError("ledger.format_unknown", name=target.name)
