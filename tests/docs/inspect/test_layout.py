"""The layout of received documents, judged in parts."""

from __future__ import annotations

from pathlib import Path

from docs.draw.test_seal_pictures import sealed
from gongwen_docs.draw import open_drawing
from gongwen_docs.inspect import inspect_document, judge_layout
from ofd_builder import OfdBuilder, filled, text

SHOWN = text('<ofd:TextCode X="10" Y="40" DeltaX="g 2 20">ABC</ofd:TextCode>', 'Size="20"')
HIDDEN = SHOWN + filled("M 0 0 L 100 0 L 100 100 L 0 100 C", '<ofd:FillColor Value="255 255 255"/>')
BESIDE = text('<ofd:TextCode X="92" Y="40" DeltaX="g 2 20">ABC</ofd:TextCode>', 'Size="20"')
FOREIGN = SHOWN.replace('Font="3"', 'Font="4"')


def document() -> bytes:
    builder = OfdBuilder(
        box_font=True, resources='<ofd:Fonts><ofd:Font ID="4" FontName="方正小标宋简体"/></ofd:Fonts>'
    )
    for units in (SHOWN, HIDDEN, "", FOREIGN, BESIDE, FOREIGN):
        builder.page(units)
    return builder.build()


def test_parts_find_what_the_whole_inspection_finds() -> None:
    data = document()
    codes = ("document.font_not_embedded", "document.invisible_text", "document.off_page_text")
    whole = [one for one in inspect_document(data).findings if one.code in codes]
    found, page, parts = [], 0, 0
    with open_drawing(data) as drawing:
        while page is not None:
            part = judge_layout(drawing, page, seconds=0)
            found += part.findings
            parts += 1
            page = part.next_page

    assert parts == 6, "a page at least, however short the time"
    assert {(one.code, one.page, *one.facts.items()) for one in found} == {
        (one.code, one.page, *one.facts.items()) for one in whole
    }
    assert {one.code for one in whole} == set(codes)


def test_one_part_does_where_time_suffices() -> None:
    with open_drawing(document()) as drawing:
        assert judge_layout(drawing, seconds=3600).next_page is None


def test_text_of_a_seal_is_no_text_that_nobody_sees(tmp_path: Path) -> None:
    """Seals are left out of the ink, so they are out of the text too."""
    stamp = OfdBuilder(box_font=True).page(SHOWN).build()
    data = sealed(tmp_path, "ofd", stamp)
    with open_drawing(data) as drawing:
        assert "ABC" in drawing.text(0).text
        assert judge_layout(drawing, seconds=3600).findings == ()
