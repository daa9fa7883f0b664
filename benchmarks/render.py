"""How fast pages are drawn, against bar P1: ``python benchmarks/render.py [FILE.ofd ...]``.

Columns, milliseconds: first picture of a page (parse, interpret, raster), one interpreted anew, a warm one
(raster only), the same page drawn by MuPDF from the PDF that we export, and the ratio warm to PDF. Without
files it draws the corpus that GONGWEN_CORPUS names, or a page of 600 characters made here.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pymupdf

from gongwen_client.render import RenderPool
from gongwen_crypto.errors import GongwenError
from gongwen_docs.draw import open_drawing
from gongwen_docs.ofd.container import pack

DPI = 150
WARM_RUNS = 5
NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(argument) for argument in arguments] or _corpus() or [_text_page(Path(folder))]
        print(f"{'page':44} {'first':>7} {'anew':>7} {'warm':>7} {'PDF':>7} {'ratio':>6}")
        rows = [row for file in files for row in _measure(file, Path(folder))]
        if rows:
            for name, index in (
                ("median first", 0),
                ("median anew", 1),
                ("median warm", 2),
                ("median ratio", 4),
            ):
                print(f"{name:44} {statistics.median(row[index] for row in rows):7.2f}")
        _measure_worker(files[0])
    print("bar P1: text pages ≤ 15 ms warm, certificates ≤ 400 ms, first page ≤ 150 ms in a warm worker and")
    print("        ≤ 300 ms cold, ratio ≤ 1.5")


def _corpus() -> list[Path]:
    place = Path(os.environ.get("GONGWEN_CORPUS", ""))
    return sorted(place.glob("*.ofd")) if (place / "MANIFEST.csv").is_file() else []


def _text_page(folder: Path) -> Path:
    """22 lines of 28 characters, as GB/T 9704 has them."""
    line = "为进一步规范电子公文处理流程现将有关事项通知如下请各单位"
    units = "".join(
        f'<ofd:TextObject ID="{number}" Boundary="28 {37 + number * 10.2:.2f} 156 9" Font="1" Size="5.64">'
        f'<ofd:TextCode X="0" Y="6" DeltaX="g 27 5.57">{line}</ofd:TextCode></ofd:TextObject>'
        for number in range(22)
    )
    parts = {
        "OFD.xml": f"<ofd:OFD {NAMESPACE}><ofd:DocBody><ofd:DocRoot>D.xml</ofd:DocRoot></ofd:DocBody>"
        "</ofd:OFD>",
        "D.xml": f"<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
        "</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>R.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>"
        '<ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages></ofd:Document>',
        "R.xml": f'<ofd:Res {NAMESPACE} BaseLoc="."><ofd:Fonts><ofd:Font ID="1" FontName="仿宋"/>'
        "</ofd:Fonts></ofd:Res>",
        "P.xml": f'<ofd:Page {NAMESPACE}><ofd:Content><ofd:Layer ID="2">{units}</ofd:Layer>'
        "</ofd:Content></ofd:Page>",
    }
    target = folder / "600 characters.ofd"
    target.write_bytes(pack({name: text.encode() for name, text in parts.items()}))
    return target


def _measure(file: Path, folder: Path) -> list[tuple[float, ...]]:
    try:
        drawing = open_drawing(file)
    except GongwenError as error:
        print(f"{file.name[:44]:44} {error.code}")
        return []
    rows = []
    with drawing:
        drawing.export_pdf(folder / "same.pdf", for_print=False)
        drawing._lists.clear()
        document = pymupdf.open(folder / "same.pdf")
        for index in range(drawing.page_count):
            first = _milliseconds(lambda index=index: drawing.render(index, DPI))
            warm = min(
                _milliseconds(lambda index=index: drawing.render(index, DPI)) for _ in range(WARM_RUNS)
            )
            again = min(_milliseconds(lambda index=index: _anew(drawing, index)) for _ in range(WARM_RUNS))
            pdf = min(
                _milliseconds(lambda index=index: document.load_page(index).get_pixmap(dpi=DPI))
                for _ in range(WARM_RUNS)
            )
            row = (first, again, warm, pdf, warm / pdf)
            rows.append(row)
            times = " ".join(f"{value:7.1f}" for value in row[:-1])
            print(f"{f'{file.name[:38]} {index + 1}':44} {times} {row[-1]:6.2f}")
    return rows


def _anew(drawing, index):  # type: ignore[no-untyped-def]
    drawing._lists.clear()
    drawing.render(index, DPI)


def _measure_worker(file: Path) -> None:
    pool = RenderPool(1)
    try:
        start = time.perf_counter()
        pool.open(file)
        pool.render(file, 0, DPI)
        print(
            f"{'first page, cold worker (process start too)':44} {(time.perf_counter() - start) * 1000:7.1f}"
        )
        pool.forget(file)
        start = time.perf_counter()
        pool.open(file)
        pool.render(file, 0, DPI)
        print(f"{'first page, warm worker':44} {(time.perf_counter() - start) * 1000:7.1f}")
        again = min(_milliseconds(lambda: pool.render(file, 0, DPI)) for _ in range(WARM_RUNS))
        print(f"{'same page again through the worker':44} {again:7.1f}")
    finally:
        pool.stop()


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main(sys.argv[1:])
