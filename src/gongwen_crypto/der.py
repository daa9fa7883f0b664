"""A small reader and writer of DER (X.690) that keeps the received bytes.

Signatures are over bytes as they came, so every node knows its own encoding. Some CMS producers write the
indefinite lengths of BER; those are read too. Real seals bend the rules of their own types (dates, bit
strings), so the reader enforces structure and leaves meaning to its callers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gongwen_crypto.errors import KnownError

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTF8_STRING, PRINTABLE_STRING, IA5_STRING = 0x0C, 0x13, 0x16
UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x17, 0x18, 0x30, 0x31
_CONSTRUCTED, _INDEFINITE, _END_OF_CONTENTS = 0x20, 0x80, b"\x00\x00"
_MAX_DEPTH = 64
_MAX_CHILDREN = 100_000  # the longest real list is that of a large authority's revocations


@dataclass(frozen=True)
class Node:
    """One element: its tag byte, its content and the whole encoding with tag and length."""

    tag: int
    content: bytes
    encoded: bytes

    def children(self) -> tuple[Node, ...]:
        """The elements inside a constructed element. Raises KnownError when they do not fill it exactly."""
        if not self.tag & _CONSTRUCTED:
            raise KnownError("crypto.bad_der", reason="primitive element has no children")
        found: list[Node] = []
        position = 0
        while position < len(self.content):
            node = _read(self.content, position)
            if len(found) == _MAX_CHILDREN:
                raise KnownError("crypto.bad_der", reason="too many elements")
            found.append(node)
            position += len(node.encoded)
        return tuple(found)

    def integer(self) -> int:
        """Value of an INTEGER."""
        self._expect(INTEGER)
        if not 1 <= len(self.content) <= 64:
            raise KnownError("crypto.bad_der", reason="integer length")
        return int.from_bytes(self.content, "big", signed=True)

    def oid(self) -> str:
        """Dotted form of an OBJECT IDENTIFIER."""
        self._expect(OID)
        if not self.content or len(self.content) > 64 or self.content[-1] & 0x80:
            raise KnownError("crypto.bad_der", reason="object identifier")
        numbers = []
        value = 0
        for byte in self.content:
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                numbers.append(value)
                value = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))

    def octets(self) -> bytes:
        """Content of an OCTET STRING."""
        self._expect(OCTET_STRING)
        return self.content

    def bits(self) -> bytes:
        """Content of a BIT STRING. Its count of unused bits is not looked at: real seals state it wrongly."""
        self._expect(BIT_STRING)
        return self.content[1:]

    def whole_bits(self) -> bytes:
        """Content of a BIT STRING that must consist of whole bytes, as DER of a signature value does."""
        if self.content[:1] != b"\x00":
            raise KnownError("crypto.bad_der", reason="a signature value of broken bytes")
        return self.bits()

    def sequence(self) -> tuple[Node, ...]:
        """The elements of a SEQUENCE; other constructed elements are refused."""
        self._expect(SEQUENCE)
        return self.children()

    def text(self) -> str:
        """Any string type as text; undecodable bytes become U+FFFD."""
        return self.content.decode("utf-8", "replace")

    def _expect(self, tag: int) -> None:
        if self.tag != tag:
            raise KnownError("crypto.bad_der", reason=f"tag {self.tag:#04x} where {tag:#04x} is due")


def parse(data: bytes) -> Node:
    """The one element that ``data`` holds. Raises KnownError("crypto.bad_der") on rest bytes or damage."""
    node = _read(data, 0)
    if len(node.encoded) != len(data):
        raise KnownError("crypto.bad_der", reason="bytes after the element")
    return node


def leading(data: bytes) -> Node:
    """The element that ``data`` begins with, whatever follows. Raises KnownError("crypto.bad_der")."""
    return _read(data, 0)


def _read(data: bytes, start: int, depth: int = 0) -> Node:
    if len(data) < start + 2:
        raise KnownError("crypto.bad_der", reason="truncated")
    tag, length, position = data[start], data[start + 1], start + 2
    if tag & 0x1F == 0x1F:
        raise KnownError("crypto.bad_der", reason="multi-byte tag")
    if length == _INDEFINITE and tag & _CONSTRUCTED:
        return _read_indefinite(data, start, depth)
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or len(data) < position + count:
            raise KnownError("crypto.bad_der", reason="length of length")
        length = int.from_bytes(data[position : position + count], "big")
        position += count
    end = position + length
    if end > len(data):
        raise KnownError("crypto.bad_der", reason="truncated")
    return Node(tag, data[position:end], data[start:end])


def _read_indefinite(data: bytes, start: int, depth: int) -> Node:
    if depth == _MAX_DEPTH:
        raise KnownError("crypto.bad_der", reason="nested too deeply")
    position = start + 2
    while data[position : position + 2] != _END_OF_CONTENTS:
        position += len(_read(data, position, depth + 1).encoded)
    return Node(data[start], data[start + 2 : position], data[start : position + 2])


def encode(tag: int, content: bytes) -> bytes:
    """One element."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + content


def sequence(parts: Iterable[bytes]) -> bytes:
    """A SEQUENCE of already encoded elements."""
    return encode(SEQUENCE, b"".join(parts))


def integer(value: int) -> bytes:
    """A non-negative INTEGER."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def bits(content: bytes) -> bytes:
    """A BIT STRING of whole bytes."""
    return encode(BIT_STRING, b"\x00" + content)


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *rest = map(int, dotted.split("."))
    content = b""
    for number in (40 * first + second, *rest):
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | 0x80)
        content += bytes(reversed(groups))
    return encode(OID, content)
