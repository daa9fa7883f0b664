"""The document model: what is read from each file, and what is made of its absence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gongwen_crypto.errors import KnownError
from gongwen_docs.limits import DEFAULT_LIMITS
from gongwen_docs.ofd.container import Package, pack
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.graphics import TextUnit
from gongwen_docs.ofd.navigation import Navigator
from gongwen_docs.ofd.values import Box
from ofd_builder import OfdBuilder, filled, text


def opened(builder: OfdBuilder) -> OfdDocument:
    return OfdDocument.open(builder.build())


def test_metadata() -> None:
    info = (
        "<ofd:Title>关于会议的通知</ofd:Title><ofd:Author>办公室</ofd:Author>"
        "<ofd:CreationDate>2026-11-20</ofd:CreationDate><ofd:Keywords><ofd:Keyword>会议</ofd:Keyword>"
        '</ofd:Keywords><ofd:CustomDatas><ofd:CustomData Name="发文字号">东政发〔2026〕1号</ofd:CustomData>'
        "</ofd:CustomDatas>"
    )
    with opened(OfdBuilder(info=info).page("")) as document:
        assert document.info.title == "关于会议的通知"
        assert document.info.doc_id == "0123456789abcdef0123456789abcdef"
        assert document.info.custom == {"发文字号": "东政发〔2026〕1号"}
        assert document.info.keywords == ("会议",)
        assert document.entry.bodies == 1


@pytest.mark.parametrize("namespace", ["http://www.ofdspec.org", "http://www.ofdspec.org/2016", "anything"])
def test_every_namespace(namespace: str) -> None:
    with opened(OfdBuilder(namespace=namespace).page(filled("M 0 0 L 9 9"))) as document:
        assert len(list(document.pages[0].layers[0].units(DEFAULT_LIMITS))) == 1


def test_areas_come_from_page_then_template_then_document() -> None:
    template = '<ofd:TemplatePage ID="7" BaseLoc="Tpls/T.xml"/>'
    builder = OfdBuilder(common=template, size=(210, 297))
    builder.files["Doc_0/Tpls/T.xml"] = builder.xml(
        "Page", "<ofd:Area><ofd:PhysicalBox>0 0 30 40</ofd:PhysicalBox></ofd:Area>"
    )
    use = '<ofd:Template TemplateID="7"/>'
    builder.page("", before="<ofd:Area><ofd:PhysicalBox>0 0 10 20</ofd:PhysicalBox></ofd:Area>" + use)
    builder.page("", before=use)
    builder.page("")
    with opened(builder) as document:
        assert [page.size_mm for page in document.pages] == [(10, 20), (30, 40), (210, 297)]


def test_a_missing_page_file_is_a_blank_page() -> None:
    parts = {name: data for name, data in OfdBuilder().page("").parts().items() if "Pages" not in name}
    with OfdDocument.open(pack(parts)) as document:
        assert document.pages[0].size_mm == (100, 100)
        assert document.pages[0].layers == ()


@pytest.mark.parametrize(
    ("drop", "code"),
    [("OFD.xml", "ofd.document.no_root"), ("Doc_0/Document.xml", "ofd.document.no_root")],
)
def test_a_package_without_entry_or_root(drop: str, code: str) -> None:
    parts = {name: data for name, data in OfdBuilder().page("").parts().items() if name != drop}
    with pytest.raises(KnownError) as caught:
        OfdDocument.open(pack(parts))
    assert caught.value.code == code


def test_an_encrypted_package_says_so() -> None:
    with pytest.raises(KnownError, match=r"ofd\.document\.encrypted"):
        OfdDocument.open(pack({"Encryptions.xml": b"", "ofd.dat": b""}))


def test_page_limit_is_exact() -> None:
    data = OfdBuilder().page("").page("").build()
    assert len(OfdDocument(Package.open(data, replace(DEFAULT_LIMITS, pages=2))).pages) == 2
    with pytest.raises(KnownError, match="too_many_pages"):
        _ = OfdDocument(Package.open(data, replace(DEFAULT_LIMITS, pages=1))).pages


def test_attachments_outlines_permissions() -> None:
    builder = OfdBuilder(
        document="<ofd:Outlines><ofd:OutlineElem Title='一'><ofd:Actions><ofd:Action Event='CLICK'><ofd:Goto>"
        "<ofd:Dest Type='XYZ' PageID='100' Top='12'/></ofd:Goto></ofd:Action></ofd:Actions>"
        "<ofd:OutlineElem Title='二'/></ofd:OutlineElem></ofd:Outlines>"
        "<ofd:Permissions><ofd:Edit>false</ofd:Edit><ofd:Print Printable='true' Copies='3'/>"
        "</ofd:Permissions>"
        "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
    ).page("")
    builder.files["Doc_0/Attachs/Attachments.xml"] = builder.xml(
        "Attachments",
        '<ofd:Attachment ID="a" Name="名单" Format="txt" Visible="false"><ofd:FileLoc>list.txt</ofd:FileLoc>'
        '</ofd:Attachment><ofd:Attachment ID="b" Name="缺"><ofd:FileLoc>gone</ofd:FileLoc></ofd:Attachment>',
    )
    builder.files["Doc_0/Attachs/list.txt"] = b"12345"
    with opened(builder) as document:
        first, second = document.attachments
        assert (first.name, first.size, first.visible, first.path) == (
            "名单",
            5,
            False,
            "Doc_0/Attachs/list.txt",
        )
        assert second.size == 0
        first_entry, second_entry = Navigator(document).navigation().outline
        assert first_entry.action is not None
        assert (first_entry.title, first_entry.action.page, first_entry.action.top) == ("一", 0, 12)
        assert second_entry.action is None, "a heading without a target of its own has none"
        assert not document.permissions.edit
        assert document.permissions.copies == 3
        assert document.permissions.export


def test_signatures_are_read_unjudged() -> None:
    builder = OfdBuilder(body="<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>").page("")
    builder.files["Doc_0/Signs/Signatures.xml"] = builder.xml(
        "Signatures", '<ofd:Signature ID="s001" BaseLoc="Sign_0/Signature.xml"/>'
    )
    builder.files["Doc_0/Signs/Sign_0/Signature.xml"] = builder.xml(
        "Signature",
        '<ofd:SignedInfo><ofd:Provider ProviderName="p" Company="c" Version="1"/>'
        "<ofd:SignatureDateTime>20261120093000Z</ofd:SignatureDateTime><ofd:References>"
        '<ofd:Reference FileRef="/OFD.xml"><ofd:CheckValue> AQ ID </ofd:CheckValue></ofd:Reference>'
        '<ofd:Reference FileRef="/gone"><ofd:CheckValue>not base64</ofd:CheckValue></ofd:Reference>'
        '</ofd:References><ofd:StampAnnot ID="t" PageRef="100" Boundary="1 2 3 4" Clip="0 0 1 4"/>'
        "<ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>"
        "<ofd:SignedValue>SignedValue.dat</ofd:SignedValue>",
    )
    with opened(builder) as document:
        (signature,) = document.signatures
        assert signature.type == "Seal"
        assert signature.check_method == "MD5", "the standard's default where CheckMethod is absent"
        assert signature.provider.name == "p"
        assert [(item.path, item.value) for item in signature.references] == [
            ("OFD.xml", b"\x01\x02\x03"),
            ("gone", b""),
        ]
        (stamp,) = signature.stamps
        assert (stamp.page_id, stamp.boundary, stamp.clip) == ("100", Box(1, 2, 3, 4), Box(0, 0, 1, 4))
        assert signature.seal_path == "Doc_0/Signs/Sign_0/Seal.esl"
        assert signature.signed_value_path == "Doc_0/Signs/Sign_0/SignedValue.dat"


def test_reachable_parts_leave_out_what_nothing_names() -> None:
    builder = OfdBuilder(box_font=True).page(text("<ofd:TextCode X='0' Y='9'>A</ofd:TextCode>", "Size='9'"))
    builder.files["Doc_0/left_over.xml"] = b"<a/>"
    with opened(builder) as document:
        assert set(document.package.names) - document.reachable_parts() == {"Doc_0/left_over.xml"}
        assert "Doc_0/Res/box.ttf" in document.reachable_parts()


def test_a_missing_coordinate_comes_from_the_previous_text_code() -> None:
    codes = (
        '<ofd:TextCode X="5" Y="10" DeltaX="20 20">AAA</ofd:TextCode><ofd:TextCode Y="30">A</ofd:TextCode>'
    )
    with opened(OfdBuilder().page(text(codes, 'Size="9"'))) as document:
        (unit,) = document.pages[0].layers[0].units(DEFAULT_LIMITS)
        assert isinstance(unit, TextUnit)
        assert [(code.x, code.y) for code in unit.codes] == [(5, 10), (5, 30)]


@pytest.mark.corpus
def test_real_files_open_or_say_why_not(corpus: Path) -> None:
    refused = {}
    for file in sorted(corpus.glob("**/*.ofd")):
        try:
            with OfdDocument.open(file) as document:
                assert document.pages
                _ = document.signatures, document.annotations, document.attachments, document.versions
        except KnownError as error:
            refused[file.name] = error.code
    assert refused == {
        "enc_password_12345678.ofd": "ofd.document.encrypted",
        "t06_duplicate_zip_entry_last_wins.ofd": "ofd.container.duplicate_name",
        "t10_zip_slip_entry.ofd": "ofd.container.unsafe_name",
    }
