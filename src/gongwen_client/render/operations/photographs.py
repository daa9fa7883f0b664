"""Photographs that go with a request: chosen on this PC, or sent by another unit."""

from __future__ import annotations

from pathlib import Path

from gongwen_client.render.operations import Desk, operation
from gongwen_crypto.errors import KnownError
from gongwen_docs.copies import photographs
from gongwen_docs.draw.results import Pixels
from gongwen_docs.limits import DEFAULT_LIMITS

_NAME = "photograph"


@operation
def take_photograph(desk: Desk, path: Path, longest: int, at_most: int) -> bytes:
    """A picture file as a small JPEG file."""
    try:
        if path.stat().st_size > DEFAULT_LIMITS.part_bytes:
            raise KnownError("draw.picture_too_large", part=path.name)
        data = path.read_bytes()
    except OSError as error:
        raise KnownError("ofd.container.unreadable", file=path.name) from error
    return photographs.photograph(data, path.name, DEFAULT_LIMITS, longest, at_most)


@operation
def show_photograph(desk: Desk, data: bytes, longest: int) -> Pixels:
    """The pixels of a photograph that came."""
    return photographs.pixels_of(data, _NAME, DEFAULT_LIMITS, longest)
