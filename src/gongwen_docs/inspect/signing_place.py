"""Finding signature and date on the pages (GB/T 9704-2012, 7.3.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

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


#: What names of bodies that sign end with; joint documents carry several in rows above the date.
_BODY = re.compile(
    r"(?:人民政府|政府|办公[室厅]|委员会|委|局|厅|部|院|司|室|处|所|站|中心|公司|集团|大学|学院|学校|医院|会|社|团|党组|"
    r"银行|检察院|法院|队|校|馆|台|联合会|指挥部|领导小组|开发区|街道办事处)(?:[（(].{1,6}[）)])?$"
)
_ROW = 0.6
#: Names side by side are at least this share of their height apart.
_BETWEEN = 0.8


@dataclass(frozen=True)
class Signatory:
    """A name on its line above the date."""

    name: str
    region: Region


@dataclass(frozen=True)
class SigningPlace:
    """Where the date line stands, the signature above it, and the lower edge of the text before them.

    ``signatories`` are all names of a joint document in its order: row by row, from left to right; the last
    one is ``signature``. A document of one unit has one, a document without a name none.
    """

    page: int
    issue_date: date
    date_region: Region
    signature: str
    signature_region: Region | None
    text_bottom: float
    signatories: tuple[Signatory, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {
            "page": self.page,
            "issue_date": self.issue_date.isoformat(),
            "date_region": list(self.date_region),
            "signature": self.signature,
            "signature_region": list(self.signature_region) if self.signature_region else None,
            "signatories": [one.name for one in self.signatories],
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
            signature = _signature_above(page, line, start, region)
            place = _place(page, day, region, signature)
            # Only in a joint document the last name, and the date with it, may stand in the left half.
            if region.center[0] >= page.width_mm / 2 or len(place.signatories) > 1:
                candidates.append(place)
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
        and (
            other.region.center[0] > page.width_mm * 0.4
            or abs(other.region.center[0] - region.center[0]) < page.width_mm * 0.2
        )
        and len(other.text) >= 2
        and not _SENTENCE.search(other.text)
        and not page.ink.is_red(other.region)
    ]
    return max(
        above,
        key=lambda other: (round(other.region.top), -abs(other.region.center[0] - region.center[0])),
        default=None,
    )


def _place(page: PageView, day: date, region: Region, signature: TextLine | None) -> SigningPlace:
    signatories = _signatories(page, region, signature)
    name = signatories[-1] if signatories else None
    top = min((one.region.top for one in signatories), default=region.top)
    before = [line.region.bottom for line in page.lines if line.region.bottom <= top + 0.5]
    return SigningPlace(
        page.index,
        day,
        region,
        name.name if name else "",
        name.region if name else None,
        max(before, default=0.0),
        signatories,
    )


def _signatories(page: PageView, day: Region, signature: TextLine | None) -> tuple[Signatory, ...]:
    """All names between the end of the text and the date (GB/T 9704-2012, 7.3.5.1: in rows, in order)."""
    if signature is None:
        return ()
    nearest = min(_names(signature), key=lambda line: abs(line.region.center[0] - day.center[0]))
    last = Signatory(nearest.text, nearest.region)
    texts = [line for line in page.lines if _SENTENCE.search(line.text) and line.region.bottom < day.top]
    floor = max((line.region.bottom for line in texts), default=0.0)
    others = [
        Signatory(line.text, line.region)
        for whole in page.lines
        for line in _names(whole)
        if floor < line.region.center[1] < day.top
        and line.region != last.region
        and 4 <= len(line.text) <= 30
        and _BODY.search(line.text)
        and not page.ink.is_red(line.region)
    ]
    return tuple(_in_rows([*others, last])) if others else (last,)


def _names(line: TextLine) -> list[TextLine]:
    """Names that stand side by side on one line; a line that is no row of names stays whole."""
    cuts = [
        index
        for index in range(1, len(line.text))
        if line.boxes[index].left - line.boxes[index - 1].right > line.height * _BETWEEN
    ]
    bounds = [0, *cuts, len(line.text)]
    parts = [
        TextLine(line.page, line.text[start:end], line.boxes[start:end]) for start, end in pairwise(bounds)
    ]
    return parts if all(len(part.text) >= 4 for part in parts) else [line]


def _in_rows(names: list[Signatory]) -> list[Signatory]:
    rows: list[list[Signatory]] = []
    for name in sorted(names, key=lambda one: one.region.center[1]):
        if rows:
            first = rows[-1][0].region
            if abs(name.region.center[1] - first.center[1]) < first.height * _ROW:
                rows[-1].append(name)
                continue
        rows.append([name])
    return [name for row in rows for name in sorted(row, key=lambda one: one.region.left)]
