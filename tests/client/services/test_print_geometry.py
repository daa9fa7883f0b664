"""What comes out of the printer has the document's own measures, to a fifth of a millimetre: the whole path
from the sealed file to the printer's paper, measured with poppler."""

from __future__ import annotations

import pytest

from docs.copies.paper import Picture, pictures
from fakes.printer import FakePrinter
from fakes.units import UnitPc
from gongwen_client.domain.drafts import StampPlace
from gongwen_client.host.printing import Sides
from gongwen_client.practice.cast import RECEIVER
from gongwen_docs.ofd.values import Box
from gongwen_docs.typeset import geometry

TOLERANCE = 0.2
DPI = 300


@pytest.fixture(scope="module")
def printed(
    sender: UnitPc, receiver: UnitPc, _printer: FakePrinter, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Picture], StampPlace]:
    """The pages of the first original, and where the seal was put."""
    draft = sender.compose(to=RECEIVER, copies=2)
    key = sender.office.sealing.keys()[0]
    place = sender.office.sealing.suggest(draft.document_id, key.key_id)
    sealed = sender.office.sealing.seal(draft.document_id, key.key_id, sender.unit.pin, place)
    row = receiver.wait_for(sender.send(sealed))
    incoming = receiver.office.incoming
    incoming.accept(row.delivery_id, incoming.verify(row.delivery_id).checks)
    receiver.wait_until(lambda: not incoming.get(row.delivery_id).pending)
    _printer.reset()
    (outcome,) = receiver.office.printing.print_original(row.delivery_id, 1, _printer.NAME, sides=Sides.BOTH)
    assert outcome.printed
    assert _printer.sides == [Sides.BOTH]
    folder = tmp_path_factory.mktemp("paper")
    (folder / "paper.pdf").write_bytes(_printer.paper[0])
    return pictures(folder / "paper.pdf", folder, DPI), place


def near(measured: float, wanted: float) -> bool:
    return abs(measured - wanted) <= TOLERANCE


def test_pages_are_a4(printed: tuple[list[Picture], StampPlace]) -> None:
    pages, _ = printed
    assert len(pages) == 3
    assert all(near(page.size_mm[0], 210) and near(page.size_mm[1], 297) for page in pages)


def test_the_type_area_is_where_the_standard_wants_it(printed: tuple[list[Picture], StampPlace]) -> None:
    """The red rule of the letterhead is as wide as the type area (GB/T 9704-2012, 5.2.1 and 7.2.7)."""
    first = printed[0][0]
    red = first.coloured(Box(0, 110, 210, 20), least=100)
    assert red is not None
    assert near(red.x, geometry.LEFT)
    assert near(red.width, geometry.WIDTH)
    ink = first.dark(Box(0, 0, 210, geometry.BOTTOM))
    assert ink is not None
    assert ink.x >= geometry.LEFT - TOLERANCE
    assert ink.x + ink.width <= geometry.RIGHT + TOLERANCE
    assert ink.y >= geometry.TOP - TOLERANCE


def test_the_seal_is_where_it_was_put(printed: tuple[list[Picture], StampPlace]) -> None:
    pages, place = printed
    around = Box(place.x - 10, place.y - 10, place.width + 20, place.height + 20)
    seal = pages[place.page_index].coloured(around, least=100)
    assert seal is not None
    assert near(seal.x + seal.width / 2, place.x + place.width / 2)
    assert near(seal.y + seal.height / 2, place.y + place.height / 2)
    assert abs(seal.width - place.width) <= 2 * 0.6, "the ring begins just inside the picture's edge"
