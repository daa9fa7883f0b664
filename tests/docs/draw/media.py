"""Little pictures of every kind, colour profiles and fonts, made on the spot.

Every picture shows red, green over blue, black, a quarter each.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import pymupdf
from pymupdf import mupdf

QUARTERS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0))


def pixmap(side: int = 32, alpha: int = 255) -> pymupdf.Pixmap:
    """The picture; its last quarter has this alpha."""
    half = side // 2
    rows = []
    for row in range(side):
        for column in range(side):
            quarter = (2 if row >= half else 0) + (1 if column >= half else 0)
            rows.append(bytes((*QUARTERS[quarter], alpha if quarter == 3 else 255)))
    picture = pymupdf.Pixmap(pymupdf.csRGB, side, side, b"".join(rows), True)
    return picture if alpha < 255 else pymupdf.Pixmap(picture, 0)


def png(alpha: int = 255) -> bytes:
    return bytes(pixmap(alpha=alpha).tobytes("png"))


def jpeg() -> bytes:
    return bytes(pixmap().tobytes("jpg"))


def jpeg2000() -> bytes:
    buffer = mupdf.fz_new_buffer_from_pixmap_as_jpx(pixmap().this, mupdf.FzColorParams(), 90)
    return bytes(pymupdf.JM_BinFromBuffer(buffer))


def bmp() -> bytes:
    """Two by two pixels, bottom row first."""
    row = bytes((0, 0, 255, 0, 255, 0, 0, 0))
    low = bytes((255, 0, 0, 0, 0, 0, 0, 0))
    header = b"BM" + (54 + 16).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
    info = (40).to_bytes(4, "little") + (2).to_bytes(4, "little") * 2 + bytes((1, 0, 24, 0)) + bytes(24)
    return header + info + low + row


def bmp_two_level() -> bytes:
    """Two by one pixels of one bit with a palette: white, black."""
    palette = bytes((0, 0, 0, 0, 255, 255, 255, 0))
    header = b"BM" + (62 + 4).to_bytes(4, "little") + bytes(4) + (62).to_bytes(4, "little")
    info = struct.pack("<LllHHLLllLL", 40, 2, 1, 1, 1, 0, 4, 0, 0, 2, 2)
    return header + info + palette + bytes((0x80, 0, 0, 0))


def gif(transparent: int | None = None) -> bytes:
    """Two by two pixels with a palette of four colours, codes written without compression."""
    palette = bytes(channel for color in QUARTERS for channel in color)
    codes = [(4, 3), (0, 3), (1, 3), (4, 3), (2, 3), (3, 3), (5, 3)]
    value = shift = 0
    for number, width in codes:
        value |= number << shift
        shift += width
    data = value.to_bytes((shift + 7) // 8, "little")
    screen = b"GIF89a" + bytes((2, 0, 2, 0, 0x91, 0, 0)) + palette
    control = b"" if transparent is None else b"!\xf9\x04\x01\0\0" + bytes((transparent, 0))
    image = b"," + bytes((0, 0, 0, 0, 2, 0, 2, 0, 0)) + bytes((2, len(data))) + data + b"\0;"
    return screen + control + image


def tiff() -> bytes:
    """Two by two pixels, uncompressed, big-endian."""
    pixels = bytes(channel for color in QUARTERS for channel in color)
    bits_at = 8 + len(pixels)
    directory_at = bits_at + 6
    entries = (
        *((256, 3, 1, 2 << 16), (257, 3, 1, 2 << 16), (258, 3, 3, bits_at), (259, 3, 1, 1 << 16)),
        *((262, 3, 1, 2 << 16), (273, 4, 1, 8), (277, 3, 1, 3 << 16), (278, 3, 1, 2 << 16)),
        (279, 4, 1, len(pixels)),
    )
    directory = struct.pack(">H", len(entries)) + b"".join(struct.pack(">HHLL", *entry) for entry in entries)
    head = b"MM\0*" + struct.pack(">L", directory_at)
    return head + pixels + struct.pack(">3H", 8, 8, 8) + directory + bytes(4)


def jbig2(header: bool = True) -> bytes:
    """A page of 16 × 16 black pixels; without ``header`` as PDF embeds it."""
    page = struct.pack(">4LBH", 16, 16, 0, 0, 0x04, 0)
    segments = struct.pack(">LBBBL", 0, 48, 0, 1, len(page)) + page + struct.pack(">LBBBL", 1, 49, 0, 1, 0)
    return (b"\x97JB2\r\n\x1a\n\x01\0\0\0\x01" if header else b"") + segments


def swapped_profile() -> bytes:
    """An ICC profile of an RGB space whose red is sRGB's blue and whose blue is its red."""

    def xyz(x: float, y: float, z: float) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3l", *(round(value * 65536) for value in (x, y, z)))

    red, green, blue = (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)
    curve = b"curv\0\0\0\0" + struct.pack(">LH", 1, round(2.2 * 256)) + b"\0\0"
    text = b"desc\0\0\0\0" + struct.pack(">L", 2) + b"x\0" + bytes(78)
    tags = {
        b"desc": text + bytes(-len(text) % 4),
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(*blue),
        b"gXYZ": xyz(*green),
        b"bXYZ": xyz(*red),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
    }
    start = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">L", len(tags)), b""
    for tag, data in tags.items():
        table += tag + struct.pack(">2L", start + len(body), len(data))
        body += data
    size = start + len(body)
    head = struct.pack(">L4sL4s4s4s", size, bytes(4), 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(4) + bytes(24)
    head += struct.pack(">3l", round(0.9642 * 65536), 65536, round(0.8249 * 65536))
    return head.ljust(128, b"\0") + table + body


PICTURES: dict[str, Callable[[], bytes]] = {
    "png": png,
    "jpeg": jpeg,
    "jpeg2000": jpeg2000,
    "bmp": bmp,
    "gif": gif,
    "tiff": tiff,
}
