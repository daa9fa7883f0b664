"""The map of duty on paper: A4 landscape, one month of half-days beside each unit's name.

Every state has a mark of its own besides its colour: it reads the same from a black-and-white printer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gongwen_docs.register.lettering import Lettering
from gongwen_docs.write import DocumentInfo, OfdWriter, PageCanvas, Role, default_shelf
from gongwen_docs.write.package import EPOCH
from gongwen_docs.write.page import BLACK, Box, Color

_PAPER = (297.0, 210.0)
_LEFT, _RIGHT, _TOP, _BOTTOM = 15.0, 15.0, 20.0, 15.0
_NAME, _SUM = 54.0, 16.0
_ROW, _HEAD = 4.6, 9.2
_TITLE, _TEXT, _SMALL = 6.0, 2.9, 2.4
_HAIR, _FRAME = 0.1, 0.35
_GREY = Color(90, 90, 90)
_LINE = Color(150, 150, 150)


@dataclass(frozen=True)
class Mark:
    """How a state is drawn: a character, the tint under it, and its word for the legend."""

    sign: str
    tint: Color | None
    word: str


@dataclass(frozen=True)
class DutyPage:
    """One month: ``days`` are (number, weekday, whether it is off), ``rows`` (unit, two letters a day,
    sum)."""

    title: str
    subtitle: str
    days: Sequence[tuple[str, str, bool]]
    rows: Sequence[tuple[str, str, str]]


def to_ofd(
    pages: Sequence[DutyPage], marks: Mapping[str, Mark], foot: str, moment: datetime = EPOCH
) -> bytes:
    """The map as an OFD document. ``marks`` are by letter; ``moment`` is stamped on its parts."""
    return _Sheets(marks, foot, moment, pages[0].title if pages else "").to_bytes(pages)


class _Sheets:
    def __init__(self, marks: Mapping[str, Mark], foot: str, moment: datetime, title: str) -> None:
        self._marks = marks
        self._foot = foot
        self._letters = Lettering(default_shelf())
        self._writer = OfdWriter(DocumentInfo(title=title), page_size=_PAPER, moment=moment)
        self._drawn: list[PageCanvas] = []

    def to_bytes(self, pages: Sequence[DutyPage]) -> bytes:
        room = _PAPER[1] - _TOP - 12 - _HEAD - _BOTTOM - 8
        each = int(room // _ROW)
        for page in pages:
            for first in range(0, max(1, len(page.rows)), each):
                self._sheet(page, page.rows[first : first + each])
        for number, canvas in enumerate(self._drawn, start=1):
            text = f"第 {number} 页，共 {len(self._drawn)} 页"
            baseline = _PAPER[1] - _BOTTOM + _SMALL
            right = _PAPER[0] - _RIGHT - self._letters.width(text, _SMALL, Role.SONG)
            self._letters.draw(canvas, text, right, baseline, _SMALL, Role.SONG)
            self._letters.draw(canvas, self._foot, _LEFT, baseline, _SMALL, Role.SONG)
        return self._writer.to_bytes()

    def _sheet(self, page: DutyPage, rows: Sequence[tuple[str, str, str]]) -> None:
        canvas = self._writer.page()
        self._drawn.append(canvas)
        self._letters.centre(canvas, page.title, _PAPER[0] / 2, _TOP, _TITLE, Role.HEI)
        self._letters.draw(canvas, page.subtitle, _LEFT, _TOP + 7, _TEXT, Role.SONG)
        self._legend(canvas, _TOP + 7)
        top = _TOP + 10
        width = (_PAPER[0] - _LEFT - _RIGHT - _NAME - _SUM) / max(1, len(page.days))
        self._head(canvas, page, top, width)
        bottom = top + _HEAD
        for name, cells, total in rows:
            self._row(canvas, name, cells, total, bottom, width)
            bottom += _ROW
            canvas.line(_LEFT, bottom, _PAPER[0] - _RIGHT, bottom, _HAIR, _LINE)
        self._frame(canvas, page, top, bottom, width)

    def _head(self, canvas: PageCanvas, page: DutyPage, top: float, width: float) -> None:
        middle = top + _HEAD / 2 + _TEXT * 0.38
        self._letters.centre(canvas, "单位", _LEFT + _NAME / 2, middle, _TEXT, Role.HEI)
        self._letters.centre(canvas, "达标/应查", _PAPER[0] - _RIGHT - _SUM / 2, middle, _SMALL, Role.HEI)
        for place, (number, weekday, off) in enumerate(page.days):
            centre = _LEFT + _NAME + (place + 0.5) * width
            color = _GREY if off else BLACK
            self._letters.centre(canvas, number, centre, top + 3.9, _TEXT, Role.HEI, color)
            self._letters.centre(canvas, weekday, centre, top + 7.8, _SMALL, Role.SONG, color)

    def _row(self, canvas: PageCanvas, name: str, cells: str, total: str, top: float, width: float) -> None:
        baseline = top + _ROW / 2 + _TEXT * 0.38
        shown = self._letters.fit(name, _TEXT, Role.SONG, _NAME - 3)
        self._letters.draw(canvas, shown, _LEFT + 1.5, baseline, _TEXT, Role.SONG)
        half = width / 2
        for place, letter in enumerate(cells):
            mark = self._marks.get(letter)
            if mark is None:
                continue
            left = _LEFT + _NAME + place * half
            if mark.tint is not None:
                box = Box(left, top, half, _ROW)
                canvas.path(box, f"M 0 0 L {half:.3f} 0 L {half:.3f} {_ROW} L 0 {_ROW} C", fill=mark.tint)
            if mark.sign:
                self._letters.centre(canvas, mark.sign, left + half / 2, baseline, _SMALL, Role.HEI)
        self._letters.centre(canvas, total, _PAPER[0] - _RIGHT - _SUM / 2, baseline, _TEXT, Role.SONG)

    def _legend(self, canvas: PageCanvas, baseline: float) -> None:
        x = _PAPER[0] - _RIGHT
        for mark in reversed(list(self._marks.values())):
            if not mark.word:
                continue
            x -= self._letters.width(mark.word, _SMALL, Role.SONG)
            self._letters.draw(canvas, mark.word, x, baseline, _SMALL, Role.SONG)
            x -= 5.0
            box = Box(x, baseline - 3.0, 3.8, 3.8)
            canvas.path(
                box, "M 0 0 L 3.8 0 L 3.8 3.8 L 0 3.8 C", fill=mark.tint, stroke=_LINE, line_width=_HAIR
            )
            self._letters.centre(canvas, mark.sign, x + 1.9, baseline - 0.2, _SMALL, Role.HEI)
            x -= 3.0

    def _frame(self, canvas: PageCanvas, page: DutyPage, top: float, bottom: float, width: float) -> None:
        right = _PAPER[0] - _RIGHT
        begin = _LEFT + _NAME
        for place in range(len(page.days) + 1):
            canvas.line(begin + place * width, top, begin + place * width, bottom, _HAIR, _GREY)
        for y in (top, top + _HEAD, bottom):
            canvas.line(_LEFT, y, right, y, _FRAME)
        for x in (_LEFT, begin, right - _SUM, right):
            canvas.line(x, top, x, bottom, _FRAME)
