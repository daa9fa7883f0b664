"""Time and memory of verifying and sealing, against bar P2.

Each signature ≤ 50 ms, a signed 20-page OFD ≤ 150 ms, a 100 MB package ≤ 3 s in < 100 MB more memory; sealing
20 pages ≤ 300 ms without the key's own time.

    python benchmarks/verify.py
"""

from __future__ import annotations

import multiprocessing
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY / "src"), str(REPOSITORY / "tests")]

from docs.office import NOW, Authority, Unit, document_parts, seal  # noqa: E402
from gongwen_crypto import sm2  # noqa: E402
from gongwen_crypto.paths import TrustStore  # noqa: E402
from gongwen_docs.ofd.container import pack  # noqa: E402
from gongwen_docs.verify import Verdict, verify_file  # noqa: E402

_MIB = 1024 * 1024
_SIGNATURES = 5


def milliseconds(action: Callable[[], object], rounds: int) -> float:
    """Median of ``rounds`` runs, after one that warms up."""
    action()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def row(name: str, figure: float, bar: float, unit: str = "ms") -> None:
    """One line of the table."""
    verdict = "met" if figure <= bar else "MISSED"
    print(f"{name:<58} {figure:>9.2f} {unit:<3} bar {bar:>6.0f} {unit:<3} {verdict}")


def document_of(path: Path, pages: int, picture_bytes: int) -> Path:
    """A document with an incompressible picture, as scans are."""
    noise = random.Random(1)
    parts = document_parts(pages)
    page = parts["Doc_0/Pages/Page_0/Content.xml"]
    for number in range(pages):
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = page + b" " * 20_000
    if picture_bytes:
        parts["Doc_0/Attachs/list.txt"] = noise.randbytes(picture_bytes)
    path.write_bytes(pack(parts))
    return path


def added_memory(action: Callable[..., object], *arguments: object) -> float:
    """By how many MiB ``action`` raises the greatest resident size of a fresh process."""
    before = greatest_resident_size()
    action(*arguments)
    return greatest_resident_size() - before


def greatest_resident_size() -> float:
    """MiB. Not from getrusage, which counts what the parent had before exec."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def seal_anew(source: Path, target: Path) -> None:
    """Seal with a key made here: keys do not travel between processes."""
    seal(source, target, Authority.found().unit())


def main() -> None:
    authority = Authority.found()
    unit = authority.unit()
    trust = authority.trust()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        message, value = b"x" * 20_000, unit.signer.sign(b"x" * 20_000)
        point = unit.signer.pair.point
        digest = sm2.message_digest(point, message)
        row("SM2 verify (libcrypto)", milliseconds(lambda: sm2.verify(point, message, value), 50), 50)
        row(
            "SM2 verify (plain Python)", milliseconds(lambda: sm2.verify_digest(point, digest, value), 20), 50
        )

        source = document_of(folder / "20.ofd", 20, 0)
        sealed = seal(source, folder / "20s.ofd", unit)
        assert verify_file(sealed, trust, NOW).verdict is Verdict.VALID
        row("verify 20 pages, 1 signature", milliseconds(lambda: verify_file(sealed, trust, NOW), 20), 150)
        row("seal 20 pages", milliseconds(lambda: seal(source, folder / "x.ofd", unit), 10), 300)
        five = seal_several(source, folder, authority, unit)
        total = milliseconds(lambda: verify_file(five, trust, NOW), 10)
        row(f"verify 20 pages, {_SIGNATURES} signatures", total, 150)
        row("  of that, per signature", total / _SIGNATURES, 50)

        large = document_of(folder / "100.ofd", 20, 95 * _MIB)
        sealed_large = folder / "100s.ofd"
        row("seal 100 MB", milliseconds(lambda: seal(large, sealed_large, unit), 2), 3000)
        row("verify 100 MB", milliseconds(lambda: verify_file(sealed_large, trust, NOW), 3), 3000)
        fresh = multiprocessing.get_context("spawn")
        with fresh.Pool(1) as pool:
            row(
                "seal 100 MB: memory",
                pool.apply(added_memory, (seal_anew, large, folder / "y.ofd")),
                100,
                "MiB",
            )
        with fresh.Pool(1) as pool:
            row(
                "verify 100 MB: memory",
                pool.apply(added_memory, (verify_file, sealed_large, TrustStore(), NOW)),
                100,
                "MiB",
            )


def seal_several(source: Path, folder: Path, authority: Authority, unit: Unit) -> Path:
    """``source`` with several seals, one after another."""
    for number in range(_SIGNATURES):
        source = seal(
            source, folder / f"several{number}.ofd", unit if number == 0 else authority.unit(f"单位{number}")
        )
    return source


if __name__ == "__main__":
    main()
