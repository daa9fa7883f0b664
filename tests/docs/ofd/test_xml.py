"""Safe XML: declarations, size, depth, and names without namespaces."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gongwen_crypto.errors import KnownError
from gongwen_docs.limits import DEFAULT_LIMITS
from gongwen_docs.ofd import xml


def refusal(data: bytes, **limits: int) -> str:
    with pytest.raises(KnownError) as caught:
        xml.parse(data, "a.xml", replace(DEFAULT_LIMITS, **limits))
    return caught.value.code


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
    ],
)
def test_document_types_are_refused(data: bytes) -> None:
    assert refusal(data) == "ofd.xml.doctype"


@pytest.mark.parametrize("data", [b"", b"<a>", b"<a/><b/>", b"\xff\xfe", b"<a>&unknown;</a>", b"<:a/>"])
def test_damaged_files_are_refused(data: bytes) -> None:
    assert refusal(data) == "ofd.xml.damaged"


def test_size_and_depth_limits_are_exact() -> None:
    data = b"<a><b><c/></b></a>"
    xml.parse(data, "a.xml", replace(DEFAULT_LIMITS, xml_depth=3, xml_bytes=len(data)))
    assert refusal(data, xml_depth=2) == "ofd.xml.too_deep"
    assert refusal(data, xml_bytes=len(data) - 1) == "ofd.xml.too_large"


@pytest.mark.parametrize(
    "data",
    [
        '<o:A xmlns:o="http://www.ofdspec.org/2016"><o:B> x </o:B><!-- no --><o:B>y</o:B></o:A>',
        '<o:A xmlns:o="http://www.ofdspec.org"><o:B> x </o:B><o:B>y</o:B></o:A>',
        '<A xmlns="anything"><B> x </B><B>y</B></A>',
        "\ufeff<A><B> x </B><?pi no?><B>y</B></A>",
    ],
)
def test_elements_match_by_local_name(data: str) -> None:
    root = xml.parse(data.encode(), "a.xml")
    assert xml.local(root) == "A"
    assert [xml.text(item) for item in xml.children(root, "B")] == ["x", "y"]
    assert xml.child_text(root, "B") == "x"
    assert xml.child(root, "C") is None
    assert xml.child_text(root, "C") == ""
