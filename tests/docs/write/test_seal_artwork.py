"""The seal picture: what a glance at the pixels must find."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from docs.ofd_files import schema_errors
from gongwen_crypto.errors import KnownError
from gongwen_docs.seal_artwork import draw_seal_picture


def alpha_at(pixels: pymupdf.Pixmap, x: float, y: float, size: float) -> int:
    """Opacity at a place in mm."""
    column, row = int(x / size * pixels.width), int(y / size * pixels.height)
    return int(pixels.pixel(column, row)[3])


def test_pixels_have_size_ring_star_and_clear_ground() -> None:
    artwork = draw_seal_picture("示范市人民政府办公室", 42)
    pixels = pymupdf.Pixmap(artwork.png(600))
    assert (pixels.width, pixels.height) == (993, 993)
    assert alpha_at(pixels, 1, 1, 42) == 0
    assert alpha_at(pixels, 21, 0.5, 42) == 255
    assert pixels.pixel(pixels.width // 2, pixels.height // 2) == (230, 0, 18, 255)
    assert alpha_at(pixels, 21, 38, 42) == 0


def test_same_name_same_bytes() -> None:
    assert draw_seal_picture("东湖区人民政府", 45).png() == draw_seal_picture("东湖区人民政府", 45).png()


@pytest.mark.parametrize("name", ["测", "示范市财政局", "示范市人力资源和社会保障局社会保险事业管理中心"])
def test_ink_keeps_inside_the_ring(name: str) -> None:
    artwork = draw_seal_picture(name, center="none", lower_text="业务专用章")
    for shape in artwork.shapes[1:]:
        for _, points in shape.segments:
            for x, y in points:
                assert ((x - 21) ** 2 + (y - 21) ** 2) ** 0.5 < 21 - 1.1


def test_as_ofd(schemas: Path) -> None:
    assert schema_errors(draw_seal_picture("示范市财政局").ofd(), schemas) == []


@pytest.mark.parametrize(
    ("name", "diameter", "code"),
    [
        ("", 42, "seal_artwork.name_length"),
        ("长" * 31, 42, "seal_artwork.name_length"),
        ("局", 90, "seal_artwork.diameter"),
    ],
)
def test_what_no_seal_can_be(name: str, diameter: float, code: str) -> None:
    with pytest.raises(KnownError) as caught:
        draw_seal_picture(name, diameter)
    assert caught.value.code == code
