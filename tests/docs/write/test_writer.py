"""The writer's packages: valid, reproducible, with fonts that keep text text."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from lxml import etree

from docs.ofd_files import NAMESPACE, parts, schema_errors
from gongwen_crypto.errors import KnownError
from gongwen_docs.write import RED, Box, DocumentInfo, FaceShelf, OfdWriter, Role, default_shelf

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c63f8cfc0f01f0005000201ff5f9c2c0b0000000049454e44ae426082"
)


def sample() -> OfdWriter:
    writer = OfdWriter(
        DocumentInfo("标题 & <名>", "单位", date(2026, 3, 5), elements={"BT": "标题", "FH": ""})
    )
    page = writer.page()
    face = default_shelf().face(Role.FANG)
    page.text(28, 50, "　公文 A4 & <1>", face, 5.64)
    page.text(28, 60, "红", face, 5.64, color=RED, h_scale=0.8, visible=False)
    page.line(28, 70, 184, 70, 0.35)
    page.path(Box(10, 10, 20, 20), "M 0 0 L 20 0 L 20 20 C", fill=RED, even_odd=True)
    page.image(Box(50, 50, 10, 10), PNG)
    writer.page()
    writer.attach("名单.txt", "一、".encode())
    return writer


def test_parts_are_valid(schemas: Path) -> None:
    assert schema_errors(sample().to_bytes(), schemas) == []


def test_same_calls_same_bytes() -> None:
    writer = sample()
    assert writer.to_bytes() == sample().to_bytes() == writer.to_bytes()


def test_metadata_holds_present_elements_only() -> None:
    entry = etree.fromstring(parts(sample().to_bytes())["OFD.xml"])
    datas = entry.findall(".//ofd:CustomData", NAMESPACE)
    assert {item.get("Name"): item.text for item in datas} == {"BT": "标题"}
    assert len(entry.findtext(".//ofd:DocID", namespaces=NAMESPACE) or "") == 32


def test_subset_maps_its_characters_and_numbers_glyphs_in_order() -> None:
    face = default_shelf().face(Role.SONG)
    font = TTFont(io.BytesIO(face.subset("公文交换A1")))
    assert {chr(code) for code in font.getBestCmap()} == set("公文交换A1")
    assert font.getGlyphOrder()[1:] == [f"cid{n:05d}" for n in range(1, font["maxp"].numGlyphs)]


def test_blanks_at_the_ends_are_positions_not_text() -> None:
    content = etree.fromstring(parts(sample().to_bytes())["Doc_0/Pages/Page_0/Content.xml"])
    first = content.find(".//ofd:TextObject", NAMESPACE)
    code = content.find(".//ofd:TextCode", NAMESPACE)
    assert first is not None
    assert code is not None
    assert code.text == "公文 A4 & <1>"
    assert float(first.get("Boundary", "").split()[0]) == pytest.approx(28 + 5.64, abs=0.01)
    assert len((code.get("DeltaX") or "").split()) == len(code.text) - 1


def test_attachment_travels_whole() -> None:
    assert parts(sample().to_bytes())["Doc_0/Attachs/attachment_1.txt"] == "一、".encode()


def test_rare_character_takes_another_face() -> None:
    shelf = default_shelf()
    usual, rare = shelf.face(Role.FANG, "国"), shelf.face(Role.FANG, "㧐")
    assert rare.has("㧐")
    assert usual.has("国")


def test_character_without_glyph_is_refused() -> None:
    with pytest.raises(KnownError) as caught:
        default_shelf().face(Role.FANG, "\U000f0000")
    assert caught.value.code == "write.character_without_glyph"
    with pytest.raises(KnownError) as caught:
        FaceShelf({}).face(Role.FANG)
    assert caught.value.code == "write.no_font"
