"""Register books (收文登记簿、发文登记簿): kept by themselves and by the clerk, printed, exported."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from gongwen_client.domain.registers import (
    DATES,
    FIELD_NAMES,
    NOT_CLASSIFIED,
    Book,
    Change,
    NewEntry,
    RegisterEntry,
    RegisterPage,
    RegisterQuery,
    local_day,
)
from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_client.services.register_book import register_table, write_table
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.permissions import Action

LONGEST = 500
"""Characters of a column."""

_CLASSIFIED = ("绝密★", "机密★", "秘密★", "绝密☆", "机密☆", "秘密☆")
_KEEPERS = {Book.RECEIVED: Action.RECEIVE, Book.SENT: Action.SEND}


class RegisterService:
    """The books of this PC. What goes through the exchange is entered in the transaction that makes it
    received or sent (ADR 0059); the rest is the clerk's."""

    def __init__(self, desk: Desk, render: RenderPool) -> None:
        self._desk = desk
        self._render = render

    # -- reading --------------------------------------------------------------------------------------------

    def today(self) -> date:
        """The day in China."""
        return local_day(self._desk.clock.now())

    def years(self, book: Book) -> list[int]:
        """Years that have a book, newest first; the present one is always among them."""
        return sorted({self.today().year, *self._desk.store.registers.years(book)}, reverse=True)

    def page(self, query: RegisterQuery, first: int, count: int) -> RegisterPage:
        """Part of what is found."""
        return self._desk.store.registers.page(query, first, count)

    def entry(self, entry_id: int) -> RegisterEntry:
        """Raises KnownError("register.no_entry")."""
        return self._desk.store.registers.entry(entry_id)

    def of_delivery(self, delivery_id: str) -> RegisterEntry | None:
        """The line of a received document."""
        return self._desk.store.registers.of_subject(Book.RECEIVED, delivery_id)

    def of_document(self, document_id: str) -> RegisterEntry | None:
        """The line of a sent document."""
        return self._desk.store.registers.of_subject(Book.SENT, document_id)

    def changes(self, entry_id: int) -> list[Change]:
        """Every correction, oldest first."""
        return self._desk.store.registers.changes(entry_id)

    def last_number(self, book: Book, year: int) -> int:
        """The number given last, 0 for none."""
        return self._desk.store.registers.last_number(book, year)

    def like(self, book: Book, doc_number: str, title: str) -> list[RegisterEntry]:
        """What looks like the same document: of the same number or, without one, the same title."""
        if not (doc_number or title):
            return []
        return self._desk.store.registers.like(book, doc_number, title)

    def secrecy_article(self) -> str:
        """The article that keeps classified documents out of this program."""
        return self._desk.profile().article_of("forbidden_marks")

    # -- writing --------------------------------------------------------------------------------------------

    def add_paper(self, book: Book, day: date, fields: Mapping[str, str]) -> RegisterEntry:
        """A line for a document that came or went on paper only.

        Raises KnownError: register.title_missing, register.too_long, register.bad_date, register.day_ahead;
        RefusedError: register.electronic_only, session.role_missing.
        """
        self._require(book)
        values = self._checked(book, fields)
        for key in ("unit", "title"):
            if not values.get(key):
                raise KnownError("register.title_missing", field=FIELD_NAMES[book][key])
        self._refuse_classified(values)
        if day > self.today():
            raise KnownError("register.day_ahead", day=day.isoformat())
        if book is Book.RECEIVED:
            values |= {"way": "纸质", "paper": day.isoformat(), "signer": self._desk.grant().post}
        entry = self._desk.store.registers.add(
            NewEntry(book, day, {"level": NOT_CLASSIFIED, **values}, units=(values["unit"],))
        )
        self._desk.announcer.tell("registers")
        return entry

    def paper_arrived(self, entry_id: int, day: date) -> RegisterEntry:
        """The paper of a document that is entered already: one line for both (管理办法 art. 14)."""
        return self.write(entry_id, {"paper": day.isoformat()}, "纸质件到件")

    def write(self, entry_id: int, values: Mapping[str, str], reason: str = "") -> RegisterEntry:
        """Write columns. What stood there stays to be read; changing it wants a reason.

        Raises KnownError: register.reason_missing, register.too_long, register.bad_date, register.no_entry;
        RefusedError: register.cancelled, session.role_missing.
        """
        entry = self.entry(entry_id)
        self._require(entry.book)
        self._require_alive(entry)
        checked = self._checked(entry.book, values)
        self._refuse_classified(checked)
        corrected = any(entry.text(key) and text != entry.text(key) for key, text in checked.items())
        if corrected and not reason.strip():
            raise KnownError("register.reason_missing")
        desk = self._desk
        written = desk.store.registers.write(
            entry_id, checked, desk.clock.now(), desk.grant().post, reason.strip()
        )
        desk.announcer.tell("registers")
        return written

    def cancel(self, entry_id: int, reason: str) -> RegisterEntry:
        """注销 a line made by hand; it keeps its number. Raises KnownError("register.reason_missing"),
        RefusedError("register.cancel_electronic")."""
        entry = self.entry(entry_id)
        self._require(entry.book)
        self._require_alive(entry)
        if entry.subject:
            raise RefusedError("register.cancel_electronic", number=entry.label)
        if not reason.strip():
            raise KnownError("register.reason_missing")
        desk = self._desk
        desk.store.registers.cancel(entry_id, reason.strip(), desk.clock.now(), desk.grant().post)
        desk.announcer.tell("registers")
        return self.entry(entry_id)

    def join(self, one: int, other: int) -> RegisterEntry:
        """合并 an electronic and a paper line of the same document; the electronic one stays.

        Raises RefusedError("register.not_mergeable").
        """
        first, second = self.entry(one), self.entry(other)
        self._require(first.book)
        kept, gone = (first, second) if first.subject else (second, first)
        alive = not (kept.cancelled or gone.cancelled)
        if not (kept.subject and not gone.subject and alive and kept.book is gone.book):
            raise RefusedError("register.not_mergeable", first=first.label, second=second.label)
        desk = self._desk
        joined = desk.store.registers.join(kept.entry_id, gone.entry_id, desk.clock.now(), desk.grant().post)
        desk.announcer.tell("registers")
        return joined

    def start(self, book: Book, year: int, first: int, reason: str) -> None:
        """Let a book go on from one on paper. Raises KnownError: register.begun, register.start_reason."""
        self._require(book)
        if first < 1 or not reason.strip():
            raise KnownError("register.start_reason")
        self._desk.store.registers.start(book, year, first, reason.strip())

    # -- the book -------------------------------------------------------------------------------------------

    def export(self, query: RegisterQuery, target: Path) -> int:
        """Slow. What is found as CSV, Excel, PDF or OFD by the end of the name; how many lines.

        Raises KnownError: ledger.format_unknown, host.disk_full, host.not_writable.
        """
        table = register_table(self._desk.store.registers, query, self.unit_name())
        write_table(table, target, self._render)
        return len(table.rows)

    def unit_name(self) -> str:
        """Whose books these are."""
        return self._desk.store.notes.get(Notes.OWNER_NAME) or ""

    # -- inside ---------------------------------------------------------------------------------------------

    def _require(self, book: Book) -> None:
        """Who receives keeps the book of receipts, who sends that of sendings; who archives keeps both."""
        self._desk.grant()
        if not self._desk.may(_KEEPERS[book]):
            self._desk.require(Action.ARCHIVE)

    @staticmethod
    def _require_alive(entry: RegisterEntry) -> None:
        if entry.cancelled:
            raise RefusedError("register.cancelled", number=entry.label)

    def _refuse_classified(self, values: Mapping[str, str]) -> None:
        written = " ".join(values.values())
        mark = next((mark for mark in _CLASSIFIED if mark in written), None)
        if mark is not None:
            article = self._desk.profile().article_of("forbidden_marks")
            raise RefusedError("register.electronic_only", article=article, mark=mark)

    @staticmethod
    def _checked(book: Book, values: Mapping[str, str]) -> dict[str, str]:
        """The texts of columns this book has, without blanks around them."""
        names = FIELD_NAMES[book]
        checked = {key: text.strip() for key, text in values.items() if key in names or key == "not_archived"}
        for key, text in checked.items():
            if len(text) > LONGEST:
                raise KnownError("register.too_long", field=names.get(key, ""), most=LONGEST)
            if key in DATES and text:
                try:
                    date.fromisoformat(text)
                except ValueError:
                    raise KnownError("register.bad_date", field=names[key], text=text) from None
        return checked
