"""How long sealing takes besides the key: what a worker does, and what the ledger and the checks cost.

    python benchmarks/sealing.py [--pages 20] [--rounds 10]

Prints medians in milliseconds. Bar: sealing without the key's own time <= 300 ms for 20 pages. A document is
examined once, when it is taken in or its dialog opens; at the seal its digest says that nothing changed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from docs.office import Authority  # noqa: E402
from gongwen_client.domain.seal_ledger import LedgerStep  # noqa: E402
from gongwen_client.domain.seal_plan import SealPlan, SeamEdge  # noqa: E402
from gongwen_client.exchange.files import digest_file  # noqa: E402
from gongwen_client.host.clock import SystemClock  # noqa: E402
from gongwen_client.host.secrets import FileStore  # noqa: E402
from gongwen_client.render import RenderPool  # noqa: E402
from gongwen_client.services.examination import Examination  # noqa: E402
from gongwen_client.services.seal_checks import SealCase, seal_checks  # noqa: E402
from gongwen_client.services.seal_ledger import SealLedgerService  # noqa: E402
from gongwen_client.services.stamping import placements  # noqa: E402
from gongwen_client.store import Store  # noqa: E402
from gongwen_docs.seals.parse import parse_seal  # noqa: E402
from gongwen_docs.typeset import Block, BlockKind, Circular, typeset  # noqa: E402
from gongwen_protocol.profile import load_profile  # noqa: E402

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def long_circular(pages: int) -> bytes:
    """A circular of about so many pages of text."""
    text = "为做好有关工作，现通知如下。" * 20
    circular = Circular(
        mark="示范市人民政府文件",
        doc_number="示府发〔2026〕1号",
        title="示范市人民政府关于测试的通知",
        main_recipients="各区人民政府：",
        content=tuple(Block(BlockKind.PARAGRAPH, text) for _ in range(2 * pages - 2)),
        signature="示范市人民政府",
        issue_date=date(2026, 3, 5),
        print_office="示范市人民政府办公室",
    )
    return typeset(circular)[0]


def measure(name: str, work: Callable[[], Any], rounds: int) -> tuple[Any, float]:
    """Run ``work`` and print a row of the table."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = work()
        times.append(1000 * (time.perf_counter() - start))
    middle = statistics.median(times)
    print(f"{name:<52}{middle:>9.1f}{max(times):>9.1f}")
    return result, middle


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    authority = Authority.found()
    unit = authority.unit()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        body, target = home / "body.ofd", home / "sealed.ofd"
        body.write_bytes(long_circular(arguments.pages))
        store = Store(home / "gongwen.db", home)
        ledger = SealLedgerService(store, SystemClock(), FileStore(home / "device.json", ""))
        render = RenderPool()
        render.warm_up()
        print(f"{'step':<52}{'median':>9}{'most':>9}   ms, {arguments.pages} pages")
        try:
            run(arguments.rounds, render, ledger, body, target, authority, unit)
        finally:
            render.stop()
            store.close()


def run(
    rounds: int,
    render: RenderPool,
    ledger: SealLedgerService,
    body: Path,
    target: Path,
    authority: Authority,
    unit: Any,
) -> None:
    """All rows, and the sum of those that a seal waits for."""
    inspection, _ = measure("examining, once a document", lambda: render.inspect(body), 3)
    seal = parse_seal(unit.seal)
    examination = Examination(inspection, load_profile("ordos-2018"))
    width, height = seal.picture.width_mm, seal.picture.height_mm
    plan = SealPlan((examination.suggest(width, height),), SeamEdge.RIGHT)
    case = SealCase(body, examination, seal, unit.certificate, "东胜区人民政府", authority.trust(), NOW, plan)
    total = 0.0

    def step(name: str, work: Callable[[], Any]) -> Any:
        nonlocal total
        result, middle = measure(name, work, rounds)
        total += middle
        return result

    step("digest of the file", lambda: digest_file(body))
    step("page picture for the ledger", lambda: render.render(body, plan.first_page, 30.0))
    use_ids = [ledger.begin({"title": "", "places": []}) for _ in range(rounds)]
    step("ledger: beginning of a line", lambda: ledger.begin({"title": "测试", "places": []}))
    step("checks", lambda: seal_checks(case))
    where = step("places and seam", lambda: placements(inspection, plan, seal))
    signer = unit.signer
    prepared = step(
        "preparing the signature",
        lambda: render.prepare_seal(
            body, target, unit.seal, signer.certificate_der, signer.algorithm_oid, where, NOW
        ),
    )
    value = signer.sign(prepared.to_sign)
    unfinished = target.read_bytes()

    def complete() -> None:
        target.write_bytes(unfinished)
        render.complete_seal(target, prepared, value)

    step("completing the file", complete)
    step("digest of the sealed file", lambda: digest_file(target))
    step("ledger: end of a line", lambda: ledger.end(use_ids.pop(), LedgerStep.SEALED))
    print(f"{'sealing without the key':<52}{total:>9.1f}")
    measure(f"checking the ledger of {len(ledger.state().uses)} uses", ledger.state, rounds)


if __name__ == "__main__":
    main()
