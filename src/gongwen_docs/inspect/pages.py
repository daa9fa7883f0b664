"""What a page shows, and whether it is blank in the sense of a blank seal (管理办法第十八条)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gongwen_docs.draw import CharBox, PageText, SealView
from gongwen_docs.inspect.findings import Finding, Weight
from gongwen_docs.inspect.ink import INK_DPI, InkMap, Region
from gongwen_docs.inspect.text_lines import TextLine, text_lines

if TYPE_CHECKING:
    from gongwen_docs.draw import Drawing

#: Less visible text than this, and less ink than ``_LEAST_INK``, and a page counts as blank.
_LEAST_CHARACTERS = 10
#: Letters of at least so many kinds say something; one letter over and over does not.
_LEAST_KINDS = 4
_LEAST_INK = 0.0012
#: Type lower than this, in mm, is there to be counted and not to be read (初号 to 七号 is 15 to 2 mm).
_LEGIBLE = 1.0
#: An imprint lies in this lower part of the page.
_IMPRINT_FROM = 0.6
_PAGE_NUMBER = re.compile(r"^[—\-–－·.]*第?\d{1,4}页?[—\-–－·.]*$")
_NO_TEXT_NOTICE = re.compile(r"^[（(]?[此本]页无正文")
_DOC_NUMBER = re.compile(r"[〔［\[(（]\d{4}[〕］\])）]第?\d+号")
_IMPRINT = re.compile(r"^(抄送|主送|分送|.*\d{4}年\d{1,2}月\d{1,2}日印发)")
_HAIR = 0.3
#: The head of a first page; so many pixels of ink there may be a word of two characters.
_HEAD_SHARE = 1 / 3
_WORD_INK = 60
_DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日$|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月")
_SENTENCE = re.compile(r"[，。；：、！？]")


class BlankReason(StrEnum):
    """Why a page counts as blank."""

    NO_INK = "整页空白"
    INVISIBLE_TEXT = "页内文字均不可见"
    LETTERHEAD_ONLY = "只有版头，没有正文"
    PAGE_NUMBER_ONLY = "只有页码"
    IMPRINT_ONLY = "只有版记"
    SIGNATURE_ONLY = "只有署名和成文日期，没有正文"
    RULES_ONLY = "只有线条或空表格，没有内容"
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
    blank_reason: BlankReason | None
    unread: bool = False
    """Part of the page is a picture in which words may stand that nobody has read."""

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
            "unread": self.unread,
            "blank": self.blank,
            "blank_reason": str(self.blank_reason) if self.blank_reason else None,
        }

    def findings(self) -> list[Finding]:
        number = self.index + 1
        found = []
        if self.blank_reason:
            facts: dict[str, str | int] = {"page": number, "reason": str(self.blank_reason)}
            found.append(Finding("document.blank_page", Weight.REFUSE, self.index, None, facts))
        if self.unread:
            found.append(
                Finding("document.picture_not_read", Weight.HINT, self.index, None, {"page": number})
            )
        return found + trouble_with_text(self.index, self.invisible_chars, self.off_page_chars)


def trouble_with_text(index: int, invisible: int, outside: int) -> list[Finding]:
    """Findings about characters of a page that nobody sees."""
    counts = {"document.invisible_text": invisible, "document.off_page_text": outside}
    return [
        Finding(code, Weight.HINT, index, None, {"page": index + 1, "count": count})
        for code, count in counts.items()
        if count
    ]


def view_page(drawing: Drawing, index: int) -> PageView:
    """Draw and read one page without its seals."""
    width, height = drawing.page_size_mm(index)
    pixels = drawing.render(index, INK_DPI, seals=SealView.HIDDEN)
    text = drawing.text(index, SealView.HIDDEN)
    return judge_page(index, width, height, InkMap.of(pixels, width, height), text)


def judge_page(index: int, width: float, height: float, ink: InkMap, text: PageText) -> PageView:
    """Sort the characters of a page into visible, invisible and off the page, and judge what is left."""
    visible, invisible, outside = sort_characters(text, ink)
    lines = tuple(text_lines(index, visible))
    head = _head_lines(lines, ink, index, height)
    numbers = [line for line in lines if _is_page_number(line, height)]
    aside = [*head, *numbers]
    body = [line for line in lines if line not in aside]
    body_chars = _meaningful(body)
    content = _Content(ink, aside, body, body_chars, bool(head), bool(numbers), invisible)
    reason = _blank_reason(content)
    unread = _shows_unread_words(index, ink, lines, body_chars)
    return PageView(
        index, width, height, ink, lines, len(visible), invisible, outside, body_chars, reason, unread
    )


def sort_characters(text: PageText, ink: InkMap) -> tuple[list[CharBox], int, int]:
    """The characters with ink in their places, how many have none, how many stand beside the sheet."""
    visible, invisible, outside = [], 0, 0
    for char in text.chars:
        if not char.char.strip() or char.char == "\ufffd":
            continue
        region = Region(*char.box)
        x, y = region.center
        if not (0 <= x <= ink.width_mm and 0 <= y <= ink.height_mm):
            outside += 1
        elif ink.shows(region.widened(_HAIR)):
            visible.append(char)
        else:
            invisible += 1
    return visible, invisible, outside


def _shows_unread_words(index: int, ink: InkMap, lines: tuple[TextLine, ...], body_chars: int) -> bool:
    """A page that is a scan, or a first page with dark ink in its head that is no text: a mark may stand
    there that these checks cannot read."""
    if index and body_chars >= _LEAST_CHARACTERS:
        return False
    part = Region(0, 0, ink.width_mm, ink.height_mm * (_HEAD_SHARE if body_chars else 1.0))
    solid = ink.solid()
    text = sum(
        ink.count(line.region.widened(_HAIR), solid) for line in lines if line.region.top < part.bottom
    )
    return ink.count(part, solid) - text >= _WORD_INK


def _meaningful(lines: list[TextLine]) -> int:
    """Legible letters, figures and characters, each place on the page counted once; none where they are all
    alike."""
    found = {
        (char, round(box.left, 1), round(box.top, 1))
        for line in lines
        if line.height >= _LEGIBLE
        for char, box in zip(line.text, line.boxes, strict=True)
        if char.isalnum()
    }
    places = {(left, top) for _, left, top in found}
    kinds = {char for char, _, _ in found}
    return len(places) if len(kinds) >= _LEAST_KINDS else 0


def _head_lines(lines: tuple[TextLine, ...], ink: InkMap, index: int, height: float) -> list[TextLine]:
    """版头: what is red, the document number, and on the first page all that stands above the number."""
    numbered = [line for line in lines if _is_number(line)]
    above = numbered[0].region.top if index == 0 and numbered else 0.0
    if above > height / 2:
        above = 0.0
    return [
        line for line in lines if line.region.bottom <= above or _is_number(line) or ink.is_red(line.region)
    ]


def _is_number(line: TextLine) -> bool:
    return _DOC_NUMBER.search(line.text) is not None and len(line.text) < 24


def _is_page_number(line: TextLine, height: float) -> bool:
    return line.region.top > height * 0.85 and _PAGE_NUMBER.match(line.text) is not None


@dataclass(frozen=True)
class _Content:
    """What the verdict on a page rests on: head and page number aside, the lines left, their letters."""

    ink: InkMap
    aside: list[TextLine]
    body: list[TextLine]
    body_chars: int
    head: bool
    numbered: bool
    invisible: int

    def picture(self, *, without_text: bool = False) -> bool:
        """Whether there is enough ink besides head and page number (and text) to be a picture or a scan."""
        solid = self.ink.solid()
        lines = [*self.aside, *self.body] if without_text else self.aside
        taken = sum(self.ink.count(line.region, solid) for line in lines)
        return solid.count(1) - taken >= _LEAST_INK * len(solid)


def _blank_reason(page: _Content) -> BlankReason | None:
    body, ink = page.body, page.ink
    if any(_NO_TEXT_NOTICE.match(line.text) for line in body):
        return BlankReason.NO_TEXT_NOTICE
    if body and all(line.region.top > ink.height_mm * _IMPRINT_FROM for line in body):
        imprint = any(_IMPRINT.match(line.text) for line in body)
        if imprint and ink.dark_top() > ink.height_mm * _IMPRINT_FROM:
            return BlankReason.IMPRINT_ONLY
    if _only_signed(body, ink) and not page.picture(without_text=True):
        return BlankReason.SIGNATURE_ONLY
    if page.body_chars >= _LEAST_CHARACTERS or page.picture():
        return None
    if page.head:
        return BlankReason.LETTERHEAD_ONLY
    if page.invisible >= _LEAST_CHARACTERS:
        return BlankReason.INVISIBLE_TEXT
    if body:
        return BlankReason.TOO_LITTLE
    if page.numbered:
        return BlankReason.PAGE_NUMBER_ONLY
    if ink.dark_share() == 0 and ink.red_share() == 0:
        return BlankReason.NO_INK
    return BlankReason.RULES_ONLY if _has_rules(ink) else BlankReason.TOO_LITTLE


def _only_signed(body: list[TextLine], ink: InkMap) -> bool:
    """One name and a date in the right half, and no other text: whatever is put before it would be sealed."""
    if not 1 <= len(body) <= 2 or _DATE.search(body[-1].text) is None:
        return False
    words = any(_SENTENCE.search(line.text) for line in body)
    return not words and all(line.region.center[0] > ink.width_mm * 0.4 for line in body)


def _has_rules(ink: InkMap) -> bool:
    """Whether the ink is mostly long lines: less than a fifth of it is anything else."""
    return ink.dark.count(1) > 200 and ink.solid().count(1) * 5 < ink.dark.count(1)
