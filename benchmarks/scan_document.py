"""A scanned document of about 95 MB: how soon its first page and its tiles are there, and what it costs.

    python benchmarks/scan_document.py [--megabytes 95]

Pages of 300 dpi colour as JPEG and PNG and of 600 dpi black and white as TIFF, noise included, so that they
are as large as real scans. Each page is shown whole, then in tiles of 512 pixels at 300 dpi. Goals of the
engine: first page ≤ 1 s, no tile pays for decoding the whole page again, memory bounded.
"""

from __future__ import annotations

import argparse
import random
import statistics
import struct
import tempfile
import time
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pymupdf

from gongwen_client.render import RenderPool
from gongwen_docs.ofd.container import pack
from long_document import resident

NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
SCREEN_DPI = 96
TILE_DPI = 300
TILE_PX = 512
WIDTH, HEIGHT = 210.0, 297.0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--megabytes", type=int, default=95)
    wanted = options.parse_args().megabytes * 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scan.ofd"
        pages = document(path, wanted)
        print(f"{pages} pages, {path.stat().st_size / 2**20:.1f} MB")
        pool = RenderPool(workers=1)
        try:
            measure(pool, path, pages)
        finally:
            pool.stop()


def document(path: Path, wanted: int) -> int:
    """Write pages of the three kinds in turn until there are ``wanted`` bytes; returns their number."""
    kinds = (("jpg", colour_scan("jpeg")), ("tif", bitonal_scan()), ("png", colour_scan("png")))
    pictures: list[tuple[str, bytes]] = []
    while sum(len(data) for _, data in pictures) < wanted:
        pictures.append(kinds[len(pictures) % len(kinds)])
    pictures.pop()
    path.write_bytes(pack(dict(parts(pictures))))
    return len(pictures)


def parts(pictures: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """The files of a package with one picture on each page."""
    count = len(pictures)
    media = "".join(
        f'<ofd:MultiMedia ID="{1000 + n}" Type="Image"><ofd:MediaFile>{n}.{kind}</ofd:MediaFile>'
        "</ofd:MultiMedia>"
        for n, (kind, _) in enumerate(pictures)
    )
    pages = "".join(f'<ofd:Page ID="{10 + n}" BaseLoc="P{n}.xml"/>' for n in range(count))
    area = f"<ofd:PageArea><ofd:PhysicalBox>0 0 {WIDTH} {HEIGHT}</ofd:PhysicalBox></ofd:PageArea>"
    yield "OFD.xml", element("OFD", "<ofd:DocBody><ofd:DocRoot>D.xml</ofd:DocRoot></ofd:DocBody>")
    common = f"<ofd:CommonData>{area}<ofd:DocumentRes>R.xml</ofd:DocumentRes></ofd:CommonData>"
    yield "D.xml", element("Document", f"{common}<ofd:Pages>{pages}</ofd:Pages>")
    yield "R.xml", element("Res", f"<ofd:MultiMedias>{media}</ofd:MultiMedias>", 'BaseLoc="Res"')
    for n, (kind, data) in enumerate(pictures):
        unit = (
            f'<ofd:ImageObject ID="{5000 + n}" Boundary="0 0 {WIDTH} {HEIGHT}" ResourceID="{1000 + n}" '
            f'CTM="{WIDTH} 0 0 {HEIGHT} 0 0"/>'
        )
        layer = f'<ofd:Layer ID="{7000 + n}">{unit}</ofd:Layer>'
        yield f"P{n}.xml", element("Page", f"<ofd:Content>{layer}</ofd:Content>")
        yield f"Res/{n}.{kind}", data


def element(name: str, inside: str, attributes: str = "") -> bytes:
    """A whole XML file."""
    return f"<ofd:{name} {NAMESPACE} {attributes}>{inside}</ofd:{name}>".encode()


def colour_scan(kind: str) -> bytes:
    """An A4 page at 300 dpi: paper with noise, lines of dark specks."""
    width, height = 2480, 3508
    dice = random.Random(7)
    noise = dice.randbytes(width * 3 * 64)
    paper = bytes(235 + (byte & 15) for byte in noise)
    ink = bytes(40 + (byte & 127) for byte in noise)
    rows = bytearray()
    for row in range(height):
        at = dice.randrange(60) * width * 3
        source = ink if row % 80 < 30 and 300 < row < 3200 else paper
        rows += source[at : at + width * 3]
    pixels = pymupdf.Pixmap(pymupdf.csRGB, width, height, bytes(rows), False)
    return bytes(pixels.tobytes(kind, jpg_quality=80))


def bitonal_scan() -> bytes:
    """An A4 page at 600 dpi, one bit a pixel, as TIFF with Deflate."""
    width, height = 4960, 7016
    dice = random.Random(8)
    row = [dice.randbytes(width // 8) if n % 4 == 0 else bytes(width // 8) for n in range(64)]
    data = zlib.compress(b"".join(row[dice.randrange(64)] for _ in range(height)), 6)
    entries = (
        (256, 4, width),
        (257, 4, height),
        (258, 3, 1),
        (259, 3, 8),
        (262, 3, 0),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, height),
        (279, 4, len(data)),
    )
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHI", tag, kind, 1) + struct.pack("<I" if kind == 4 else "<Hxx", value)
        for tag, kind, value in entries
    )
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + directory + bytes(4)


def measure(pool: RenderPool, path: Path, pages: int) -> None:
    """Print the table."""
    pool.warm_up()
    base = resident(pool.pids[0])
    began = time.perf_counter()
    pool.open(path)
    pool.render(path, 0, SCREEN_DPI)
    print(f"first page                   {(time.perf_counter() - began) * 1000:8.1f} ms   goal: 1000 ms")
    highest = 0.0
    for page in range(pages):
        pool.render(path, page, SCREEN_DPI)
        highest = max(highest, resident(pool.pids[0]))
    print(f"memory over all pages        {highest - base:8.1f} MB")
    for page, kind in zip(range(min(3, pages)), ("JPEG", "TIFF", "PNG"), strict=False):
        began = time.perf_counter()
        pool.render(path, page, SCREEN_DPI)
        whole = (time.perf_counter() - began) * 1000
        times = []
        for rect in islice(tiles(), 0, 35):
            began = time.perf_counter()
            pool.render(path, page, TILE_DPI, rect)
            times.append((time.perf_counter() - began) * 1000)
        highest = max(highest, resident(pool.pids[0]))
        print(
            f"{kind} page {page + 1}: whole {whole:.0f} ms; tiles: first {times[0]:.0f} ms, "
            f"median {statistics.median(times):.1f} ms, worst {max(times):.0f} ms"
        )
    print(f"memory, tiles included       {highest - base:8.1f} MB")


def tiles() -> Iterator[tuple[float, float, float, float]]:
    """Squares of ``TILE_PX`` over an A4 page, row by row, in mm."""
    side = TILE_PX * 25.4 / TILE_DPI
    for row in range(int(HEIGHT // side) + 1):
        for column in range(int(WIDTH // side) + 1):
            yield column * side, row * side, side, side


if __name__ == "__main__":
    main()
