"""Write a package again with some files added or replaced; all others are copied as they lie, packed.

Sealing touches four small files. Inflating and packing a scanned document of 100 MB for them would take
seconds and as much memory; copying takes neither.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

from gongwen_docs.ofd.container import Package, PackedPart

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION, _UTF8_NAMES, _STORED, _DEFLATED = 20, 0x0800, 0, 8
_LARGE, _SAMPLE = 1024 * 1024, 64 * 1024
"""Bytes: from when on packing is tried on a sample first, for what does not shrink takes seconds to try."""
_DATE = 0x0021  # 1980-01-01: equal input, equal bytes
_MODE = 0o644 << 16


def rewrite(
    package: Package, target: BinaryIO, parts: Mapping[str, bytes], without: Collection[str] = ()
) -> None:
    """Write ``package`` to ``target`` with the files of ``parts`` added or replaced, those of ``without``
    left out. Each of ``parts`` is asked for once, when its turn comes."""
    kept = [name for name in package.names if name not in without]
    names = [*kept, *(name for name in parts if name not in kept)]
    directory = bytearray()
    position = 0
    for name in names:
        part = _pack(parts[name]) if name in parts else package.packed(name)
        raw = name.encode()
        common = (_UTF8_NAMES, part.method, 0, _DATE, part.crc, part.packed, part.size, len(raw), 0)
        target.write(_LOCAL.pack(b"PK\x03\x04", _VERSION, *common) + raw)
        for chunk in part.chunks:
            target.write(chunk)
        directory += _CENTRAL.pack(b"PK\x01\x02", _VERSION, _VERSION, *common, 0, 0, 0, _MODE, position) + raw
        position += _LOCAL.size + len(raw) + part.packed
    target.write(directory)
    target.write(_END.pack(b"PK\x05\x06", 0, 0, len(names), len(names), len(directory), position, 0))


def _pack(data: bytes) -> PackedPart:
    if len(data) >= _LARGE and len(zlib.compress(data[:_SAMPLE])) >= _SAMPLE:  # ciphertext, scans
        return PackedPart(_STORED, zlib.crc32(data), len(data), len(data), _once(data))
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(data) + packer.flush()
    return PackedPart(_DEFLATED, zlib.crc32(data), len(packed), len(data), _once(packed))


def _once(data: bytes) -> Iterator[bytes]:
    yield data
