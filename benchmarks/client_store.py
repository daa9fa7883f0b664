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
from gongwen_client.domain.lists import Follow, ListName, ListQuery, SortKey  # noqa: E402
from gongwen_client.domain.rows import IncomingState  # noqa: E402
from gongwen_client.store import Store  # noqa: E402
from gongwen_protocol.messages import Directory, Unit  # noqa: E402
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


def fill_sent(store: Store, documents: int, units: int = 3) -> None:
    """Documents of this unit, each to so many units, a tenth of them not yet received by all."""
    directory = Directory(units=tuple(Unit(code=f"9{one:02}", name=f"示范市第{one}局") for one in range(50)))
    store.units.replace(directory)
    for start in range(0, documents, PAGE):
        with store.transaction():
            for number in range(start, min(start + PAGE, documents)):
                view = document_view(
                    10_000_000 + number,
                    sender=US,
                    to="900",
                    title=f"关于报送{SUBJECTS[number % 7]}情况的{KINDS[number % 5]}（{number}）",
                    state=DeliveryState.RECEIVED,
                )
                first = view.deliveries[0]
                deliveries = tuple(
                    first.model_copy(
                        update={
                            "delivery_id": f"{first.delivery_id}-{one}",
                            "unit_code": f"9{(number + one) % 50:02}",
                            "unit_name": f"示范市第{(number + one) % 50}局",
                            "state": DeliveryState.DELIVERED
                            if one == 0 and number % 10 == 0
                            else DeliveryState.RECEIVED,
                        }
                    )
                    for one in range(units)
                )
                store.documents.apply(view.model_copy(update={"deliveries": deliveries}), US)


def fill_texts(store: Store, documents: int) -> None:
    """The words of the received documents' bodies, some 450 characters each: two of the subjects are
    mentioned in each, the phrases of office life in all."""
    pages = [
        "".join(
            f"一、各地各部门要高度重视{SUBJECTS[(first + step) % 7]}，落实责任，加强督促检查，"
            "切实把思想和行动统一到工作部署上来，明确任务分工和完成时限，确保各项措施落到实处，"
            "重要情况及时报告。各单位主要负责同志要亲自抓、负总责，分管负责同志具体抓。"
            for step in range(2)
        )
        * 2
        for first in range(7)
    ]
    for start in range(0, documents, PAGE):
        with store.transaction():
            for number in range(start, min(start + PAGE, documents)):
                own = f"联系人在第{number}办公室，请于{1 + number % 28}日前反馈。"
                store.texts.add(document_view(number).document_id, f"{pages[number % 7]}{own}")


def measure(name: str, work: Callable[[], int], bar: str = "") -> None:
    """Print a row: the first call and the best of five more, in ms, and the processor time of the best."""
    start = time.perf_counter()
    rows = work()
    first = best = time.perf_counter() - start
    spent = float("inf")
    for _ in range(5):
        start, begun = time.perf_counter(), time.thread_time()
        work()
        best = min(best, time.perf_counter() - start)
        spent = min(spent, time.thread_time() - begun)
    print(
        f"{name:44} {rows:>8} rows {first * 1000:9.1f} ms first {best * 1000:9.1f} ms best"
        f" {spent * 1000:9.1f} ms processor  {bar}"
    )


def measure_lists(store: Store) -> None:
    """Whole lists by identities, a page of rows, and searching heads and bodies."""

    def find(name: ListName, **conditions: object) -> Callable[[], int]:
        return lambda: len(store.lists.find(ListQuery(name, **conditions)).ids)  # type: ignore[arg-type]

    measure("list: pending", find(ListName.PENDING))
    measure("list: received, all", find(ListName.RECEIVED))
    measure("list: received, by title", find(ListName.RECEIVED, sort=SortKey.TITLE))
    measure("list: received, one kind", find(ListName.RECEIVED, kind="通知"))
    measure("list: sent, all", find(ListName.SENT))
    measure("list: sent, not received by all", find(ListName.SENT, states=frozenset({Follow.OPEN.value})))
    ids = store.lists.find(ListQuery(ListName.RECEIVED)).ids
    middle = len(ids) // 2
    measure("list: a page of 60 received rows", lambda: len(store.lists.incoming(ids[middle : middle + 60])))
    sent = store.lists.find(ListQuery(ListName.SENT)).ids
    measure("list: a page of 60 sent rows", lambda: len(store.lists.sent(sent[:60])))
    for text in ("防汛", "2013年 培训", "函", "档案移交", "督促检查", "第77办公室", "没有这样的公文"):
        measure(f"find {text} in heads and bodies", find(ListName.RECEIVED, words=text), "bar U1: 100 ms")


def main() -> None:
    """Fill, reopen, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    documents = parser.parse_args().documents
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "gongwen.db"
        store = Store(path, Path(name))
        start = time.perf_counter()
        fill(store, documents * 4 // 5)
        fill_sent(store, documents // 5)
        fill_texts(store, documents * 4 // 5)
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
        measure_lists(store)
        store.close()


if __name__ == "__main__":
    main()
