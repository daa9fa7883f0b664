"""Where two honest readers of ZIP could disagree, and so a package is refused (attack classes A3, A13).

Each rule here answers a reader that exists: those that find the end record from the front, that
take names from the Unicode extra field, that follow symbolic links, that stream without looking at the
directory. No real OFD file seen so far breaks any of them.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterable

from gongwen_crypto.errors import KnownError

_RECORDS = (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07")
"""Local header, central header, end record, 64-bit end record, 64-bit locator."""
_END_SIZE = 22
_UNICODE_PATH = 0x7075
_MADE_ON_UNIX, _KIND_MASK, _LINK = 3, 0o170000, 0o120000
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, format characters (zero width, direction), surrogates: names that look alike but differ."""


def check_end(tail: bytes, at: int, comment: int) -> None:
    """The end record at ``at`` closes the file and is the only one."""
    if at + _END_SIZE + comment != len(tail):
        raise KnownError("ofd.container.hidden_entry")
    if any(record in tail[at + _END_SIZE :] for record in _RECORDS):
        raise KnownError("ofd.container.hidden_entry")


def check_gap(between: bytes) -> None:
    """Bytes that belong to no entry must not be anything that a reader could take for one."""
    if any(record in between for record in _RECORDS):
        raise KnownError("ofd.container.hidden_entry")


def check_extra(extra: bytes, raw_name: bytes, name: str) -> None:
    """No extra field gives the entry another name."""
    position = 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, position)
        if kind == _UNICODE_PATH and extra[position + 9 : position + 4 + size] != raw_name:
            raise KnownError("ofd.container.duplicate_name", part=name)
        position += 4 + size


def check_kind(made_by: int, attributes: int, disk: int, name: str) -> None:
    """An entry is a file or a folder of this volume, not a link to something else."""
    if made_by >> 8 == _MADE_ON_UNIX and (attributes >> 16) & _KIND_MASK == _LINK:
        raise KnownError("ofd.container.unsafe_name", part=name)
    if disk:
        raise KnownError("ofd.container.damaged", part=name)


def is_safe_segment(segment: str) -> bool:
    """Whether one step of a path means the same on every file system: Windows drops blanks and dots at its
    end, Apple's drop characters without width."""
    if segment in ("", ".", "..") or segment.endswith((" ", ".")):
        return False
    return not any(
        character in "\\:" or unicodedata.category(character) in _INVISIBLE for character in segment
    )


def check_tree(names: Iterable[str]) -> None:
    """No file stands where another one needs a folder."""
    files = set(names)
    for name in files:
        folder = name.rpartition("/")[0]
        while folder:
            if folder in files:
                raise KnownError("ofd.container.duplicate_name", part=folder)
            folder = folder.rpartition("/")[0]
