"""Registers for spreadsheets."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from xlsxwriter import Workbook

from gongwen_docs.register.table import Align, RegisterTable

#: Texts that a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CHARACTERS_OF_SHEET = 150
_CHARACTERS_OF_CELL = 32_767
_EPOCH = datetime(2000, 1, 1)


def to_csv(table: RegisterTable) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it; no cell begins like a formula."""
    target = io.StringIO()
    writer = csv.writer(target)
    shown = _shown(table)
    writer.writerow([table.columns[number].title for number in shown])
    writer.writerows([_harmless(row[number]) for number in shown] for row in table.rows)
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def to_xlsx(table: RegisterTable) -> bytes:
    """An Excel workbook of one sheet: title, head that stays in sight, filters, set up for A4 landscape."""
    target = io.BytesIO()
    workbook = Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    workbook.set_properties({"title": table.title, "created": _EPOCH})
    sheet = workbook.add_worksheet(table.title[:31])
    title = workbook.add_format({"bold": True, "font_size": 16, "align": "center"})
    head = workbook.add_format(
        {
            "bold": True,
            "border": 1,
            "align": "center",
            "valign": "vcenter",
            "bg_color": "#EEF0F3",
            "text_wrap": True,
        }
    )
    cells = {
        align: workbook.add_format(
            {"border": 1, "valign": "vcenter", "text_wrap": True, "align": align.value}
        )
        for align in Align
    }
    shown = _shown(table)
    columns = [table.columns[number] for number in shown]
    last = len(columns) - 1
    sheet.merge_range(0, 0, 0, last, table.title, title)
    sheet.merge_range(1, 0, 1, last, table.subtitle)
    shares = sum(column.width for column in columns)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, max(8.0, column.width / shares * _CHARACTERS_OF_SHEET))
        sheet.write_string(2, number, column.title, head)
    for line, row in enumerate(table.rows, start=3):
        for place, (number, column) in enumerate(zip(shown, columns, strict=True)):
            sheet.write_string(line, place, row[number][:_CHARACTERS_OF_CELL], cells[column.align])
    sheet.freeze_panes(3, 0)
    sheet.autofilter(2, 0, 2 + len(table.rows), last)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.set_footer(f"&L{table.foot.replace('&', '&&')}&R第 &P 页，共 &N 页")
    workbook.close()
    return target.getvalue()


def _shown(table: RegisterTable) -> list[int]:
    return [number for number, column in enumerate(table.columns) if column.exported]


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
