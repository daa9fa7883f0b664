"""Which bytes of a file a signature covers (ISO 32000-1 12.8.1), and whether it may leave out what it does.

A signature covers everything but its own value: two stretches, and between them nothing but the hexadecimal
string of /Contents. Known attacks stretch that gap, let the first part begin late or the second end early.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gongwen_crypto import der
from gongwen_crypto.errors import KnownError
from gongwen_crypto.sm3 import Hasher

_GAP = re.compile(rb"<[0-9A-Fa-f]*>")
_BEFORE_GAP = re.compile(rb"/Contents[\x00\t\n\x0c\r ]*$")
_SPACE = b"\x00\t\n\x0c\r "
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Covered:
    """The stretches of one signature, found to be sound."""

    gap: tuple[int, int]  # from the < of /Contents to behind its >
    end: int  # where the signed revision ends
    contents: bytes  # the DER in the gap

    def feed(self, hasher: Hasher, data: bytes) -> Hasher:
        """``hasher`` after all covered bytes."""
        view = memoryview(data)
        for start, stop in ((0, self.gap[0]), (self.gap[1], self.end)):
            for position in range(start, stop, _BLOCK):
                hasher.update(bytes(view[position : min(position + _BLOCK, stop)]))
        return hasher

    def message(self, data: bytes) -> bytes:
        """The covered bytes in one piece."""
        return data[: self.gap[0]] + data[self.gap[1] : self.end]


def check_byte_range(data: bytes, numbers: tuple[int, ...], offset: int | None) -> Covered:
    """What ``numbers`` (/ByteRange) cover of ``data``; ``offset`` is where the signature's dictionary stands.

    Raises ``KnownError``: ``pdf.byte_range.malformed``, ``.beyond``, ``.gap``, ``.contents``, ``.cut``.
    """
    if len(numbers) != 4 or numbers[0] != 0 or min(numbers) < 0:
        raise KnownError("pdf.byte_range.malformed")
    _, first, second, length = numbers
    end = second + length
    if not 0 < first < second <= end:
        raise KnownError("pdf.byte_range.malformed")
    if end > len(data):
        raise KnownError("pdf.byte_range.beyond")
    gap = data[first:second]
    if not _GAP.fullmatch(gap):
        raise KnownError("pdf.byte_range.gap")
    if offset is None or not offset < first or not _opens_with_contents(data, offset, first):
        raise KnownError("pdf.byte_range.gap")
    if not data[:end].rstrip(_SPACE).endswith(b"%%EOF"):
        raise KnownError("pdf.byte_range.cut")
    return Covered((first, second), end, _contents(gap))


def _opens_with_contents(data: bytes, offset: int, gap: int) -> bool:
    """Whether the gap is the value of /Contents of the very dictionary at ``offset``."""
    between = data[offset:gap]
    return b"endobj" not in between and _BEFORE_GAP.search(between) is not None


def _contents(gap: bytes) -> bytes:
    """The DER element in the gap; behind it only the zeros of an over-long reservation may stand.

    Digits are all small or all capital and without white space: nothing can be varied without a trace.
    """
    digits = gap[1:-1].decode("ascii")
    try:
        if digits not in (digits.lower(), digits.upper()):
            raise KnownError("pdf.byte_range.contents")
        packed = bytes.fromhex(digits)
        element = der.leading(packed).encoded
    except (ValueError, KnownError) as error:
        raise KnownError("pdf.byte_range.contents") from error
    if packed[len(element) :].strip(b"\x00"):
        raise KnownError("pdf.byte_range.contents")
    return element


def is_whole(data: bytes, end: int) -> bool:
    """Whether nothing but white space follows."""
    return not data[end:].strip(_SPACE)
