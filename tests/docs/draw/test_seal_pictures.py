"""Seals on pages: pictures of every kind from the signed structure, slices, and what cannot be drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from docs.draw import media
from docs.draw.gallery import SVG
from docs.draw.probes import BLACK, BLUE, GREEN, RED, WHITE, Picture, draw
from docs.office import NOW, Authority, Unit, seal, write_document
from gongwen_docs.draw import open_drawing
from gongwen_docs.draw.svg import is_svg, safe_svg
from gongwen_docs.limits import DEFAULT_LIMITS
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.model import SealPicture
from gongwen_docs.seals.write import make_seal
from gongwen_docs.sign import Placement
from ofd_builder import OfdBuilder, filled, with_parts

PLACE = Box(100, 100, 40, 40)
LIMITS = DEFAULT_LIMITS


def nested_ofd() -> bytes:
    """A document whose page shows the four quarters."""
    quarter = "M {0} {1} L {2} {1} L {2} {3} L {0} {3} C"
    units = "".join(
        filled(quarter.format(x, y, x + 20, y + 20), f'<ofd:FillColor Value="{" ".join(map(str, color))}"/>')
        for (x, y), color in zip(((0, 0), (20, 0), (0, 20), (20, 20)), media.QUARTERS, strict=True)
    )
    return OfdBuilder(size=(40, 40)).page(units).build()


KINDS = {
    "PNG": media.png,
    "JPG": media.jpeg,
    "GIF": media.gif,
    "BMP": media.bmp,
    "TIFF": media.tiff,
    "OFD": nested_ofd,
}


def sealed(folder: Path, kind: str, data: bytes, *placements: Placement) -> bytes:
    authority = Authority.found()
    signer = authority.certify("东胜区人民政府")
    order = replace(authority.order(signer), picture=SealPicture(kind, data, 40, 40))
    unit = Unit(signer, make_seal(order, authority.maker))
    source = write_document(folder / "source.ofd")
    return seal(
        source, folder / "sealed.ofd", unit, *(placements or (Placement(0, PLACE),)), at=NOW
    ).read_bytes()


WHITE_PNG = bytes(pymupdf.Pixmap(pymupdf.csRGB, 8, 8, b"\xff" * 192, False).tobytes("png"))


def quarters(picture: Picture) -> bool:
    places = ((110, 110, RED), (130, 110, GREEN), (110, 130, BLUE), (130, 130, BLACK))
    return all(picture.near(x, y, color, 12) for x, y, color in places)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_picture(kind: str, tmp_path: Path) -> None:
    picture = draw(sealed(tmp_path, kind, KINDS[kind]()))
    assert quarters(picture)
    assert "draw.seal_undrawable" not in picture.codes


def test_the_bytes_decide_and_not_the_name(tmp_path: Path) -> None:
    assert quarters(draw(sealed(tmp_path, "BMP", media.png())))
    assert quarters(draw(sealed(tmp_path, "png", nested_ofd())))


def test_vectors_of_svg_with_style_rules(tmp_path: Path) -> None:
    picture = draw(sealed(tmp_path, "SVG", SVG))
    assert picture.near(120, 120, (230, 0, 18), 12), "the star, red by its class"
    assert picture.near(120, 107, WHITE)
    assert picture.codes.count("draw.seal_undrawable") == 0


def test_slices_show_their_part_of_the_seal(tmp_path: Path) -> None:
    """骑缝章: the same seal on two pages, its left half on one, its right half on the other."""
    places = (
        Placement(0, Box(190, 100, 40, 40), Box(0, 0, 20, 40)),
        Placement(1, Box(170, 100, 40, 40), Box(20, 0, 20, 40)),
    )
    data = sealed(tmp_path, "PNG", media.png(), *places)
    first, second = draw(data), draw(data, page=1)
    assert first.near(200, 110, RED, 12)
    assert second.near(200, 110, GREEN, 12)
    assert second.near(180, 110, WHITE)


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", b"PK\x03\x04 no package", b"<svg", b"<svg xmlns='x'/>", WHITE_PNG],
)
def test_what_cannot_be_drawn_leaves_a_notice(data: bytes, tmp_path: Path) -> None:
    with open_drawing(sealed(tmp_path, "PNG", data)) as drawing:
        drawing.render(0, 50)
        assert "印章未能显示" in drawing.text(0).text.replace("\n", "")
        assert "draw.seal_undrawable" in [report.code for report in drawing.reports]


def test_a_seal_that_was_cut_off_is_drawn_as_far_as_it_goes_or_leaves_a_notice(tmp_path: Path) -> None:
    whole = media.png()
    for end in (60, len(whole) // 2, len(whole) - 20):
        picture = draw(sealed(tmp_path, "PNG", whole[:end]))
        assert {"draw.picture_damaged", "draw.seal_undrawable"} & set(picture.codes)


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ('PageRef="100"', 'PageRef="4711"'),
        ('Boundary="100 100 40 40"', 'Boundary="100 100 0 40"'),
        ('Boundary="100 100 40 40"', 'Boundary="100 100 40 40" Clip="0 0 0 0"'),
    ],
)
def test_a_seal_that_no_page_can_show_is_told(written: str, instead: str, tmp_path: Path) -> None:
    data = sealed(tmp_path, "PNG", media.png())
    path = "Doc_0/Signs/Sign_0/Signature.xml"
    with open_drawing(data) as drawing:
        signature = drawing.document.package.read(path).decode()  # type: ignore[attr-defined]
    assert written in signature
    broken = with_parts(data, {path: signature.replace(written, instead).encode()})
    assert "draw.seal_homeless" in draw(broken).codes


def test_damaged_signature_lists_are_told(tmp_path: Path) -> None:
    data = with_parts(sealed(tmp_path, "PNG", media.png()), {"Doc_0/Signs/Signatures.xml": b"<broken"})
    assert "draw.signatures_unreadable" in draw(data).codes


def test_a_seal_is_as_strong_in_print_as_what_is_painted_before_it_is_weak(tmp_path: Path) -> None:
    authority = Authority.found()
    source = tmp_path / "pale.ofd"
    pale = filled("M 0 0 L 90 0 L 90 90 L 0 90 C", attributes='Alpha="40"')
    source.write_bytes(OfdBuilder(size=(210, 297)).page(pale).build())
    data = seal(source, tmp_path / "sealed.ofd", authority.unit(), Placement(0, PLACE), at=NOW)
    pdf = tmp_path / "printed.pdf"
    with open_drawing(data) as drawing:
        drawing.export_pdf(pdf)
    printed = pymupdf.open(str(pdf))[0].get_pixmap(dpi=50)
    red, green, _ = printed.pixel(round(120 / 25.4 * 50), round(120 / 25.4 * 50))
    assert red - green > 150


# SVG, made safe


@pytest.mark.parametrize(
    "inside",
    [
        '<image xlink:href="file:///etc/passwd" width="9" height="9"/>',
        '<image href="https://example.invalid/x.png" width="9" height="9"/>',
        '<use xlink:href="other.svg#a"/>',
        "<script>alert(1)</script>",
        '<rect onclick="alert(1)" width="1" height="1"/>',
        '<rect fill="url(https://example.invalid/#x)" width="1" height="1"/>',
        '<style>@import "https://example.invalid/x.css"; rect{fill:url(http://example.invalid/)}</style><rect/>',
        "<foreignObject><p/></foreignObject>",
        '<a xlink:href="https://example.invalid/"><rect/></a>',
    ],
)
def test_svg_keeps_nothing_that_leads_outside(inside: str) -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9">'
        f'{inside}<circle r="1"/></svg>'
    )
    safe = safe_svg(svg.encode(), "x", LIMITS).decode()
    for word in ("passwd", "example", "other.svg", "alert", "foreignObject", "@import"):
        assert word not in safe
    assert "circle" in safe


def test_svg_bombs_are_refused() -> None:
    lines = "".join(
        f'<g id="g{level}">' + f'<use xlink:href="#g{level - 1}"/>' * 10 + "</g>" for level in range(1, 12)
    )
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    bombs = (
        f'{head}<defs><rect id="g0"/>{lines}</defs></svg>',
        f'{head}<g id="a"><use xlink:href="#a"/></g></svg>',
        head + "".join(f'<g id="c{at}"><use xlink:href="#c{at + 1}"/></g>' for at in range(5000)) + "</svg>",
        head + " " * (LIMITS.svg_bytes + 1) + "</svg>",
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>',
    )
    for bomb in bombs:
        with pytest.raises(Exception, match=r"draw.picture_(too_large|damaged)"):
            safe_svg(bomb.encode(), "x", LIMITS)


def test_svg_is_known_by_its_bytes() -> None:
    assert is_svg(b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a --><!DOCTYPE svg><svg/>")
    assert not is_svg(b"<html><svg/></html>")
    assert not is_svg(b"\x89PNG")


def test_gradients_of_svg_become_their_middle_colour() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg"><linearGradient id="g"><stop stop-color="red"/>'
        '<stop stop-color="#e60012"/><stop stop-color="blue"/></linearGradient>'
        '<rect style="fill: url(#g); stroke:none" width="9" height="9"/></svg>'
    )
    assert 'fill="#e60012"' in safe_svg(svg.encode(), "x", LIMITS).decode()
