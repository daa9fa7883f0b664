"""Line breaking: cells, 避头尾, figures kept whole, every full line filled."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongwen_docs.typeset.lines import NO_END, NO_START, Line, Span, break_lines, shape
from gongwen_docs.typeset.sheets import BODY
from gongwen_docs.typeset.title import break_title
from gongwen_docs.write import default_shelf

WIDTH = 28 * BODY.cell


def lines_of(text: str, width: float = WIDTH) -> list[Line]:
    return break_lines(shape(default_shelf(), [Span(text, BODY)]), width)


def test_twenty_eight_characters_fill_a_line() -> None:
    lines = lines_of("文" * 57)
    assert [len(line.glyphs) for line in lines] == [28, 28, 1]
    assert lines[0].glyphs[27].x == pytest.approx(27 * BODY.cell)


def test_figures_are_not_torn() -> None:
    assert [line.text for line in lines_of("文" * 27 + "2026年")] == ["文" * 27, "2026年"]
    assert [line.text for line in lines_of("文" * 27 + "12月1日")] == ["文" * 27, "12月1日"]


def test_closing_mark_is_drawn_in_or_takes_a_character_along() -> None:
    assert [line.text for line in lines_of("文，" * 14 + "。文")] == ["文，" * 14 + "。", "文"]
    assert [line.text for line in lines_of("文" * 28 + "。文")] == ["文" * 27, "文。文"]


def test_opening_mark_moves_down() -> None:
    assert [line.text for line in lines_of("文" * 27 + "《公文》")] == ["文" * 27, "《公文》"]


TEXT = st.text(alphabet="公文交换平台，。、；：《》（）“”——……2018GB/T .", min_size=1, max_size=120)


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_nothing_is_lost_and_lines_keep_the_measure(text: str) -> None:
    lines = lines_of(text)
    assert "".join(line.text for line in lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        for item in line.glyphs:
            assert item.x >= -BODY.cell / 2 - 1e-6
        if line.glyphs:
            last = line.glyphs[-1]
            assert last.x <= WIDTH


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["公文", "平台。", "《办法》", "，", "交换", "（试行）"]), min_size=20, max_size=60
    )
)
def test_no_line_begins_or_ends_wrongly(words: list[str]) -> None:
    text = "公" + "".join(words).replace("，，", "，").replace("。，", "。")
    for line in lines_of(text)[1:]:
        assert line.text[0] not in NO_START
    for line in lines_of(text)[:-1]:
        assert line.text[-1] not in NO_END


def test_title_is_balanced_at_natural_joints() -> None:
    assert break_title("示范市人民政府办公室关于做好电子公文交换平台启用工作的通知", 20) == [
        "示范市人民政府办公室",
        "关于做好电子公文交换平台启用工作的通知",
    ]
    assert break_title(
        "鄂尔多斯市人民政府办公厅关于印发《鄂尔多斯市电子公文交换平台管理办法（试行）》的通知", 20
    ) == [
        "鄂尔多斯市人民政府办公厅",
        "关于印发《鄂尔多斯市电子公文交换平台",
        "管理办法（试行）》的通知",
    ]
    assert break_title("短标题", 20) == ["短标题"]
    assert break_title("第一行\n第二行", 20) == ["第一行", "第二行"]
