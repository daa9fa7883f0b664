"""Time and memory of sealing and verifying PDF files, against the bars of P2.

python benchmarks/pdf_seals.py
"""

from __future__ import annotations

import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY / "src"), str(REPOSITORY / "tests")]

import pymupdf  # noqa: E402

from docs.office import NOW, Authority  # noqa: E402
from docs.pdf_office import seal_pdf, write_pdf  # noqa: E402
from gongwen_docs.verify import Verdict, verify_file  # noqa: E402


def milliseconds(action: Callable[[], object], rounds: int) -> float:
    """Median of ``rounds`` runs in processor time, after one that warms up."""
    action()
    times = []
    for _ in range(rounds):
        start = time.process_time()
        action()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


def row(name: str, figure: float, bar: float, unit: str = "ms") -> None:
    """One line of the table."""
    print(f"{name:<52} {figure:>9.1f} {unit:<3} bar {bar:>6.0f} {'met' if figure <= bar else 'MISSED'}")


def resident() -> float:
    """Greatest resident size in MiB."""
    return int(Path("/proc/self/status").read_text("ascii").partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    authority = Authority.found()
    unit, trust = authority.unit(), authority.trust()
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        plain = write_pdf(at / "plain.pdf", pages=20)
        row("seal 20 pages", milliseconds(lambda: seal_pdf(plain, at / "1.pdf", unit), 9), 300)
        for number in range(2, 6):
            seal_pdf(at / f"{number - 1}.pdf", at / f"{number}.pdf", unit)

        def verify(name: str) -> None:
            assert verify_file(at / name, trust, NOW).verdict is Verdict.VALID

        row("verify 20 pages, one signature", milliseconds(lambda: verify("1.pdf"), 9), 150)
        row("verify 20 pages, five signatures", milliseconds(lambda: verify("5.pdf"), 9), 150)
        with pymupdf.open(plain) as document:
            document.embfile_add("scan", secrets.token_bytes(95 * 1024 * 1024))
            document.save(at / "large.pdf")
        seal_pdf(at / "large.pdf", at / "large1.pdf", unit)
        seal_pdf(at / "large1.pdf", at / "large2.pdf", unit)
        row("verify 95 MiB, two signatures", milliseconds(lambda: verify("large2.pdf"), 1), 3000)
        print(f"greatest resident size of sealing and verifying {resident():.0f} MiB")


if __name__ == "__main__":
    main()
