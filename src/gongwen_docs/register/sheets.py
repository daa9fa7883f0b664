"""Registers on paper: A4 landscape, the head on every sheet, rows that are never torn, numbered sheets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gongwen_docs.register.lettering import Lettering
from gongwen_docs.register.table import Align, RegisterColumn, RegisterTable
from gongwen_docs.write import DocumentInfo, OfdWriter, PageCanvas, Role, default_shelf
from gongwen_docs.write.package import EPOCH
from gongwen_docs.write.page import ASCENT

#: mm. The upper margin is the binding's: landscape sheets are bound at their long edge.
_PAPER = (297.0, 210.0)
_LEFT, _RIGHT, _TOP, _BOTTOM = 15.0, 15.0, 22.0, 15.0
_TITLE, _TEXT, _SMALL = 6.0, 3.2, 2.8
_LEADING = 1.35
_PADDING = 1.2
_HAIR = 0.15
_FRAME = 0.35
_CLOSING = frozenset("，。；：、！？）〕》」』】％")
_OPENING = frozenset("（〔《「『【")


def to_ofd(table: RegisterTable, moment: datetime = EPOCH) -> bytes:
    """The register as an OFD document, fonts embedded. ``moment`` is the time stamped on its parts."""
    book = _Book(table, moment)
    for row in table.rows:
        book.add(row)
    return book.to_bytes()


@dataclass(frozen=True)
class _Cell:
    lines: tuple[str, ...]


class _Book:
    """Sheets that fill up row by row."""

    def __init__(self, table: RegisterTable, moment: datetime) -> None:
        self._table = table
        self._letters = Lettering(default_shelf())
        self._shown = [number for number, column in enumerate(table.columns) if column.printed]
        self._columns = [table.columns[number] for number in self._shown]
        self._edges = _edges(self._columns)
        self._writer = OfdWriter(DocumentInfo(title=table.title), page_size=_PAPER, moment=moment)
        self._pages: list[PageCanvas] = []
        self._y = 0.0
        self._begin()

    def add(self, row: Sequence[str]) -> None:
        """One row; on a new sheet where it does not fit."""
        cells = [self._cell(row[number], index) for index, number in enumerate(self._shown)]
        height = _height(cells)
        if self._y + height > _PAPER[1] - _BOTTOM - _SMALL * 2:
            self._end()
            self._begin()
        self._draw(cells, height, Role.SONG)

    def to_bytes(self) -> bytes:
        """The finished document; the number of sheets is known only now."""
        if not self._table.rows:
            page = self._pages[-1]
            self._letters.draw(page, "（本期没有记录）", _LEFT + _PADDING, self._y + 3, _TEXT, Role.SONG)
        self._end()
        for number, page in enumerate(self._pages, start=1):
            foot = f"第 {number} 页，共 {len(self._pages)} 页"
            baseline = _PAPER[1] - _BOTTOM + _SMALL
            width = self._letters.width(foot, _SMALL, Role.SONG)
            self._letters.draw(page, foot, _PAPER[0] - _RIGHT - width, baseline, _SMALL, Role.SONG)
            self._letters.draw(page, self._table.foot, _LEFT, baseline, _SMALL, Role.SONG)
        return self._writer.to_bytes()

    def _begin(self) -> None:
        page = self._writer.page()
        self._pages.append(page)
        width = self._letters.width(self._table.title, _TITLE, Role.HEI)
        self._letters.draw(page, self._table.title, (_PAPER[0] - width) / 2, _TOP, _TITLE, Role.HEI)
        self._letters.draw(page, self._table.subtitle, _LEFT, _TOP + 8, _TEXT, Role.SONG)
        self._y = self._frame = _TOP + 8 + _TEXT
        page.line(self._edges[0], self._y, self._edges[-1], self._y, _FRAME)
        heads = [self._head(column.title, index) for index, column in enumerate(self._columns)]
        self._draw(heads, _height(heads), Role.HEI, centred=True)

    def _end(self) -> None:
        page = self._pages[-1]
        for number, x in enumerate(self._edges):
            outer = number in (0, len(self._edges) - 1)
            page.line(x, self._frame, x, self._y, _FRAME if outer else _HAIR)

    def _draw(self, cells: Sequence[_Cell], height: float, role: Role, *, centred: bool = False) -> None:
        page = self._pages[-1]
        for cell, column, left, right in zip(
            cells, self._columns, self._edges, self._edges[1:], strict=False
        ):
            block = len(cell.lines) * _TEXT * _LEADING
            baseline = self._y + (height - block) / 2 + _TEXT * (ASCENT + (_LEADING - 1) / 2)
            for line in cell.lines:
                x = left + _PADDING
                if centred or column.align is Align.CENTER:
                    x = (left + right - self._letters.width(line, _TEXT, role)) / 2
                self._letters.draw(page, line, x, baseline, _TEXT, role)
                baseline += _TEXT * _LEADING
        self._y += height
        page.line(self._edges[0], self._y, self._edges[-1], self._y, _HAIR)

    def _cell(self, text: str, column: int, role: Role = Role.SONG) -> _Cell:
        room = self._edges[column + 1] - self._edges[column] - 2 * _PADDING
        lines: list[str] = []
        for paragraph in text.split("\n"):
            line, width = "", 0.0
            for char in paragraph:
                step = self._letters.step(char, _TEXT, role)
                if line and width + step > room:
                    kept = _break(line, char)
                    lines.append(line[:kept])
                    line = line[kept:]
                    width = self._letters.width(line, _TEXT, role)
                line, width = line + char, width + step
            lines.append(line)
        return _Cell(tuple(lines))

    def _head(self, title: str, column: int) -> _Cell:
        """A column's name in lines of even length."""
        lines = self._cell(title, column, Role.HEI).lines
        each = math.ceil(len(title) / len(lines))
        return _Cell(tuple(title[at : at + each] for at in range(0, len(title), each)))


def _break(line: str, following: str) -> int:
    """After how many characters a full line is broken, ``following`` being the next: no closing mark begins
    a line, no opening one ends it, numbers and words stay whole where they fit a line."""
    kept = len(line)
    while kept > 1 and (
        following in _CLOSING or line[kept - 1] in _OPENING or _is_word(line[kept - 1] + following)
    ):
        kept -= 1
        following = line[kept]
    return kept if kept > 1 or not _is_word(line[:2]) else len(line)


def _is_word(text: str) -> bool:
    return text.isascii() and text.isalnum()


def _edges(columns: Sequence[RegisterColumn]) -> list[float]:
    room = _PAPER[0] - _LEFT - _RIGHT
    total = sum(column.width for column in columns)
    edges = [_LEFT]
    for column in columns:
        edges.append(edges[-1] + room * column.width / total)
    return edges


def _height(cells: Sequence[_Cell]) -> float:
    return max(len(cell.lines) for cell in cells) * _TEXT * _LEADING + 2 * _PADDING
