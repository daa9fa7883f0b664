"""Photographs become small, upright and nameless; what is none is told."""

from __future__ import annotations

import struct

import pymupdf
import pytest

from gongwen_crypto.errors import KnownError
from gongwen_docs.copies.photographs import photograph, pixels_of
from gongwen_docs.limits import DEFAULT_LIMITS

_LYING, _UPRIGHT = 6, 1
_MARK = b"GPS-OF-A-TELEPHONE"


def taken(width: int, height: int, orientation: int = _UPRIGHT) -> bytes:
    """A JPEG file as a telephone writes it: red at the left, Exif with an orientation and more."""
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, width, height))
    pixmap.clear_with(255)
    pixmap.set_rect(pymupdf.IRect(0, 0, width // 4, height), (200, 0, 0))
    jpeg = bytes(pixmap.tobytes("jpeg"))
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    exif = b"Exif\0\0MM\0\x2a" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0) + _MARK
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def test_it_is_small_and_says_nothing_of_the_camera() -> None:
    data = taken(3000, 1500)
    small = photograph(data, "照片.jpg", DEFAULT_LIMITS, 800, 500_000)
    assert _MARK in data
    assert _MARK not in small
    shown = pixels_of(small, "照片.jpg", DEFAULT_LIMITS, 2000)
    assert (shown.width, shown.height) == (800, 400)


def test_what_lies_on_its_side_stands_up() -> None:
    shown = pixels_of(taken(400, 200, _LYING), "照片.jpg", DEFAULT_LIMITS, 400)
    assert (shown.width, shown.height) == (200, 400)
    top, bottom = shown.samples[:3], shown.samples[-3:]
    assert top[0] > 150
    assert top[1] < 80, "what was left is above now"
    assert min(bottom) > 200


def test_it_gets_smaller_until_it_fits() -> None:
    noise = bytes((number * 7919 >> 3) & 0xFF for number in range(900 * 900 * 3))
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, 900, 900, noise, False)
    small = photograph(bytes(pixmap.tobytes("png")), "噪点.png", DEFAULT_LIMITS, 900, 60_000)
    assert len(small) <= 60_000
    with pytest.raises(KnownError, match=r"draw\.picture_too_large"):
        photograph(bytes(pixmap.tobytes("png")), "噪点.png", DEFAULT_LIMITS, 900, 500)


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff"]
)
def test_what_is_no_photograph_is_told(data: bytes) -> None:
    with pytest.raises(KnownError, match=r"draw\."):
        photograph(data, "不是照片", DEFAULT_LIMITS, 800, 500_000)
