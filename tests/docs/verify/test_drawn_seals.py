"""How far the search for seals that are only drawn goes, and that the report says so."""

from __future__ import annotations

from docs.office import png
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.verify.drawn_seals import check_drawn_seals
from gongwen_docs.write import Box, DocumentInfo, OfdWriter, Role, default_shelf
from gongwen_protocol.sentences import sentence

SAID = "seal.page.first_pages_for_seals"


def searched(pages: int, pictured: range) -> tuple[Step, ...]:
    """What the search says of a document of which the pages ``pictured`` (from 0) carry a red square as large
    as a seal, which has to be drawn to see that it is none."""
    writer = OfdWriter(DocumentInfo(title="长公文"))
    face = default_shelf().face(Role.FANG)
    for number in range(pages):
        page = writer.page()
        page.text(28, 60, f"第{number + 1}页", face, 5.64)
        if number in pictured:
            page.image(Box(80, 80, 42, 42), png())
    with OfdDocument.open(writer.to_bytes()) as document:
        return check_drawn_seals(document, document.signatures)


def test_nothing_is_said_of_a_search_that_saw_everything() -> None:
    assert searched(31, range(1, 31)) == ()


def test_pages_that_were_not_drawn_are_told() -> None:
    assert searched(33, range(1, 33)) == (Step("pages", Status.OK, SAID, {"pages": 31}),)


def test_pages_that_were_not_looked_through_are_told() -> None:
    assert searched(201, range(0)) == (Step("pages", Status.OK, SAID, {"pages": 200}),)


def test_what_was_not_searched_is_no_doubt_but_a_sentence() -> None:
    said = sentence(SAID, pages=31)
    assert "前 31 页" in said.what
    assert said.do
