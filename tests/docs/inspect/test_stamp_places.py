"""Where seals go on joint documents (联合行文), beside words, and beside seals that are there."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from docs.office import NOW, Authority, Unit, seal
from gongwen_docs.inspect import Beside, Inspection, JointOrder, Stamped, StampPlace, inspect_document
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.write import make_seal
from gongwen_docs.sign import Placement
from gongwen_docs.verify import Verdict, verify_file
from gongwen_docs.write import RED, OfdWriter, PageCanvas, Role, default_shelf
from gongwen_docs.write import Box as Drawn

SIZE = 5.64
UNITS = ("示范市财政局", "示范市教育局", "示范市水利局", "示范市卫生健康委", "示范市发展改革委")
SEAL = 42.0


def write(page: PageCanvas, text: str, x: float, y: float) -> None:
    page.text(x, y, text, default_shelf().face(Role.FANG), SIZE)


def centred(page: PageCanvas, text: str, x: float, y: float) -> None:
    face = default_shelf().face(Role.FANG)
    write(page, text, x - sum(map(face.advance, text)) * SIZE / 2, y)


def joint(names: tuple[str, ...] = UNITS, top: float = 90, pitch: float = 52) -> bytes:
    """A joint document: names in rows of three, the date below the last name."""
    writer = OfdWriter()
    page = writer.page()
    for line in range(4):
        write(page, "现将有关事项通知如下，请各单位认真贯彻执行。", 28, 40 + line * 10)
    for number, name in enumerate(names):
        row, column = divmod(number, 3)
        x, y = 50 + column * 54, top + row * pitch
        centred(page, name, x, y)
    centred(page, "2026年3月5日", x, y + 10)
    return writer.to_bytes()


def single() -> bytes:
    writer = OfdWriter()
    page = writer.page()
    write(page, "现将有关事项通知如下，请各单位认真贯彻执行。", 28, 60)
    centred(page, "示范市水利局", 150, 100)
    centred(page, "2026年3月5日", 150, 110)
    write(page, "（盖章）", 60, 200)
    write(page, "联系单位 （ 盖 章 ）", 60, 240)
    return writer.to_bytes()


def middle(place: StampPlace) -> tuple[float, float]:
    return place.x + place.width / 2, place.y + place.height / 2


def apart(places: list[StampPlace]) -> bool:
    return all(
        one.page != other.page
        or one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + one.height <= other.y
        or other.y + other.height <= one.y
        for one, other in combinations(places, 2)
    )


def test_names_of_a_joint_document_in_its_order() -> None:
    signing = inspect_document(joint()).signing
    assert signing is not None
    assert tuple(one.name for one in signing.signatories) == UNITS
    assert signing.signature == UNITS[-1]


@pytest.mark.parametrize("count", [2, 3, 4, 5])
@pytest.mark.parametrize("size", [42.0, 45.0, 50.0])
def test_each_seal_presses_its_own_name_and_none_another(count: int, size: float) -> None:
    inspection = inspect_document(joint(UNITS[:count]))
    places = [inspection.suggest_stamp(size, size, unit) for unit in UNITS[:count]]
    assert apart(places)
    assert all(place.confident for place in places)
    assert inspection.signing is not None
    for place, one in zip(places, inspection.signing.signatories, strict=True):
        x, y = one.region.center
        assert place.x < x < place.x + size
        assert place.y < y < place.y + size
    date_x, date_y = inspection.signing.date_region.center
    last = places[-1]
    assert last.x < date_x < last.x + size
    assert last.y < date_y < last.y + size


def test_seals_wider_than_their_names_are_spread() -> None:
    writer = OfdWriter()
    page = writer.page()
    write(page, "现将有关事项通知如下，请各单位认真贯彻执行。", 28, 60)
    for number, name in enumerate(UNITS[:3]):
        centred(page, name, 65 + number * 40, 110)
    centred(page, "2026年3月5日", 145, 120)
    inspection = inspect_document(writer.to_bytes())
    places = [inspection.suggest_stamp(SEAL, SEAL, unit) for unit in UNITS[:3]]
    assert apart(places)
    assert [middle(place)[0] for place in places] == [pytest.approx(x, abs=1) for x in (61, 105, 149)]


def test_short_and_unknown_names() -> None:
    names = ("示范市发展改革委", "示范市财政局", "示范市教育局")
    inspection = inspect_document(joint(names))
    first = inspection.suggest_stamp(SEAL, SEAL, "示范市发展和改革委员会")
    assert middle(first)[0] == pytest.approx(50, abs=2)
    over_date = inspection.suggest_stamp(SEAL, SEAL, "示范市审计局")
    assert middle(over_date)[0] == pytest.approx(158, abs=1)


@pytest.mark.parametrize("count", range(1, 8))
def test_places_without_names_stand_in_rows_of_three(count: int) -> None:
    writer = OfdWriter()
    page = writer.page()
    write(page, "现将有关事项通知如下，请各单位认真贯彻执行。", 28, 60)
    centred(page, "2026年3月5日", 150, 240)
    places = list(inspect_document(writer.to_bytes()).joint_places(SEAL, SEAL, count))
    assert len(places) == count
    assert apart(places)
    assert places == sorted(places, key=lambda place: (place.y, place.x)), "in the document's order"
    assert places[-1].x < 150 < places[-1].x + SEAL
    assert all(sum(other.y == place.y for other in places) <= 3 for place in places)


def test_five_units_seal_in_turn_and_all_stay_valid(tmp_path: Path) -> None:
    """A later signature freezes the earlier ones; nobody's seal meets another's."""
    authority = Authority.found()
    document = tmp_path / "joint.ofd"
    document.write_bytes(joint())
    places: list[StampPlace] = []
    for number, name in enumerate(UNITS):
        inspection = inspect_document(document)
        assert len(inspection.stamps) == number
        place = inspection.suggest_stamp(SEAL, SEAL, name)
        assert inspection.judge_stamp(place.page, place.boundary) == ()
        places.append(place)
        sealed = tmp_path / f"{number}.ofd"
        signer = authority.certify(name)
        order = replace(authority.order(signer, name), es_id=f"1506020000001{number}")
        unit = Unit(signer, make_seal(order, authority.maker))
        document = seal(document, sealed, unit, Placement(place.page, Box(*place.boundary)))
    report = verify_file(document, authority.trust(), NOW)
    assert report.verdict is Verdict.VALID, report.to_json()
    assert [signature.seal_name for signature in report.signatures] == list(UNITS)
    assert all(signature.verdict is Verdict.VALID for signature in report.signatures)
    assert apart(places)


def test_a_place_that_is_taken_is_refused_and_another_suggested(tmp_path: Path) -> None:
    authority = Authority.found()
    document = tmp_path / "one.ofd"
    document.write_bytes(single())
    first = inspect_document(document).suggest_stamp(SEAL, SEAL)
    where = Placement(first.page, Box(*first.boundary))
    sealed = seal(document, tmp_path / "sealed.ofd", authority.unit("示范市水利局"), where)
    inspection = inspect_document(sealed)
    (finding,) = inspection.judge_stamp(first.page, first.boundary)
    assert (finding.code, finding.facts["seal"]) == ("document.stamp_overlap", "示范市水利局")
    second = inspection.suggest_stamp(SEAL, SEAL)
    assert not second.confident
    assert apart([first, second])
    assert "document.stamp_overlap" not in codes(inspection, second)


def test_a_seal_that_is_only_drawn_is_not_covered() -> None:
    writer = OfdWriter()
    page = writer.page()
    write(page, "现将有关事项通知如下，请各单位认真贯彻执行。", 28, 60)
    centred(page, "示范市水利局", 150, 100)
    centred(page, "2026年3月5日", 150, 110)
    page.path(Drawn(129, 84, 42, 42), "M 0 0 L 42 0 L 42 42 L 0 42 C", stroke=RED, line_width=2)
    inspection = inspect_document(writer.to_bytes())
    assert "document.stamp_over_red" in codes(inspection, StampPlace(0, 129, 84, 42, 42, True))
    assert "document.stamp_over_red" not in codes(inspection, inspection.suggest_stamp(SEAL, SEAL))


def codes(inspection: Inspection, place: StampPlace) -> set[str]:
    return {finding.code for finding in inspection.judge_stamp(place.page, place.boundary)}


@pytest.mark.parametrize("word", ["（盖章）", "(盖章)", "（ 盖 章 ）"])
def test_places_at_a_word(word: str) -> None:
    inspection = inspect_document(single())
    over, other = inspection.places_at_word(word, Beside.OVER, SEAL, SEAL)
    assert over.y < other.y, "in reading order"
    assert middle(over) == pytest.approx((60 + 2 * SIZE, 200 - 0.38 * SIZE), abs=1.5)
    above, _ = inspection.places_at_word(word, Beside.ABOVE, SEAL, SEAL)
    assert above.y + SEAL < 200 - SIZE / 2
    right, _ = inspection.places_at_word(word, Beside.RIGHT, SEAL, SEAL)
    assert right.x > 60 + 3 * SIZE
    assert inspection.places_at_word("没有这个词", Beside.OVER, SEAL, SEAL) == ()
    assert inspection.places_at_word("　", Beside.OVER, SEAL, SEAL) == ()


def test_the_order_is_the_names_or_the_next_after_the_seals_there() -> None:
    named = inspect_document(joint(UNITS[:3]))
    assert named.joint_order(UNITS[1]) == JointOrder(2, 3)
    assert named.joint_order("示范市审计局") == JointOrder(1, 3)
    places = named.joint_places(SEAL, SEAL, 3)
    assert places == tuple(named.suggest_stamp(SEAL, SEAL, name) for name in UNITS[:3])
    sealed = replace(
        named,
        signing=None,
        stamps=tuple(Stamped(0, place.region, name) for place, name in zip(places, UNITS, strict=False)),
    )
    assert sealed.joint_order(UNITS[1]) == JointOrder(4, 4)
    slices = replace(sealed, stamps=tuple(replace(stamp, whole=False) for stamp in sealed.stamps))
    assert slices.joint_order() == JointOrder(1, 2)
