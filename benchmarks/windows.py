"""How quick the windows are: cold start, stalls of the GUI thread, the first page of a document.

    python benchmarks/windows.py [--documents 100000]

Bars: U1 cold start <= 2 s to a usable list with 100,000 documents; design §5 GUI stall p99 < 50 ms; P1 first
page <= 300 ms in a cold worker. Everything is real: exchange, office, store, render workers.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gongwen_client.services.office import Office
    from gongwen_client.ui.shell.window import MainWindow

BEGUN = time.perf_counter()
ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "benchmarks")]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
HEARTBEAT_MS = 2


def prepare(home: Path, documents: int) -> None:
    """Fill the store of one PC, then let a fresh process start the client on it."""
    from client.ui.town import UNITS, Town
    from client_store import fill, fill_sent, fill_texts
    from fakes.exchange import PASSWORD

    town = Town.found(home)
    try:
        code = UNITS[0][0]
        office = town.logged_in(code)
        office.stop()
        town.offices.clear()
        from gongwen_client.store import Store

        data = home / f"pc-{code}" / "data"
        store = Store(data / "gongwen.db", data / "drafts")
        fill(store, documents * 4 // 5)
        fill_sent(store, documents // 5)
        fill_texts(store, documents * 4 // 5)
        for waiting in store.lists.waiting():  # their files are here
            store.documents.note_fetch(store.documents.of_delivery(waiting[0]).document_id, 2)
        store.close()
        print(f"{documents} documents filled")
        command = [sys.executable, __file__, "--child", str(home), "--url", town.exchange.url]
        subprocess.run(
            [*command, "--body", str(town.body), "--unit", code, "--password", PASSWORD], check=True
        )
    finally:
        town.stop()


class Stalls:
    """Gaps between beats of a timer on the GUI thread, ms beyond the beat itself; and the processor time that
    the GUI thread took in them, which does not depend on what else the machine does."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self.gaps: list[float] = []
        self.busy: list[float] = []
        self._last = time.perf_counter()
        self._spent = time.thread_time()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(HEARTBEAT_MS)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1000 - HEARTBEAT_MS)
        self._last = now
        spent = time.thread_time()
        self.busy.append((spent - self._spent) * 1000)
        self._spent = spent

    def tell(self, name: str) -> None:
        """Print a row and begin anew."""
        parts = [f"{name:38}"]
        for title, figures in (("stalls", sorted(self.gaps)), ("processor", sorted(self.busy))):
            p99 = figures[int(len(figures) * 0.99)] if figures else 0.0
            middle, worst = (statistics.median(figures), figures[-1]) if figures else (0.0, 0.0)
            parts.append(f"{title} p50 {middle:6.1f}  p99 {p99:6.1f}  max {worst:6.1f} ms")
        print("   ".join(parts))
        self.gaps, self.busy = [], []
        self._last, self._spent = time.perf_counter(), time.thread_time()


class ColdStart:
    """Wall clock and processor time (all threads) of each part of the way to a usable window."""

    def __init__(self) -> None:
        self._wall, self._spent = BEGUN, 0.0
        self._sum = [0.0, 0.0]

    def passed(self, name: str, *, counts: bool = True) -> None:
        """A part is done; ``counts``: the bar is about it."""
        now, spent = time.perf_counter(), time.process_time()
        took = (now - self._wall) * 1000, (spent - self._spent) * 1000
        self._wall, self._spent = now, spent
        print(f"{name:38} {took[0]:8.0f} ms   processor {took[1]:8.0f} ms")
        if counts:
            self._sum = [so_far + more for so_far, more in zip(self._sum, took, strict=True)]

    def tell(self) -> None:
        """Print the sum beside the bar."""
        wall, spent = self._sum
        print(f"{'cold start without log-in':38} {wall:8.0f} ms   processor {spent:8.0f} ms   (bar U1: 2000)")


def run(home: Path, url: str, body: Path, code: str, password: str) -> None:
    """The measured process."""
    from client.ui.driving import settle, until
    from gongwen_client.host.places import Places
    from gongwen_client.services.office import Office, OfficeSettings
    from gongwen_client.ui import program
    from gongwen_client.ui.compose.page import ComposePage
    from gongwen_client.ui.shell.window import MainWindow
    from gongwen_client.ui.tasks import background

    start = ColdStart()
    start.passed("import")
    program.application()
    settings = OfficeSettings(url, (), (), home / "trust", home / "printed")
    office = Office(Places.below(home / f"pc-{code}"), settings)
    office.start()
    start.passed("application and office")
    office.login.log_in(code, "clerk", password)
    start.passed("log-in (password hashing included)", counts=False)
    window = MainWindow(office)
    window.resize(1366, 768)
    window.show()
    until(lambda: window.pages["pending"].table.rows.rows)
    start.passed("window with its list")
    until(lambda: window.home.day is not None)
    start.passed("first page")
    start.tell()
    settle()
    stalls = Stalls()
    for _ in range(5):
        for name in ("home", "received", "sent", "pending", "drafts"):
            window.open_page(name)
            settle()
    stalls.tell("changing lists and the first page")
    walk_the_list(window, stalls)
    window.documents.compose()
    until(lambda: isinstance(window.view, ComposePage))
    page = window.view
    assert isinstance(page, ComposePage)
    start = time.perf_counter()
    page.load_body(body)
    until(lambda: page.preview.is_drawn)
    print(f"{'file chosen to first page':38} {(time.perf_counter() - start) * 1000:8.0f} ms")
    settle()
    stalls.tell("taking a document")
    for step in range(60):
        page.preview.verticalScrollBar().setValue(step * 60)
        settle()
    stalls.tell("scrolling pages")
    window.close()
    settle()
    read_thousand_pages(office, home / "long.ofd")
    background.stop()
    office.stop()


def walk_the_list(window: MainWindow, stalls: Stalls) -> None:
    """All received documents: scroll through, order, search heads and bodies, choose all, refresh."""
    from PySide6.QtCore import Qt

    from client.ui.driving import settle, until

    window.open_page("received")
    page = window.pages["received"]
    settle()
    print(f"{'rows of the list':38} {page.model.rowCount():8}")
    bar = page.table.verticalScrollBar()
    for step in range(200):
        bar.setValue(bar.maximum() * step // 200)
        process(15)
    bar.setValue(bar.maximum())
    until(lambda: page.model.row(page.model.rowCount() - 1) is not None)
    stalls.tell("scrolling through the whole list")
    for column in (0, 1, 2, 4):
        page.table.sortByColumn(column, Qt.SortOrder.DescendingOrder)
        settle()
    page.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    settle()
    stalls.tell("ordering by four heads")
    for text in ("防汛", "2013年 培训", "第77办公室", "督促检查", "档案 移交"):
        start = time.perf_counter()
        page.search.setText(text)
        settle()
        took = (time.perf_counter() - start) * 1000
        print(f"{'search ' + text:38} {took:8.0f} ms to rows in sight, {page.model.rowCount()} found")
    stalls.tell("searching heads and bodies")
    page.search.clear()
    settle()
    page.table.selectAll()
    settle()
    stalls.tell("choosing all")
    page.table.selectRow(40_000)
    for _ in range(20):
        page.reload()
        settle()
    stalls.tell("refreshing 20 times")


def read_thousand_pages(office: Office, path: Path) -> None:
    """A file of 1,000 pages in the viewer: open, scroll through, zoom, thumbnails, search, select."""
    from PySide6.QtCore import QPointF

    from client.ui.driving import settle, until
    from gongwen_client.ui.viewer.sidebar import PAGES
    from gongwen_client.ui.viewer.window import Viewers
    from long_document import document

    path.write_bytes(document(1000))
    viewers = Viewers(office.local)
    start = time.perf_counter()
    stalls = Stalls()
    window = viewers.open(path)
    reader, pages = window.view.reader, window.view.reader.pages
    until(lambda: pages.is_drawn)
    print(f"{'1,000 pages: click to first page':38} {(time.perf_counter() - start) * 1000:8.0f} ms")
    until(lambda: window.view.verification is not None)
    settle()
    stalls.tell("1,000 pages: opening")
    reader.show_side(PAGES)
    bar = pages.verticalScrollBar()
    for step in range(200):
        bar.setValue(bar.maximum() * step // 200)
        process(25)
    until(lambda: pages.is_drawn)
    stalls.tell("1,000 pages: scrolling, thumbnails")
    for step in range(60):
        pages.set_zoom(pages.zoom * (1.06 if step < 40 else 0.9), QPointF(200, 200))
        process(15)
    until(lambda: pages.is_drawn)
    stalls.tell("1,000 pages: zooming to 800 %")
    pages.fit_width()
    start = time.perf_counter()
    reader.open_search("工作日的上午")
    until(lambda: reader.search.run.words and reader.search.run.finished)
    took = time.perf_counter() - start
    print(f"{'1,000 pages: searching all':38} {took:8.1f} s, {len(reader.search.run.hits)} finds")
    stalls.tell("1,000 pages: searching")
    for _ in range(30):
        reader.search_on()
        process(20)
    settle()
    stalls.tell("1,000 pages: from find to find")
    viewers.close_all()
    settle()


def process(milliseconds: int) -> None:
    """Let the event loop run for a moment, as between two movements of a hand."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main() -> None:
    """Fill, start, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--body", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--unit", help=argparse.SUPPRESS)
    parser.add_argument("--password", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        run(arguments.child, arguments.url, arguments.body, arguments.unit, arguments.password)
        return
    with tempfile.TemporaryDirectory() as name:
        prepare(Path(name) / "home", arguments.documents)


if __name__ == "__main__":
    main()
