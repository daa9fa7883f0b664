"""A page that lacks a file it shows is noticed; what no page uses may be missing."""

from __future__ import annotations

import pytest

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd.completeness import require_complete
from gongwen_docs.ofd.container import pack
from gongwen_docs.ofd.document import OfdDocument
from ofd_builder import OfdBuilder, text

TEMPLATE = '<ofd:TemplatePage ID="50" BaseLoc="Tpls/Tpl_0/Content.xml"/>'
MEDIA = (
    '<ofd:MultiMedias><ofd:MultiMedia ID="60" Type="Image"><ofd:MediaFile>a.png</ofd:MediaFile>'
    "</ofd:MultiMedia></ofd:MultiMedias>"
)
IMAGE = '<ofd:ImageObject ID="61" Boundary="0 0 9 9" ResourceID="60"/>'


def builder() -> OfdBuilder:
    """Two pages: one uses the font, one a template and a picture."""
    made = OfdBuilder(box_font=True, common=TEMPLATE, resources=MEDIA, files={"Doc_0/Res/a.png": b"any"})
    made.files["Doc_0/Tpls/Tpl_0/Content.xml"] = made.xml("Page", "")
    made.page(text('<ofd:TextCode X="0" Y="9">A</ofd:TextCode>', 'Size="5"'))
    return made.page(IMAGE, before='<ofd:Template TemplateID="50"/>')


def check(changes: dict[str, bytes | None]) -> None:
    parts = {**builder().parts(), **changes}
    data = pack({name: part for name, part in parts.items() if part is not None})
    with OfdDocument.open(data) as document:
        require_complete(document)


def test_a_whole_document_is_complete() -> None:
    check({})


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("Doc_0/Pages/Page_0/Content.xml", "第 1 页的内容"),
        ("Doc_0/Tpls/Tpl_0/Content.xml", "第 2 页的内容"),
        ("Doc_0/PublicRes.xml", "第 1 页所用的资源"),
        ("Doc_0/Res/box.ttf", "字体“Box”"),
        ("Doc_0/Res/a.png", "第 2 页的图片"),
    ],
)
def test_what_a_page_needs_is_missed(name: str, meaning: str) -> None:
    with pytest.raises(KnownError, match=r"ofd\.container\.missing_part") as missed:
        check({name: None})
    assert missed.value.facts == {"part": meaning}


@pytest.mark.parametrize("name", ["Doc_0/Pages/Page_1/Content.xml", "Doc_0/PublicRes.xml"])
def test_what_cannot_be_read_is_damaged(name: str) -> None:
    with pytest.raises(KnownError, match=r"ofd\.xml\.damaged"):
        check({name: b"<ofd:Page broken"})


def test_what_no_page_uses_may_be_missing() -> None:
    plain = OfdBuilder(common="<ofd:PublicRes>Never.xml</ofd:PublicRes>").page("")
    with OfdDocument.open(plain.build()) as document:
        require_complete(document)
