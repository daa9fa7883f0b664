"""An official document as its elements, before layout (GB/T 9704-2012, chapter 7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class BlockKind(StrEnum):
    """What a paragraph is. The kind decides the face of its lead, its indent and its place."""

    PARAGRAPH = "paragraph"
    HEADING_1 = "heading_1"  # 一、      黑体
    HEADING_2 = "heading_2"  # （一）    楷体
    HEADING_3 = "heading_3"  # 1.        仿宋
    HEADING_4 = "heading_4"  # （1）     仿宋
    CHAPTER = "chapter"  # 第一章　总则, centred 黑体
    ARTICLE = "article"  # 第一条　…,     lead in 黑体
    FLUSH = "flush"  # no indent
    NOTE = "note"  # a remark below a table


@dataclass(frozen=True)
class Block:
    """One paragraph: ``lead`` in the face of its kind, then ``text`` in 仿宋."""

    kind: BlockKind
    text: str
    lead: str = ""


@dataclass(frozen=True)
class Table:
    """A ruled table. ``widths`` are shares of the type area's width; the first row is the head."""

    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]


Content = Block | Table


@dataclass(frozen=True)
class Annex:
    """An annexed text, begun on a new page. ``label`` is 附件, 附件1 … or empty for a text that the
    circular itself issues (印发)."""

    title: str
    content: tuple[Content, ...]
    label: str = ""


@dataclass(frozen=True)
class Attachment:
    """An annex that travels as a file of its own, named ``file``."""

    file: str
    annex: Annex


@dataclass(frozen=True)
class Circular:
    """The elements of one circular.

    A newline in ``title`` forces a line; otherwise the title is balanced. ``sealed`` leaves room for a
    seal over signature and date (7.3.5.1), otherwise 7.3.5.2 applies. ``classification`` exists because
    documents from elsewhere carry it; the exchange refuses them.
    """

    mark: str
    doc_number: str
    title: str
    main_recipients: str
    content: tuple[Content, ...]
    signature: str
    issue_date: date
    attachment_notes: tuple[str, ...] = ()
    annexes: tuple[Annex, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    remark: str = ""
    cc: str = ""
    print_office: str = ""
    print_date: date | None = None
    copy_number: str = ""
    classification: str = ""
    urgency: str = ""
    sealed: bool = True
    elements: Mapping[str, str] = field(default_factory=dict)

    @property
    def flat_title(self) -> str:
        return self.title.replace("\n", "")

    def metadata(self) -> dict[str, str]:
        """The elements under their codes of GB/T 33480; ``elements`` adds to them or replaces them."""
        codes = {
            "WZ": document_kind(self.flat_title),
            "FH": self.copy_number,
            "MJHBMQX": self.classification,
            "JJCD": self.urgency,
            "FWJGBZ": self.mark,
            "FWZH": self.doc_number,
            "BT": self.flat_title,
            "ZSJG": self.main_recipients.rstrip("：:"),
            "FJSM": "；".join(self.attachment_notes),
            "FWJGSM": self.signature,
            "CWRQ": self.issue_date.isoformat(),
            "CSJG": self.cc.rstrip("。"),
            "YFJG": self.print_office,
            "YFRQ": self.print_date.isoformat() if self.print_date else "",
        }
        return {code: value for code, value in (codes | dict(self.elements)).items() if value}


#: The fifteen kinds (中办发〔2012〕14号, article 8); longer words first where one ends another.
KINDS = (
    "决议",
    "决定",
    "命令",
    "公报",
    "公告",
    "通告",
    "意见",
    "通知",
    "通报",
    "报告",
    "请示",
    "批复",
    "议案",
    "纪要",
    "函",
    "令",
)


def document_kind(title: str) -> str:
    """The kind that a title ends with, or an empty string."""
    bare = re.sub(r"[（(][^（）()]*[）)]$", "", title.strip())
    return next((kind for kind in KINDS if bare.endswith(kind)), "")


def written_date(day: date) -> str:
    """A date as documents write it: Arabic figures, no leading zeros (7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"
