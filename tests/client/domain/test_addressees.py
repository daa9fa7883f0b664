"""Whom a text addresses, and how that compares with whom it goes to."""

from __future__ import annotations

import pytest

from gongwen_client.domain.addressees import (
    AddressBook,
    Kind,
    blocked,
    outside,
    resolve_all,
    split_names,
    units_of,
)
from gongwen_client.domain.comparison import compare
from gongwen_client.domain.copy_numbers import expected_ranges
from gongwen_client.domain.following import DocumentMore
from gongwen_client.domain.paper import listed, paper_beside, with_listed, with_paper
from gongwen_protocol.actions import SpecialAttachment
from gongwen_protocol.messages import Recipient, RecipientRole, Unit, UnitGroup

OWN = "000"
UNITS = (
    Unit(code=OWN, name="示范市人民政府办公室", region="市政府办公室"),
    Unit(code="101", name="示范市教育局", short_name="市教育局", region="市直部门"),
    Unit(code="102", name="示范市水利局", region="市直部门", plates=("示范市防汛抗旱指挥部办公室",)),
    Unit(code="103", name="示范市财政局", region="市直部门", enabled=False),
    Unit(code="201", name="东城区人民政府办公室", region="区人民政府"),
    Unit(code="202", name="西旗人民政府", region="区人民政府"),
    Unit(code="203", name="东城区教育局", region="东城区"),
    Unit(code="301", name="𠮷林供水集团有限公司", region="企业"),
    Unit(code="401", name="他市水利局", region="邻近市/市直部门"),
)
GROUPS = (UnitGroup(name="防汛成员单位", unit_codes=("102", "103", "999")),)
BOOK = AddressBook(UNITS, GROUPS, OWN)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("各旗区人民政府，市直各部门：", ["各旗区人民政府", "市直各部门"]),
        (
            "市教育局、市水利局；东城区教育局\n西旗人民政府",
            ["市教育局", "市水利局", "东城区教育局", "西旗人民政府"],
        ),
        ("1.市教育局 2、市水利局,市教育局", ["市教育局", "市水利局"]),
        ("示范市教育局（督导室、考试院）、市水利局", ["示范市教育局（督导室、考试院）", "市水利局"]),
        ("", []),
        ("、，；", []),
    ],
)
def test_lists_of_names_are_cut_as_people_write_them(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(
    ("phrase", "kind", "codes"),
    [
        ("示范市教育局", Kind.UNIT, ["101"]),
        ("市教育局", Kind.UNIT, ["101"]),
        ("市水利局", Kind.AMBIGUOUS, ["102", "401"]),
        ("教育局", Kind.AMBIGUOUS, ["101", "203"]),
        ("示范市防汛抗旱指挥部办公室", Kind.UNIT, ["102"]),
        ("东城区人民政府", Kind.UNIT, ["201"]),
        ("防汛成员单位", Kind.GROUP, ["102", "103"]),
        ("各防汛成员单位", Kind.GROUP, ["102", "103"]),
        ("各旗区人民政府", Kind.GROUP, ["201", "202"]),
        ("市直各部门", Kind.GROUP, ["101", "102", "103", "401"]),
        ("市人民政府各部门", Kind.GROUP, ["101", "102", "103", "401"]),
        ("供水集团", Kind.AMBIGUOUS, ["301"]),
        ("各高等院校", Kind.UNKNOWN, []),
        ("市大数据局", Kind.UNKNOWN, []),
        ("示范市人民政府办公室", Kind.UNKNOWN, []),
        ("局", Kind.UNKNOWN, []),
    ],
)
def test_a_phrase_means_one_unit_a_group_several_or_none(phrase: str, kind: Kind, codes: list[str]) -> None:
    found = BOOK.resolve(phrase)
    assert (found.kind, [unit.code for unit in found.units]) == (kind, codes)


def test_units_of_a_pasted_list_are_the_certain_ones_each_once() -> None:
    found = resolve_all(BOOK, "市教育局、防汛成员单位、教育局、没有的局、示范市教育局")
    assert [unit.code for unit in units_of(found)] == ["101", "102", "103"]


def _to(*codes: str, role: RecipientRole = RecipientRole.MAIN, copies: int = 1) -> tuple[Recipient, ...]:
    return tuple(Recipient(unit_code=code, role=role, copies=copies) for code in codes)


def test_missing_extra_wrong_role_and_unclear_are_told_apart() -> None:
    found = compare(
        BOOK,
        "市教育局、各旗区人民政府，教育局、市大数据局",
        "示范市水利局",
        (*_to("101", "102", "301"),),
        lambda unit: "directory.unit_not_enabled" if unit.code == "202" else "",
    )
    assert found.compared
    assert not found.agrees
    assert [(one.unit.code, one.obstacle) for one in found.missing] == [
        ("201", ""),
        ("202", "directory.unit_not_enabled"),
    ]
    assert [one.unit_code for one in found.extra] == ["301"]
    assert [one.unit_code for one in found.other_role] == ["102"]
    assert [(one.phrase, len(one.choices)) for one in found.unclear] == [("市大数据局", 0)]


def test_of_an_ambiguous_name_the_chosen_unit_is_meant() -> None:
    assert compare(BOOK, "教育局", "", _to("203")).agrees
    both = compare(BOOK, "教育局", "", _to("101", "203"))
    assert [one.phrase for one in both.unclear] == ["教育局"]
    assert not compare(BOOK, "", "  ", _to("101")).compared, "nothing is printed, nothing is compared"


def test_a_unit_that_cannot_be_addressed_has_a_reason() -> None:
    assert outside(UNITS[-1], "示范市")
    assert not outside(UNITS[1], "示范市"), "a part of the address book is no place"
    assert not outside(Unit(code="1", name="甲", region="某省/示范市/东城区"), "示范市")
    later = Unit(code="1", name="甲", enabled_from="2027-01-01")
    assert blocked(later, "示范市", "2026-12-31") == "directory.unit_not_yet"
    assert not blocked(later, "示范市", "2027-01-01")
    assert blocked(UNITS[3], "示范市", "2026-12-31") == "directory.unit_not_enabled"


def test_copy_numbers_follow_the_order_of_the_recipients() -> None:
    recipients = (*_to("101", copies=5), *_to("102", copies=0), *_to("201", copies=1))
    ranges = [one and (one.first, one.last) for one in expected_ranges(recipients)]
    assert ranges == [(1, 5), None, (6, 6)]


def test_paper_beside_travels_as_the_first_special_attachment() -> None:
    book = SpecialAttachment(name="规划图册", copies=2, sent_by="专人送达")
    more = with_listed(DocumentMore(), (book,))
    assert paper_beside(more) is None
    beside = SpecialAttachment(name="公文纸质件（与电子件同送）", copies=1, sent_by="机要交换")
    both = with_paper(more, beside)
    assert paper_beside(both) == beside
    assert listed(both) == (book,)
    assert with_paper(both, None) == more


def test_a_unit_stands_for_the_one_that_follows_it() -> None:
    old = UNITS[2].model_copy(update={"successor_code": "201", "successor_since": "2027-01-01"})
    book = AddressBook([*UNITS[:2], old, *UNITS[3:]], GROUPS, OWN)
    assert not book.successors("2026-12-31")
    assert not blocked(old, "示范市", "2026-12-31")
    assert blocked(old, "示范市", "2027-01-01") == "directory.unit_superseded"
    heirs = book.successors("2027-01-01")
    assert heirs == {"102": UNITS[4]}
    chosen = [Recipient(unit_code="201", role=RecipientRole.MAIN, copies=1)]
    found = compare(book, "示范市水利局", "", chosen, in_place_of=lambda unit: heirs.get(unit.code, unit))
    assert found.agrees, "who goes by the old name on paper goes to the successor"
