"""A document of 1,000 pages: how soon its first page is there, and what scrolling through all of it costs.

    python benchmarks/long_document.py [--pages 1000]

Bar P1: first page ≤ 100 ms after the worker's start, growth ≤ 100 MB while scrolling through all pages.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from gongwen_client.render import RenderPool
from gongwen_docs.write import DocumentInfo, OfdWriter, Role, default_shelf

DPI = 96
LINES = 22
TEXT = "各级用户应在每个工作日的上午、下午至少各查收一次电子公文"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--pages", type=int, default=1000)
    pages = options.parse_args().pages
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.ofd"
        path.write_bytes(document(pages))
        print(f"{pages} pages, {path.stat().st_size / 2**20:.1f} MB")
        pool = RenderPool(workers=1)
        try:
            measure(pool, path, pages)
        finally:
            pool.stop()


def document(pages: int) -> bytes:
    """Pages full of text, each with its number."""
    writer = OfdWriter(DocumentInfo(title="长文件"))
    face = default_shelf().face(Role.FANG)
    for number in range(pages):
        page = writer.page()
        for line in range(LINES):
            page.text(28, 42 + line * 10.2, f"{number + 1:04d}{TEXT}", face, 5.6)
    return writer.to_bytes()


def measure(pool: RenderPool, path: Path, pages: int) -> None:
    """Print the table."""
    pool.warm_up()
    began = time.perf_counter()
    pool.open(path)
    opened = time.perf_counter()
    pool.render(path, 0, DPI)
    drawn = time.perf_counter()
    before = resident(pool.pids[0])
    for page in range(pages):
        pool.render(path, page, DPI)
    scrolled = time.perf_counter()
    growth = resident(pool.pids[0]) - before
    print(f"open                         {(opened - began) * 1000:8.1f} ms")
    print(f"first page after that        {(drawn - opened) * 1000:8.1f} ms")
    print(f"first page, both             {(drawn - began) * 1000:8.1f} ms   bar P1: 100 ms")
    print(f"each further page            {(scrolled - drawn) * 1000 / pages:8.1f} ms")
    print(f"growth over all pages        {growth:8.1f} MB   bar P1: 100 MB")


def resident(pid: int) -> float:
    """Resident memory of a process in MB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
