"""Marks of secrecy in any file that goes along with a document (附件): fixed layout, office file or text.

What cannot be read is said, never passed over (管理办法第十九条). Runs where drawing runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw import Drawing
from gongwen_docs.inspect.findings import FileMarks, Unread
from gongwen_docs.inspect.marks import find_marks, text_marks
from gongwen_docs.inspect.pages import view_page
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.xml import local, parse

_MOST_TEXT = 16 * 1024 * 1024
_OFFICE_TYPES = "[Content_Types].xml"
_OFFICE_TEXT = re.compile(
    r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml"
    r"|xl/(sharedStrings|worksheets/sheet\d+|comments\d*)\.xml"
    r"|ppt/(slides/slide|notesSlides/notesSlide)\d+\.xml|docProps/(core|app|custom)\.xml"
)
_OFFICE_PICTURE = re.compile(r"(word|xl|ppt)/(media|embeddings)/")
_PARAGRAPHS = frozenset(
    {"p", "si", "is", "title", "subject", "keywords", "description", "category", "lpwstr"}
)
_TEXT_SUFFIXES = frozenset({".txt", ".csv", ".tsv", ".md", ".htm", ".html", ".xml", ".json", ".log"})


def drawing_marks(drawing: Drawing) -> FileMarks:
    """Marks on the pages of an OFD or PDF file."""
    pages = tuple(view_page(drawing, index) for index in range(drawing.page_count))
    unread = tuple(page.index for page in pages if page.unread)
    return FileMarks(tuple(find_marks(pages, {})), Unread.PICTURES if unread else Unread.NONE, unread)


def plain_marks(path: Path) -> FileMarks:
    """Marks in an office file or a text; anything else is not read, and the answer says so."""
    with path.open("rb") as source:
        start = source.read(8)
    try:
        if start.startswith(b"PK\x03\x04"):
            return _office_marks(path)
    except KnownError:
        return FileMarks(unread=Unread.DAMAGED)
    if path.suffix.lower() not in _TEXT_SUFFIXES:
        return FileMarks(unread=Unread.ARCHIVE if _is_archive(start) else Unread.FORMAT)
    if path.stat().st_size > _MOST_TEXT:
        return FileMarks(unread=Unread.TOO_LARGE)
    text = _decoded(path.read_bytes())
    return (
        FileMarks(unread=Unread.FORMAT) if text is None else FileMarks(tuple(text_marks(text.splitlines())))
    )


def _is_archive(start: bytes) -> bool:
    return start.startswith((b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b", b"PK"))


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else text
    return None


def _office_marks(path: Path) -> FileMarks:
    with Package.open(path) as package:
        if _OFFICE_TYPES not in package.names:
            return FileMarks(unread=Unread.ARCHIVE)
        lines: list[str] = []
        for name in package.names:
            if _OFFICE_TEXT.fullmatch(name):
                lines += _paragraphs(package, name)
        pictures = any(_OFFICE_PICTURE.match(name) for name in package.names)
    return FileMarks(tuple(text_marks(lines)), Unread.PICTURES if pictures else Unread.NONE)


def _paragraphs(package: Package, name: str) -> Iterator[str]:
    root = parse(package.read(name), name)
    for element in root.iter():
        if local(element) in _PARAGRAPHS:
            text = "".join(part for part in element.itertext() if isinstance(part, str)).strip()
            if text:
                yield text
