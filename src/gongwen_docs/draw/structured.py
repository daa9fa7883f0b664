"""Text of a display list in reading order, by MuPDF's structured text."""

from __future__ import annotations

from typing import Any

from pymupdf import mupdf

from gongwen_docs.draw.results import CharBox, PageText
from gongwen_docs.draw.shapes import EVERYWHERE


def structured_text(page: Any, box: Any, unit_mm: float) -> PageText:
    """Characters with their boxes; lines end with a newline."""
    options = mupdf.FzStextOptions()
    options.flags = mupdf.FZ_STEXT_PRESERVE_WHITESPACE
    extracted = mupdf.FzStextPage(box)
    device = mupdf.fz_new_stext_device(extracted, options)
    mupdf.fz_run_display_list(page, device, mupdf.FzMatrix(), EVERYWHERE, mupdf.FzCookie())
    mupdf.fz_close_device(device)
    lines: list[str] = []
    boxes: list[CharBox] = []
    for block in extracted:
        if block.m_internal.type != mupdf.FZ_STEXT_BLOCK_TEXT:
            continue
        for line in block:
            characters = []
            for item in line:
                character = chr(item.m_internal.c)
                quad = item.m_internal.quad
                corners_x = (quad.ul.x, quad.ur.x, quad.ll.x, quad.lr.x)
                corners_y = (quad.ul.y, quad.ur.y, quad.ll.y, quad.lr.y)
                characters.append(character)
                boxes.append(
                    CharBox(
                        character,
                        (
                            min(corners_x) * unit_mm,
                            min(corners_y) * unit_mm,
                            max(corners_x) * unit_mm,
                            max(corners_y) * unit_mm,
                        ),
                    )
                )
            lines.append("".join(characters))
    return PageText("".join(f"{line}\n" for line in lines), tuple(boxes))
