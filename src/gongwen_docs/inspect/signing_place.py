"""Finding signature and date on the pages (GB/T 9704-2012, 7.3.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gongwen_docs.inspect.ink import Region
from gongwen_docs.inspect.pages import PageView
from gongwen_docs.inspect.text_lines import TextLine

_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日$")
_HAN_DATE = re.compile(
    r"([〇○零Ο０0O一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日$"
)
_FIGURES = str.maketrans("〇○零Ο０O一二三四五六七八九", "000000123456789")
_ANNEX = re.compile(r"^附件\d*[:：]?$")
_DIGITS = "零一二三四五六七八九"
#: A signature stands within this many line heights above the date.
_SIGNATURE_REACH = 3.5
_SENTENCE = re.compile(r"[，。；：、！？]")


@dataclass(frozen=True)
class SigningPlace:
    """Where the date line stands, the signature above it, and the lower edge of the text before them."""

    page: int
    issue_date: date
    date_region: Region
    signature: str
    signature_region: Region | None
    text_bottom: float

    def to_json(self) -> dict[str, object]:
        return {
            "page": self.page,
            "issue_date": self.issue_date.isoformat(),
            "date_region": list(self.date_region),
            "signature": self.signature,
            "signature_region": list(self.signature_region) if self.signature_region else None,
        }


def find_signing_place(pages: Sequence[PageView]) -> SigningPlace | None:
    """The document's own date line: of the candidates before the annexes the first that a signature
    precedes, else the last. None where no line is a date."""
    candidates: list[SigningPlace] = []
    for page in pages:
        if page.index and _is_annex(page):
            break
        for line in page.lines:
            found = _date_in(line)
            if found is None:
                continue
            day, start = found
            region = line.part(start, len(line.text))
            if region.center[0] < page.width_mm / 2:
                continue
            signature = _signature_above(page, line, start, region)
            candidates.append(_place(page, day, region, signature))
    signed = [place for place in candidates if place.signature]
    return signed[0] if signed else candidates[-1] if candidates else None


def _is_annex(page: PageView) -> bool:
    first = page.lines[0] if page.lines else None
    return first is not None and _ANNEX.match(first.text) is not None


def _date_in(line: TextLine) -> tuple[date, int] | None:
    """A date that is the whole line, or its end after the signature."""
    for pattern, figures in ((_DATE, False), (_HAN_DATE, True)):
        found = pattern.search(line.text)
        if found is None or _SENTENCE.search(line.text[: found.start()]):
            continue
        try:
            if figures:
                year = int(found[1].translate(_FIGURES))
                return date(year, han_number(found[2]), han_number(found[3])), found.start()
            return date(int(found[1]), int(found[2]), int(found[3])), found.start()
        except ValueError:
            continue
    return None


def han_number(text: str) -> int:
    """A number below one hundred in Chinese figures. Raises ``ValueError`` for anything else."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS.index(tens)
    return (_DIGITS.index(tens) if tens else 1) * 10 + (_DIGITS.index(ones) if ones else 0)


def _signature_above(page: PageView, line: TextLine, start: int, region: Region) -> TextLine | None:
    if start:
        return TextLine(line.page, line.text[:start], line.boxes[:start])
    reach = _SIGNATURE_REACH * region.height
    above = [
        other
        for other in page.lines
        if 0 < region.top - other.region.top <= reach
        and other.region.center[0] > page.width_mm * 0.4
        and len(other.text) >= 2
        and not _SENTENCE.search(other.text)
        and not page.ink.is_red(other.region)
    ]
    return max(above, key=lambda other: other.region.top, default=None)


def _place(page: PageView, day: date, region: Region, signature: TextLine | None) -> SigningPlace:
    top = signature.region.top if signature else region.top
    before = [line.region.bottom for line in page.lines if line.region.bottom <= top + 0.5]
    return SigningPlace(
        page.index,
        day,
        region,
        signature.text if signature else "",
        signature.region if signature else None,
        max(before, default=0.0),
    )
