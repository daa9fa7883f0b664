"""The table directory of sfnt files: TrueType, OpenType and collections of them."""

from __future__ import annotations

import struct
from typing import BinaryIO

_MOST_TABLES = 128
_MOST_FACES = 64


def face_offsets(stream: BinaryIO) -> list[int]:
    """Where the faces of a file begin: one place, or several in a collection. Raises ``struct.error``."""
    stream.seek(0)
    if stream.read(4) != b"ttcf":
        return [0]
    _, count = struct.unpack(">2L", stream.read(8))
    count = min(count, _MOST_FACES)
    return list(struct.unpack(f">{count}L", stream.read(4 * count)))


def table_places(stream: BinaryIO, face_offset: int) -> dict[bytes, tuple[int, int]]:
    """Offset and length of each table of a face, as its directory says. Raises ``struct.error``."""
    stream.seek(face_offset + 4)
    (count,) = struct.unpack(">H", stream.read(2))
    stream.seek(face_offset + 12)
    directory = stream.read(16 * min(count, _MOST_TABLES))
    return {
        directory[at : at + 4]: struct.unpack_from(">2L", directory, at + 8)
        for at in range(0, len(directory) - 15, 16)
    }


def read_table(stream: BinaryIO, places: dict[bytes, tuple[int, int]], tag: bytes, limit: int) -> bytes:
    """A table's bytes, cut at the file's end and at ``limit``; empty where the face has none."""
    offset, size = places.get(tag, (0, 0))
    if not size:
        return b""
    stream.seek(offset)
    return stream.read(min(size, limit))
