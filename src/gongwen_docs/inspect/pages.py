"""What a page shows, and whether it is blank in the sense of a blank seal (管理办法第十八条)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gongwen_docs.draw import PageText, SealView
from gongwen_docs.inspect.findings import Finding, Weight
from gongwen_docs.inspect.ink import INK_DPI, InkMap, Region
from gongwen_docs.inspect.text_lines import TextLine, text_lines

if TYPE_CHECKING:
    from gongwen_docs.draw import Drawing

#: Less visible text than this, and less ink than ``_LEAST_INK``, and a page counts as blank.
_LEAST_CHARACTERS = 10
_LEAST_INK = 0.002
#: Type lower than this, in mm, is there to be counted and not to be read (初号 to 七号 is 15 to 2 mm).
_LEGIBLE = 1.0
#: An imprint lies in this lower part of the page.
_IMPRINT_FROM = 0.6
_PAGE_NUMBER = re.compile(r"^[—\-–－·.]*第?\d{1,4}页?[—\-–－·.]*$")
_NO_TEXT_NOTICE = re.compile(r"^[（(]?[此本]页无正文")
_DOC_NUMBER = re.compile(r"[〔［\[(（]\d{4}[〕］\])）]第?\d+号")
_IMPRINT = re.compile(r"^(抄送|主送|分送|.*\d{4}年\d{1,2}月\d{1,2}日印发)")
_HAIR = 0.3


class BlankReason(StrEnum):
    """Why a page counts as blank."""

    NO_INK = "整页空白"
    INVISIBLE_TEXT = "页内文字均不可见"
    LETTERHEAD_ONLY = "只有版头，没有正文"
    PAGE_NUMBER_ONLY = "只有页码"
    IMPRINT_ONLY = "只有版记"
    TOO_LITTLE = "几乎没有内容"
    NO_TEXT_NOTICE = "标注“此页无正文”"


@dataclass(frozen=True)
class PageView:
    """A page as the checks see it. Shares are of the page's area, seals not counted."""

    index: int
    width_mm: float
    height_mm: float
    ink: InkMap
    lines: tuple[TextLine, ...]
    visible_chars: int
    invisible_chars: int
    off_page_chars: int
    body_chars: int
    body_ink: float
    blank_reason: BlankReason | None

    @property
    def blank(self) -> bool:
        return self.blank_reason is not None

    def to_json(self) -> dict[str, object]:
        return {
            "page": self.index,
            "size_mm": [round(self.width_mm, 2), round(self.height_mm, 2)],
            "visible_chars": self.visible_chars,
            "invisible_chars": self.invisible_chars,
            "off_page_chars": self.off_page_chars,
            "body_chars": self.body_chars,
            "dark_share": round(self.ink.dark_share(), 5),
            "red_share": round(self.ink.red_share(), 5),
            "body_ink": round(self.body_ink, 5),
            "blank": self.blank,
            "blank_reason": str(self.blank_reason) if self.blank_reason else None,
        }

    def findings(self) -> list[Finding]:
        number = self.index + 1
        found = []
        if self.blank_reason:
            facts: dict[str, str | int] = {"page": number, "reason": str(self.blank_reason)}
            found.append(Finding("document.blank_page", Weight.REFUSE, self.index, None, facts))
        for code, count in (
            ("document.invisible_text", self.invisible_chars),
            ("document.off_page_text", self.off_page_chars),
        ):
            if count:
                found.append(Finding(code, Weight.HINT, self.index, None, {"page": number, "count": count}))
        return found


def view_page(drawing: Drawing, index: int) -> PageView:
    """Draw and read one page without its seals."""
    width, height = drawing.page_size_mm(index)
    pixels = drawing.render(index, INK_DPI, seals=SealView.HIDDEN)
    return judge_page(index, width, height, InkMap.of(pixels, width, height), drawing.text(index))


def judge_page(index: int, width: float, height: float, ink: InkMap, text: PageText) -> PageView:
    """Sort the characters of a page into visible, invisible and off the page, and judge what is left."""
    sheet = Region(0, 0, width, height)
    visible, invisible, outside = [], 0, 0
    for char in text.chars:
        if not char.char.strip() or char.char == "\ufffd":
            continue
        region = Region(*char.box)
        x, y = region.center
        if not (sheet.left <= x <= sheet.right and sheet.top <= y <= sheet.bottom):
            outside += 1
        elif ink.shows(region.widened(_HAIR)):
            visible.append(char)
        else:
            invisible += 1
    lines = tuple(text_lines(index, visible))
    head = [line for line in lines if _is_head(line, ink)]
    numbers = [line for line in lines if _is_page_number(line, height)]
    aside = [*head, *numbers]
    body = [line for line in lines if line not in aside]
    taken = sum(ink.count(line.region, ink.dark) for line in aside)
    body_ink = max(ink.dark.count(1) - taken, 0) / max(len(ink.dark), 1)
    body_chars = sum(char.isalnum() for line in body if line.height >= _LEGIBLE for char in line.text)
    reason = _blank_reason(ink, body, body_chars, body_ink, bool(head), bool(numbers), invisible)
    return PageView(
        index, width, height, ink, lines, len(visible), invisible, outside, body_chars, body_ink, reason
    )


def _is_head(line: TextLine, ink: InkMap) -> bool:
    """The issuer's red mark, or the document number."""
    return ink.is_red(line.region) or (_DOC_NUMBER.search(line.text) is not None and len(line.text) < 24)


def _is_page_number(line: TextLine, height: float) -> bool:
    return line.region.top > height * 0.85 and _PAGE_NUMBER.match(line.text) is not None


def _blank_reason(
    ink: InkMap,
    body: list[TextLine],
    body_chars: int,
    body_ink: float,
    head: bool,
    numbered: bool,
    invisible: int,
) -> BlankReason | None:
    if any(_NO_TEXT_NOTICE.match(line.text) for line in body):
        return BlankReason.NO_TEXT_NOTICE
    if body and all(line.region.top > ink.height_mm * _IMPRINT_FROM for line in body):
        imprint = any(_IMPRINT.match(line.text) for line in body)
        if imprint and ink.dark_top() > ink.height_mm * _IMPRINT_FROM:
            return BlankReason.IMPRINT_ONLY
    if body_chars >= _LEAST_CHARACTERS or body_ink >= _LEAST_INK:
        return None
    if head:
        return BlankReason.LETTERHEAD_ONLY
    if invisible >= _LEAST_CHARACTERS:
        return BlankReason.INVISIBLE_TEXT
    if body:
        return BlankReason.TOO_LITTLE
    if numbered:
        return BlankReason.PAGE_NUMBER_ONLY
    if ink.dark_share() == 0 and ink.red_share() == 0:
        return BlankReason.NO_INK
    return BlankReason.TOO_LITTLE
