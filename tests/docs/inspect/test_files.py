"""Marks of secrecy in files that go along: office files, texts, pages; and what cannot be read."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from docs.inspect.scans import Scan
from gongwen_docs.draw import open_drawing
from gongwen_docs.inspect import Unread, text_marks
from gongwen_docs.inspect.files import drawing_marks, plain_marks
from gongwen_docs.write import Box, OfdWriter

WORD = '<w:document xmlns:w="urn:w"><w:body>{}</w:body></w:document>'
TYPES = "[Content_Types].xml"


def office(path: Path, **parts: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(TYPES, "<Types/>")
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return path


def codes(path: Path) -> list[str]:
    return [finding.code for finding in plain_marks(path).findings]


def test_words_are_found_over_the_runs_of_a_paragraph(tmp_path: Path) -> None:
    runs = "<w:p><w:r><w:t>本件涉及国</w:t></w:r><w:r><w:t>家秘密</w:t></w:r></w:p>"
    marks = plain_marks(office(tmp_path / "a.docx", **{"word__document.xml": WORD.format(runs)}))
    assert [finding.facts["mark"] for finding in marks.findings] == ["国家秘密"]
    assert marks.unread is Unread.NONE


def test_a_level_in_the_head_or_with_a_star_is_a_mark(tmp_path: Path) -> None:
    head = "<w:p><w:r><w:t>机密</w:t></w:r></w:p>"
    far = "<w:p><w:r><w:t>正文</w:t></w:r></w:p>" * 9
    star = "<w:p><w:r><w:t>秘密★5年</w:t></w:r></w:p>"
    assert codes(office(tmp_path / "a.docx", **{"word__document.xml": WORD.format(head)})) == [
        "document.classified_mark"
    ]
    assert codes(office(tmp_path / "b.docx", **{"word__header1.xml": WORD.format(far + star)})) == [
        "document.classified_mark"
    ]
    assert codes(office(tmp_path / "c.docx", **{"word__document.xml": WORD.format(far + head)})) == [
        "document.secrecy_mentioned"
    ]


def test_cells_and_slides_are_read(tmp_path: Path) -> None:
    cells = '<sst xmlns="urn:x"><si><t>单位</t></si><si><r><t>涉密</t></r><r><t>人员</t></r></si></sst>'
    slide = '<p:sld xmlns:p="urn:p" xmlns:a="urn:a"><a:p><a:r><a:t>工作秘密清单</a:t></a:r></a:p></p:sld>'
    assert codes(office(tmp_path / "a.xlsx", **{"xl__sharedStrings.xml": cells})) == [
        "document.secrecy_mentioned"
    ]
    assert codes(office(tmp_path / "a.pptx", **{"ppt__slides__slide1.xml": slide})) == [
        "document.secrecy_mentioned"
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_texts_are_read_in_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "说明.txt"
    path.write_bytes("说明\n绝密★长期\n".encode(encoding))
    assert codes(path) == ["document.classified_mark"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0" * 100, Unread.FORMAT),
        ("a.jpg", b"\xff\xd8\xff" * 100, Unread.FORMAT),
        ("a.txt", b"\x00\x01\x02" * 100, Unread.FORMAT),
        ("a.rar", b"Rar!\x1a\x07" + b"0" * 99, Unread.ARCHIVE),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + b"0" * 99, Unread.ARCHIVE),
        ("a.docx", b"PK\x03\x04" + b"0" * 99, Unread.DAMAGED),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: bytes, why: Unread) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    marks = plain_marks(path)
    assert (marks.unread, marks.findings) == (why, ())


def test_an_archive_and_pictures_inside_an_office_file_are_said(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("内.txt", "机密★")
    assert plain_marks(tmp_path / "a.zip").unread is Unread.ARCHIVE
    pictured = office(
        tmp_path / "a.docx", **{"word__document.xml": WORD.format(""), "word__media__1.png": "x"}
    )
    assert plain_marks(pictured).unread is Unread.PICTURES


def test_an_entity_bomb_in_an_office_file_is_damage_not_work(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    assert plain_marks(office(tmp_path / "a.docx", **{"word__document.xml": bomb})).unread is Unread.DAMAGED


def test_scanned_pages_are_named() -> None:
    writer = OfdWriter()
    writer.page().image(Box(0, 0, 210, 297), Scan(244).words(18, 26).png())
    drawing = open_drawing(writer.to_bytes())
    try:
        marks = drawing_marks(drawing)
    finally:
        drawing.close()
    assert marks.unread is Unread.PICTURES
    assert marks.unread_pages


def test_mentions_are_bounded() -> None:
    assert len(text_marks(["涉密"] * 500)) == 20
