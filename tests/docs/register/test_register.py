"""Register books as files: what a spreadsheet and a printed sheet show."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest

from gongwen_docs.inspect import inspect_document
from gongwen_docs.register import Align, RegisterColumn, RegisterTable
from gongwen_docs.register.sheets import to_ofd
from gongwen_docs.register.spreadsheets import to_csv, to_xlsx


def book(rows: int) -> RegisterTable:
    columns = (
        RegisterColumn("序号", 1, Align.CENTER),
        RegisterColumn("公文标题", 6),
        RegisterColumn("摘要", 3, printed=False),
    )
    lines = [
        (str(number), f"关于做好第{number}项工作的通知（示府办发〔2026〕{number}号）" * 3, "0" * 64)
        for number in range(1, rows + 1)
    ]
    return RegisterTable("用印台账", "示范市人民政府办公室　2026 年度", columns, lines, "台账完整")


def test_csv_has_every_column_and_no_formula() -> None:
    table = RegisterTable(
        "台账", "", book(0).columns, [("1", "=HYPERLINK(0)", "-1"), ("2", "@cmd", "含,逗号\n和换行")]
    )
    data = to_csv(table)
    assert data.startswith(b"\xef\xbb\xbf"), "spreadsheets know UTF-8 by this mark"
    head, first, second = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert head == ["序号", "公文标题", "摘要"]
    assert first == ["1", "'=HYPERLINK(0)", "'-1"]
    assert second == ["2", "'@cmd", "含,逗号\n和换行"]


def test_xlsx_holds_texts_only() -> None:
    table = RegisterTable("台账", "", book(0).columns, [("1", "=1+1", "https://example.org")])
    with zipfile.ZipFile(io.BytesIO(to_xlsx(table))) as workbook:
        sheet = workbook.read("xl/worksheets/sheet1.xml").decode()
        texts = workbook.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert "=1+1" in texts
    assert 'orientation="landscape"' in sheet
    assert to_xlsx(table) == to_xlsx(table), "same table, same bytes"


@pytest.mark.parametrize(("rows", "sheets"), [(0, 1), (5, 1), (60, 5)])
def test_sheets_of_a4_repeat_their_head_and_are_numbered(rows: int, sheets: int) -> None:
    inspection = inspect_document(to_ofd(book(rows)))
    assert len(inspection.pages) == sheets
    assert inspection.fonts_not_embedded == ()
    for number, page in enumerate(inspection.pages, start=1):
        assert (page.width_mm, page.height_mm) == (297, 210)
        texts = [line.text for line in page.lines]
        assert "用印台账" in texts
        assert "公文标题" in texts
        assert f"第{number}页，共{sheets}页" in texts
        assert not any(re.match(r"[，。；：）〕》]", text) for text in texts), "no line begins with a mark"
        assert all(line.region.left >= 0 and line.region.right <= 297 for line in page.lines)


def test_a_character_that_no_face_has_is_shown_as_missing() -> None:
    table = RegisterTable("台账", "", (RegisterColumn("名称"),), [("甲\ue123乙",)])
    texts = [line.text for line in inspect_document(to_ofd(table)).pages[0].lines]
    assert "甲〓乙" in texts
