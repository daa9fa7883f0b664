"""公文标识 and metadata keys."""

from __future__ import annotations

import pytest

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.identifiers import (
    DocumentIdentifier,
    check_character,
    is_credit_code,
    read_identifier,
)
from gongwen_protocol.messages import Elements, Recipient, RecipientRole
from gongwen_protocol.metadata import KEYS, addressed_text, from_metadata, to_metadata

PUBLISHED = "1.2.156.3005.1.12100000400002195R-000-2016-0A-00056-X"


def test_the_published_example() -> None:
    found = read_identifier(PUBLISHED)
    assert found == DocumentIdentifier("12100000400002195R", "000", 2016, "0A", 56)
    assert (str(found), found.check) == (PUBLISHED, "X")
    assert is_credit_code(found.issuer)
    assert not is_credit_code("12100000400002196R")
    assert not is_credit_code("short")


def test_every_single_mistake_is_noticed() -> None:
    head, code = PUBLISHED[:15], PUBLISHED[15:-2]
    for place, character in enumerate(code):
        for other in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            if character in ("-", other):
                continue
            with pytest.raises(RefusedError, match=r"identifier\."):
                read_identifier(f"{head}{code[:place]}{other}{code[place + 1 :]}-X")


@pytest.mark.parametrize(
    "text", ["", "X", PUBLISHED[:-1], PUBLISHED + "X", PUBLISHED.lower(), " " + PUBLISHED]
)
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(RefusedError, match=r"identifier\.malformed"):
        read_identifier(text)


def test_the_check_character_is_iso_7064() -> None:
    assert check_character("12100000400002195R00020160A00056") == "X"
    with pytest.raises(ValueError, match="substring"):
        check_character("一")


def test_elements_have_the_keys_of_the_standard() -> None:
    elements = Elements(
        title="关于防汛的通知", doc_number="江府〔2026〕1号", identifier=PUBLISHED, urgency="加急"
    )
    entries = to_metadata(elements)
    assert entries == {
        "GWBS": PUBLISHED,
        "WZ": "通知",
        "JJCD": "加急",
        "FWZH": "江府〔2026〕1号",
        "BT": "关于防汛的通知",
    }
    assert from_metadata(entries | {"XX": "of another system"}) == elements
    assert set(KEYS.values()) == set(Elements.model_fields)


def test_addressed_units_as_printed() -> None:
    units = [
        Recipient(unit_code="1", role=RecipientRole.MAIN, copies=1),
        Recipient(unit_code="2", role=RecipientRole.CC, copies=1),
        Recipient(unit_code="3", role=RecipientRole.MAIN, copies=1),
    ]
    assert addressed_text(units, {"1": "甲", "2": "乙", "3": "丙"}, RecipientRole.MAIN) == "甲，丙"
