"""A writer of ZIP files that does what no honest writer does."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class RawEntry:
    """One file; the fields left None are told truthfully."""

    name: bytes
    data: bytes
    method: int = 8
    flags: int = 0x0800
    local_name: bytes | None = None
    central_extra: bytes = b""
    local_extra: bytes = b""
    central_comment: bytes = b""
    attributes: int = 0o100644 << 16
    made_by: int = 3 << 8 | 20
    stated_size: int | None = None
    local_size: int | None = None
    local_crc: int | None = None
    local_method: int | None = None
    behind: bytes = b""  # within the packed bytes, after the end of their stream
    after: bytes = b""  # between this entry and the next
    share: int | None = None  # index of an earlier entry whose local header this one uses
    central: bool = True


@dataclass
class RawZip:
    """Entries and what lies around them."""

    entries: list[RawEntry] = field(default_factory=list)
    before: bytes = b""
    between: bytes = b""  # before the central directory
    comment: bytes = b""
    stated_comment: int | None = None
    trailing: bytes = b""
    count: int | None = None

    @classmethod
    def of(cls, parts: Mapping[str, bytes]) -> RawZip:
        names = sorted(parts, key=lambda name: name != "OFD.xml")
        return cls([RawEntry(name.encode(), parts[name]) for name in names])

    def entry(self, name: str) -> RawEntry:
        return next(item for item in self.entries if item.name == name.encode())

    def to_bytes(self) -> bytes:
        body = bytearray(self.before)
        central = bytearray()
        offsets: list[int] = []
        for item in self.entries:
            if item.share is None:
                offsets.append(len(body))
                body += _local(item)
            else:
                offsets.append(offsets[item.share])
            if item.central:
                central += _central(item, offsets[-1])
        body += self.between
        count = sum(item.central for item in self.entries) if self.count is None else self.count
        stated = len(self.comment) if self.stated_comment is None else self.stated_comment
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(central), len(body), stated)
        return bytes(body + central + end + self.comment + self.trailing)


def _packed(item: RawEntry) -> bytes:
    if item.method != 8:
        return item.data + item.behind
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(item.data) + packer.flush() + item.behind


def _local(item: RawEntry) -> bytes:
    packed = _packed(item)
    name = item.name if item.local_name is None else item.local_name
    size = item.stated_size if item.stated_size is not None else len(item.data)
    header = struct.pack(
        "<4s5H3L2H", b"PK\3\4", 20, item.flags,
        item.method if item.local_method is None else item.local_method, 0, 0x21,
        zlib.crc32(item.data) if item.local_crc is None else item.local_crc, len(packed),
        size if item.local_size is None else item.local_size, len(name), len(item.local_extra),
    )  # fmt: skip
    return header + name + item.local_extra + packed + item.after


def _central(item: RawEntry, offset: int) -> bytes:
    size = item.stated_size if item.stated_size is not None else len(item.data)
    header = struct.pack(
        "<4s6H3L5H2L", b"PK\1\2", item.made_by, 20, item.flags, item.method, 0, 0x21,
        zlib.crc32(item.data), len(_packed(item)), size, len(item.name), len(item.central_extra),
        len(item.central_comment), 0, 0, item.attributes, offset,
    )  # fmt: skip
    return header + item.name + item.central_extra + item.central_comment


def unicode_path(name: bytes, shown: bytes) -> bytes:
    """The extra field of Info-ZIP by which an entry has another name."""
    data = b"\1" + struct.pack("<L", zlib.crc32(name)) + shown
    return struct.pack("<2H", 0x7075, len(data)) + data
