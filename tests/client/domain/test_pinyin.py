"""Finding units by what a clerk types."""

from __future__ import annotations

import pytest

from gongwen_client.domain.pinyin import Found, NameIndex, initials_of
from gongwen_protocol.messages import Unit

UNITS = (
    Unit(code="JM101", name="江门市人民政府办公室", short_name="市府办公室"),
    Unit(code="JM102", name="江门市发展和改革局", short_name="市发改局", plates=("江门市物价局",)),
    Unit(code="JM103", name="新会区人民政府", region="江门市/新会区"),
    Unit(code="JM104", name="长沙街道办事处"),
    Unit(code="JM105", name="𠀀𬕂镇人民政府"),
    Unit(code="WPS1", name="WPS 试点单位"),
)


def codes(text: str) -> list[str]:
    return [match.unit.code for match in NameIndex(UNITS).find(text)]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("江门市人民政府办公室", "JM101"),
        ("府办", "JM101"),
        ("sfb", "JM101"),
        ("SFBGS", "JM101"),
        ("jm103", "JM103"),
        ("fzhgg", "JM102"),
        ("fazhan", "JM102"),
        ("wjj", "JM102"),
        ("物价局", "JM102"),
        ("江门发改局", "JM102"),
        ("市fgj", "JM102"),
        ("xhq", "JM103"),
        ("csjd", "JM104"),
        ("zsjd", "JM104"),
        ("zhangsha", "JM104"),
        ("𠀀", "JM105"),
        ("𬕂镇", "JM105"),
        ("zrmzf", "JM105"),
        ("wps", "WPS1"),
        ("试点 wps", "WPS1"),
    ],
)
def test_the_unit_is_found(typed: str, wanted: str) -> None:
    assert wanted in codes(typed)


def test_better_fits_come_first() -> None:
    units = (
        Unit(code="A", name="江门市市府办管理站"),
        Unit(code="B", name="市府办"),
        Unit(code="C", name="市府办公室"),
    )
    found = NameIndex(units).find("市府办")
    assert [(match.unit.code, match.found) for match in found] == [
        ("B", Found.WHOLE),
        ("C", Found.BEGINNING),
        ("A", Found.INSIDE),
    ]


def test_the_match_names_the_plate_that_fitted() -> None:
    assert NameIndex(UNITS).find("物价")[0].by == "江门市物价局"


@pytest.mark.parametrize("typed", ["", "  ", "不存在的单位", "zzzzqq", "%", "'", '"*'])
def test_nothing_is_found(typed: str) -> None:
    assert codes(typed) == []


def test_all_words_must_fit() -> None:
    assert codes("江门 物价") == ["JM102"]
    assert codes("新会 物价") == []


def test_many_units_are_cut() -> None:
    many = [Unit(code=f"U{number:05}", name=f"第{number}单位") for number in range(500)]
    assert len(NameIndex(many).find("dw")) == 200
    assert len(NameIndex(many).find("单位", limit=3)) == 3


def test_initials() -> None:
    assert initials_of("江门市") == "jms"
