"""Signatures in PDF files: what holds, what was added later, what known attacks try, what is damaged."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from docs.office import NOW, YEAR, Authority, Unit, document_parts
from docs.pdf_office import HERE, by_hand, legacy_unit, seal_pdf, updated, write_pdf
from fakes.legacy_keys import LegacySigner
from gongwen_crypto import cms, der, sm3
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.issue import Usage
from gongwen_crypto.timestamp import make_token
from gongwen_docs.ofd.container import pack
from gongwen_docs.ofd.values import Box
from gongwen_docs.pdf.stamping import SignatureText, Stamp, append_signature, close_byte_range
from gongwen_docs.sign import Placement
from gongwen_docs.sign.forms import PdfForm
from gongwen_docs.sign.pdf_sealing import complete_pdf, prepare_pdf
from gongwen_docs.verify import Expectation, ExpectedSeal, Report, Verdict, verify_file
from gongwen_docs.verify.pdf_verification import verify_pdf


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pdf(tmp_path_factory.mktemp("pdf") / "plain.pdf")


@pytest.fixture(scope="module")
def sealed(plain: Path, unit: Unit) -> bytes:
    return seal_pdf(plain, plain.with_name("sealed.pdf"), unit).read_bytes()


def check(data: bytes, authority: Authority) -> Report:
    return verify_pdf(data, authority.trust(), NOW)


def coverage(report: Report) -> list[str]:
    return [step.code for step in report.signatures[0].steps if step.step == "coverage"]


class TestWhatHolds:
    @pytest.mark.parametrize("form", PdfForm)
    @pytest.mark.parametrize("options", [{}, {"use_objstms": 1, "garbage": 3, "deflate": True}])
    def test_a_sealed_file(
        self, tmp_path: Path, unit: Unit, authority: Authority, form: PdfForm, options: dict[str, Any]
    ) -> None:
        source = write_pdf(tmp_path / "a.pdf", **options)
        report = verify_file(seal_pdf(source, tmp_path / "b.pdf", unit, form=form), authority.trust(), NOW)
        assert report.verdict is Verdict.VALID, report.to_json()
        (signature,) = report.signatures
        assert signature.kind == ("ses_v4" if form is PdfForm.SES else "cms")
        assert signature.signer == unit.certificate.subject
        assert signature.intact
        assert signature.claimed_time == NOW
        (stamp,) = signature.stamps
        assert stamp.page == 1
        assert stamp.boundary == pytest.approx((120, 220, 42, 42), abs=0.01)

    def test_a_second_seal_leaves_the_first_valid(
        self, sealed: bytes, tmp_path: Path, authority: Authority
    ) -> None:
        first = tmp_path / "first.pdf"
        first.write_bytes(sealed)
        other = authority.unit("康巴什区人民政府")
        second = seal_pdf(first, tmp_path / "second.pdf", other, Placement(1, Box(10, 10, 42, 42)))
        report = check(second.read_bytes(), authority)
        assert report.verdict is Verdict.VALID, report.to_json()
        assert [item.seal_name for item in report.signatures] == ["东胜区人民政府", "康巴什区人民政府"]
        assert coverage(report) == ["pdf.revision.signature_added"]

    def test_old_software_with_rsa_and_p256(self, plain: Path, tmp_path: Path, authority: Authority) -> None:
        for kind in (LegacySigner.rsa, LegacySigner.p256):
            signer = kind(NOW - YEAR, NOW + YEAR)
            unit = legacy_unit(authority, signer)
            data = seal_pdf(plain, tmp_path / "legacy.pdf", unit, form=PdfForm.CMS).read_bytes()
            report = check(data, authority)
            assert (report.verdict, report.codes[0]) == (Verdict.UNKNOWN, "seal.signer.untrusted")
            assert report.signatures[0].intact

    def test_an_unsigned_file(self, plain: Path, authority: Authority) -> None:
        report = check(plain.read_bytes(), authority)
        assert (report.verdict, report.codes) == (Verdict.UNSIGNED, ("seal.unsigned",))

    @pytest.mark.parametrize("form", PdfForm)
    def test_a_token_proves_the_time(
        self, plain: Path, tmp_path: Path, unit: Unit, authority: Authority, form: PdfForm
    ) -> None:
        tsa = authority.certify("时间戳服务", usage=Usage.TIME_STAMPING)
        target, signer = tmp_path / "stamped.pdf", unit.signer
        prepared = prepare_pdf(
            plain, target, unit.seal, signer.certificate_der, signer.algorithm_oid, (HERE,), NOW, form
        )
        value = signer.sign(prepared.to_sign)
        complete_pdf(target, prepared, value, make_token(tsa, value, NOW + timedelta(minutes=1)))
        report = verify_file(target, authority.trust(), NOW + 3 * YEAR)
        assert report.verdict is Verdict.VALID, report.to_json()
        assert report.signatures[0].trusted_time == NOW + timedelta(minutes=1)


Change = Callable[[Any], object]


def _write_on_page(document: Any) -> None:
    document[0].insert_text((72, 90), "the fee is 900 yuan")


def _remove_overlay(document: Any) -> None:
    document[0].delete_annot(next(document[0].annots()))


def _fill_in(document: Any) -> None:
    page = document[0]  # a widget is of use only while its page is held
    field = next(page.widgets(types=[pymupdf.PDF_WIDGET_TYPE_TEXT]))
    field.field_value = "900"
    field.update()


def _other_font(document: Any) -> None:
    document.xref_set_key(document.get_page_fonts(0)[0][0], "BaseFont", "/ZapfDingbats")


def _hide_layer(document: Any) -> None:
    layers = "<</OCGs[]/D<</BaseState/OFF>>>>"
    document.xref_set_key(document.pdf_catalog(), "OCProperties", layers)


def _other_appearance(document: Any) -> None:
    widget = next(
        xref for xref in range(1, document.xref_length()) if document.xref_get_key(xref, "T")[1] == "Seal1"
    )
    appearance = int(document.xref_get_key(widget, "AP/N")[1].split()[0])
    document.update_stream(appearance, b"1 0 0 rg 0 0 100 100 re f")


class TestWhatCameLater:
    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (_write_on_page, "pdf.revision.page_changed"),
            (lambda d: d[1].add_freetext_annot((72, 72, 300, 100), "void"), "pdf.revision.annotation_added"),
            (_remove_overlay, "pdf.revision.annotation_changed"),
            (_fill_in, "pdf.revision.field_filled"),
            (_other_font, "pdf.revision.fonts_replaced"),
            (lambda d: d.new_page(), "pdf.revision.pages_added"),
            (lambda d: d.delete_page(1), "pdf.revision.pages_removed"),
            (lambda d: d[0].set_rotation(180), "pdf.revision.page_changed"),
            (lambda d: d[0].set_cropbox(pymupdf.Rect(0, 0, 300, 300)), "pdf.revision.page_changed"),
            (_hide_layer, "pdf.revision.layers_changed"),
            (lambda d: d.embfile_add("a.exe", b"MZ"), "pdf.revision.structure_changed"),
            (_other_appearance, "pdf.revision.signature_changed"),
        ],
    )
    def test_is_told_and_breaks_the_verdict(
        self, sealed: bytes, tmp_path: Path, authority: Authority, change: Change, code: str
    ) -> None:
        report = check(updated(sealed, change, tmp_path), authority)
        assert report.verdict is Verdict.INVALID
        assert code in coverage(report), report.to_json()
        assert report.signatures[0].intact, "what was signed is still what was signed"
        assert report.changed or report.uncovered

    def test_what_shows_nothing_is_no_harm(self, sealed: bytes, tmp_path: Path, authority: Authority) -> None:
        report = check(updated(sealed, lambda d: d.set_xml_metadata("<x/>"), tmp_path), authority)
        assert (report.verdict, coverage(report)) == (Verdict.VALID, ["pdf.revision.nothing_visible"])
        assert check(sealed + b"\r\n", authority).verdict is Verdict.VALID

    def test_another_root_shows_another_document(self, sealed: bytes, authority: Authority) -> None:
        """The shadow attack: what is shown later lay hidden in the file, or comes with the update."""
        objects = {
            500: b"<</Type/Catalog/Pages 501 0 R>>",
            501: b"<</Type/Pages/Kids[502 0 R]/Count 1>>",
            502: b"<</Type/Page/Parent 501 0 R/MediaBox[0 0 595 842]>>",
        }
        report = check(by_hand(sealed, objects, root=500), authority)
        assert report.verdict is Verdict.INVALID
        assert report.codes[0] == "pdf.document.signature_removed"

    @pytest.mark.parametrize("name", ["P", "Parent", "StructParent"])
    def test_names_of_resources_hide_nothing(
        self, tmp_path: Path, unit: Unit, authority: Authority, name: str
    ) -> None:
        """A picture called like one of the keys that lead up from an object."""
        plain = tmp_path / "plain.pdf"
        with pymupdf.open() as document:
            page = document.new_page()
            form = document.get_new_xref()
            document.update_object(form, "<</Type/XObject/Subtype/Form/BBox[0 0 100 100]>>")
            document.update_stream(form, b"0 0 100 100 re f", new=True)
            resources = f"<</XObject<</{name} {form} 0 R>>>>"
            document.xref_set_key(page.xref, "Resources", resources)
            content = document.get_new_xref()
            document.update_object(content, "<<>>")
            document.update_stream(content, f"/{name} Do".encode(), new=True)
            document.xref_set_key(page.xref, "Contents", f"{content} 0 R")
            document.save(plain)
        data = seal_pdf(plain, tmp_path / "sealed.pdf", unit).read_bytes()

        def exchange(document: Any) -> None:
            document.update_stream(int(document.get_page_xobjects(0)[0][0]), b"0 0 50 50 re f")

        report = check(updated(data, exchange, tmp_path), authority)
        assert (report.verdict, coverage(report)) == (Verdict.INVALID, ["pdf.revision.page_changed"])

    def test_a_signature_taken_off_the_form(
        self, sealed: bytes, tmp_path: Path, authority: Authority
    ) -> None:
        def strip(document: Any) -> None:
            document.xref_set_key(document.pdf_catalog(), "AcroForm", "null")

        report = check(updated(sealed, strip, tmp_path), authority)
        assert (report.verdict, report.codes[0]) == (Verdict.INVALID, "pdf.document.signature_removed")

    def test_a_later_seal_as_large_as_the_page(
        self, sealed: bytes, tmp_path: Path, unit: Unit, authority: Authority
    ) -> None:
        first = tmp_path / "first.pdf"
        first.write_bytes(sealed)
        data = seal_pdf(first, tmp_path / "b.pdf", unit, Placement(0, Box(0, 0, 200, 290))).read_bytes()
        assert "pdf.revision.large_stamp" in coverage(check(data, authority))

    def test_a_file_that_is_a_package_too(self, sealed: bytes, authority: Authority) -> None:
        report = check(sealed + pack(document_parts()), authority)
        assert report.verdict is Verdict.INVALID
        assert "pdf.document.two_formats" in report.codes

    def test_fewer_seals_than_the_exchange_knows(self, sealed: bytes, authority: Authority) -> None:
        expected = Expectation((ExpectedSeal("甲"), ExpectedSeal("乙")))
        report = verify_pdf(sealed, authority.trust(), NOW, None, expected)
        assert "seal.document.signature_removed" in report.codes


def certify(plain: Path, target: Path, unit: Unit, permission: int) -> bytes:
    """A certifying signature (DocMDP) as other software makes it."""
    data = plain.read_bytes()
    target.write_bytes(data)
    allowed = f"<</TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P {permission}>>>>"
    sub_filter = f"adbe.pkcs7.detached/Reference[{allowed}]"
    text = SignatureText("Adobe.PPKLite", sub_filter, "甲", "D:20261120173000+08'00'", 9000)
    stamps = [Stamp(0, Box(10, 10, 30, 30), None)]
    append_signature(target, "Certified", text, authority_picture(), stamps)
    place = close_byte_range(target, len(data), text.reserved)
    data = target.read_bytes()
    covered = data[: place.start] + data[place.end :]
    place.fill(target, cms.sign(unit.signer, covered, at=NOW, detached=True))
    return target.read_bytes()


def authority_picture() -> Any:
    from docs.office import PICTURE

    return PICTURE


class TestPermissions:
    @pytest.mark.parametrize(
        ("permission", "change", "verdict"),
        [
            (1, _fill_in, Verdict.INVALID),
            (2, lambda d: d[1].add_freetext_annot((72, 72, 300, 100), "x"), Verdict.INVALID),
            (3, lambda d: d[1].add_freetext_annot((72, 72, 300, 100), "x"), Verdict.WARNING),
            (3, _write_on_page, Verdict.INVALID),
        ],
    )
    def test_a_certified_file(
        self, plain: Path, tmp_path: Path, unit: Unit, authority: Authority,
        permission: int, change: Change, verdict: Verdict,
    ) -> None:  # fmt: skip
        data = certify(plain, tmp_path / "c.pdf", unit, permission)
        assert check(data, authority).verdict is Verdict.VALID, check(data, authority).to_json()
        assert check(updated(data, change, tmp_path), authority).verdict is verdict

    def test_no_seal_after_a_final_signature(
        self, plain: Path, tmp_path: Path, unit: Unit, authority: Authority
    ) -> None:
        (tmp_path / "final.pdf").write_bytes(certify(plain, tmp_path / "c.pdf", unit, 1))
        with pytest.raises(Exception, match=r"pdf\.certified"):
            seal_pdf(tmp_path / "final.pdf", tmp_path / "d.pdf", unit)


def test_the_covered_range_must_be_everything_but_the_value(sealed: bytes, authority: Authority) -> None:
    place = sealed.index(b"/ByteRange[0 ")
    stated = sealed[place : sealed.index(b"]", place) + 1]
    _, first, second, length = (int(number) for number in stated[11:-1].split())
    for numbers, code in (
        ((1, first, second, length), "pdf.byte_range.malformed"),
        ((0, first, second, -1), "pdf.byte_range.malformed"),
        ((0, second, first, length), "pdf.byte_range.malformed"),
        ((0, first, second, length + 9), "pdf.byte_range.beyond"),
        ((0, first, second + 5, length - 5), "pdf.byte_range.gap"),
        ((0, first - 5, second, length), "pdf.byte_range.gap"),
        ((0, 0, second, length), "pdf.byte_range.malformed"),
        ((0, first, second, length - 40), "pdf.byte_range.cut"),
    ):
        text = (b"/ByteRange[" + b" ".join(b"%d" % number for number in numbers)).ljust(
            len(stated) - 1
        ) + b"]"
        report = check(sealed.replace(stated, text), authority)
        assert (report.verdict, report.codes[0]) == (Verdict.INVALID, code), numbers


def test_another_value_in_the_place(sealed: bytes, authority: Authority, unit: Unit) -> None:
    """Empty, cut, followed by other data, of another document."""
    start = sealed.index(b"/Contents<", sealed.index(b"/ByteRange[0 ")) + len(b"/Contents<")
    end = sealed.index(b">", start)
    room = end - start
    whole = sealed[start:end].rstrip(b"0")
    value = der.sequence((der.oid("1.2.156.10197.6.1.4.2.2"),)).hex().encode()
    for inside in (b"0" * room, whole[:-20], whole + b"0000ff", value, b"zz"):
        changed = sealed[:start] + inside.ljust(room, b"0") + sealed[end:]
        assert check(changed, authority).verdict is Verdict.INVALID, inside[:40]


def test_no_changed_byte_stays_valid(sealed: bytes, authority: Authority) -> None:
    chance = random.Random(5)
    step = max(1, len(sealed) // 400)
    for position in range(0, len(sealed), step):
        data = bytearray(sealed)
        data[position] ^= 1 << chance.randrange(8)
        report = check(bytes(data), authority)
        assert report.verdict in (Verdict.INVALID, Verdict.UNSIGNED), position


@pytest.mark.parametrize(
    ("count", "seed"), [(150, 1), pytest.param(5_000, 2, marks=[pytest.mark.long, pytest.mark.timeout(3000)])]
)
def test_mutants_are_findings(sealed: bytes, authority: Authority, count: int, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(count):
        data = bytearray(sealed)
        for _ in range(chance.choice((1, 2, 5))):
            at = chance.randrange(len(data))
            kind = chance.randrange(4)
            if kind == 0:
                data[at] = chance.choice(b"0123456789<>[]()/ \n%")
            elif kind == 1:
                del data[at : at + chance.randrange(1, 300)]
            elif kind == 2:
                data[at:at] = data[at : at + chance.randrange(1, 300)]
            else:
                data[at : at + 8] = b" %d 0 R " % chance.randrange(30)
        try:
            report = verify_pdf(bytes(data), authority.trust(), NOW)
        except Exception as error:
            error.add_note(f"mutant {number} of seed {seed}")
            raise
        assert report.verdict is not Verdict.VALID or bytes(data) == sealed, number


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"%PDF-1.7\n" + bytes(1000), b"%PDF-1.7\n%%EOF"])
def test_what_is_no_document(data: bytes, authority: Authority) -> None:
    report = check(data, authority)
    assert not report.opened
    assert report.verdict is Verdict.INVALID


def test_habits_of_content(plain: Path, tmp_path: Path, unit: Unit, authority: Authority) -> None:
    """GB/T 35275 software puts the digest of the bytes in as content, with and without attributes."""
    data = plain.read_bytes()
    target = tmp_path / "habit.pdf"
    target.write_bytes(data)
    text = SignatureText("X", "Y", "甲", "D:20261120173000+08'00'", 9000)
    append_signature(target, "F", text, authority_picture(), [Stamp(0, Box(10, 10, 30, 30), None)])
    place = close_byte_range(target, len(data), text.reserved)
    data = target.read_bytes()
    covered = data[: place.start] + data[place.end :]
    digest, signer = sm3.digest(covered), unit.signer
    bare = cms.bare_draft(digest, (signer.certificate_der,), signer.algorithm_oid)
    detached = cms.bare_draft(covered, (signer.certificate_der,), signer.algorithm_oid, detached=True)
    for value, verdict in (
        (cms.sign(signer, digest, at=NOW), Verdict.VALID),
        (bare.complete(signer.sign(bare.to_sign)), Verdict.VALID),
        (detached.complete(signer.sign(detached.to_sign)), Verdict.VALID),
        (cms.sign(signer, sm3.digest(b"other"), at=NOW), Verdict.INVALID),
        (cms.sign(signer, b"other", at=NOW, detached=True), Verdict.INVALID),
        (signer.sign(covered), Verdict.UNKNOWN),
    ):
        target.write_bytes(data)
        place.fill(target, value)
        report = check(target.read_bytes(), authority)
        assert report.verdict is verdict, report.to_json()


def test_sentences_name_the_signer(sealed: bytes, unit: Unit, authority: Authority) -> None:
    report = check(sealed, authority)
    assert Certificate.load(unit.signer.certificate_der).subject == report.signatures[0].signer
