"""A page's text on its way through the pipe: characters in one string, boxes as packed numbers."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from itertools import chain

from gongwen_client.render.codec import CodecError
from gongwen_docs.draw.results import CharBox, PageText, TextLine


@dataclass(frozen=True)
class PackedText:
    """``PageText``; ``boxes`` are four 32-bit floats for each character, in this machine's byte order."""

    text: str
    characters: str
    boxes: bytes
    lines: tuple[TextLine, ...]


def pack(page: PageText) -> PackedText:
    """The worker's side."""
    boxes = array("f", chain.from_iterable(item.box for item in page.chars))
    return PackedText(page.text, "".join(item.char for item in page.chars), boxes.tobytes(), page.lines)


def unpack(packed: PackedText) -> PageText:
    """The client's side. Raises CodecError where the parts do not fit together."""
    count = len(packed.characters)
    if len(packed.boxes) != count * 4 * array("f").itemsize:
        raise CodecError("boxes and characters differ in number")
    at = 0
    for line in packed.lines:
        if line.start != at or line.end <= at:
            raise CodecError("lines do not follow one another")
        at = line.end
    if at != count:
        raise CodecError("characters outside all lines")
    numbers = array("f")
    numbers.frombytes(packed.boxes)
    values = iter(numbers)
    boxes = zip(values, values, values, values, strict=True)
    return PageText(packed.text, tuple(map(CharBox, packed.characters, boxes)), packed.lines)
