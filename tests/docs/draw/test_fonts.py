"""Embedded fonts of every kind, whole and damaged; faces for those that are not embedded."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from pymupdf import mupdf

from docs.draw import made_fonts
from docs.draw.probes import BLACK, WHITE, Picture, draw
from gongwen_docs.draw import open_drawing
from gongwen_docs.draw.faces import system_face
from gongwen_docs.fonts.repair import repaired
from ofd_builder import OfdBuilder, box_font


def font_page(font: bytes, codes: str, attributes: str = 'Size="40"') -> OfdBuilder:
    fonts = (
        '<ofd:Fonts><ofd:Font ID="4" FontName="Box"><ofd:FontFile>f.dat</ofd:FontFile></ofd:Font></ofd:Fonts>'
    )
    unit = f'<ofd:TextObject ID="8" Boundary="0 0 100 100" Font="4" {attributes}>{codes}</ofd:TextObject>'
    return OfdBuilder(resources=fonts, files={"Doc_0/Res/f.dat": font}).page(unit)


def shown(font: bytes, codes: str) -> Picture:
    return draw(font_page(font, codes))


def code(characters: str, more: str = 'DeltaX="45"') -> str:
    return f'<ofd:TextCode X="5" Y="60" {more}>{characters}</ofd:TextCode>'


def glyphs(numbers: str, position: int = 0, count: int = 1) -> str:
    return (
        f'<ofd:CGTransform CodePosition="{position}" CodeCount="{count}"><ofd:Glyphs>{numbers}</ofd:Glyphs>'
        "</ofd:CGTransform>"
    )


def is_a_then_b(picture: Picture) -> bool:
    """Whether a whole em stands at 5 mm and a left half at 50 mm."""
    return (
        picture.near(40, 30, BLACK) and picture.near(55, 30, BLACK) and picture.near(85, 30, WHITE)
    )  # fmt: skip


@pytest.mark.parametrize("kind", made_fonts.KINDS)
def test_every_kind_of_font_file(kind: str) -> None:
    font = made_fonts.KINDS[kind]()
    picture = shown(font, code("AB"))
    assert is_a_then_b(picture)
    assert picture.codes == ()
    assert is_a_then_b(shown(font, glyphs("1 2", count=2) + code("xy"))), "by glyph numbers"


MENDED: dict[str, Callable[[], bytes]] = {
    "no metrics": lambda: made_fonts.without((b"hhea", b"hmtx")),
    "no head": lambda: made_fonts.without((b"head",)),
    "no profile": lambda: made_fonts.without((b"maxp",)),
    "no names": lambda: made_fonts.without((b"name", b"post", b"OS/2")),
    "outlines only": lambda: made_fonts.without(
        (b"name", b"post", b"OS/2", b"cmap", b"head", b"hhea", b"hmtx", b"maxp")
    ),
    "wrong version": lambda: b"\0\0\0\0" + box_font()[4:],
    "units of zero": lambda: _patched(b"head", 18, b"\0\0"),
    "cut off at the end": lambda: box_font()[:-40],
    "a table beyond the end": lambda: box_font().replace(b"post", b"zzzz"),
    "cff alone in opentype": lambda: made_fonts.assembled({b"CFF ": made_fonts.bare_cff()}, b"OTTO"),
}


def _patched(tag: bytes, offset: int, data: bytes) -> bytes:
    parts = made_fonts.tables(box_font())
    parts[tag] = parts[tag][:offset] + data + parts[tag][offset + len(data) :]
    return made_fonts.assembled(parts)


@pytest.mark.parametrize("damage", MENDED)
def test_fonts_that_lack_tables_keep_their_own_glyphs(damage: str) -> None:
    picture = shown(MENDED[damage](), glyphs("1 2", count=2) + code("xy"))
    assert is_a_then_b(picture)
    assert "draw.font_damaged" not in picture.codes


@pytest.mark.parametrize(
    "data", [b"", b"\0\1\0\0", b"\0\1\0\0\xff\xff", b"ttcf\0\1\0\0\xff\xff\xff\xff", b"OTTO" + bytes(40)]
)
def test_nothing_can_be_made_of_fonts_without_outlines(data: bytes) -> None:
    assert repaired(data) is None
    assert "draw.font_damaged" in shown(data, code("A")).codes


@pytest.mark.parametrize("form", [2, 4])
def test_maps_of_gbk_codes(form: int) -> None:
    assert is_a_then_b(shown(made_fonts.mapped_by_gbk("公文", form), code("公文")))


def test_glyph_numbers_that_the_font_lacks_show_the_character() -> None:
    assert is_a_then_b(shown(box_font(), glyphs("999 2", count=2) + code("AB")))
    assert is_a_then_b(shown(box_font(), glyphs("0", position=0) + code("AB"))), (
        "0 is no glyph of a character"
    )
    blank = shown(box_font(), glyphs("0") + code(" "))
    assert blank.near(20, 30, WHITE)
    assert blank.codes == ()


def test_transforms_after_their_text_and_without_counts() -> None:
    assert is_a_then_b(shown(box_font(), code("xy") + glyphs("1 2", count=2)))
    negative = shown(box_font(), glyphs("-5 2", count=2) + code("AB"))
    assert is_a_then_b(negative)


def test_characters_without_a_face_leave_a_box_and_stay_text() -> None:
    with open_drawing(font_page(box_font(), code("\u0378A")).build()) as drawing:
        drawing.render(0, 50)
        assert drawing.text(0).text.strip() == "\u0378A"
        assert [report.code for report in drawing.reports] == ["draw.characters_missing"]
    picture = shown(box_font(), code("\u0378"))
    assert picture.near(30, 45, WHITE)
    assert picture.near(9.0, 45, BLACK, 60), "the left side of the box"


def test_characters_of_the_extensions_are_drawn_or_reported() -> None:
    """𠀀 (B), 𪜀 (C), 𫝀 (D), 𫠠 (E), 𬺰 (F), 𰀀 (G): whatever the machine's fonts have."""
    characters = "𠀀𪜀𫝀𫠠𬺰𰀀"
    with open_drawing(
        font_page(box_font(), code(characters, 'DeltaX="g 5 15"'), 'Size="14"').build()
    ) as drawing:
        drawing.render(0, 50)
        assert drawing.text(0).text.replace("\n", "").replace(" ", "") == characters
        missing = "".join(str(report.facts.get("characters", "")) for report in drawing.reports)
        pixels = drawing.render(0, 50.8)
    for number, character in enumerate(characters):
        columns = range(int((5 + 15 * number) * 2), int((5 + 15 * number + 13) * 2))
        ink = any(
            pixels.samples[(row * pixels.width + x) * 3] < 128 for row in range(96, 122) for x in columns
        )
        assert ink, f"{character} left nothing{' though reported' if character in missing else ''}"


def unembedded(name: str, attributes: str = "") -> OfdBuilder:
    fonts = f'<ofd:Fonts><ofd:Font ID="4" FontName="{name}" {attributes}/></ofd:Fonts>'
    codes = '<ofd:TextCode X="5" Y="60" DeltaX="45">国国</ofd:TextCode>'
    unit = f'<ofd:TextObject ID="8" Boundary="0 0 100 100" Font="4" Size="40">{codes}</ofd:TextObject>'
    return OfdBuilder(resources=fonts).page(unit)


def ink(builder: OfdBuilder) -> int:
    with open_drawing(builder.build()) as drawing:
        pixels = drawing.render(0, 50.8)
    return sum(255 - value for value in pixels.samples[::3])


def test_bold_that_a_substitute_lacks_is_made_up() -> None:
    regular = ink(unembedded("仿宋"))
    assert ink(unembedded("仿宋", 'Bold="true"')) > regular * 1.1
    assert ink(unembedded("仿宋,Bold")) > regular * 1.1


def test_a_bold_flag_on_an_embedded_font_changes_nothing() -> None:
    builder = font_page(box_font(), code("A"))
    plain = draw(builder)
    builder.resources = builder.resources.replace('FontName="Box"', 'FontName="Box" Bold="true"')
    assert draw(builder).pixels.samples == plain.pixels.samples


def test_a_map_cut_anywhere_is_no_trouble() -> None:
    table = made_fonts.tables(made_fonts.mapped_by_gbk("公文"))[b"cmap"]
    from gongwen_docs.fonts.cmap import CharacterMap

    for end in range(len(table)):
        assert CharacterMap(table[:end]).glyph("公") in (0, 1)
    assert CharacterMap(struct.pack(">2H2HL", 0, 1, 3, 3, 0xFFFFFF)).glyph("公") == 0


@pytest.mark.parametrize(
    ("font", "written", "meant"),
    [
        ("Wingdings", "þýüln", "☑☒✓●■"),
        ("Wingdings", "\uf0fe\uf0fd\uf0fc\uf06c\uf06e", "☑☒✓●■"),
        ("Wingdings 2", "RTPO£", "☑☒✓✗□"),
        ("Symbol", "abSWD£", "αβΣΩΔ≤"),
    ],
)
def test_signs_of_symbol_fonts_that_are_not_embedded(font: str, written: str, meant: str) -> None:
    """The boxes that a form ticks are boxes, whichever way the producer coded them."""
    symbols, letters = system_face(font, "", False, False), system_face("宋体", "", False, False)
    for character, sign in zip(written, meant, strict=True):
        found = symbols.glyph(character)
        assert found is not None
        own = mupdf.fz_encode_character(found[0], ord(sign))
        assert own in (found[1], 0) or letters.glyph(sign) == found
