"""How fast the client's store is with many documents.

    python benchmarks/client_store.py [--documents 100000]

Bar U1: a usable list with 100,000 documents within 2 s of a cold start, search <= 100 ms. The fill goes
through the same code as a poll, page by page.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from fakes.views import US, document_view  # noqa: E402
from gongwen_client.domain.rows import IncomingState  # noqa: E402
from gongwen_client.store import Store  # noqa: E402
from gongwen_protocol.states import DeliveryState  # noqa: E402

PAGE = 200
SUBJECTS = (
    "年度工作会议",
    "防汛抗旱工作",
    "安全生产检查",
    "预算执行情况",
    "档案移交",
    "公文处理培训",
    "印章使用管理",
)
KINDS = ("通知", "意见", "函", "通报", "批复")


def fill(store: Store, documents: int) -> None:
    """Deliveries to us, all but the last 50 of them received."""
    for start in range(0, documents, PAGE):
        with store.transaction():
            for number in range(start, min(start + PAGE, documents)):
                view = document_view(
                    number,
                    title=f"关于做好{2000 + number % 27}年{SUBJECTS[number % 7]}的{KINDS[number % 5]}",
                    state=DeliveryState.DELIVERED if number >= documents - 50 else DeliveryState.RECEIVED,
                )
                store.documents.apply(view, US)


def measure(name: str, work: Callable[[], int], bar: str = "") -> None:
    """Print a row: the first call and the best of five more, in ms."""
    start = time.perf_counter()
    rows = work()
    first = time.perf_counter() - start
    best = first
    for _ in range(5):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    print(f"{name:44} {rows:>8} rows {first * 1000:9.1f} ms first {best * 1000:9.1f} ms best  {bar}")


def main() -> None:
    """Fill, reopen, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    documents = parser.parse_args().documents
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "gongwen.db"
        store = Store(path, Path(name))
        start = time.perf_counter()
        fill(store, documents)
        took = time.perf_counter() - start
        print(f"filled {documents} documents in {took:.1f} s, {path.stat().st_size / 2**20:.0f} MB")
        store.close()

        start = time.perf_counter()
        store = Store(path, Path(name))
        pending = store.rows.incoming([IncomingState.PENDING])
        store.rows.counts()
        cold = (time.perf_counter() - start) * 1000
        print(
            f"{'open, pending list and counts':44} {len(pending):>8} rows {cold:9.1f} ms first  bar U1: 2 s"
        )
        measure("pending list", lambda: len(store.rows.incoming([IncomingState.PENDING])))
        measure("counts", lambda: store.rows.counts().received)
        received = [IncomingState.RECEIVED]
        measure("received list, newest 500", lambda: len(store.rows.incoming(received, limit=500)))
        measure("received list as it opens", lambda: len(store.rows.incoming(received)), "bar U1: 2000 ms")
        for text in ("防汛", "2013年 培训", "函", "〔2026〕77777号", "没有这样的公文"):
            measure(
                f"search {text}", lambda text=text: len(store.rows.search_incoming(text)), "bar U1: 100 ms"
            )
        store.close()


if __name__ == "__main__":
    main()
