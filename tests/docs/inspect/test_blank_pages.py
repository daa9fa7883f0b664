"""Blank seals (管理办法第十八条): pages that look blank are not sealed, sparse ones may be."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from docs.inspect.scans import Scan
from gongwen_crypto.errors import KnownError
from gongwen_docs.inspect import BlankReason, inspect_document
from gongwen_docs.write import BLACK, RED, WHITE, Box, Color, OfdWriter, PageCanvas, Role, default_shelf
from ofd_builder import OfdBuilder

A4 = Box(0, 0, 210, 297)
SIZE = 5.64
SENTENCE = "现将有关事项通知如下，请认真贯彻执行。"
Draw = Callable[[PageCanvas], None]


def write(
    page: PageCanvas, text: str, x: float = 28, y: float = 60, size: float = SIZE, **more: object
) -> None:
    page.text(x, y, text, default_shelf().face(Role.FANG), size, **more)  # type: ignore[arg-type]


def scanned(make: Callable[[], Scan]) -> Draw:
    return lambda page: page.image(A4, make().png())


def cover(page: PageCanvas, color: Color = WHITE, box: Box = A4) -> None:
    page.path(box, f"M 0 0 L {box.width} 0 L {box.width} {box.height} L 0 {box.height} C", fill=color)


def drawn(*steps: Draw) -> Draw:
    def draw(page: PageCanvas) -> None:
        for step in steps:
            step(page)

    return draw


def text(words: str = SENTENCE, **options: object) -> Draw:
    return lambda page: write(page, words, **options)  # type: ignore[arg-type]


def rules(page: PageCanvas) -> None:
    for number in range(12):
        page.line(28, 50 + number * 15, 184, 50 + number * 15, 0.35)
    for x in (28, 80, 132, 184):
        page.line(x, 50, x, 215, 0.35)


def dots(page: PageCanvas) -> None:
    chance = random.Random(3)
    for _ in range(300):
        x, y = chance.uniform(25, 180), chance.uniform(30, 260)
        cover(page, BLACK, Box(x, y, 0.35, 0.35))


def letterhead(page: PageCanvas) -> None:
    write(page, "示范市人民政府文件", y=80, size=15, color=RED)
    write(page, "示府发〔2026〕1号", x=80, y=100)
    page.line(28, 110, 184, 110, 0.5, RED)


def black_letterhead(page: PageCanvas) -> None:
    write(page, "000001", y=42)
    write(page, "特急", y=52)
    write(page, "示范市人民政府办公室文件", y=80, size=12)
    write(page, "示府办发〔2026〕12号", x=80, y=100)
    page.line(28, 110, 184, 110, 0.5)


def signed(page: PageCanvas) -> None:
    write(page, "示范市人民政府", x=125, y=100)
    write(page, "2026年3月5日", x=128, y=110)


def ruled(scan: Scan, lines: int) -> Scan:
    for number in range(lines):
        scan.block(28, 50 + number * 14, 154, 0.5)
    return scan


def diagram(page: PageCanvas) -> None:
    for number in range(5):
        high = 20 + number * 20
        cover(page, Color(70, 110, 170), Box(40 + number * 25, 220 - high, 15, high))


BLANK: dict[str, Draw] = {
    "nothing at all": lambda page: None,
    "white words": text(color=WHITE),
    "words nearly as pale as paper": text(color=Color(246, 246, 246)),
    "pale yellow words": text(color=Color(255, 255, 240)),
    "words under a white rectangle": drawn(text(), cover),
    "words under the picture of a blank sheet": drawn(text(), scanned(Scan)),
    "words under a noisy scan of a blank sheet": drawn(text(), scanned(lambda: Scan(248).noise(6))),
    "words beside the sheet": text(x=230),
    "words above the sheet": text(y=-30),
    "invisible text objects": text(visible=False),
    "one dot": text("。"),
    "three hundred specks": dots,
    "type too small to read": text(size=0.3),
    "all characters on one spot": text(steps=[0.0] * (len(SENTENCE) - 1)),
    "one character over and over": text("一" * 24),
    "punctuation": text("。、，；：。、，；：。、"),
    "letterhead only": letterhead,
    "letterhead in black": black_letterhead,
    "letterhead and signature": drawn(letterhead, signed),
    "signature and date alone": signed,
    "page number": text("— 3 —", x=160, y=270),
    "the notice that there is no text": drawn(text("（此页无正文）"), signed),
    "an empty table": rules,
    "a red line": lambda page: page.line(28, 110, 184, 110, 0.5, RED),
    "a grey ground": lambda page: cover(page, Color(225, 225, 225)),
    "a black sheet": lambda page: cover(page, BLACK),
    "picture of a blank sheet": scanned(Scan),
    "scan of blank paper": scanned(lambda: Scan(243).noise(10)),
    "scan with strong noise": scanned(lambda: Scan(235).noise(45, 0.3)),
    "scan with dust": scanned(lambda: Scan(248).noise(255, 0.0008)),
    "scan with dark edges": scanned(
        lambda: Scan(240).noise(8).block(0, 0, 9, 297, 30).block(0, 0, 210, 8, 50).block(0, 291, 210, 6, 20)
    ),
    "scan with punched holes": scanned(lambda: Scan(244).noise(8).hole(10, 100).hole(10, 180)),
    "scan with a fold and a streak": scanned(
        lambda: Scan(246).noise(6).block(0, 148, 210, 0.5, 120).block(90, 0, 0.4, 297, 90)
    ),
    "other side shining through": scanned(lambda: Scan(246).noise(6).words(20, 26, 220)),
    "scan of an empty form's lines": scanned(lambda: ruled(Scan(250), 12)),
}

SPARSE: dict[str, Draw] = {
    "one sentence": text(),
    "one sentence and the signature": drawn(text(), signed),
    "a title": text("示范市人民政府关于李某任职的通知", size=7.76),
    "a short reply": drawn(letterhead, text("同意。特此批复，请按程序办理。", y=140), signed),
    "last words of a text": drawn(text("特此通知，请遵照执行。", y=45), signed),
    "joint signatures and date": drawn(
        text("示范市财政局", x=35, y=90),
        text("示范市教育局", x=95, y=90),
        text("2026年3月5日", x=128, y=140),
    ),
    "annex label and title": drawn(
        text("附件1", y=45), text("防汛抗旱指挥部成员名单", x=60, y=66, size=7.76)
    ),
    "grey words": text(color=Color(150, 150, 150)),
    "blue words": text(color=Color(0, 0, 200)),
    "words of 小五": text(size=3.18),
    "words of 七号": text(size=1.94),
    "white words on a dark ground": drawn(lambda page: cover(page, Color(20, 40, 90)), text(color=WHITE)),
    "words on a grey ground": drawn(lambda page: cover(page, Color(225, 225, 225)), text()),
    "words on a cream ground": drawn(lambda page: cover(page, Color(255, 248, 225)), text()),
    "words over a white rectangle": drawn(cover, text()),
    "words wide apart": text("同意上述意见并立即组织实施", steps=[11.0] * 12),
    "a filled-in table": drawn(
        rules, text("单位"), text("数量", x=90), text("示范市水利局", y=75), text("12345", x=90, y=75)
    ),
    "latin words": text("Notice of the meeting"),
    "figures": text("2026 1305 8847 6690"),
    "scan of two lines": scanned(lambda: Scan(244).noise(8).words(2, 26)),
    "scan of a short line": scanned(lambda: Scan(250).words(1, 14)),
    "pale scan of a page": scanned(lambda: Scan(240).noise(10).words(18, 26, 120)),
    "scan with dark edges and a text": scanned(
        lambda: Scan(240).noise(8).block(0, 0, 9, 297, 30).words(6, 24, 40)
    ),
    "scan of a filled-in form": scanned(
        lambda: Scan(250).block(28, 50, 154, 0.5).block(28, 100, 154, 0.5).words(3, 12, top=60)
    ),
    "a photograph": lambda page: page.image(
        Box(60, 80, 90, 60), Scan(90, 90, 60).noise(80, 0.5).block(10, 10, 40, 30, 200).png()
    ),
    "a diagram": diagram,
}


def first_page(draw: Draw) -> BlankReason | None:
    writer = OfdWriter()
    draw(writer.page())
    return inspect_document(writer.to_bytes()).pages[0].blank_reason


@pytest.mark.parametrize("name", BLANK)
def test_a_page_without_content_is_not_sealed(name: str) -> None:
    assert first_page(BLANK[name]) is not None


@pytest.mark.parametrize("name", SPARSE)
def test_a_sparse_page_may_be_sealed(name: str) -> None:
    assert first_page(SPARSE[name]) is None


def test_words_cut_away_by_a_clip_are_no_content() -> None:
    clip = (
        '<ofd:Clips><ofd:Clip><ofd:Area><ofd:Path Boundary="0 0 1 1" Fill="true"><ofd:AbbreviatedData>'
        "M 0 0 L 1 0 L 1 1 L 0 1 C</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>"
    )
    unit = (
        f'<ofd:TextObject ID="8" Boundary="10 10 80 20" Font="3" Size="5">{clip}'
        '<ofd:TextCode X="10" Y="10" DeltaX="g 19 4">ABCABCABCABCABCABCAB</ofd:TextCode></ofd:TextObject>'
    )
    page = inspect_document(OfdBuilder(box_font=True).page(unit).build()).pages[0]
    assert page.blank_reason is not None


def test_transparent_words_are_no_content() -> None:
    unit = (
        '<ofd:TextObject ID="8" Boundary="10 10 80 20" Font="3" Size="5" Alpha="0">'
        '<ofd:TextCode X="10" Y="10" DeltaX="g 19 4">ABCABCABCABCABCABCAB</ofd:TextCode></ofd:TextObject>'
    )
    page = inspect_document(OfdBuilder(box_font=True).page(unit).build()).pages[0]
    assert page.blank_reason is not None


#: Pages of the corpus that hold nothing to be sealed: an empty sheet, rows of empty coloured boxes, an empty
#: form with two labels, one word.
CORPUS_BLANK = {
    "easyofd-rust__gen_13_riding_seal.ofd": (5,),
    "ofdrw__1-1.ofd": (2,),
    "ofdrw__Page5.ofd": (0, 1, 2, 3, 4),
    "ofdrw__V4RideRight.ofd": (0, 1, 2, 3, 4),
    "ofdrw__areaholder_fields.ofd": (0,),
    "ofdrw__test-ofda.ofd": (0,),
}


@pytest.mark.corpus
def test_no_page_of_a_real_document_is_wrongly_blank(corpus: Path) -> None:
    """The single-feature pages below ``features`` are probes and no documents."""
    found: dict[str, tuple[int, ...]] = {}
    for path in sorted([*corpus.glob("*.ofd"), *corpus.glob("*.pdf")]):
        try:
            blank = inspect_document(path).blank_pages
        except KnownError:
            continue
        if blank:
            found[path.name] = blank
    assert found == CORPUS_BLANK
