"""Checks before sealing, on documents that the writer makes for each case."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from docs.inspect.scans import Scan
from gongwen_docs.inspect import BlankReason, Inspection, Weight, inspect_document, name_marks
from gongwen_docs.typeset import Block, BlockKind, Circular, read_circular, typeset
from gongwen_docs.write import RED, WHITE, Box, DocumentInfo, OfdWriter, PageCanvas, Role, default_shelf
from ofd_builder import OfdBuilder

REPOSITORY = Path(__file__).resolve().parents[3]
DOCUMENTS = REPOSITORY / "resources" / "documents"
SIZE = 5.64


def write(page: PageCanvas, text: str, x: float = 28, y: float = 60, **options: object) -> None:
    page.text(x, y, text, default_shelf().face(Role.FANG), SIZE, **options)  # type: ignore[arg-type]


def circular(**changes: object) -> Circular:
    base = Circular(
        mark="示范市人民政府文件",
        doc_number="示府发〔2026〕1号",
        title="示范市人民政府关于测试的通知",
        main_recipients="各区人民政府：",
        content=(Block(BlockKind.PARAGRAPH, "为做好有关工作，现通知如下。" * 6),),
        signature="示范市人民政府",
        issue_date=date(2026, 3, 5),
        cc="市委办公室，市政协办公室",
        print_office="示范市人民政府办公室",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def inspected(**changes: object) -> Inspection:
    return inspect_document(typeset(circular(**changes))[0])


def one_page(draw: Callable[[PageCanvas], None], info: DocumentInfo | None = None) -> Inspection:
    writer = OfdWriter(info)
    draw(writer.page())
    return inspect_document(writer.to_bytes())


def codes(inspection: Inspection) -> set[str]:
    return {finding.code for finding in inspection.findings}


def test_own_circular_passes() -> None:
    circular = read_circular(DOCUMENTS / "qiyong-tongzhi.toml")
    data, facts = typeset(circular)
    inspection = inspect_document(data)
    assert inspection.blank_pages == ()
    assert inspection.refusals == ()
    assert inspection.fonts_not_embedded == ()
    assert codes(inspection) <= {"document.secrecy_mentioned"}
    assert inspection.signing is not None
    assert inspection.signing.page == facts.date_line.page
    assert inspection.signing.date_region.left == pytest.approx(facts.date_line.box.x, abs=0.5)
    assert json.loads(json.dumps(inspection.to_json()))["prefill"]["doc_number"] == circular.doc_number


def nothing(_page: PageCanvas) -> None:
    return


def white_text(page: PageCanvas) -> None:
    write(page, "这一行文字是白色的所以谁也看不见", color=WHITE)


def type_too_small_to_read(page: PageCanvas) -> None:
    face = default_shelf().face(Role.FANG)
    page.text(28, 60, "这一行文字小到谁也看不清只为凑足字数", face, 0.3)


def punctuation(page: PageCanvas) -> None:
    write(page, "。、，；：。、，；：。、")


def one_dot(page: PageCanvas) -> None:
    write(page, "。")


def letterhead(page: PageCanvas) -> None:
    write(page, "示范市人民政府文件", y=80, color=RED)
    write(page, "示府发〔2026〕1号", y=100)
    page.line(28, 110, 184, 110, 0.5, RED)


def page_number(page: PageCanvas) -> None:
    write(page, "— 3 —", x=160, y=270)


def no_text_notice(page: PageCanvas) -> None:
    write(page, "（此页无正文）")
    write(page, "示范市人民政府办公室", x=110, y=100)
    write(page, "2026年3月5日", x=120, y=110)


def imprint(page: PageCanvas) -> None:
    page.line(28, 250, 184, 250, 0.35)
    write(page, "示范市人民政府办公室", y=258)
    write(page, "2026年3月5日印发", x=130, y=258)


@pytest.mark.parametrize(
    ("draw", "reason"),
    [
        (nothing, BlankReason.NO_INK),
        (white_text, BlankReason.INVISIBLE_TEXT),
        (one_dot, BlankReason.TOO_LITTLE),
        (type_too_small_to_read, BlankReason.TOO_LITTLE),
        (punctuation, BlankReason.TOO_LITTLE),
        (letterhead, BlankReason.LETTERHEAD_ONLY),
        (page_number, BlankReason.PAGE_NUMBER_ONLY),
        (no_text_notice, BlankReason.NO_TEXT_NOTICE),
        (imprint, BlankReason.IMPRINT_ONLY),
    ],
)
def test_blank_pages_are_not_sealed(draw: Callable[[PageCanvas], None], reason: BlankReason) -> None:
    inspection = one_page(draw)
    assert inspection.pages[0].blank_reason is reason


@pytest.mark.parametrize(
    "mark",
    [
        "秘密★1年",
        "机密★",
        "绝密",
        "秘　密",
        "机密☆长期",
        "秘密10年",
        "机密级",
        "★绝密",
        "秘密★１年",
        "机 密 ＊",
        "（秘密）",
    ],
)
def test_classified_head_refuses(mark: str) -> None:
    inspection = inspected(classification=mark, elements={"MJHBMQX": ""})
    assert [finding.code for finding in inspection.refusals] == ["document.classified_mark"]
    found = inspection.refusals[0]
    assert found.page == 0
    assert found.region is not None
    assert found.region.top == pytest.approx(37, abs=1)


@pytest.mark.parametrize("second", [(150.0, 45.0), (28.0, 56.0), (60.0, 45.0)])
def test_a_level_whose_characters_stand_apart_refuses(second: tuple[float, float]) -> None:
    def draw(page: PageCanvas) -> None:
        write(page, "秘", y=45)
        write(page, "密", x=min(second[0], 90.0), y=second[1])
        write(page, "示府发〔2026〕1号", x=80, y=100)
        write(page, "现将有关事项通知如下，请认真贯彻执行。", y=130)

    assert "document.classified_mark" in codes(one_page(draw))


def test_a_picture_that_may_hold_a_mark_is_told() -> None:
    """Words in pictures are not read: that is said, not passed over."""

    def draw(page: PageCanvas) -> None:
        write(page, "现将有关事项通知如下，请认真贯彻执行。", y=130)
        page.image(Box(28, 40, 12, 6), Scan(255, 12, 6).words(1, 2, top=0.5, left=0.5).png())

    assert "document.picture_not_read" in codes(one_page(draw))
    assert "document.picture_not_read" not in codes(inspected())
    whole = one_page(lambda page: page.image(Box(0, 0, 210, 297), Scan(244).words(18, 26).png()))
    assert "document.picture_not_read" in codes(whole)


def test_classified_metadata_refuses_where_the_page_is_silent() -> None:
    inspection = inspected(elements={"MJHBMQX": "秘密"})
    assert [finding.code for finding in inspection.refusals] == ["document.classified_metadata"]
    assert inspected(elements={"MJHBMQX": "无"}).refusals == ()


@pytest.mark.parametrize(
    ("element", "value"), [("Keyword", "绝密★"), ("Subject", "机密"), ("Abstract", "内部资料")]
)
def test_a_mark_in_the_description_of_the_file_refuses(element: str, value: str) -> None:
    inside = f"<ofd:{element}>{value}</ofd:{element}>"
    info = f"<ofd:Keywords>{inside}</ofd:Keywords>" if element == "Keyword" else inside
    found = inspect_document(OfdBuilder(info=info).page("").build()).refusals
    assert [(finding.code, finding.facts["mark"]) for finding in found] == [
        ("document.classified_metadata", value)
    ]


def test_starred_mark_refuses_on_any_page() -> None:
    text = (*circular().content, Block(BlockKind.PARAGRAPH, "附表标注秘密★3年。"))
    assert "document.classified_mark" in codes(inspected(content=text))


def test_internal_material_refuses() -> None:
    assert "document.internal_mark" in codes(inspected(classification="内部资料", elements={"MJHBMQX": ""}))


def test_urgent_mark_is_left_to_the_region() -> None:
    found = [f for f in inspected(urgency="特急").findings if f.code.startswith("document.urgent")]
    assert {(f.code, f.weight) for f in found} == {
        ("document.urgent_mark", Weight.BY_RULE),
        ("document.urgent_metadata", Weight.BY_RULE),
    }


def test_words_about_secrecy_are_a_hint_with_their_place() -> None:
    text = (Block(BlockKind.PARAGRAPH, "严禁传送涉及国家秘密的文件，非涉密公文照常办理，机密事项除外。" * 2),)
    inspection = inspected(content=text)
    assert inspection.refusals == ()
    hints = [f for f in inspection.findings if f.code == "document.secrecy_mentioned"]
    assert {str(f.facts["mark"]) for f in hints} == {"国家秘密", "机密"}
    assert all(f.weight is Weight.HINT and f.region for f in hints)


def test_invisible_and_off_page_text_is_told() -> None:
    def draw(page: PageCanvas) -> None:
        write(page, "这是一份有正文内容的公文页面文字")
        write(page, "白字", y=80, color=WHITE)
        write(page, "页外", x=230, y=100)

    inspection = one_page(draw)
    assert inspection.pages[0].invisible_chars == 2
    assert inspection.pages[0].off_page_chars == 2
    assert {"document.invisible_text", "document.off_page_text"} <= codes(inspection)


@pytest.mark.parametrize(("width", "sealed"), [(42.0, True), (45.0, True), (38.0, False)])
def test_stamp_presses_name_and_date_below_its_centre(width: float, sealed: bool) -> None:
    data, facts = typeset(circular(sealed=sealed))
    inspection = inspect_document(data)
    place = inspection.suggest_stamp(width, width)
    day, name = facts.date_line.box, facts.signature.box
    assert place.confident
    assert place.page == facts.date_line.page
    assert place.x + width / 2 == pytest.approx(day.x + day.width / 2, abs=0.3)
    centre = place.y + width / 2
    assert centre <= (name.y + day.y + day.height) / 2 + 0.1
    assert place.y < name.y
    assert day.y + day.height < place.y + width
    if sealed:
        assert place.y <= facts.body_bottom + 10.4


def test_date_in_han_figures_beside_the_signature() -> None:
    def draw(page: PageCanvas) -> None:
        write(page, "现将有关事项通知如下，请认真贯彻执行。")
        write(page, "江门市人民政府办公室", x=110, y=100)
        write(page, "二○○八年五月二十三日", x=112, y=110)

    signing = one_page(draw).signing
    assert signing is not None
    assert signing.issue_date == date(2008, 5, 23)
    assert signing.signature == "江门市人民政府办公室"


def test_without_date_the_place_is_not_confident() -> None:
    def draw(page: PageCanvas) -> None:
        write(page, "现将有关事项通知如下，请于2026年3月5日前办结，认真贯彻执行。")

    inspection = one_page(draw)
    place = inspection.suggest_stamp(42, 42)
    assert not place.confident
    assert "document.no_date_line" in codes(inspection)
    assert place.x + 42 <= 210
    assert place.y > 60


def test_prefill_from_the_page_where_metadata_is_silent() -> None:
    names = ("BT", "FWZH", "WZ", "ZSJG", "CSJG", "FWJGSM", "CWRQ", "FJSM", "YFJG", "YFRQ")
    read = inspected(elements=dict.fromkeys(names, "")).prefill
    assert read.from_metadata == ()
    assert read.title == "示范市人民政府关于测试的通知"
    assert read.doc_number == "示府发〔2026〕1号"
    assert read.kind == "通知"
    assert read.main_recipients == "各区人民政府"
    assert read.cc == "市委办公室，市政协办公室"
    assert read.issuer == "示范市人民政府"
    assert read.issue_date == "2026-03-05"
    assert (read.print_office, read.print_date) == ("示范市人民政府办公室", "2026-03-05")


def test_prefill_from_metadata() -> None:
    read = inspected().prefill
    assert "title" in read.from_metadata
    assert read.issue_date == "2026-03-05"
    assert (read.print_office, read.print_date) == ("示范市人民政府办公室", "2026-03-05")


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "doc_number", "dated"),
    [
        ("ofdrw__n.ofd", "路卫发〔2011〕76号", True),
        ("ofdrw__999.ofd", "", False),
        ("ofdrw__z.ofd", "", False),
    ],
)
def test_real_files(corpus: Path, name: str, doc_number: str, dated: bool) -> None:
    inspection = inspect_document(corpus / name)
    assert inspection.blank_pages == ()
    assert inspection.refusals == ()
    assert inspection.prefill.doc_number == doc_number
    assert (inspection.signing is not None) is dated
    assert inspection.suggest_stamp(42, 42).confident is (dated and not inspection.stamps)
    assert inspection.fonts_not_embedded
    json.dumps(inspection.to_json())


@pytest.mark.corpus
def test_pdf_is_inspected_too(corpus: Path) -> None:
    assert inspect_document(corpus / "字体测试.pdf").pages


def test_stamp_is_judged_by_page_edge_and_date() -> None:
    inspection = inspected()
    place = inspection.suggest_stamp(42, 42)
    assert inspection.judge_stamp(place.page, place.boundary) == ()
    away = inspection.judge_stamp(place.page, (20, 40, 42, 42))
    assert [finding.code for finding in away] == ["document.stamp_off_date"]
    outside = inspection.judge_stamp(place.page, (190, 240, 42, 42))
    assert outside[0].code == "document.stamp_off_page"
    blank = one_page(nothing).judge_stamp(0, (100, 100, 42, 42))
    assert [finding.code for finding in blank] == ["document.blank_page"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("关于做好保密工作的通知.ofd", None),
        ("（机密）关于某事项的通知.ofd", "document.classified_name"),
        ("秘密★10年 名单.pdf", "document.classified_name"),
        ("保守国家秘密法宣传方案.ofd", "document.secrecy_in_name"),
    ],
)
def test_names_of_files(name: str, code: str | None) -> None:
    assert [finding.code for finding in name_marks(name)] == ([code] if code else [])


def test_every_code_has_its_sentence() -> None:
    package = REPOSITORY / "src" / "gongwen_docs" / "inspect"
    used = {
        code
        for file in package.glob("*.py")
        for code in re.findall(r'"(document\.[a-z0-9_]+)"', file.read_text(encoding="utf-8"))
    }
    sentences = REPOSITORY / "src" / "gongwen_protocol" / "sentences" / "inspect.toml"
    assert used == set(tomllib.loads(sentences.read_text(encoding="utf-8")))
