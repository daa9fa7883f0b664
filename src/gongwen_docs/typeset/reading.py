"""Reading a circular from text: the plain text of a published document, or this project's TOML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from gongwen_crypto.errors import KnownError
from gongwen_docs.typeset.circular import Annex, Attachment, Block, BlockKind, Circular, Content, Table

_NUMERAL = "一二三四五六七八九十百零〇"
_DOC_NUMBER = re.compile(r"^\s*(\S{1,12}?)[〔［\[](\d{4})[〕］\]]第?0*(\d+)号\s*$")
_DATE = re.compile(r"^\s*(\d{4})年(\d{1,2})月(\d{1,2})日\s*$")
_HAN_DATE = re.compile(
    r"^\s*([二○〇零一三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日\s*$"
)
#: Tabs and private-use marks that word processors leave in published text.
_LEFTOVERS = dict.fromkeys([9, *range(0xE000, 0xF900)], " ")
_FIGURES = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHAPTER = re.compile(rf"^(第[{_NUMERAL}]+章)\s*(.*)$")
_ARTICLE = re.compile(rf"^(第[{_NUMERAL}]+条)\s*(.*)$")
_HEADINGS = (
    (BlockKind.HEADING_1, re.compile(rf"^[{_NUMERAL}]+、")),
    (BlockKind.HEADING_2, re.compile(rf"^（[{_NUMERAL}]+）")),
    (BlockKind.HEADING_3, re.compile(r"^\d+[.．]")),
    (BlockKind.HEADING_4, re.compile(r"^（\d+）")),
)
_ISSUED = re.compile(r"《[^《》]+(?:《[^《》]*》[^《》]*)*》")
_ANNEX_LABEL = re.compile(r"^附件\s*\d*$")
_GAP = "\u3000"


def block_from_line(line: str) -> Block:
    """Classify one line of text by its numbering."""
    line = line.strip()
    if found := _CHAPTER.match(line):
        return Block(BlockKind.CHAPTER, "", found[1] + _GAP + _spaced(found[2]))
    if found := _ARTICLE.match(line):
        return Block(BlockKind.ARTICLE, found[2], found[1] + _GAP)
    for kind, pattern in _HEADINGS:
        if pattern.match(line):
            return _heading(kind, line)
    return Block(BlockKind.PARAGRAPH, line)


def _spaced(name: str) -> str:
    """A chapter's name of two characters is set with a space between them."""
    return _GAP.join(name) if len(name) == 2 else name


def _heading(kind: BlockKind, line: str) -> Block:
    """A heading up to its full stop; what follows is text. A sentence of its own text has no heading."""
    stop = line.find("。")
    if stop < 0:
        return Block(kind, "", line)
    if stop == len(line) - 1 and len(line) > 30:
        return Block(kind, line)
    return Block(kind, line[stop + 1 :], line[: stop + 1])


def from_text(text: str) -> Circular:
    """Read the plain text of a circular as it is published: document number, title, recipients, body,
    signature, date, then what it issues. What the text leaves out (mark, title) follows from the rest.

    Raises ``KnownError("typeset.no_doc_number" | "typeset.no_date" | "typeset.no_recipients")``.
    """
    lines = [line.strip() for line in text.translate(_LEFTOVERS).splitlines() if line.strip()]
    at = next((i for i, line in enumerate(lines) if _DOC_NUMBER.match(line)), None)
    if at is None:
        raise KnownError("typeset.no_doc_number")
    mark = "".join(lines[:at])
    number = _DOC_NUMBER.sub(r"\1〔\2〕\3号", lines[at])
    rest = lines[at + 1 :]
    addressed = next((i for i, line in enumerate(rest) if line.endswith(("：", ":"))), None)
    if addressed is None:
        raise KnownError("typeset.no_recipients")
    dated = next((i for i, line in enumerate(rest) if i > addressed + 1 and _read_date(line)), None)
    if dated is None:
        raise KnownError("typeset.no_date")
    day = _read_date(rest[dated])
    assert day is not None
    signature = rest[dated - 1]
    body = rest[addressed + 1 : dated - 1]
    title = "".join(rest[:addressed]) or _title_from(signature, body)
    if mark and not title.startswith(signature) and title.startswith("关于"):
        title = signature + title
    return Circular(
        mark=mark or f"{signature}文件",
        doc_number=number,
        title=title,
        main_recipients=rest[addressed].rstrip(":：") + "：",
        content=tuple(block_from_line(line) for line in body),
        signature=signature,
        issue_date=day,
        annexes=tuple(_annexes(rest[dated + 1 :])),
        print_office=signature,
        print_date=day,
    )


def _title_from(signature: str, body: Iterable[str]) -> str:
    issued = next((found for line in body if (found := _ISSUED.search(line))), None)
    if issued is None:
        return f"{signature}通知"
    return f"{signature}关于印发{issued[0]}的通知"


def _annexes(lines: list[str]) -> Iterable[Annex]:
    """Texts after the date: the one that the circular issues, then labelled annexes."""
    start = 0
    while start < len(lines):
        label = ""
        if _ANNEX_LABEL.match(lines[start]):
            label = re.sub(r"\s", "", lines[start])
            start += 1
        end = start
        while end < len(lines) and not (end > start and _ANNEX_LABEL.match(lines[end])):
            end += 1
        if start < end:
            yield Annex(lines[start], tuple(block_from_line(line) for line in lines[start + 1 : end]), label)
        start = end


def _read_date(line: str) -> date | None:
    if found := _DATE.match(line):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _HAN_DATE.match(line):
        year = int(found[1].translate(_FIGURES))
        return date(year, _han_number(found[2]), _han_number(found[3]))
    return None


def _han_number(text: str) -> int:
    tens, ten, ones = text.partition("十")
    digits = "零一二三四五六七八九"
    if not ten:
        return digits.index(tens)
    return (digits.index(tens) if tens else 1) * 10 + (digits.index(ones) if ones else 0)


def from_toml(text: str) -> Circular:
    """Read a circular from this project's own form (see ``resources/documents``).

    Raises ``KnownError("typeset.bad_file")`` for a missing or unreadable element.
    """
    try:
        data = tomllib.loads(text)
        return _circular(data)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise KnownError("typeset.bad_file", reason=str(error)) from error


def _circular(data: Mapping[str, Any]) -> Circular:
    plain = {
        name: str(data[name])
        for name in ("remark", "cc", "print_office", "copy_number", "classification", "urgency")
        if name in data
    }
    return Circular(
        mark=data["mark"],
        doc_number=data["doc_number"],
        title=data["title"].strip(),
        main_recipients=data["main_recipients"],
        content=_content(data["body"]),
        signature=data["signature"],
        issue_date=_day(data["issue_date"]),
        attachment_notes=tuple(data.get("attachment_notes", ())),
        annexes=tuple(_annex(item) for item in data.get("annexes", ())),
        attachments=tuple(Attachment(item["file"], _annex(item)) for item in data.get("attachments", ())),
        print_date=_day(data["print_date"]) if "print_date" in data else None,
        sealed=bool(data.get("sealed", True)),
        elements=dict(data.get("elements", {})),
        **plain,
    )


def _annex(data: Mapping[str, Any]) -> Annex:
    content = _content(data.get("body", "")) + _tables(data)
    return Annex(data["title"].strip(), content, data.get("label", ""))


def _content(text: str) -> tuple[Content, ...]:
    return tuple(block_from_line(line) for line in text.splitlines() if line.strip())


def _tables(annex: Mapping[str, Any]) -> tuple[Content, ...]:
    table = annex.get("table")
    if table is None:
        return ()
    rows = tuple(tuple(str(cell) for cell in row) for row in table["rows"])
    return (Table(tuple(float(width) for width in table["widths"]), rows),)


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def read_circular(path: Path) -> Circular:
    """Read a circular from a ``.toml`` or a text file (UTF-8)."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise KnownError("typeset.bad_file", reason=str(error)) from error
    return from_toml(text) if path.suffix.lower() == ".toml" else from_text(text)
