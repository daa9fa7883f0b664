"""The mark on a printed copy: genuine or not, without any network."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongwen_crypto.errors import KnownError
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.software import SoftwareSigner
from gongwen_protocol.copy_marks import MARK_PATTERN, PREFIX, CopyMark, mark_text, read_mark

AT = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)
MARK = CopyMark("0f" * 16, "a1" * 32, 3, 2, "150600005", AT)


def exchange() -> SoftwareSigner:
    subject, days = Subject("交换中心", "交换中心"), timedelta(days=9)
    signer = SoftwareSigner.generate()
    root = make_root(subject, AT - days, AT + days)
    return signer.with_certificate(
        issue(root, subject, signer.public_key, Usage.SIGNING, AT - days, AT + days)
    )


def test_what_was_signed_is_read_and_holds() -> None:
    signer = exchange()
    text = mark_text(MARK, signer)
    read = read_mark(text)
    assert read.mark == MARK
    assert read.signed_by([exchange().certificate_der, signer.certificate_der])
    assert not read.signed_by([exchange().certificate_der])
    assert len(text) <= 221, "fits a QR code of 49 modules with a quarter of it damaged"
    assert re.match(MARK_PATTERN, text)


def test_what_scanners_and_people_add_does_no_harm() -> None:
    signer = exchange()
    text = mark_text(MARK, signer)
    typed = f"  {text[:40].lower()}\r\n {text[40:]}\n"
    assert read_mark(typed).signed_by([signer.certificate_der])


def test_any_changed_character_is_noticed() -> None:
    signer = exchange()
    text = mark_text(MARK, signer)
    for place in range(len(PREFIX), len(text), 7):
        changed = text[:place] + ("B" if text[place] != "B" else "C") + text[place + 1 :]
        try:
            read = read_mark(changed)
        except KnownError:
            continue
        assert not read.signed_by([signer.certificate_der]), place


def test_a_mark_of_after_the_certificate_does_not_hold() -> None:
    signer = exchange()
    late = CopyMark("0f" * 16, "a1" * 32, 1, 1, "1", AT + timedelta(days=30))
    assert not read_mark(mark_text(late, signer)).signed_by([signer.certificate_der])


@given(
    st.text(max_size=300)
    | st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", max_size=400).map(PREFIX.__add__)
)
def test_anything_else_is_no_mark(text: str) -> None:
    code = ""
    try:
        assert not read_mark(text).signed_by([])
    except KnownError as error:
        code = error.code
    assert code in ("", "copy_mark.unreadable")


def test_nothing_is_no_mark() -> None:
    with pytest.raises(KnownError, match=r"copy_mark\.unreadable"):
        read_mark("")
