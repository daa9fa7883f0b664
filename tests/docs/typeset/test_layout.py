"""The pages against GB/T 9704-2012, measured in the package itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from docs.ofd_files import NAMESPACE, page_text, parts, schema_errors
from gongwen_docs.typeset import Annex, Block, BlockKind, Circular, from_text, read_circular, typeset
from gongwen_docs.typeset import geometry as g
from gongwen_docs.typeset.layout import typeset_attachment

DOCUMENTS = Path(__file__).resolve().parents[3] / "resources" / "documents"


@pytest.fixture(scope="module")
def own() -> Circular:
    return read_circular(DOCUMENTS / "qiyong-tongzhi.toml")


def text_boxes(data: bytes, page: int) -> list[tuple[str, float, float, float, float]]:
    content = etree.fromstring(parts(data)[f"Doc_0/Pages/Page_{page}/Content.xml"])
    found = []
    for unit in content.iterfind(".//ofd:TextObject", NAMESPACE):
        x, y, w, h = map(float, unit.get("Boundary", "").split())
        found.append((unit.findtext("ofd:TextCode", "", NAMESPACE), x, y, w, h))
    return found


def paragraphs(count: int) -> tuple[Block, ...]:
    return tuple(Block(BlockKind.PARAGRAPH, f"第{n}段" + "文字" * 40 + "。") for n in range(count))


def circular(blocks: int = 1, **changes: object) -> Circular:
    base = Circular(
        "示范市人民政府文件", "示府发〔2026〕1号", "示范市人民政府关于测试的通知", "各区人民政府：",
        paragraphs(blocks), "示范市人民政府", date(2026, 3, 5),
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def test_own_circular_has_three_pages_and_is_valid(own: Circular, schemas: Path) -> None:
    data, facts = typeset(own)
    assert facts.page_count == 3
    assert schema_errors(data, schemas) == []
    attachment = typeset_attachment(own, own.attachments[0].annex)
    assert schema_errors(attachment, schemas) == []
    assert page_text(attachment, 0).startswith("示府办发〔2026〕12号附件")


def test_same_circular_same_bytes(own: Circular) -> None:
    assert typeset(own)[0] == typeset(own)[0]


def test_everything_but_page_numbers_stays_in_the_type_area(own: Circular) -> None:
    data, facts = typeset(own)
    for page in range(facts.page_count):
        for text, x, y, w, h in text_boxes(data, page):
            if y > g.BOTTOM:
                assert text.startswith("—")
                continue
            assert x >= g.LEFT - 3, text
            assert x + w <= g.RIGHT + 3, text
            assert y >= g.TOP - 0.1, text
            assert y + h <= g.BOTTOM + 0.1, text


def test_head_of_the_first_page() -> None:
    data, facts = typeset(circular())
    boxes = {text: (x, y, w, h) for text, x, y, w, h in text_boxes(data, 0)}
    assert boxes["示范市人民政府文件"][1] == pytest.approx(72, abs=0.01)
    number = next(value for text, value in boxes.items() if text.startswith("示府发"))
    assert facts.red_line.box.y == pytest.approx(number[1] + number[3] + 4, abs=0.01)
    assert facts.title.box.y == pytest.approx(facts.red_line.box.y + 2 * g.PITCH, abs=0.01)
    assert boxes["各区人民政府："][0] == pytest.approx(28, abs=0.1)


def test_grid_fills_the_type_area() -> None:
    assert g.line_top(0) == g.TOP
    assert g.line_top(21) + g.SIZE_3 == pytest.approx(g.BOTTOM)
    data, _ = typeset(circular(12))
    tops = sorted({round(y, 2) for text, _, y, _, _ in text_boxes(data, 1) if y < g.BOTTOM})
    rows = [(top - g.TOP) / g.PITCH for top in tops]
    assert all(abs(row - round(row)) < 0.01 for row in rows)
    assert [round(row) for row in rows] == list(range(22))


def test_date_stands_four_characters_from_the_edge_with_the_name_centred_on_it() -> None:
    _, facts = typeset(circular())
    day, name = facts.date_line.box, facts.signature.box
    assert day.x + day.width == pytest.approx(g.RIGHT - 4 * g.CELL)
    assert name.x + name.width / 2 == pytest.approx(day.x + day.width / 2)


def test_long_signature_stays_in_the_type_area() -> None:
    _, facts = typeset(circular(signature="示范市人民政府电子公文交换平台建设工作领导小组办公室"))
    assert facts.signature.box.x + facts.signature.box.width <= g.RIGHT + 0.1


def test_unsealed_signature() -> None:
    _, facts = typeset(circular(sealed=False))
    assert facts.date_line.box.x == pytest.approx(facts.signature.box.x + 2 * g.CELL)


@pytest.mark.parametrize("blocks", range(1, 12))
def test_the_page_of_the_signature_carries_text(blocks: int) -> None:
    data, facts = typeset(circular(blocks))
    assert facts.date_line.page == facts.signature.page
    assert facts.body_bottom > g.TOP
    assert facts.date_line.box.y + facts.date_line.box.height <= g.BOTTOM + 0.1
    assert "文字" in page_text(data, facts.date_line.page)


def test_page_numbers_odd_right_even_left() -> None:
    data, facts = typeset(circular(12))
    assert facts.page_count >= 2
    for page in range(facts.page_count):
        text, x, _, w, _ = text_boxes(data, page)[-1]
        assert text == f"— {page + 1} —"
        edge = x + w if page % 2 == 0 else x
        expected = g.RIGHT - g.CELL_4 if page % 2 == 0 else g.LEFT + g.CELL_4
        assert edge == pytest.approx(expected, abs=0.3)


def test_imprint_ends_on_the_lower_edge_of_the_last_page() -> None:
    data, facts = typeset(circular(print_office="示范市人民政府办公室", cc="市委办公室，市政协办公室"))
    assert facts.imprint is not None
    assert facts.imprint.box.y + facts.imprint.box.height == pytest.approx(g.BOTTOM)
    text = page_text(data, facts.imprint.page)
    assert "抄送：市委办公室，市政协办公室。" in text
    assert "2026年3月5日印发" in text


def test_annex_begins_a_page_with_its_label() -> None:
    annex = Annex("名单", paragraphs(1), "附件1")
    data, facts = typeset(circular(attachment_notes=("名单", "表"), annexes=(annex,)))
    page = facts.page_count - 1
    boxes = text_boxes(data, page)
    assert [(text, round(y, 2)) for text, _, y, _, _ in boxes[:2]] == [
        ("附件1", 37.0),
        ("名单", round(g.line_top(2), 2)),
    ]
    whole = "".join(page_text(data, index) for index in range(page))
    assert "附件：1.名单2.表" in whole


def test_real_circular_from_its_plain_text(seeds: Path, schemas: Path) -> None:
    read = from_text((seeds / "ordos-2018.txt").read_text(encoding="utf-8"))
    assert read.mark == "鄂尔多斯市人民政府办公厅文件"
    assert read.doc_number == "鄂府办发〔2018〕131号"
    assert read.title == (
        "鄂尔多斯市人民政府办公厅关于印发《鄂尔多斯市电子公文交换平台管理办法（试行）》的通知"
    )
    assert read.issue_date == date(2018, 12, 5)
    articles = [b for b in read.annexes[0].content if isinstance(b, Block) and b.kind is BlockKind.ARTICLE]
    assert len(articles) == 24
    assert read.metadata()["WZ"] == "通知"
    data, facts = typeset(read)
    assert schema_errors(data, schemas) == []
    assert facts.date_line.page == 0
    assert facts.imprint is not None


def test_old_circular_with_han_date(seeds: Path) -> None:
    read = from_text((seeds / "jiangmen-2008.txt").read_text(encoding="utf-8"))
    assert read.issue_date == date(2008, 5, 23)
    assert read.doc_number == "江府办〔2008〕44号"
    assert read.signature == "江门市人民政府办公室"
    typeset(read)
