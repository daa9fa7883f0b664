"""The 64-bit records of ZIP (APPNOTE 4.3.14, 4.3.15, 4.5.3), which some writers put into small files too.

Readers differ in whether they believe them. So they must say what the 32-bit fields say, or these must point
to them by being saturated: then no reader can see another directory.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from gongwen_crypto.errors import KnownError

_LOCATOR = struct.Struct("<4sLQL")
_RECORD = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_SIGNATURE, _RECORD_SIGNATURE = b"PK\x06\x07", b"PK\x06\x06"
_RECORD_REST = _RECORD.size - 12
"""What a record without extensions states as its size."""
_SATURATED_SHORT, _SATURATED = 0xFFFF, 0xFFFFFFFF
_FIELD = 1
RECORDS_SIZE = _RECORD.size + _LOCATOR.size


class End(NamedTuple):
    """What the end of a package says: the central directory has ``entries`` files and ``size`` bytes, begins
    at ``offset`` from the first entry, and ends before ``at``."""

    at: int
    entries: int
    size: int
    offset: int


def wide_end(tail: bytes, tail_at: int, end: End) -> End:
    """The end as 64-bit records in front of the end record complete it. ``tail`` is the end of the file from
    ``tail_at`` on; ``end.at`` counts within it.

    Raises ``KnownError`` ``ofd.container.hidden_entry`` where the records contradict the end record or point
    elsewhere than right in front of it.
    """
    locator_at = end.at - _LOCATOR.size
    if locator_at < 0 or not tail.startswith(_LOCATOR_SIGNATURE, locator_at):
        return end
    record_at = locator_at - _RECORD.size
    if record_at < 0:
        raise KnownError("ofd.container.hidden_entry")
    _, locator_disk, place, disks = _LOCATOR.unpack_from(tail, locator_at)
    signature, rest, _, _, disk, first_disk, here, count, size, offset = _RECORD.unpack_from(tail, record_at)
    whole = (signature, rest) == (_RECORD_SIGNATURE, _RECORD_REST) and here == count
    alone = not (locator_disk or disk or first_disk) and disks <= 1
    alike = (
        end.entries in (count, _SATURATED_SHORT)
        and end.size in (size, _SATURATED)
        and end.offset in (offset, _SATURATED)
    )
    here_only = place == offset + size == tail_at + record_at
    if not (whole and alone and alike and here_only):
        raise KnownError("ofd.container.hidden_entry")
    return End(record_at, count, size, offset)


def widened(values: tuple[int, ...], extra: bytes, name: str) -> tuple[int, ...]:
    """Saturated 32-bit values of a header replaced by those of its 64-bit extra field.

    Raises ``KnownError`` ``ofd.container.damaged`` where there is none.
    """
    if _SATURATED not in values:
        return values
    position = 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, position)
        if kind == _FIELD:
            field = extra[position + 4 : position + 4 + size].ljust(size)
            wide = iter(struct.unpack_from(f"<{size // 8}Q", field))
            return tuple(next(wide, _SATURATED) if value == _SATURATED else value for value in values)
        position += 4 + size
    raise KnownError("ofd.container.damaged", part=name)
