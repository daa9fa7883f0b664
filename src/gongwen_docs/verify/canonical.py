"""Whether a structure is DER: every length definite and as short as can be (X.690 10.1).

A seal signature has parts outside of what is signed. Each of them has one form only, or a stranger could
write the same signature in many ways and a later check by digest would disagree with this one.
"""

from __future__ import annotations

_CONSTRUCTED, _LONG = 0x20, 0x80
_MAX_DEPTH = 32


def is_canonical(data: bytes, depth: int = 0) -> bool:
    """Whether the elements that ``data`` consists of are DER in their lengths, and all inside them."""
    position = 0
    while position < len(data):
        start, length = position + 2, data[position + 1] if position + 1 < len(data) else _LONG
        if length & _LONG:
            count = length & ~_LONG
            size = data[start : start + count]
            length = int.from_bytes(size)
            if not size or size[0] == 0 or length < _LONG:
                return False
            start += count
        end = start + length
        if end > len(data):
            return False
        inner = data[position] & _CONSTRUCTED
        if inner and (depth == _MAX_DEPTH or not is_canonical(data[start:end], depth + 1)):
            return False
        position = end
    return True
