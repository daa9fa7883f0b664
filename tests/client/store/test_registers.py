"""Register books: numbers given with the state change, traces of corrections, both tracks in one line."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from fakes.views import OTHERS, US, document_view, with_state
from gongwen_client.domain.registers import Book, Filing, NewEntry, RegisterEntry, RegisterQuery
from gongwen_client.store import Store
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import DocumentView
from gongwen_protocol.states import DeliveryState

NOW = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)
BOOK = RegisterQuery(Book.RECEIVED, 2026)
TESTS = Path(__file__).resolve().parents[2]


def received(number: int) -> DocumentView:
    return with_state(document_view(number), DeliveryState.RECEIVED)


def entries(store: Store, query: RegisterQuery = BOOK) -> list[RegisterEntry]:
    return list(store.registers.page(query, 0, 1000).entries)


def paper(day: date = date(2026, 11, 22), **fields: str) -> NewEntry:
    said = {"unit": "市人大常委会办公室", "title": "关于执法检查的通知", **fields}
    return NewEntry(Book.RECEIVED, day, said)


def test_what_is_received_is_entered_once_and_in_turn(store: Store) -> None:
    for number in (1, 2, 3):
        store.documents.apply(document_view(number), US)
    assert not entries(store)
    for number in (2, 1, 2, 3):
        store.documents.apply(received(number), US)
    assert [(one.number, one.subject) for one in reversed(entries(store))] == [
        (1, "d2"),
        (2, "d1"),
        (3, "d3"),
    ]
    first = store.registers.of_subject(Book.RECEIVED, "d2")
    assert first is not None
    assert first.text("unit") == "康巴什区人民政府办公室"
    assert first.text("doc_number") == "康政办发〔2026〕2号"
    assert (first.text("copies"), first.text("level"), first.text("way")) == ("3", "非密", "接收")
    assert first.entered_on == date(2026, 11, 23)


def test_what_is_sent_is_entered_with_its_units_and_follows_them(store: Store) -> None:
    view = document_view(1, sender=US, to=OTHERS)
    store.documents.apply(view, US)
    query = RegisterQuery(Book.SENT, 2026)
    (entry,) = entries(store, query)
    assert (entry.text("unit"), entry.text("copies"), entry.text("signer")) == ("单位002", "3", "")
    more = view.deliveries[0].model_copy(
        update={"delivery_id": "d9", "unit_code": "003", "unit_name": "单位003", "copies": 2}
    )
    store.documents.apply(view.model_copy(update={"deliveries": (*view.deliveries, more)}), US)
    (entry,) = entries(store, query)
    assert (entry.text("unit"), entry.text("copies")) == ("单位002、单位003", "5")
    assert [(one.field, one.old, one.by_post) for one in store.registers.changes(entry.entry_id)] == [
        ("unit", "单位002", ""),
        ("copies", "3", ""),
    ]
    store.documents.apply(with_state(view, DeliveryState.RECEIVED), US)
    assert entries(store, query)[0].text("signer") == "已接收 1/2"
    assert not entries(store), "another unit's receipt is not ours"


def test_the_year_is_that_of_china_and_each_year_begins_anew(store: Store) -> None:
    eve = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    for number, at in ((1, eve), (2, eve + timedelta(minutes=2))):
        view = received(number)
        delivery = view.deliveries[0].model_copy(update={"received_at": at})
        store.documents.apply(view.model_copy(update={"deliveries": (delivery,)}), US)
    assert [one.label for one in entries(store)] == ["2026-0001"]
    assert [one.label for one in entries(store, RegisterQuery(Book.RECEIVED, 2027))] == ["2027-0001"]
    assert store.registers.years(Book.RECEIVED) == [2027, 2026]


def test_a_book_goes_on_from_one_on_paper(store: Store) -> None:
    store.registers.start(Book.RECEIVED, 2026, 358, "接续纸质登记簿")
    store.documents.apply(received(1), US)
    assert entries(store)[0].number == 358
    assert store.registers.start_of(Book.RECEIVED, 2026) == (358, "接续纸质登记簿")
    with pytest.raises(KnownError, match=r"register\.begun"):
        store.registers.start(Book.RECEIVED, 2026, 500, "再跳")


def test_corrections_keep_what_stood_there(store: Store) -> None:
    entry = store.registers.add(paper(copies="1"))
    store.registers.write(entry.entry_id, {"copies": "3", "office": "办公室"}, NOW, "收发员", "笔误")
    written = store.registers.write(entry.entry_id, {"copies": "3"}, NOW, "收发员", "再按一次")
    assert (written.text("copies"), written.changes) == ("3", 1)
    trace = [(one.field, one.old, one.new, one.reason) for one in store.registers.changes(entry.entry_id)]
    assert trace == [("copies", "1", "3", "笔误"), ("office", "", "办公室", "笔误")]


def test_nothing_is_ever_removed_or_renumbered(store: Store, tmp_path: Path) -> None:
    entry = store.registers.add(paper())
    store.registers.write(entry.entry_id, {"title": "更正"}, NOW, "收发员", "笔误")
    store.registers.cancel(entry.entry_id, "重复登记", NOW, "收发员")
    raw = sqlite3.connect(tmp_path / "gongwen.db")
    for statement in (
        "DELETE FROM register_entries",
        "UPDATE register_entries SET number = 7",
        "UPDATE register_entries SET year = 2025",
        "UPDATE register_entries SET cancelled = ''",
        "DELETE FROM register_changes",
        "UPDATE register_changes SET old = ''",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute(statement)
    raw.close()
    assert store.registers.entry(entry.entry_id).filing is Filing.CANCELLED
    assert store.registers.add(paper()).number == 2


def test_paper_that_came_first_gets_its_electronic_document(store: Store) -> None:
    early = store.registers.add(
        paper(unit="康巴什区人民政府办公室", doc_number="康政办发〔2026〕1号", copies="1")
    )
    store.documents.apply(received(1), US)
    (entry,) = entries(store)
    assert (entry.entry_id, entry.subject) == (early.entry_id, "d1")
    assert (entry.text("paper"), entry.text("way")) == ("2026-11-22", "双轨")
    assert entry.text("copies") == "1", "what the clerk counted stays"
    store.documents.apply(received(2), US)
    assert [one.number for one in entries(store)] == [2, 1]


def test_two_lines_of_one_document_become_one(store: Store) -> None:
    store.documents.apply(received(1), US)
    electronic = entries(store)[0]
    late = store.registers.add(paper(doc_number="康政办发1号"))
    joined = store.registers.join(electronic.entry_id, late.entry_id, NOW, "收发员")
    assert (joined.number, joined.text("paper")) == (1, "2026-11-22")
    assert store.registers.entry(late.entry_id).cancelled == "与 2026-0001 号合并"


def test_search_month_and_unit(store: Store) -> None:
    for number in range(1, 31):
        store.registers.add(
            paper(
                date(2026, 1 + number % 3, 5),
                title=f"关于𠮷镇第{number}项工作的通知",
                unit=f"第{number % 4}局",
            )
        )
    page = store.registers.page(RegisterQuery(Book.RECEIVED, 2026, month=2), 0, 4)
    assert (len(page.entries), page.total) == (4, 10)
    assert [one.number for one in store.registers.page(BOOK, 28, 4).entries] == [2, 1]
    assert len(entries(store, RegisterQuery(Book.RECEIVED, 2026, unit="第3局"))) == 7
    assert [
        one.number for one in entries(store, RegisterQuery(Book.RECEIVED, 2026, words="𠮷镇 第12项"))
    ] == [12]
    assert len(entries(store, RegisterQuery(Book.RECEIVED, 2026, words='《"'))) == 30, "marks are no words"
    assert not entries(store, RegisterQuery(Book.RECEIVED, 2026, words="没有的词"))
    assert len(entries(store, RegisterQuery(Book.RECEIVED, 2026, words="2026-0007"))) == 1


def test_what_was_received_before_there_were_books_is_entered_in_its_order(
    store: Store, tmp_path: Path
) -> None:
    for number in (3, 1, 2):
        store.documents.apply(received(number), US)
    raw = sqlite3.connect(tmp_path / "gongwen.db")
    raw.executescript(
        "DROP TRIGGER register_entries_stay; DELETE FROM register_entries; DELETE FROM register_search;"
    )
    raw.close()
    store.registers.catch_up()
    store.registers.catch_up()
    assert [(one.number, one.subject) for one in reversed(entries(store))] == [
        (1, "d1"),
        (2, "d2"),
        (3, "d3"),
    ]


WRITER = """
import sys
from pathlib import Path
from fakes.views import US, document_view, with_state
from gongwen_client.domain.registers import Book
from gongwen_client.store import Store
from gongwen_protocol.states import DeliveryState
store = Store(Path(sys.argv[1]) / "gongwen.db", Path(sys.argv[1]) / "drafts")
known = store.registers.last_number(Book.RECEIVED, 2026)
for number in range(known + 1, known + 100_000):
    store.documents.apply(document_view(number), US)
    store.documents.apply(with_state(document_view(number), DeliveryState.RECEIVED), US)
    print(number, flush=True)
"""


def test_a_killed_program_gives_no_number_twice_and_leaves_no_gap(tmp_path: Path) -> None:
    """``kill -9`` at random moments while documents become received."""
    chance = random.Random(9)
    for _ in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)],
            stdout=subprocess.PIPE,
            cwd=TESTS,
            env={**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent / 'src'}"},
        ) as writer:
            assert writer.stdout is not None
            told = [writer.stdout.readline() for _ in range(chance.randrange(1, 40))]
            writer.kill()
        assert all(told)
    store = Store(tmp_path / "gongwen.db", tmp_path / "drafts")
    found = list(
        store.registers.page(RegisterQuery(Book.RECEIVED, 2026, newest_first=False), 0, 100_000).entries
    )
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert len({one.subject for one in found}) == len(found) > 6
    for one in found:
        assert store.documents.delivery_state(one.subject) is DeliveryState.RECEIVED
    store.close()
