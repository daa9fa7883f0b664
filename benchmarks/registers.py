"""Register books with 100,000 entries in a year: turning pages, searching, what is due, the book as a file.

    python benchmarks/registers.py [--entries 100000]

Times are processor time, the median of seven calls; making and exporting once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from fakes.views import US, document_view, with_state  # noqa: E402
from gongwen_client.domain.registers import Book, RegisterQuery  # noqa: E402
from gongwen_client.services.register_book import register_table  # noqa: E402
from gongwen_client.store import Store  # noqa: E402
from gongwen_docs.register.sheets import to_ofd  # noqa: E402
from gongwen_docs.register.spreadsheets import to_csv, to_xlsx  # noqa: E402
from gongwen_protocol.states import DeliveryState  # noqa: E402

TITLE = "关于印发第{}项重点工作任务清单和责任分工方案的通知"
YEAR = 2026
NEWEST = datetime(YEAR, 1, 1, tzinfo=UTC)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=100_000)
    count = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "gongwen.db", Path(folder) / "drafts")
        once("enter (each received document)", lambda: fill(store, count), count)
        measure(store, count)
        store.close()
    return 0


def fill(store: Store, count: int) -> None:
    """Documents become received, one after the other, through the year."""
    step = timedelta(days=360) / count
    with store.transaction():
        for number in range(1, count + 1):
            view = with_state(document_view(number, title=TITLE.format(number)), DeliveryState.RECEIVED)
            at = NEWEST + step * number
            delivery = view.deliveries[0].model_copy(update={"received_at": at})
            store.documents.apply(view.model_copy(update={"deliveries": (delivery,)}), US)


def measure(store: Store, count: int) -> None:
    """The calls that windows make."""
    book = RegisterQuery(Book.RECEIVED, YEAR)
    page = store.registers.page
    median("first page of 100", lambda: page(book, 0, 100))
    median("last page of 100", lambda: page(book, count - 100, 100))
    median("one month", lambda: page(RegisterQuery(Book.RECEIVED, YEAR, month=6), 0, 100))
    median("rare word", lambda: page(RegisterQuery(Book.RECEIVED, YEAR, words=f"第{count // 2}项"), 0, 100))
    median("word in all titles", lambda: page(RegisterQuery(Book.RECEIVED, YEAR, words="责任分工"), 0, 100))
    median("unit of all", lambda: page(RegisterQuery(Book.RECEIVED, YEAR, unit="康巴什"), 0, 100))
    median(
        "same document (手工登记)", lambda: store.registers.like(Book.RECEIVED, "康政办发〔2026〕77号", "")
    )
    median("due for the archive, counts", lambda: store.archive.counts(date(YEAR, 11, 22), 3))
    median("due for the archive, 100", lambda: store.archive.due(3, 0, 100))
    median("start with nothing to enter", store.registers.catch_up)
    table = register_table(store.registers, book, "示范市档案局")
    once("as CSV", lambda: to_csv(table), count)
    once("as Excel", lambda: to_xlsx(table), count)
    part = register_table(store.registers, RegisterQuery(Book.RECEIVED, YEAR, words="第1"), "示范市档案局")
    part = type(part)(part.title, part.subtitle, part.columns, part.rows[:2000], part.foot)
    once("2,000 lines as sheets", lambda: to_ofd(part), 2000)


def median(name: str, call: Callable[[], object]) -> None:
    """Milliseconds."""
    times = []
    for _ in range(7):
        before = time.process_time()
        call()
        times.append(time.process_time() - before)
    print(f"{name:34} {sorted(times)[3] * 1000:8.1f} ms")


def once(name: str, call: Callable[[], object], count: int) -> None:
    """Seconds in all, microseconds each."""
    before = time.process_time()
    call()
    spent = time.process_time() - before
    print(f"{name:34} {spent:8.2f} s  {spent / count * 1e6:8.0f} µs each")


if __name__ == "__main__":
    raise SystemExit(main())
