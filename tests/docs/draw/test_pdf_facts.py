"""What a PDF says about itself, what it permits and where it leads."""

from __future__ import annotations

import pymupdf
import pytest

from gongwen_docs.draw import open_drawing
from gongwen_docs.draw.pdf_drawing import PdfDrawing
from gongwen_docs.ofd.navigation import ActionKind


def document(permissions: int = -1) -> bytes:
    """Three pages with an outline, a link inside and one to the web."""
    made = pymupdf.open()
    for _ in range(3):
        made.new_page(width=595, height=842)
    made.set_metadata({"title": "说明", "author": "办公室", "creationDate": "D:20261120093000+08'00'"})
    made.set_toc([[1, "一、总则", 1], [2, "（一）目的", 2], [1, "二、附则", 3]])
    page = made[0]
    goto = {"kind": pymupdf.LINK_GOTO, "from": pymupdf.Rect(72, 72, 144, 90), "page": 2}
    web = {"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(72, 144, 144, 162), "uri": "http://example.com/"}
    page.insert_link(goto)
    page.insert_link(web)
    if permissions < 0:
        return bytes(made.tobytes())
    return bytes(
        made.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="owner", permissions=permissions)
    )


def test_outline_and_links() -> None:
    with open_drawing(document()) as drawing:
        found = drawing.navigation().outline
        links = drawing.links(0)
        assert drawing.links(1) == ()
    assert [(item.title, item.level) for item in found] == [
        ("一、总则", 0),
        ("（一）目的", 1),
        ("二、附则", 0),
    ]
    assert [item.action.page for item in found if item.action] == [0, 1, 2]
    assert {link.action.kind for link in links} == {ActionKind.GO_TO, ActionKind.URI}
    inside = next(link for link in links if link.action.kind is ActionKind.GO_TO)
    assert inside.action.page == 2
    assert inside.box.x == pytest.approx(25.4, abs=0.1)
    assert inside.box.y == pytest.approx(25.4, abs=0.1)


def test_metadata_and_permissions() -> None:
    with open_drawing(document()) as drawing:
        assert isinstance(drawing, PdfDrawing)
        assert drawing.metadata["author"] == "办公室"
        assert drawing.metadata["subject"] == ""
        assert drawing.permissions.export
        assert drawing.permissions.printable
    with open_drawing(document(permissions=pymupdf.PDF_PERM_PRINT)) as drawing:
        assert isinstance(drawing, PdfDrawing)
        assert not drawing.permissions.export
        assert not drawing.permissions.edit
        assert drawing.permissions.printable
