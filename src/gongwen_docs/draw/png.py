"""Pixels as a PNG file (ISO/IEC 15948): true colour, eight bits, resolution stated."""

from __future__ import annotations

import struct
import zlib

from gongwen_docs.draw.results import Pixels

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INCHES_PER_METRE = 1 / 0.0254


def png(pixels: Pixels, dpi: float) -> bytes:
    """The bytes of a PNG file."""
    row = pixels.width * 3
    samples = memoryview(pixels.samples)
    rows = b"".join(b"\0" + samples[at : at + row] for at in range(0, row * pixels.height, row))
    header = struct.pack(">IIBBBBB", pixels.width, pixels.height, 8, 2, 0, 0, 0)
    per_metre = round(dpi * _INCHES_PER_METRE)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
            _chunk(b"IDAT", zlib.compress(rows, 3)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
