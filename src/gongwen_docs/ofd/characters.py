"""Characters that XML forbids and producers write all the same, put right so that a page can be read.

Converters copy control characters from PDF; Java writers spell characters beyond U+FFFF as two halves.
"""

from __future__ import annotations

import re

_HALVES = re.compile(
    rb"&#(?:x([dD][89abAB][0-9a-fA-F]{2})|(5[56]\d{3}));&#(?:x([dD][c-fC-F][0-9a-fA-F]{2})|(5[67]\d{3}));"
)
_ENCODED_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_REFERENCE = re.compile(rb"&#(?:x([0-9a-fA-F]{1,8})|(\d{1,10}));")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def mended(data: bytes) -> bytes | None:
    """The file with forbidden characters as blanks and halves joined; None where it has none of them.

    A blank keeps the place of its character, because offsets count characters.
    """
    if data.startswith(_UTF_16_MARKS):
        return None
    better = _HALVES.sub(_joined, data)
    better = _ENCODED_HALVES.sub(lambda match: _character(match[0].decode("utf-8", "surrogatepass")), better)
    better = _REFERENCE.sub(_allowed, better)
    better = _CONTROL.sub(b" ", better)
    return better if better != data else None


def _joined(match: re.Match[bytes]) -> bytes:
    high, low = _number(match[1], match[2]), _number(match[3], match[4])
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return match[0]
    return b"&#x%X;" % (0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)


def _character(halves: str) -> bytes:
    return halves.encode("utf-16", "surrogatepass").decode("utf-16").encode()


def _allowed(match: re.Match[bytes]) -> bytes:
    code = _number(match[1], match[2])
    allowed = (
        code in (9, 10, 13)
        or 0x20 <= code < 0xD800
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )
    return match[0] if allowed else b"&#x20;"


def _number(hexadecimal: bytes | None, decimal: bytes | None) -> int:
    return int(hexadecimal, 16) if hexadecimal is not None else int(decimal or b"0")
