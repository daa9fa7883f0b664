"""Lines, paragraphs, columns; what lies under a point; words as copied; search."""

from __future__ import annotations

import pytest

from gongwen_docs.draw import PageText, open_drawing
from gongwen_docs.draw.passages import char_at, copied, find, folded, line_at, nearest, regions, word_at
from gongwen_docs.draw.results import LineEnd
from ofd_builder import OfdBuilder, text


def page(*codes: tuple[str, float, float, str], size: float = 5) -> PageText:
    """A page of lines: characters, x, y, further attributes of the TextCode."""
    units = "".join(
        text(f'<ofd:TextCode X="{x}" Y="{y}" {more}>{words}</ofd:TextCode>', f'Size="{size}"')
        for words, x, y, more in codes
    )
    with open_drawing(OfdBuilder(box_font=True).page(units).build()) as drawing:
        return drawing.text(0)


def across(count: int) -> str:
    return f'DeltaX="g {count - 1} 5"'


PARAGRAPH = page(
    ("首行缩进两个字的段落从", 20, 10, across(11)),
    ("这里接着写到这一行的末尾再", 10, 19, across(13)),
    ("到此为止。", 10, 28, across(5)),
    ("另一段从这里开始。", 20, 37, across(9)),
)


def test_wrapped_lines_are_joined_when_copied_and_paragraphs_are_not() -> None:
    assert [line.ends for line in PARAGRAPH.lines] == [
        LineEnd.WRAP,
        LineEnd.WRAP,
        LineEnd.BREAK,
        LineEnd.APART,
    ]
    assert copied(PARAGRAPH, 0, len(PARAGRAPH.chars)) == (
        "首行缩进两个字的段落从这里接着写到这一行的末尾再到此为止。\n另一段从这里开始。"
    )
    assert copied(PARAGRAPH, 9, 13) == "落从这里"


def test_search_goes_over_the_end_of_a_line() -> None:
    (found,) = find(PARAGRAPH, "段落从这里")
    assert (found.before, found.found) == ("首行缩进两个字的", "段落从这里")
    assert found.after.startswith("接着写到")
    boxes = regions(PARAGRAPH, found.start, found.end)
    assert len(boxes) == 2
    assert boxes[0][0] == pytest.approx(60, abs=0.5)
    assert boxes[1][:1] == pytest.approx((10,), abs=0.5)
    assert len(find(PARAGRAPH, "这里")) == 2
    assert find(PARAGRAPH, "没有的字") == ()
    assert find(PARAGRAPH, " ") == ()


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("2026", "２０２６"),
        ("[2026]33号", "〔2026〕33号"),
        ("（2026）", "〔2026〕"),
        ("ofd reader", "OFD　Reader"),
        ("通知", "通　　知"),
        ("１２", "12"),
        ("“引文”", '"引文"'),
        ("办", "办"),
    ],
)
def test_width_case_blanks_and_brackets_do_not_matter(typed: str, written: str) -> None:
    assert folded(typed) == folded(written)
    assert find(page((written, 10, 20, across(len(written)))), typed)


def test_vertical_lines_are_read_downwards_and_columns_from_the_right() -> None:
    down = 'DeltaY="g 3 5.2"'
    read = page(("竖排文字", 60, 20, down), ("第二列字", 50, 20, down))
    assert read.text == "竖排文字\n第二列字\n"
    assert [line.direction for line in read.lines] == [(0, 1), (0, 1)]
    assert len(find(read, "文字第二")) == 1
    assert nearest(read, 62, 28) == 2
    assert nearest(read, 62, 90) == 4
    assert copied(read, 1, 3) == "排文"
    (left, top, right, bottom) = regions(read, 0, 4)[0]
    assert right - left < 7
    assert bottom - top > 18


def test_figures_under_one_another_stay_lines() -> None:
    read = page(("1", 10, 20, ""), ("2", 10, 26, ""), ("3", 10, 32, ""))
    assert read.text == "1\n2\n3\n"


def test_points_words_and_lines() -> None:
    read = page(("关于OFD2016的通知，请", 10, 20, 'DeltaX="5 5 3.5 3 3 g 4 2.6 5 5 5 5"'))
    assert read.text == "关于OFD2016的通知，请\n"
    inside = read.chars[4].box
    x, y = (inside[0] + inside[2]) / 2, (inside[1] + inside[3]) / 2
    assert char_at(read, x, y) == 4
    assert char_at(read, x, y + 40) is None
    assert word_at(read, 4) == (2, 9)
    assert word_at(read, 0) == (0, 2)
    assert word_at(read, 12) == (12, 13)
    line = line_at(read, 5)
    assert line is not None
    assert (line.start, line.end) == (0, 14)
    assert nearest(read, 0, 0) == 0
    assert nearest(read, 99, 99) == 14
    empty = page()
    assert nearest(empty, 5, 5) is None
    assert empty.lines == ()
